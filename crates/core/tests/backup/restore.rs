//! A restore beside data, other programs, other manifests.

use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_core::vault::Place;

use crate::support::{Place1, everything, open};

fn copies(place: &Place1) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(place.data().join("copies"))
        .into_iter()
        .flatten()
        .flatten();
    let mut copies: Vec<_> = entries.map(|entry| entry.path()).collect();
    copies.sort();
    copies
}

#[tokio::test]
async fn a_folder_with_data_is_never_replaced_silently() {
    let from = Place1::with(6).await;
    from.export().await.unwrap();
    let to = Place1::with(3).await;
    let before = to.files();
    let problem = to.restore(&from.file(), false).await.unwrap_err();
    assert_eq!(problem.code, Code::FolderNotEmpty);
    let params = ["profiles", "changes", "profiles_here", "changes_here"]
        .map(|name| problem.params[name].as_str());
    assert_eq!(params, ["6", "3", "3", "2"]);
    assert_eq!(
        crate::support::differing(&before, &to.files()),
        Vec::<std::path::PathBuf>::new()
    );
}

#[tokio::test]
async fn replace_keeps_a_copy_that_opens_with_the_same_vault() {
    let from = Place1::with(6).await;
    from.export().await.unwrap();
    let to = Place1::with(30).await;
    // Calls on their way would stop it; those of a dead program are settled at a start.
    let to = Place1 {
        engine: open(to.dir.path()),
        ..to
    };
    let key = to.engine.vault().key().await.unwrap();
    let before = everything(&to.data(), &key);
    let restored = to.restore(&from.file(), true).await.unwrap();
    assert_eq!(
        to.engine.vault().key().await.unwrap().id(),
        key.id(),
        "the folder keeps its vault"
    );
    assert_eq!(to.engine.profiles(None, 100).unwrap().total, 6);
    let after = to.everything().await;
    assert_eq!(after.profiles, from.everything().await.profiles);

    let [copy] = &copies(&to)[..] else {
        panic!("one copy: {:?}", copies(&to))
    };
    assert_eq!(restored.copy.as_deref(), copy.to_str());
    let old = tempfile::tempdir().unwrap();
    std::fs::copy(copy, old.path().join("readdress.db")).unwrap();
    assert_eq!(everything(old.path(), &key), before);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            std::fs::metadata(copy).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    // The journal's guards are back.
    let db = rusqlite::Connection::open(to.data().join("readdress.db")).unwrap();
    assert!(db.execute("DELETE FROM events", []).is_err());
    assert!(db.execute("UPDATE events SET says = 'x'", []).is_err());
}

/// Restoring a folder from its own backup: the same ids, and nobody's old view may write over the new rows.
#[tokio::test]
async fn a_program_that_still_holds_the_old_change_cannot_write_over_the_new_one() {
    let place = Place1::with(8).await;
    let place = Place1 {
        engine: open(place.dir.path()),
        ..place
    };
    place.export().await.unwrap();
    let db = |sql: &str| -> i64 {
        rusqlite::Connection::open(place.data().join("readdress.db"))
            .unwrap()
            .query_row(sql, [], |row| row.get(0))
            .unwrap()
    };
    let highest = db("SELECT max(version) FROM changes");
    place.restore(&place.file(), true).await.unwrap();
    assert!(db("SELECT min(version) FROM changes") > highest);
}

#[tokio::test]
async fn a_call_on_its_way_stops_a_restore() {
    let from = Place1::with(6).await;
    from.export().await.unwrap();
    // Sending, by a program that nobody has settled yet.
    let to = Place1::with(4).await;
    let before = to.files();
    let problem = to.restore(&from.file(), true).await.unwrap_err();
    assert_eq!(problem.code, Code::Busy);
    assert_eq!(
        to.files().len(),
        before.len(),
        "the copy is gone again: {:?}",
        copies(&to)
    );
    assert_eq!(to.engine.profiles(None, 100).unwrap().total, 4);
}

