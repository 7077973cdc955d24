//! A folder that cannot be used: the window opens, says so, and every command says it too.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use readdress_core::engine::{Engine, Options};
use readdress_core::folder::Folder;
use readdress_core::vault::VaultEnv;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command_names::COMMANDS;
use crate::support::{Home, Shown, until};

/// Fits every command: each takes what it knows.
fn any_arguments() -> Value {
    let id = uuid::Uuid::nil();
    json!({
        "id": id, "token": id, "profileId": id, "changeId": id, "text": "123456", "after": null, "limit": 10, "step": "request",
        "value": "a@example.com", "secrets": {}, "anyway": false, "how": "check", "filter": {}, "kind": "passphrase",
        "passphrase": "correct horse battery", "current": "a", "next": "b", "seconds": 1, "service": "z-api", "host": "", "replace": false,
        "profile": { "service": "z-api", "label": "x" }, "edit": {}, "preferences": {},
        "mailbox": { "user": "a@example.com", "host": "127.0.0.1", "port": 9, "tls": "implicit" },
        "address": "a@example.com", "ask": false, "choice": "123456", "keep": true, "remember": false,
        "request": { "profile_id": id, "to": "a@example.com" }, "settings": { "proxy": { "kind": "none" }, "ca_file": null },
    })
}

/// These need no folder: they show the problem, and help to find it.
const NEED_NO_FOLDER: [&str; 7] = [
    "get_app_state",
    "page_ready",
    "copy_text",
    "show_data_folder",
    "open_link",
    // Neither is asked where nobody was asked, and nothing is to be looked at.
    "read_clipboard",
    "answer_closing",
];

fn tells_everywhere(data: &Path, code: &str) {
    let shown = Shown::open(data, VaultEnv::default());
    let state = shown.get("get_app_state", json!({}));
    assert_eq!(state["fatal"]["code"], code, "{state}");
    assert_eq!(state["first_start"], false);
    assert_eq!(state["data_folder"], data.display().to_string());
    shown.get("page_ready", json!({}));
    for command in COMMANDS
        .iter()
        .filter(|name| !NEED_NO_FOLDER.contains(name))
    {
        assert_eq!(shown.code(command, any_arguments()), code, "{command}");
    }
    shown.close();
}

#[test]
fn a_damaged_database_is_told_and_left_as_it_is() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("readdress.db");
    let junk = "this is no database, and long enough to look like a header of one".repeat(100);
    std::fs::write(&file, &junk).expect("written");
    tells_everywhere(folder.path(), "database_damaged");
    assert_eq!(std::fs::read_to_string(&file).expect("there"), junk);
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("a file");
    std::fs::write(&file, "x").expect("written");
    tells_everywhere(&file.join("data"), "folder_read_only");
}

/// Every entry below, with what it holds and when it was written.
fn all(dir: &Path) -> BTreeMap<String, (Vec<u8>, SystemTime)> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(dir).expect("a folder").flatten() {
        let (path, meta) = (entry.path(), entry.metadata().expect("there"));
        let bytes = std::fs::read(&path).unwrap_or_default();
        let written = meta.modified().expect("a time");
        found.insert(path.display().to_string(), (bytes, written));
        if meta.is_dir() {
            found.extend(all(&path));
        }
    }
    found
}

/// Preferences of a newer version may be no preferences here: they are not set aside, no place of the window is kept, no log begun.
#[test]
fn a_newer_versions_folder_is_told_and_not_a_byte_of_it_changes() {
    let home = Home::new();
    let data = home.data();
    let file = data.join("readdress.db");
    let engine = Engine::open(Options {
        data_dir: Some(data.clone()),
        ..Options::default()
    });
    drop(engine.expect("a folder of ours"));
    let log = data.join("readdress.db-wal");
    until("the closed database", || (!log.exists()).then_some(()));
    let mut bytes = std::fs::read(&file).expect("a database");
    // `user_version`: https://www.sqlite.org/fileformat2.html, 1.3
    bytes[60..64].copy_from_slice(&99_i32.to_be_bytes());
    std::fs::write(&file, bytes).expect("written");
    std::fs::write(data.join("settings.json"), "[\"another shape\"]").expect("written");
    for gone in ["window.json", "logs", "services"] {
        let gone = data.join(gone);
        let _ = std::fs::remove_dir_all(&gone);
        let _ = std::fs::remove_file(&gone);
    }
    assert!(Folder::refuse_newer_at(&data).is_err());
    let before = all(&data);
    tells_everywhere(&data, "database_newer");
    let shown = Shown::open(&data, VaultEnv::default());
    let state = shown.get("get_app_state", json!({}));
    assert_eq!(state["fatal"]["params"]["version"], "99");
    assert_eq!(state["notices"], json!([]));
    assert_eq!(state["releases"]["host"], "github.com");
    shown.close();
    assert_eq!(all(&data), before);
}
