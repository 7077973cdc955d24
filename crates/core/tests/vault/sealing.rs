//! Sealed values: they open at their place, unchanged, with their key, and not otherwise.

use readdress_core::change::State;
use readdress_core::db::{ChangeWrite, Expect, Job};
use readdress_core::error::Code;
use readdress_core::vault::Place;
use uuid::Uuid;

use crate::fake::{Room, keychain_env, secret};

#[tokio::test]
async fn what_is_sealed_opens_at_its_place_only() {
    let room = Room::new();
    let key = room.vault(keychain_env()).key().await.unwrap();
    let (row, other) = (Uuid::now_v7(), Uuid::now_v7());
    for text in ["", "x", "tökén\n\"", &"long ".repeat(5000)] {
        let sealed = key.seal(Place::secret(row, "token"), &secret(text));
        assert_eq!(
            key.open(Place::secret(row, "token"), &sealed)
                .unwrap()
                .expose(),
            text
        );
        for place in [
            Place::secret(other, "token"),
            Place::secret(row, "toke"),
            Place::value(row, "token"),
        ] {
            assert_eq!(
                key.open(place, &sealed).unwrap_err().code,
                Code::SecretDamaged
            );
        }
    }
}

#[tokio::test]
async fn each_changed_byte_is_noticed() {
    let room = Room::new();
    let key = room.vault(keychain_env()).key().await.unwrap();
    let place = Place::secret(Uuid::now_v7(), "token");
    let sealed = key.seal(place, &secret("abc"));
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        let problem = key.open(place, &changed).unwrap_err();
        assert_eq!(
            (problem.code, problem.params["field"].as_str()),
            (Code::SecretDamaged, "token"),
            "byte {at}"
        );
        assert_eq!(
            key.open(place, &sealed[..at]).unwrap_err().code,
            Code::SecretDamaged
        );
    }
}

#[tokio::test]
async fn the_same_text_is_never_sealed_the_same_way() {
    let room = Room::new();
    let key = room.vault(keychain_env()).key().await.unwrap();
    let place = Place::secret(Uuid::now_v7(), "token");
    assert_ne!(
        key.seal(place, &secret("abc")),
        key.seal(place, &secret("abc"))
    );
}

#[tokio::test]
async fn swapped_rows_are_noticed() {
    let room = Room::new();
    let vault = room.vault(keychain_env());
    let key = vault.key().await.unwrap();
    let id = room.profile.id;
    let seal = |field: &str, text: &str| Some(key.seal(Place::secret(id, field), &secret(text)));
    room.db
        .commit(
            Job::new()
                .secret(id, "a", seal("a", "one"))
                .secret(id, "b", seal("b", "two")),
        )
        .await
        .unwrap();
    assert_eq!(
        room.db
            .profile(id)
            .unwrap()
            .has_secret
            .into_iter()
            .collect::<Vec<_>>(),
        [("a".to_owned(), 3), ("b".to_owned(), 3)],
        "their lengths can be told without opening them"
    );

    let raw = rusqlite::Connection::open(room.dir.path().join("readdress.db")).unwrap();
    raw.execute_batch(
        "UPDATE secrets SET cipher = (SELECT cipher FROM secrets s WHERE s.field <> secrets.field)",
    )
    .unwrap();
    let problem =
        readdress_core::vault::open_secrets(&key, id, &room.db.secrets(id).unwrap()).unwrap_err();
    assert_eq!(problem.code, Code::SecretDamaged);
    room.db
        .commit(Job::new().secret(id, "a", None))
        .await
        .unwrap();
    assert_eq!(room.db.secrets(id).unwrap().len(), 1);
}

#[tokio::test]
async fn nothing_readable_is_on_disk() {
    let room = Room::new();
    let vault = room.vault(keychain_env());
    room.fill(&vault).await;
    room.check(&vault).await.unwrap();
    for entry in std::fs::read_dir(room.dir.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = if path.is_file() {
            std::fs::read(&path).unwrap()
        } else {
            Vec::new()
        };
        for text in ["s3cret", "111111", "222222", "p0stfach"] {
            assert!(
                !bytes
                    .windows(text.len())
                    .any(|window| window == text.as_bytes()),
                "{text} in {path:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_ended_change_keeps_no_code() {
    let room = Room::new();
    let vault = room.vault(keychain_env());
    room.fill(&vault).await;
    let stored = room.db.change(room.change).unwrap();
    assert_eq!(stored.values.len(), 2);
    let mut ended = stored.change;
    ended.state = State::Changed;
    let write = ChangeWrite::new(ended, Expect::Version(1)).values(stored.values);
    room.db.commit(write).await.unwrap();
    let raw = rusqlite::Connection::open(room.dir.path().join("readdress.db")).unwrap();
    let left: i64 = raw
        .query_row("SELECT count(*) FROM change_values", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
}
