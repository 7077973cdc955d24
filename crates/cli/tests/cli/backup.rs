//! `backup export` and `backup restore`: names, exit codes, JSON keys, and where the passphrase comes from.

use readdress_sandbox::Service;

use crate::stage::{Call, Stage};

const PASSPHRASE: &str = "four words nobody guesses";

/// The stage's arguments, with the backup's passphrase in its variable.
fn backup(stage: &Stage, args: &[&str]) -> Call {
    stage
        .with_key(&[&["backup"], args].concat())
        .env("READDRESS_BACKUP_PASSPHRASE", PASSPHRASE)
}

fn file(stage: &Stage, name: &str) -> String {
    let path = stage.folder.path().join(name);
    path.to_str().expect("a path").to_owned()
}

/// One file in place of the other: the whole way, and the change goes on where it came back.
#[test]
fn a_waiting_change_goes_on_from_a_backup() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "Support line");
    stage.requested("Support line");
    let out = file(&stage, "all.age");
    let made = backup(&stage, &["export", &out, "--json"])
        .run()
        .ends(0)
        .json();
    assert_eq!(made["file"], out.as_str());
    assert_eq!(made["backup"]["profiles"], 1);
    assert_eq!(made["backup"]["changes"], 1);

    let other = Stage::new();
    let restored = backup(&other, &["restore", &out, "--json"])
        .run()
        .ends(0)
        .json();
    assert_eq!(restored["backup"], made["backup"]);
    assert_eq!(
        (restored["unknown"].as_u64(), restored["copy"].is_null()),
        (Some(1), true)
    );
    let pending = other.json(&["pending"]).ends(0).json();
    assert_eq!(pending[0]["state"], "unknown");
    let events = pending[0]["events"].as_array().expect("events");
    let last = events.last().expect("one");
    assert_eq!(
        (last["kind"].as_str(), last["meaning"].as_str()),
        (Some("restored"), Some("awaiting_code"))
    );
    let told = other.words(&["settle", "Support line"]);
    assert!(told.code != 2, "{told:?}");

    // It talks to the same service with the restored keys: the mailed code ends it.
    let verified = other
        .json(&["verify", "Support line", "--code", &stage.mail()])
        .ends(0)
        .json();
    assert_eq!(verified["state"], "changed");
    assert_eq!(
        stage.sandbox.count(Service::ZApi, "request").received,
        1,
        "nothing was sent twice"
    );
}

#[test]
fn a_folder_with_data_asks_for_replace() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "one");
    let out = file(&stage, "all.age");
    backup(&stage, &["export", &out]).run().ends(0);
    let refused = backup(&stage, &["restore", &out, "--json"]).run().ends(1);
    assert_eq!(refused.error(), "folder_not_empty");
    assert!(refused.stderr.contains("--replace"), "{refused:?}");
    let done = backup(&stage, &["restore", &out, "--replace", "--json"])
        .run()
        .ends(0)
        .json();
    let copy = done["copy"].as_str().expect("a copy");
    assert!(std::path::Path::new(copy).is_file());
    assert_eq!(
        stage
            .json(&["profile", "list"])
            .ends(0)
            .json()
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[test]
fn what_cannot_be_used_says_so() {
    let stage = Stage::new();
    let out = file(&stage, "all.age");
    let missing = stage.json(&["backup", "export", &out]).ends(2);
    assert_eq!(missing.error(), "field_missing");
    assert!(
        missing.stderr.contains("READDRESS_BACKUP_PASSPHRASE"),
        "{missing:?}"
    );
    let short = stage
        .with_key(&["backup", "export", &out, "--json"])
        .env("READDRESS_BACKUP_PASSPHRASE", "short")
        .run()
        .ends(2);
    assert_eq!(short.error(), "passphrase_too_short");
    assert!(!std::path::Path::new(&out).exists());

    // From standard input, and from a variable of another name.
    stage
        .with_key(&["backup", "export", &out, "--passphrase", "-"])
        .stdin("four words nobody guesses\r\n")
        .run()
        .ends(0);
    let again = backup(&stage, &["export", &out, "--json"]).run().ends(2);
    assert_eq!(again.error(), "field_invalid");
    assert!(again.stderr.contains("never written over"), "{again:?}");
    let wrong = stage
        .with_key(&["backup", "restore", &out, "--passphrase", "OTHER", "--json"])
        .env("OTHER", "other words than those")
        .run()
        .ends(1);
    assert_eq!(wrong.error(), "backup_passphrase_wrong");
    assert!(!wrong.stderr.contains("other words"), "{wrong:?}");

    let bytes = std::fs::read(&out).expect("a file");
    let cut = file(&stage, "cut.age");
    std::fs::write(&cut, &bytes[..bytes.len() - 20]).expect("a file");
    let broken = backup(&stage, &["restore", &cut, "--json"]).run().ends(1);
    assert_eq!(broken.error(), "backup_invalid");
    let nowhere = file(&stage, "no folder/all.age");
    let refused = backup(&stage, &["export", &nowhere, "--json"])
        .run()
        .ends(1);
    assert_eq!(refused.error(), "folder_read_only");
    assert!(
        refused.stderr.contains("cannot be saved there"),
        "{refused:?}"
    );
    backup(&stage, &["restore", &out, "--json"]).run().ends(0);
}

#[test]
fn a_newer_database_is_left_alone() {
    let stage = Stage::new();
    stage.json(&["profile", "list"]).ends(0);
    let database = stage.folder.path().join("data/readdress.db");
    let raise = std::fs::read(&database).expect("a file");
    let mut newer = raise;
    // The header's user version (https://www.sqlite.org/fileformat.html, offset 60), as a newer program leaves it.
    newer[60..64].copy_from_slice(&9u32.to_be_bytes());
    std::fs::write(&database, &newer).expect("a file");
    let refused = stage.json(&["profile", "list"]).ends(1);
    assert_eq!(refused.error(), "database_newer");
    assert!(
        refused.stderr.contains("Install the newer version"),
        "{refused:?}"
    );
    assert_eq!(std::fs::read(&database).expect("a file"), newer);
}
