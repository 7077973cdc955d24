//! Whose files the window's are: 0600 and 0700 whatever the umask.
#![cfg(unix)]

#[path = "shell/support.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod support;

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use readdress_core::vault::{VaultEnv, new_key_file};
use serde_json::json;
use support::Shown;

const FOLDER: &str = "READDRESS_TEST_FOLDER";

/// Run by the test, under its umask: a start, preferences, a practice change, an end, and all of it again.
#[test]
#[ignore = "helper process"]
fn lives() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).expect("a folder"));
    let key = folder.join("key");
    for again in [false, true] {
        if !key.exists() {
            new_key_file(&key).expect("a key file");
        }
        let vault = VaultEnv {
            key_file: Some(key.clone()),
            ..VaultEnv::default()
        };
        let shown = Shown::open(&folder.join("data"), vault);
        let preferences = shown.get("get_app_state", json!({}))["preferences"].clone();
        shown.get("set_preferences", json!({ "preferences": preferences }));
        if !again {
            let (_, change, mail) = shown.practise_until_mail("z-api");
            let code = json!({ "changeId": change["id"], "text": mail["raw"] });
            assert_eq!(shown.get("submit_code", code)["state"], "changed");
        }
        shown.close();
    }
}

fn look(path: &Path, seen: &mut Vec<String>) {
    let meta = std::fs::symlink_metadata(path).expect("it is there");
    let expected = if meta.is_dir() { 0o700 } else { 0o600 };
    assert_eq!(meta.mode() & 0o7777, expected, "{path:?}");
    if !meta.is_dir() {
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        return seen.push(name);
    }
    for entry in std::fs::read_dir(path).expect("a folder") {
        look(&entry.expect("an entry").path(), seen);
    }
}

#[test]
fn files_are_private_whatever_the_umask() {
    for umask in ["000", "077"] {
        let folder = tempfile::TempDir::new().expect("a folder");
        let ran = Command::new("sh")
            .args(["-c", &format!("umask {umask}; exec \"$0\" \"$@\"")])
            .arg(std::env::current_exe().expect("this test"))
            .args(["--exact", "lives", "--ignored", "--nocapture"])
            .env(FOLDER, folder.path())
            .output()
            .expect("it starts");
        assert!(
            ran.status.success(),
            "{}",
            String::from_utf8_lossy(&ran.stdout)
        );
        let mut seen = Vec::new();
        look(&folder.path().join("data"), &mut seen);
        for name in [
            "readdress.db",
            "settings.json",
            "practice.key",
            "sandbox.json",
        ] {
            assert!(
                seen.iter().any(|file| file == name),
                "{name} is made: {seen:?}"
            );
        }
        assert!(seen.iter().any(|file| file.ends_with(".log")), "{seen:?}");
    }
}
