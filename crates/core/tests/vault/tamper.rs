//! Somebody changes what lies on disk: it is noticed, named, and costs no more than what was changed.

use proptest::prelude::*;
use readdress_core::error::{Code, Problem};
use readdress_core::vault::{Key, Place, VaultEnv, new_key_file, open_secrets};
use readdress_core::view::{VaultKind, VaultState};
use rusqlite::Connection;
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::fake::{Room, key_file_env, keychain_env, passphrase_env, secret};

fn key() -> Key {
    let room = Room::new();
    let vault = room.vault(keychain_env());
    Runtime::new().unwrap().block_on(vault.key()).unwrap()
}

fn raw(room: &Room) -> Connection {
    Connection::open(room.dir.path().join("readdress.db")).unwrap()
}

/// What a tamperer does with one sealed value.
#[derive(Debug, Clone)]
enum Change {
    Bit(usize),
    CutTo(usize),
    CutFront(usize),
    Longer(Vec<u8>),
    Version(u8),
    KeyId([u8; 16]),
    Nonce([u8; 24]),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        any::<usize>().prop_map(Change::Bit),
        any::<usize>().prop_map(Change::CutTo),
        any::<usize>().prop_map(Change::CutFront),
        prop::collection::vec(any::<u8>(), 1..80).prop_map(Change::Longer),
        any::<u8>().prop_map(Change::Version),
        any::<[u8; 16]>().prop_map(Change::KeyId),
        any::<[u8; 24]>().prop_map(Change::Nonce),
    ]
}