#[tokio::test]
async fn manifests_of_the_users_own_come_back_and_are_used_at_once() {
    let from = Place1::with(2).await;
    let own = include_str!("../../../../services/z-api.toml")
        .replacen("id       = \"z-api\"", "id       = \"z-own\"", 1)
        .replacen("id = \"z-api\"", "id = \"z-own\"", 1);
    std::fs::write(from.data().join("services/own.toml"), &own).unwrap();
    std::fs::write(from.data().join("services/notes.txt"), "no manifest").unwrap();
    let made = from.export().await.unwrap();
    assert_eq!(made.services, 1);

    let to = Place1::new();
    to.restore(&from.file(), false).await.unwrap();
    assert_eq!(
        std::fs::read_to_string(to.data().join("services/own.toml")).unwrap(),
        own
    );
    assert!(
        to.engine
            .services()
            .unwrap()
            .iter()
            .any(|service| service.id == "z-own" && service.own)
    );
    assert!(!to.data().join("services/notes.txt").exists());

    // Another text under the same name is something that a restore would take away.
    let other = Place1::new();
    std::fs::write(other.data().join("services/own.toml"), "id = \"mine\"").unwrap();
    std::fs::write(other.data().join("services/more.toml"), "id = \"more\"").unwrap();
    assert_eq!(
        other.restore(&from.file(), false).await.unwrap_err().code,
        Code::FolderNotEmpty
    );
    other.restore(&from.file(), true).await.unwrap();
    assert_eq!(
        std::fs::read_to_string(other.data().join("services/own.toml")).unwrap(),
        own
    );
    assert!(!other.data().join("services/more.toml").exists());
    let aside = copies(&other)
        .into_iter()
        .find(|path| path.is_dir())
        .expect("a folder of the old ones");
    assert_eq!(
        std::fs::read_to_string(aside.join("own.toml")).unwrap(),
        "id = \"mine\""
    );
    assert_eq!(
        std::fs::read_to_string(aside.join("more.toml")).unwrap(),
        "id = \"more\""
    );
}

