//! The file that is written: encrypted, private, whole or not there, of one moment.

use std::io::Read;
use std::sync::Arc;

use readdress_core::backup::Lock;
use readdress_core::error::Code;
use readdress_core::secret::Secret;

use crate::support::{PASSPHRASE, Place1, lock, quiet};

fn decrypted(place: &Place1) -> String {
    let file = std::fs::File::open(place.file()).unwrap();
    let identity = age::scrypt::Identity::new(PASSPHRASE.to_owned().into());
    let mut text = String::new();
    age::Decryptor::new(file)
        .unwrap()
        .decrypt(std::iter::once(&identity as &dyn age::Identity))
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// As `docs/backup.md` says: an age file with a passphrase, and in it a JSON object a line.
#[tokio::test]
async fn any_age_opens_it_and_finds_json_lines() {
    let place = Place1::with(6).await;
    place.export().await.unwrap();
    let text = decrypted(&place);
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let head = &lines[0]["readdress_backup"];
    assert_eq!(
        (head["format"].as_u64(), head["counts"]["profiles"].as_u64()),
        (Some(2), Some(6))
    );
    assert_eq!(lines.last().unwrap()["end"], head["counts"]);
    let profile = lines
        .iter()
        .find(|line| line["profile"]["label"] == "Büro 4")
        .unwrap();
    assert_eq!(
        profile["profile"]["secrets"]["token"],
        "token-4-geheim ü \"quoted\""
    );
}

#[tokio::test]
async fn nothing_of_it_is_plain_and_only_its_owner_reads_it() {
    let place = Place1::with(6).await;
    place.export().await.unwrap();
    let bytes = std::fs::read(place.file()).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1\n-> scrypt "));
    for plain in ["geheim", "Büro", "@new.example", "request", "profile"] {
        assert!(
            !bytes
                .windows(plain.len())
                .any(|part| part == plain.as_bytes()),
            "{plain}"
        );
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(place.file())
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(
        names(&place),
        ["a backup.age", "data", "key"],
        "nothing is left beside it"
    );
}

fn names(place: &Place1) -> Vec<String> {
    let entries = std::fs::read_dir(place.dir.path()).unwrap().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_file_that_cannot_be_written_leaves_the_one_before_it() {
    let place = Place1::with(3).await;
    let nowhere = place.dir.path().join("no folder").join("x.age");
    let problem = place
        .engine
        .export_backup(&nowhere, lock(), quiet())
        .await
        .unwrap_err();
    assert_eq!(
        (problem.code, problem.params["reason"].as_str()),
        (Code::FolderReadOnly, "backup")
    );

    place.export().await.unwrap();
    let before = std::fs::read(place.file()).unwrap();
    // One secret does not open: no half backup takes the place of a whole one.
    let db = rusqlite::Connection::open(place.data().join("readdress.db")).unwrap();
    db.execute("UPDATE secrets SET cipher = zeroblob(80) WHERE profile_id = (SELECT max(profile_id) FROM secrets)", [])
        .unwrap();
    let problem = place.export().await.unwrap_err();
    assert_eq!(problem.code, Code::SecretDamaged);
    assert_eq!(problem.params["label"], "Büro 2");
    assert_eq!(std::fs::read(place.file()).unwrap(), before);
    assert_eq!(names(&place), ["a backup.age", "data", "key"]);
}

/// While a neighbour writes, the backup is of one moment: its counts hold.
#[tokio::test(flavor = "multi_thread")]
async fn it_is_of_one_moment() {
    let place = Place1::with(120).await;
    let other = crate::support::open(place.dir.path());
    let done = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let stop = Arc::clone(&done);
    let writer = std::thread::spawn(move || {
        let mut removed = 0;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        while !stop.load(std::sync::atomic::Ordering::Relaxed) {
            let page = other.profiles(None, 1).unwrap();
            let Some(one) = page.items.first() else { break };
            // One whose call "is on its way" stays.
            if runtime.block_on(other.remove_profile(one.id)).is_err() {
                break;
            }
            removed += 1;
        }
        removed
    });
    for _ in 0..2 {
        let made = place.export().await.unwrap();
        let fresh = Place1::new();
        let restored = fresh.restore(&place.file(), false).await.unwrap();
        assert_eq!(restored.backup, made);
    }
    done.store(true, std::sync::atomic::Ordering::Relaxed);
    assert!(writer.join().unwrap() > 0, "somebody wrote meanwhile");
}

/// As the catalog does: a link could bring any file along, and a pipe would be waited for.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn only_plain_files_of_the_services_are_taken_and_a_pipe_is_not_waited_for() {
    let place = Place1::with(2).await;
    let services = place.data().join("services");
    let elsewhere = place.dir.path().join("elsewhere.toml");
    std::fs::write(&elsewhere, "id = \"x\"").unwrap();
    std::os::unix::fs::symlink(&elsewhere, services.join("link.toml")).unwrap();
    let pipe = services.join("pipe.toml");
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).unwrap();
    // Whoever reads it waits until this end is gone.
    let mut both = std::fs::OpenOptions::new();
    let held = both.read(true).write(true).open(&pipe).unwrap();
    let limit = std::time::Duration::from_secs(5);
    let made = tokio::time::timeout(limit, place.export()).await;
    let waiting = tokio::time::timeout(limit, place.restore(&pipe, false)).await;
    drop(held);
    assert_eq!(made.expect("nobody waits").unwrap().services, 0);
    let problem = waiting.expect("nobody waits").unwrap_err();
    assert_eq!(problem.params["reason"], "unreadable");
}

#[test]
fn a_short_passphrase_is_refused() {
    let problem = Lock::new(Secret::new("seven77")).unwrap_err();
    assert_eq!(problem.code, Code::PassphraseTooShort);
    assert!(Lock::new(Secret::new("eight888")).is_ok());
}

#[tokio::test]
async fn a_folder_without_a_vault_has_a_backup_too() {
    let dir = tempfile::tempdir().unwrap();
    let engine = readdress_core::engine::Engine::open(readdress_core::engine::Options {
        data_dir: Some(dir.path().join("data")),
        ..Default::default()
    })
    .unwrap();
    let file = dir.path().join("empty.age");
    let made = engine.export_backup(&file, lock(), quiet()).await.unwrap();
    assert_eq!(made.profiles, 0);
    let restored = engine
        .restore_backup(&file, Secret::new(PASSPHRASE), false, quiet())
        .await
        .unwrap();
    assert_eq!(restored.backup, made);
    assert_eq!(
        engine.vault().view().kind,
        readdress_core::view::VaultKind::Unset
    );
}