fn changed(sealed: &[u8], change: &Change) -> Vec<u8> {
    let mut sealed = sealed.to_vec();
    match change {
        Change::Bit(bit) => {
            let bit = bit % (sealed.len() * 8);
            sealed[bit / 8] ^= 1 << (bit % 8);
        }
        Change::CutTo(length) => sealed.truncate(length % sealed.len()),
        Change::CutFront(bytes) => drop(sealed.drain(..1 + bytes % sealed.len())),
        Change::Longer(more) => sealed.extend(more),
        Change::Version(version) => sealed[0] = *version,
        Change::KeyId(id) => sealed[1..17].copy_from_slice(id),
        Change::Nonce(nonce) => sealed[17..41].copy_from_slice(nonce),
    }
    sealed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_change_of_a_sealed_value_is_noticed(
        text in "\\PC{0,40}",
        field in "[a-z_:]{1,12}",
        changes in prop::collection::vec(change(), 1..4),
    ) {
        thread_local!(static KEY: Key = key());
        KEY.with(|key| {
            let row = Uuid::now_v7();
            let places = [Place::secret(row, &field), Place::value(row, &field), Place::mailbox(row)];
            for place in places {
                let sealed = key.seal(place, &secret(&text));
                let other = changes.iter().fold(sealed.clone(), |sealed, change| {
                    if sealed.len() > 41 { changed(&sealed, change) } else { sealed }
                });
                let opened = key.open(place, &other);
                if other == sealed {
                    prop_assert_eq!(opened.unwrap().expose().to_owned(), text.clone());
                } else {
                    prop_assert_eq!(opened.unwrap_err().code, Code::SecretDamaged);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_sealed_value_opens_nowhere_else(
        text in "\\PC{0,20}",
        (field, other_field) in ("[a-z]{1,4}", "[a-z]{1,4}"),
        (row, other_row) in (any::<u128>(), any::<u128>()),
        (is_value, other_is_value) in (any::<bool>(), any::<bool>()),
    ) {
        thread_local!(static KEYS: (Key, Key) = (key(), key()));
        KEYS.with(|(key, other_folder)| {
            let place = |row, field, is_value| if is_value {
                Place::value(Uuid::from_u128(row), field)
            } else {
                Place::secret(Uuid::from_u128(row), field)
            };
            let here = place(row, field.as_str(), is_value);
            let sealed = key.seal(here, &secret(&text));
            let same = (row, &field, is_value) == (other_row, &other_field, other_is_value);
            let there = key.open(place(other_row, other_field.as_str(), other_is_value), &sealed);
            prop_assert_eq!(there.is_ok(), same);
            for place in [
                place(other_row, field.as_str(), is_value),
                place(row, other_field.as_str(), is_value),
                place(row, field.as_str(), !is_value),
            ] {
                if let Ok(opened) = key.open(place, &sealed) {
                    prop_assert_eq!(opened.expose(), text.as_str());
                    prop_assert!(row == other_row || field == other_field);
                }
            }
            let mailbox = key.open(Place::mailbox(Uuid::from_u128(row)), &sealed);
            prop_assert!(mailbox.is_err(), "the table is part of the place");
            let foreign = other_folder.open(here, &sealed).unwrap_err();
            prop_assert_eq!((foreign.code, foreign.params["reason"].as_str()), (Code::SecretDamaged, "other_key"));
            // The same with the key's id forged: the cipher tells.
            let mut forged = sealed;
            forged[1..17].copy_from_slice(other_folder.id().as_bytes());
            prop_assert_eq!(other_folder.open(here, &forged).unwrap_err().code, Code::SecretDamaged);
            Ok(())
        })?;
    }
}

/// What `sql` does to the vault's row of a folder with secrets, as a program that starts afterwards meets it.
async fn after(env: VaultEnv, sql: &str) -> (Room, Problem) {
    let room = Room::new();
    if env.key_file.is_some() {
        new_key_file(&room.key_file()).unwrap();
    }
    let env = match env.key_file {
        Some(_) => key_file_env(room.key_file()),
        None => env,
    };
    room.fill(&room.vault(env.clone())).await;
    raw(&room).execute_batch(sql).unwrap();
    let vault = room.vault(env);
    let problem = vault.key().await.unwrap_err();
    assert_ne!(vault.view().state, VaultState::Open, "{sql}");
    assert_eq!(
        room.db.profile(room.profile.id).unwrap().label,
        "Ana",
        "the profile is not lost"
    );
    assert_eq!(room.db.secrets(room.profile.id).unwrap().len(), 1);
    assert!(room.db.mailbox(room.mailbox).unwrap().password.is_some());
    (room, problem)
}

#[tokio::test]
async fn a_changed_row_of_the_vault_opens_nothing_and_makes_no_new_key() {
    const FLIP: &str = "substr(cast({} AS BLOB), 1, 60) || x'00' || substr(cast({} AS BLOB), 62)";
    let flip = |column: &str| {
        format!(
            "UPDATE vault SET {column} = cast({} AS BLOB)",
            FLIP.replace("{}", column)
        )
    };
    let new_id = "UPDATE vault SET id = x'0198a1b2c3d47e5f8a9b0c1d2e3f4a5b'";
    let words = || passphrase_env("a passphrase");
    let file = || key_file_env("it is named later".into());
    for (env, sql, code, reason) in [
        (
            keychain_env(),
            flip("proof").as_str(),
            Code::KeychainWrong,
            "other_key",
        ),
        (words(), &flip("proof"), Code::SecretDamaged, "vault"),
        (file(), &flip("proof"), Code::KeyFileInvalid, "other_key"),
        (keychain_env(), new_id, Code::KeychainWrong, "no_entry"),
        (words(), new_id, Code::SecretDamaged, "vault"),
        (file(), new_id, Code::KeyFileInvalid, "other_key"),
        (
            keychain_env(),
            "UPDATE vault SET kind = 'passphrase'",
            Code::VaultLocked,
            "",
        ),
        (
            words(),
            "UPDATE vault SET kind = 'keychain'",
            Code::PassphraseWrong,
            "other_kind",
        ),
        (
            words(),
            "UPDATE vault SET kind = 'key_file'",
            Code::PassphraseWrong,
            "other_kind",
        ),
        (
            file(),
            "UPDATE vault SET kind = 'keychain'",
            Code::KeyFileInvalid,
            "other_kind",
        ),
        (
            words(),
            "UPDATE vault SET kind = 'unset'",
            Code::DatabaseDamaged,
            "",
        ),
        (
            keychain_env(),
            "UPDATE vault SET kind = 'nonsense'",
            Code::DatabaseDamaged,
            "",
        ),
        (
            words(),
            "UPDATE vault SET wrapped = NULL",
            Code::SecretDamaged,
            "vault",
        ),
        (
            words(),
            "UPDATE vault SET wrapped = x'00'",
            Code::SecretDamaged,
            "vault",
        ),
        (
            keychain_env(),
            "DELETE FROM vault",
            Code::SecretDamaged,
            "vault",
        ),
        (words(), "DELETE FROM vault", Code::SecretDamaged, "vault"),
        (file(), "DELETE FROM vault", Code::SecretDamaged, "vault"),
    ] {
        let (room, problem) = after(env, sql).await;
        let found = problem.params.get("reason").map_or("", String::as_str);
        assert_eq!((problem.code, found), (code, reason), "{sql}: {problem:?}");
        assert!(room.keychain.users().len() <= 1, "no second key: {sql}");
    }
}

#[tokio::test]
async fn codes_that_are_left_refuse_a_new_vault_too() {
    let room = Room::new();
    room.fill(&room.vault(keychain_env())).await;
    raw(&room)
        .execute_batch(
            "DELETE FROM secrets; UPDATE mailboxes SET password = NULL; DELETE FROM vault",
        )
        .unwrap();
    let vault = room.vault(keychain_env());
    let problem = vault.key().await.unwrap_err();
    assert_eq!(
        (problem.code, problem.params["reason"].as_str()),
        (Code::SecretDamaged, "vault")
    );
    let view = vault.view();
    assert_eq!(
        (view.kind, view.state),
        (VaultKind::Unset, VaultState::Broken)
    );
    assert_eq!(
        room.vault(VaultEnv::default()).view().state,
        VaultState::Broken,
        "told before anybody asks for a key"
    );
    let set_up = vault.set_up(VaultKind::Keychain, None).await.unwrap_err();
    assert_eq!(set_up.code, Code::SecretDamaged);
    // Only who says so drops what is left.
    vault.reset(VaultKind::Keychain, None).await.unwrap();
    assert_eq!(room.vault(keychain_env()).view().state, VaultState::Locked);
    room.vault(keychain_env()).key().await.unwrap();
}

#[tokio::test]
async fn a_mailbox_password_that_is_left_refuses_a_new_vault_too() {
    let room = Room::new();
    room.fill(&room.vault(keychain_env())).await;
    let empty = "DELETE FROM secrets; DELETE FROM change_values; DELETE FROM vault";
    raw(&room).execute_batch(empty).unwrap();
    let problem = room.vault(keychain_env()).key().await.unwrap_err();
    assert_eq!(
        (problem.code, problem.params["reason"].as_str()),
        (Code::SecretDamaged, "vault")
    );
    raw(&room)
        .execute_batch("UPDATE mailboxes SET password = NULL")
        .unwrap();
    room.vault(keychain_env()).key().await.unwrap();
}

/// A flip in the wrapped key looks like another passphrase where it hits what the passphrase opens, else it is damage.
#[tokio::test]
async fn each_changed_byte_of_a_wrapped_key_is_noticed() {
    let room = Room::new();
    room.fill(&room.vault(passphrase_env("a passphrase"))).await;
    let db = raw(&room);
    let good: Vec<u8> = db
        .query_row("SELECT wrapped FROM vault", [], |row| row.get(0))
        .unwrap();
    let put = |bytes: &[u8]| {
        db.execute("UPDATE vault SET wrapped = ?1", [bytes])
            .unwrap();
    };
    let refused = async |bytes: &[u8]| {
        put(bytes);
        let vault = room.vault(passphrase_env("a passphrase"));
        let problem = vault.key().await.unwrap_err();
        assert!(
            matches!(problem.code, Code::SecretDamaged | Code::PassphraseWrong),
            "{problem:?}"
        );
        problem.code
    };
    let mut codes = Vec::new();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        codes.push(refused(&bad).await);
    }
    assert!(codes.contains(&Code::SecretDamaged) && codes.contains(&Code::PassphraseWrong));
    for length in [0, 1, 30, good.len() / 2, good.len() - 1] {
        refused(&good[..length]).await;
    }
    refused(&[good.as_slice(), b"x"].concat()).await;
    put(&good);
    room.check(&room.vault(passphrase_env("a passphrase")))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_wrapped_key_that_asks_for_too_much_work_is_refused_at_once() {
    let room = Room::new();
    room.fill(&room.vault(passphrase_env("a passphrase"))).await;
    let db = raw(&room);
    let good: Vec<u8> = db
        .query_row("SELECT wrapped FROM vault", [], |row| row.get(0))
        .unwrap();
    let text = String::from_utf8_lossy(&good[..80]).into_owned();
    let line = text.lines().nth(1).unwrap();
    assert!(
        line.starts_with("-> scrypt ") && line.ends_with(" 2"),
        "{line}"
    );
    let end = text.find(line).unwrap() + line.len();
    let greedy = [&good[..end - 1], b"40".as_slice(), &good[end..]].concat();
    db.execute("UPDATE vault SET wrapped = ?1", [greedy])
        .unwrap();
    let started = std::time::Instant::now();
    let problem = room
        .vault(passphrase_env("a passphrase"))
        .key()
        .await
        .unwrap_err();
    assert_eq!(problem.code, Code::SecretDamaged);
    assert!(started.elapsed().as_secs() < 5);
}

#[tokio::test]
async fn one_damaged_secret_costs_no_other_and_can_be_entered_again() {
    let room = Room::new();
    let vault = room.vault(keychain_env());
    let key = vault.key().await.unwrap();
    let id = room.profile.id;
    for (field, text) in [("a", "one"), ("b", "two"), ("login:token", "three")] {
        let sealed = key.seal(Place::secret(id, field), &secret(text));
        let job = readdress_core::db::Job::new().secret(id, field, Some(sealed));
        room.db.commit(job).await.unwrap();
    }
    raw(&room)
        .execute_batch("UPDATE secrets SET cipher = x'00' WHERE field IN ('a', 'login:token')")
        .unwrap();
    let sealed = room.db.secrets(id).unwrap();
    assert_eq!(
        open_secrets(&key, id, &sealed).unwrap_err().params["field"],
        "a"
    );
    assert_eq!(
        key.open(Place::secret(id, "b"), &sealed["b"])
            .unwrap()
            .expose(),
        "two"
    );
    let stopped = vault.make_new_key(None).await.unwrap_err();
    assert_eq!(
        (
            stopped.params["field"].as_str(),
            stopped.params["label"].as_str()
        ),
        ("a", "Ana"),
        "among thousands of profiles, the one to mend is named"
    );
    let again = key.seal(Place::secret(id, "a"), &secret("one again"));
    let job = readdress_core::db::Job::new().secret(id, "a", Some(again));
    room.db.commit(job).await.unwrap();
    // The session is only left out: a login makes another.
    let opened = open_secrets(&key, id, &room.db.secrets(id).unwrap()).unwrap();
    assert_eq!(opened.keys().collect::<Vec<_>>(), ["a", "b"]);
    vault.make_new_key(None).await.unwrap();
    let key = vault.key().await.unwrap();
    let sealed = room.db.secrets(id).unwrap();
    assert_eq!(sealed.keys().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(
        open_secrets(&key, id, &sealed).unwrap()["a"].expose(),
        "one again"
    );
}

/// What cannot be noticed, said by a test so that nobody takes it for granted: see the threat model.
#[tokio::test]
async fn an_older_value_of_the_same_place_and_key_opens_and_one_of_an_older_key_does_not() {
    let room = Room::new();
    let vault = room.vault(keychain_env());
    let key = vault.key().await.unwrap();
    let place = Place::secret(room.profile.id, "token");
    let older = key.seal(place, &secret("older"));
    assert_eq!(key.open(place, &older).unwrap().expose(), "older");
    vault.make_new_key(None).await.unwrap();
    let problem = vault.key().await.unwrap().open(place, &older).unwrap_err();
    assert_eq!(problem.params["reason"], "other_key");
}