/// The program died after the commit, before the files were in their places.
#[tokio::test]
async fn the_next_start_finishes_what_a_dead_program_left() {
    let place = Place1::new();
    let services = place.data().join("services");
    std::fs::write(services.join("own.toml.restored"), "id = \"new\"").unwrap();
    std::fs::write(services.join("own.toml"), "id = \"old\"").unwrap();
    let db = readdress_core::db::Db::open(place.engine.folder()).unwrap();
    db.set_meta(
        "restore",
        Some(r#"{"put":["own.toml"],"aside":"services-x"}"#),
    )
    .unwrap();
    drop(open(place.dir.path()));
    assert_eq!(
        std::fs::read_to_string(services.join("own.toml")).unwrap(),
        "id = \"new\""
    );
    assert_eq!(
        std::fs::read_to_string(place.data().join("copies/services-x/own.toml")).unwrap(),
        "id = \"old\""
    );
    assert!(!services.join("own.toml.restored").exists());
    assert_eq!(db.meta("restore").unwrap(), None);
    // And again: nothing moves any more.
    db.set_meta(
        "restore",
        Some(r#"{"put":["own.toml"],"aside":"services-x"}"#),
    )
    .unwrap();
    drop(open(place.dir.path()));
    assert_eq!(
        std::fs::read_to_string(services.join("own.toml")).unwrap(),
        "id = \"new\""
    );
}

/// Three copies that look newer, since this machine's clock was set back after them: the one that has just been made is kept.
#[tokio::test]
async fn a_clock_that_was_set_back_costs_no_copy() {
    let from = Place1::with(2).await;
    from.export().await.unwrap();
    let to = Place1::with(2).await;
    let dir = to.data().join("copies");
    std::fs::create_dir_all(&dir).unwrap();
    for year in [2996, 2997, 2998, 2999] {
        let name = format!("readdress-{year}0101T000000.000Z-before-restore.db");
        std::fs::write(dir.join(name), "an earlier one").unwrap();
    }
    let restored = to.restore(&from.file(), true).await.unwrap();
    let copy = std::path::PathBuf::from(restored.copy.unwrap());
    assert!(copy.exists(), "{copy:?} of {:?}", copies(&to));
    assert_eq!(copies(&to).len(), 3, "{:?}", copies(&to));
}

/// Which keys the keychain shall let go of is known here, and nobody else's word counts.
#[tokio::test]
async fn keys_that_the_keychain_shall_forget_stay_listed_and_are_in_no_backup() {
    let from = Place1::with(2).await;
    let listed = |place: &Place1, id: u32| {
        let db = readdress_core::db::Db::open(place.engine.folder()).unwrap();
        let key = format!("vault_doomed:00000000-0000-0000-0000-00000000000{id}");
        (db.meta(&key).unwrap(), key, db)
    };
    let (_, key, db) = listed(&from, 1);
    db.set_meta(&key, Some("")).unwrap();
    from.export().await.unwrap();
    let to = Place1::with(2).await;
    let (_, key, db) = listed(&to, 2);
    db.set_meta(&key, Some("")).unwrap();
    to.restore(&from.file(), true).await.unwrap();
    assert_eq!(listed(&to, 1).0, None, "the other folder's");
    assert_eq!(listed(&to, 2).0.as_deref(), Some(""), "its own");
}

/// The rows are committed and a file does not find its place: it is restored all the same, and the next start goes on.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_manifest_that_finds_no_place_does_not_call_a_restore_off() {
    use std::os::unix::fs::MetadataExt;
    let from = Place1::with(6).await;
    from.export().await.unwrap();
    let to = Place1::with(2).await;
    // Nothing can be renamed from one disk to another.
    let Ok(elsewhere) = tempfile::tempdir_in("/dev/shm") else {
        return;
    };
    let disk = |path: &std::path::Path| std::fs::metadata(path).unwrap().dev();
    if disk(elsewhere.path()) == disk(&to.data()) {
        return;
    }
    std::os::unix::fs::symlink(elsewhere.path(), to.data().join("copies")).unwrap();
    let old = to.data().join("services/old.toml");
    std::fs::write(&old, "id = \"old\"").unwrap();
    let restored = to.restore(&from.file(), true).await.unwrap();
    assert!(restored.copy.is_some());
    assert_eq!(to.engine.profiles(None, 100).unwrap().total, 6);
    assert!(old.exists());

    std::fs::remove_file(to.data().join("copies")).unwrap();
    drop(open(to.dir.path()));
    assert!(!old.exists());
    let aside = copies(&to).pop().expect("a folder of the old ones");
    assert!(aside.join("old.toml").exists());
}

#[tokio::test]
async fn a_disk_that_is_full_leaves_what_was_here() {
    let from = Place1::with(600).await;
    from.export().await.unwrap();
    let to = Place1::with(3).await;
    let to = Place1 {
        engine: open(to.dir.path()),
        ..to
    };
    let before = to.everything().await;
    // Pages that a full disk would not give: the limit holds for each connection, also for the engine's.
    let key = to.engine.vault().key().await.unwrap();
    let Place1 { dir, engine } = to;
    drop(engine);
    let db = rusqlite::Connection::open(dir.path().join("data/readdress.db")).unwrap();
    let pages: i64 = db
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .unwrap();
    drop(db);
    let engine = readdress_core::engine::Engine::open_with_pages(
        readdress_core::engine::Options {
            data_dir: Some(dir.path().join("data")),
            vault: readdress_core::vault::VaultEnv {
                key_file: Some(dir.path().join("key")),
                ..Default::default()
            },
            ..Default::default()
        },
        u32::try_from(pages + 4).unwrap(),
    )
    .unwrap();
    let to = Place1 { dir, engine };
    let problem = to.restore(&from.file(), true).await.unwrap_err();
    assert_eq!(problem.code, Code::DiskFull, "{problem:?}");
    assert_eq!(everything(&to.data(), &key), before);
    assert_eq!(copies(&to), Vec::<std::path::PathBuf>::new());
}

/// Secrets are sealed for their place in this folder: another row's does not open.
#[tokio::test]
async fn restored_secrets_are_bound_to_their_rows() {
    let from = Place1::with(2).await;
    from.export().await.unwrap();
    let to = Place1::new();
    to.restore(&from.file(), false).await.unwrap();
    let key = to.engine.vault().key().await.unwrap();
    let db = readdress_core::db::Db::open(to.engine.folder()).unwrap();
    let [a, b] = [0, 1].map(|n| uuid::Uuid::from_u128(0x1000_0000 + n));
    let sealed = db.secrets(a).unwrap();
    assert!(
        key.open(Place::secret(a, "token"), &sealed["token"])
            .is_ok()
    );
    assert!(
        key.open(Place::secret(b, "token"), &sealed["token"])
            .is_err()
    );
    let open = to.engine.open_changes(false).unwrap();
    assert!(
        open.iter().all(|change| change.state == State::Planned),
        "two profiles: one planned change"
    );
}
