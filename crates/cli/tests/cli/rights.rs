//! Whose files these are: 0600 and 0700 whatever the umask, and what is said where somebody else has made them otherwise.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use readdress_sandbox::Service;

use crate::stage::{Call, NEW, Stage};

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path)
        .unwrap_or_else(|error| panic!("{path:?}: {error}"))
        .mode()
        & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("permissions");
}

/// Everything below `dir` and `dir` itself.
fn all_below(dir: &Path) -> Vec<PathBuf> {
    let mut found = vec![dir.to_owned()];
    let mut at = 0;
    while at < found.len() {
        if found[at].is_dir() {
            let entries = std::fs::read_dir(&found[at]).expect("a folder");
            found.extend(entries.map(|entry| entry.expect("an entry").path()));
        }
        at += 1;
    }
    found
}

#[track_caller]
fn all_private(dir: &Path, files: usize) {
    let all = all_below(dir);
    for path in &all {
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(path), expected, "{path:?}");
    }
    let found: Vec<_> = all.iter().filter(|path| path.is_file()).collect();
    assert!(found.len() >= files, "{found:?}");
}

/// A whole change under that umask, the database left open by a process in the middle of a call.
fn flow_under(umask: &str) {
    let stage = Stage::new();
    let data = stage.folder.path().join("data");
    let key = stage.folder.path().join("another key");
    let made = stage
        .bare(&["vault", "new-key", key.to_str().expect("a path")])
        .umask(umask)
        .run();
    made.ends(0);
    assert_eq!(mode(&key), 0o600);
    stage
        .add_call(Service::ZApi, "z")
        .umask(umask)
        .run()
        .ends(0);
    let mut slow = readdress_sandbox::Fault::new(Service::ZApi, readdress_sandbox::FaultKind::Late);
    slow.delay_ms = 1500;
    stage.sandbox.add_fault(slow.on("request"));
    let child = stage
        .with_key(&["change", "z", "--to", NEW, "--json"])
        .umask(umask)
        .spawn();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !(data.join("readdress.db-wal").exists() && data.join("readdress.db-shm").exists()) {
        assert!(std::time::Instant::now() < end, "the database is opened");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    all_private(&data, 4);
    crate::stage::ran(child).ends(0);
    all_private(&data, 2);
}

#[test]
fn files_are_private_whatever_the_umask() {
    for umask in ["000", "022", "077"] {
        flow_under(umask);
    }
}

#[test]
fn what_is_ours_is_made_private_again_and_a_named_folder_is_told() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    let data = stage.folder.path().join("data");
    for (name, wide) in [
        ("readdress.db", 0o644),
        ("locks", 0o777),
        ("logs", 0o755),
        ("locks/schema", 0o666),
    ] {
        set_mode(&data.join(name), wide);
    }
    let other = data.join("not ours.txt");
    std::fs::write(&other, "").expect("a file");
    set_mode(&other, 0o644);
    set_mode(&data, 0o777);
    let told = stage.words(&["profile", "list"]).ends(0);
    assert!(
        told.stderr.contains("folder_shared") && told.stderr.contains("chmod 700"),
        "{told:?}"
    );
    assert_eq!(mode(&data.join("readdress.db")), 0o600);
    assert_eq!(mode(&data.join("locks")), 0o700);
    assert_eq!(mode(&data.join("logs")), 0o700);
    assert_eq!(mode(&data.join("locks/schema")), 0o600);
    assert_eq!(mode(&other), 0o644, "what is not ours is left alone");
    assert_eq!(mode(&data), 0o777, "a folder that was named is the user's");
    // Read by others only: its files are private all the same, so there is nothing to tell.
    set_mode(&data, 0o755);
    let quiet = stage.words(&["profile", "list"]).ends(0);
    assert!(!quiet.stderr.contains("folder_shared"), "{quiet:?}");
}

#[test]
fn the_systems_own_folder_is_made_private_again() {
    let home = tempfile::tempdir().expect("a folder");
    let ours = home.path().join(".local/share/readdress");
    if cfg!(target_os = "macos") {
        return;
    }
    let run = || {
        let mut call = Call::without_folder(&["profile", "list"]);
        call = call.env("HOME", home.path().to_str().expect("a path"));
        call.without("XDG_DATA_HOME").run().ends(0)
    };
    run();
    assert_eq!(mode(&ours), 0o700);
    set_mode(&ours, 0o775);
    let told = run();
    assert!(!told.stderr.contains("folder_shared"), "{told:?}");
    assert_eq!(mode(&ours), 0o700);
}

