//! A folder of a newer version: not a byte of it changes, whoever opens it and however the newer program left it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use readdress_core::engine::{Engine, Options};
use readdress_core::error::Code;
use readdress_core::folder::Folder;

use crate::support::{Place, add_profile};

/// Every entry below, with what it holds, its rights and its time.
fn all(dir: &Path) -> BTreeMap<String, (Vec<u8>, SystemTime, bool)> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(dir).expect("a folder").flatten() {
        let (path, meta) = (entry.path(), entry.metadata().expect("there"));
        let bytes = std::fs::read(&path).unwrap_or_default();
        let name = path.display().to_string();
        let changed = meta.modified().expect("a time");
        found.insert(name, (bytes, changed, meta.permissions().readonly()));
        if meta.is_dir() {
            found.extend(all(&path));
        }
    }
    found
}

#[test]
fn a_newer_folder_is_left_as_it_is() {
    let place = Place::new();
    drop(add_profile(&place.db(), "Ana"));
    let path = place.folder.path().to_owned();
    // Files of ours that older programs tighten or sweep: neither is done here.
    std::fs::write(path.join("settings.json"), "{}").expect("written");
    std::fs::remove_dir_all(path.join("logs")).expect("removed");
    let raw = rusqlite::Connection::open(place.folder.db_path()).expect("a database");
    raw.pragma_update(None, "user_version", 99)
        .expect("written");
    let open = || {
        Engine::open(Options {
            data_dir: Some(path.clone()),
            ..Options::default()
        })
    };

    // The newer program runs: its version may be in the log only.
    assert!(path.join("readdress.db-wal").exists());
    for _ in 0..2 {
        let before = all(&path);
        let problem = open().err().expect("refused");
        assert_eq!(problem.code, Code::DatabaseNewer);
        assert_eq!(problem.params["version"], "99");
        assert_eq!(
            Folder::open(&path).expect_err("refused").code,
            Code::DatabaseNewer
        );
        assert_eq!(all(&path), before);
        // And then it has ended.
        let _ = raw.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    drop(raw);
    let before = all(&path);
    assert!(open().is_err());
    assert_eq!(all(&path), before);
}
