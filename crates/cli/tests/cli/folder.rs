//! The data folder: not writable, damaged, full, shared.

use readdress_sandbox::{Fault, FaultKind, Service};

use crate::stage::{Call, NEW, Stage, ran};

#[test]
fn a_folder_that_cannot_be_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a file");
    std::fs::write(&file, "in the way").expect("a file");
    let refused = Call::new(&file.join("data"), &["pending", "--json"])
        .run()
        .ends(1);
    assert_eq!(refused.error(), "folder_read_only");
    assert!(refused.stderr.contains("--data-dir"), "{refused:?}");
    assert_eq!(
        std::fs::read_to_string(&file).expect("still there"),
        "in the way"
    );
}

#[cfg(unix)]
#[test]
fn a_folder_without_the_right_to_write() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let set = |mode| {
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode))
            .expect("permissions")
    };
    set(0o500);
    let writable = std::fs::write(folder.path().join("probe"), "").is_ok();
    let ran = Call::new(&folder.path().join("data"), &["pending", "--json"]).run();
    set(0o700);
    // Who may write everywhere cannot be refused.
    if writable {
        assert_eq!(ran.code, 0);
    } else {
        assert_eq!(ran.ends(1).error(), "folder_read_only");
    }
}

#[test]
fn a_newer_versions_folder_is_told_with_both_versions_and_left_as_it_is() {
    let stage = Stage::new();
    stage.json(&["pending"]).ends(0);
    let data = stage.folder.path().join("data");
    let file = data.join("readdress.db");
    let mut bytes = std::fs::read(&file).expect("a database");
    let version = bytes[63];
    // `user_version`: https://www.sqlite.org/fileformat2.html, 1.3
    bytes[60..64].copy_from_slice(&99_i32.to_be_bytes());
    std::fs::write(&file, &bytes).expect("written");
    std::fs::remove_dir(data.join("logs")).expect("an empty folder");
    let names = || {
        let entries = std::fs::read_dir(&data).expect("a folder").flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    for args in [&["pending"][..], &["profile", "list"], &["services"]] {
        let refused = stage.json(args).ends(1);
        assert_eq!(refused.error(), "database_newer");
        assert_eq!(refused.json()["error"]["params"]["version"], "99");
    }
    let told = stage.words(&["pending"]).ends(1).stderr;
    for words in [
        "version 99",
        &format!("up to {version}"),
        "--data-dir",
        "https://github.com/readdress/readdress/releases",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert_eq!(names(), before);
    assert_eq!(std::fs::read(&file).expect("there"), bytes);
}

#[test]
fn a_damaged_database_is_left_as_it_is() {
    let stage = Stage::new();
    let data = stage.folder.path().join("data");
    std::fs::create_dir_all(&data).expect("a folder");
    let file = data.join("readdress.db");
    let garbage = b"this is no database, and somebody may still want to read it".repeat(200);
    std::fs::write(&file, &garbage).expect("a file");
    let refused = stage.json(&["profile", "list"]).ends(1);
    assert_eq!(refused.error(), "database_damaged");
    assert!(refused.stderr.contains("Next: "), "{refused:?}");
    assert_eq!(std::fs::read(&file).expect("still there"), garbage);
}

#[test]
fn a_full_stdout_is_a_failure() {
    let stage = Stage::new();
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else {
        return;
    };
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_readdress-cli"));
    command
        .args(["pending", "--json", "--data-dir"])
        .arg(stage.folder.path().join("data"));
    let status = command.stdout(full).status().expect("the binary");
    assert_eq!(status.code(), Some(1));
}

#[test]
fn two_programs_share_a_folder_and_send_once() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    stage.add(Service::Webshare, "w");
    // Slow enough that all of them meet.
    let mut slow = Fault::new(Service::ZApi, FaultKind::Late).on("request");
    slow.delay_ms = 400;
    stage.sandbox.add_fault(slow);
    let same: Vec<_> = (0..4)
        .map(|_| {
            stage
                .with_key(&["change", "z", "--to", NEW, "--json"])
                .spawn()
        })
        .collect();
    let other = stage
        .with_key(&["change", "w", "--to", NEW, "--json"])
        .spawn();
    assert_eq!(
        ran(other).ends(0).json()["state"],
        "awaiting_code",
        "another profile is not held up"
    );
    let ends: Vec<_> = same.into_iter().map(ran).collect();
    assert_eq!(
        ends.iter().filter(|end| end.code == 0).count(),
        1,
        "{ends:?}"
    );
    for end in ends.iter().filter(|end| end.code != 0) {
        assert_eq!(end.code, 1, "{end:?}");
        assert!(
            ["change_open", "busy"].contains(&end.error().as_str()),
            "{end:?}"
        );
    }
    assert_eq!(stage.sandbox.count(Service::ZApi, "request").received, 1);
}