#[test]
fn a_folder_may_be_a_link_and_its_database_may_not() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    let data = stage.folder.path().join("data");
    let link = stage.folder.path().join("link");
    symlink(&data, &link).expect("a link");
    Call::new(&link, &["profile", "list"]).run().ends(0);

    let second = stage.folder.path().join("second");
    std::fs::create_dir(&second).expect("a folder");
    symlink(data.join("readdress.db"), second.join("readdress.db")).expect("a link");
    let refused = Call::new(&second, &["profile", "list", "--json"])
        .run()
        .ends(1);
    assert_eq!(refused.error(), "folder_read_only");
    assert!(refused.stderr.contains("is a link"), "{refused:?}");
    let loose = stage.folder.path().join("loose");
    std::fs::create_dir(&loose).expect("a folder");
    symlink(loose.join("nothing"), loose.join("readdress.db")).expect("a link");
    let refused = Call::new(&loose, &["profile", "list", "--json"])
        .run()
        .ends(1);
    assert_eq!(refused.error(), "folder_read_only");
    assert!(
        !loose.join("nothing").exists(),
        "nothing is made through a link"
    );
}

#[test]
fn a_key_file_that_is_a_link_is_refused_in_words() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    let link = stage.folder.path().join("key link");
    symlink(stage.folder.path().join("key"), &link).expect("a link");
    let refused = stage
        .bare(&["vault", "status", "--open", "--json"])
        .env("READDRESS_KEY_FILE", link.to_str().expect("a path"))
        .run()
        .ends(4);
    assert_eq!(refused.error(), "key_file_invalid");
    assert!(refused.stderr.contains("is a link"), "{refused:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_environment_of_the_process_shows_no_passphrase_and_it_writes_no_core() {
    const PASSPHRASE: &str = "a passphrase nobody else sees";
    let stage = Stage::new();
    let secrets = crate::stage::account(Service::ZApi).secrets;
    let account = crate::stage::account(Service::ZApi);
    let mut add = stage.bare(&["profile", "add", "--service", "z-api", "--label", "z"]);
    add = add
        .arg("--base-url")
        .arg(stage.sandbox.urls().of(Service::ZApi));
    for (name, value) in &account.fields {
        add = add.arg("--field").arg(&format!("{name}={value}"));
    }
    for (name, value) in &secrets {
        let variable = format!("TEST_{}", name.to_uppercase());
        add = add
            .arg("--secret")
            .arg(&format!("{name}={variable}"))
            .env(&variable, value);
    }
    add.env("READDRESS_PASSPHRASE", PASSPHRASE).run().ends(0);
    let mut slow = readdress_sandbox::Fault::new(Service::ZApi, readdress_sandbox::FaultKind::Late);
    slow.delay_ms = 1500;
    stage.sandbox.add_fault(slow.on("request"));
    let child = stage
        .bare(&["change", "z", "--to", NEW])
        .env("READDRESS_PASSPHRASE", PASSPHRASE)
        .spawn();
    let of_child =
        |file: &str| std::fs::read(format!("/proc/{}/{file}", child.id())).expect("it runs");
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while stage.sandbox.count(Service::ZApi, "request").received == 0 {
        assert!(std::time::Instant::now() < end, "the request arrives");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let environment = of_child("environ");
    let holds = |text: &str| {
        environment
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert!(holds("LC_ALL=C") && !holds(PASSPHRASE));
    let limits = String::from_utf8(of_child("limits")).expect("text");
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .expect("a limit");
    // One byte is "none" to Linux, see core(5).
    let soft = core.split_whitespace().nth(4).expect("a limit");
    assert!(["0", "1"].contains(&soft), "{core}");
    crate::stage::ran(child).ends(0);
}

#[test]
fn a_passphrase_that_is_no_text_is_told() {
    use std::os::unix::ffi::OsStrExt;
    let stage = Stage::new();
    let latin = std::ffi::OsStr::from_bytes(b"gr\xf6\xdfer als ASCII");
    let refused = stage
        .bare(&["profile", "list", "--json"])
        .env_os("READDRESS_PASSPHRASE", latin)
        .run()
        .ends(4);
    assert_eq!(refused.error(), "passphrase_wrong");
    assert!(refused.stderr.contains("UTF-8"), "{refused:?}");
}
