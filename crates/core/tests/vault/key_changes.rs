//! New keys: everything is sealed anew or nothing is, and no step loses a key.

use std::fs;

use readdress_core::db::{ChangeWrite, Expect, Job};
use readdress_core::error::Code;
use readdress_core::vault::{Place, VaultEnv, new_key_file, seal_values};
use readdress_core::view::VaultKind;

use crate::fake::{Mood, Room, key_file_env, keychain_env, mailbox, passphrase_env, secret};

#[tokio::test]
async fn a_new_key_of_each_kind() {
    for kind in [
        VaultKind::Keychain,
        VaultKind::Passphrase,
        VaultKind::KeyFile,
    ] {
        let room = Room::new();
        let env = match kind {
            VaultKind::Passphrase => passphrase_env("a passphrase"),
            VaultKind::KeyFile => key_file_env(room.key_file()),
            _ => keychain_env(),
        };
        new_key_file(&room.key_file()).unwrap();
        let vault = room.vault(env.clone());
        room.fill(&vault).await;
        let old = vault.key().await.unwrap();
        let sealed = room.db.secrets(room.profile.id).unwrap()["token"].clone();
        vault.make_new_key(None).await.unwrap();
        assert_ne!(vault.key().await.unwrap().id(), old.id());
        room.check(&vault).await.unwrap();
        room.check(&room.vault(env)).await.unwrap();
        let now = room.db.secrets(room.profile.id).unwrap()["token"].clone();
        assert_ne!(now, sealed);
        let place = Place::secret(room.profile.id, "token");
        assert_eq!(
            old.open(place, &now).unwrap_err().params["reason"],
            "other_key"
        );
        assert!(room.keychain.users().len() <= 1, "the old one is deleted");
    }
}

/// Neither the old ciphertext nor the key under the old passphrase lies on in the files.
#[tokio::test]
async fn nothing_of_the_old_key_stays_on_disk() {
    let room = Room::new();
    let vault = room.vault(passphrase_env("old passphrase"));
    room.fill(&vault).await;
    let raw = rusqlite::Connection::open(room.dir.path().join("readdress.db")).unwrap();
    let one = |sql: &str| -> Vec<u8> { raw.query_row(sql, [], |row| row.get(0)).unwrap() };
    let look = || {
        [
            one("SELECT wrapped FROM vault"),
            one("SELECT proof FROM vault"),
            one("SELECT cipher FROM secrets"),
            one("SELECT cipher FROM change_values LIMIT 1"),
            one("SELECT password FROM mailboxes"),
        ]
    };
    let on_disk = |bytes: &[u8]| {
        let files = ["readdress.db", "readdress.db-wal"].map(|name| room.dir.path().join(name));
        files
            .iter()
            .filter_map(|file| fs::read(file).ok())
            .any(|file| file.windows(bytes.len()).any(|window| window == bytes))
    };
    let old = look();
    assert!(
        old.iter().all(|bytes| on_disk(bytes)),
        "that is what is looked for"
    );
    vault
        .change_passphrase(secret("old passphrase"), secret("new passphrase"))
        .await
        .unwrap();
    // Queued behind the clean-up.
    room.db.data_version();
    for (n, bytes) in old.iter().enumerate() {
        assert!(!on_disk(bytes), "number {n} is still there");
    }
    assert!(look().iter().all(|bytes| on_disk(bytes)));
    room.check(&room.vault(passphrase_env("new passphrase")))
        .await
        .unwrap();
}

#[tokio::test]
async fn from_each_kind_to_each_other() {
    let room = Room::new();
    new_key_file(&room.key_file()).unwrap();
    room.fill(&room.vault(keychain_env())).await;
    // Each program starts as the last one left the folder.
    let vault = room.vault(VaultEnv::default());
    vault
        .change_kind(VaultKind::Passphrase, Some(secret("a passphrase")))
        .await
        .unwrap();
    assert_eq!(room.keychain.users(), Vec::<String>::new());
    room.check(&vault).await.unwrap();
    let vault = room.vault(VaultEnv::default());
    assert_eq!(
        vault
            .change_kind(VaultKind::Keychain, None)
            .await
            .unwrap_err()
            .code,
        Code::VaultLocked
    );
    vault.unlock(Some(secret("a passphrase"))).await.unwrap();
    let unnamed = vault
        .change_kind(VaultKind::KeyFile, None)
        .await
        .unwrap_err();
    assert_eq!(
        (unnamed.code, unnamed.params["reason"].as_str()),
        (Code::KeyFileInvalid, "not_named")
    );
    room.check(&vault).await.unwrap();
    vault.change_kind(VaultKind::Keychain, None).await.unwrap();
    room.check(&room.vault(VaultEnv::default())).await.unwrap();
    assert_eq!(
        room.vault(VaultEnv::default()).view().kind,
        VaultKind::Keychain
    );
}

#[tokio::test]
async fn a_wrong_passphrase_makes_no_new_key() {
    let room = Room::new();
    let vault = room.vault(VaultEnv::default());
    vault
        .set_up(VaultKind::Passphrase, Some(secret("a passphrase")))
        .await
        .unwrap();
    room.fill(&vault).await;
    assert_eq!(
        vault.make_new_key(None).await.unwrap_err().code,
        Code::VaultLocked
    );
    assert_eq!(
        vault
            .make_new_key(Some(secret("a passphrasf")))
            .await
            .unwrap_err()
            .code,
        Code::PassphraseWrong
    );
    vault
        .make_new_key(Some(secret("a passphrase")))
        .await
        .unwrap();
    room.check(&room.vault(passphrase_env("a passphrase")))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_keychain_that_fails_at_any_step_costs_no_secret() {
    for mood in [
        Mood::Missing,
        Mood::Forgets,
        Mood::Lies,
        Mood::Hangs,
        Mood::KeepsAll,
    ] {
        let room = Room::new();
        let vault = room.vault(keychain_env());
        room.fill(&vault).await;
        room.keychain.set_mood(mood);
        let result = vault.make_new_key(None).await;
        assert_eq!(
            result.is_ok(),
            mood == Mood::KeepsAll,
            "{mood:?}: {result:?}"
        );
        room.keychain.set_mood(Mood::Well);
        // The hung thread stays hung; the next program has its own.
        let next = room.vault(keychain_env());
        room.check(&next).await.unwrap();
        // What could not be deleted then is deleted by the next change of keys.
        next.make_new_key(None).await.unwrap();
        room.check(&next).await.unwrap();
        assert_eq!(
            room.keychain.users(),
            [next.key().await.unwrap().id().to_string()],
            "{mood:?}"
        );
    }
}

#[tokio::test]
async fn a_damaged_secret_stops_a_new_key_and_nothing_is_half_done() {
    let room = Room::new();
    let vault = room.vault(keychain_env());
    room.fill(&vault).await;
    let id = vault.key().await.unwrap().id();
    let mut torn = room.db.secrets(room.profile.id).unwrap()["token"].clone();
    let last = torn.len() - 1;
    torn[last] ^= 1;
    room.db
        .commit(Job::new().secret(room.profile.id, "zz", Some(torn)))
        .await
        .unwrap();
    let problem = vault.make_new_key(None).await.unwrap_err();
    assert_eq!(
        (problem.code, problem.params["field"].as_str()),
        (Code::SecretDamaged, "zz")
    );
    assert_eq!(vault.key().await.unwrap().id(), id);
    room.check(&room.vault(keychain_env())).await.unwrap();
    assert_eq!(room.keychain.users(), [id.to_string()]);
}

/// As for a profile: a password that does not open may come back from a copy, so it is named and nothing is dropped.
#[tokio::test]
async fn a_mailbox_password_that_does_not_open_stops_a_new_key_and_is_named() {
    let room = Room::new();
    let vault = room.vault(keychain_env());
    room.fill(&vault).await;
    let key = vault.key().await.unwrap();
    let other = uuid::Uuid::now_v7();
    let theirs = key.seal(Place::mailbox(other), &secret("another password"));
    let row = mailbox(other, "other@acme.example", theirs);
    room.db.add_mailbox(row).await.unwrap();
    let raw = rusqlite::Connection::open(room.dir.path().join("readdress.db")).unwrap();
    let good = room.db.mailbox(room.mailbox).unwrap().password.unwrap();
    // The cipher of another row, and of another kind of row.
    let token = room.db.secrets(room.profile.id).unwrap()["token"].clone();
    for moved in [room.db.mailbox(other).unwrap().password.unwrap(), token] {
        raw.execute(
            "UPDATE mailboxes SET password = ?1 WHERE user = 'ops@acme.example'",
            [&moved],
        )
        .unwrap();
        let opened = key.open(Place::mailbox(room.mailbox), &moved);
        assert_eq!(opened.unwrap_err().code, Code::SecretDamaged);
        let problem = vault.make_new_key(None).await.unwrap_err();
        let named = ["table", "field", "label", "reason"].map(|name| problem.params[name].as_str());
        assert_eq!(problem.code, Code::SecretDamaged);
        assert_eq!(
            named,
            ["mailboxes", "password", "ops@acme.example", "mailbox"]
        );
        assert_eq!(vault.key().await.unwrap().id(), key.id());
    }
    raw.execute(
        "UPDATE mailboxes SET password = ?1 WHERE user = 'ops@acme.example'",
        [&good],
    )
    .unwrap();
    room.check(&vault).await.unwrap();
    vault.make_new_key(None).await.unwrap();
    room.check(&room.vault(keychain_env())).await.unwrap();
    let now = room.db.mailbox(other).unwrap().password.unwrap();
    let opened = vault.key().await.unwrap().open(Place::mailbox(other), &now);
    assert_eq!(opened.unwrap().expose(), "another password");
}

/// The program ended after its commit and before the new key file was in its place.
#[tokio::test]
async fn a_key_file_change_that_was_cut_off_is_finished() {
    let room = Room::new();
    let path = room.key_file();
    let next = path.with_extension("key.new");
    new_key_file(&path).unwrap();
    let vault = room.vault(key_file_env(path.clone()));
    room.fill(&vault).await;
    let old = fs::read(&path).unwrap();
    vault.make_new_key(None).await.unwrap();
    assert!(!next.exists());
    fs::rename(&path, &next).unwrap();
    fs::write(&path, &old).unwrap();
    room.check(&room.vault(key_file_env(path.clone())))
        .await
        .unwrap();
    assert!(!next.exists());

    // Cut off before its commit: the one that lies ready does not fit, the old one does.
    let good = fs::read(&path).unwrap();
    new_key_file(&next).unwrap();
    room.check(&room.vault(key_file_env(path.clone())))
        .await
        .unwrap();
    assert_eq!(fs::read(&path).unwrap(), good);
}

#[tokio::test]
async fn a_program_with_the_old_key_notices() {
    let room = Room::new();
    let [app, cli] = [room.vault(keychain_env()), room.vault(keychain_env())];
    room.fill(&app).await;
    let held = app.key().await.unwrap();
    cli.make_new_key(None).await.unwrap();
    // What it had sealed before the change could be opened by nobody: refused.
    let token = held.seal(Place::secret(room.profile.id, "token"), &secret("late"));
    let late = room
        .db
        .commit(Job::new().secret(room.profile.id, "token", Some(token)))
        .await;
    assert_eq!(late.unwrap_err().code, Code::Busy);
    let other = uuid::Uuid::now_v7();
    let password = held.seal(Place::mailbox(other), &secret("late"));
    let late = mailbox(other, "late@acme.example", password.clone());
    let late = room.db.add_mailbox(late).await;
    assert_eq!(late.unwrap_err().code, Code::Busy);
    let before = room.db.mailbox(room.mailbox).unwrap();
    let mut after = before.clone();
    after.password = Some(password);
    let late = room.db.replace_mailbox(before, after).await;
    assert_eq!(late.unwrap_err().code, Code::Busy);
    let stored = room.db.change(room.change).unwrap();
    let mut change = stored.change.clone();
    change.values = vec![readdress_core::change::Value {
        step: "verify".to_owned(),
        text: secret("9"),
        marked: false,
    }];
    let write =
        ChangeWrite::new(change.clone(), Expect::Version(1)).values(seal_values(&held, &change));
    assert_eq!(room.db.commit(write).await.unwrap_err().code, Code::Busy);
    // Asked again, the vault has the new one.
    room.check(&app).await.unwrap();
    assert_eq!(app.key().await.unwrap().id(), cli.key().await.unwrap().id());
}

#[tokio::test]
async fn a_reset_keeps_profiles_and_history() {
    let room = Room::new();
    let vault = room.vault(VaultEnv::default());
    vault
        .set_up(VaultKind::Passphrase, Some(secret("forgotten one")))
        .await
        .unwrap();
    room.fill(&vault).await;
    let next = room.vault(VaultEnv::default());
    next.reset(VaultKind::Keychain, None).await.unwrap();
    assert!(room.db.secrets(room.profile.id).unwrap().is_empty());
    assert!(
        room.db
            .profile(room.profile.id)
            .unwrap()
            .has_secret
            .is_empty()
    );
    let stored = room.db.change(room.change).unwrap();
    assert!(stored.values.is_empty());
    assert_eq!(stored.change.label, "Ana");
    let mailbox = room.db.mailbox(room.mailbox).unwrap();
    assert_eq!(
        (mailbox.user.as_str(), mailbox.password),
        ("ops@acme.example", None)
    );
    next.key().await.unwrap();
    assert_eq!(vault.view().kind, VaultKind::Keychain);
    // And again, from a keychain that has lost its key.
    room.keychain.kept.lock().unwrap().clear();
    let next = room.vault(VaultEnv::default());
    assert_eq!(next.key().await.unwrap_err().code, Code::KeychainWrong);
    next.reset(VaultKind::Keychain, None).await.unwrap();
    room.vault(VaultEnv::default()).key().await.unwrap();
    assert_eq!(room.keychain.users().len(), 1);
}

#[tokio::test]
async fn the_only_copy_of_a_key_is_not_written_over() {
    let room = Room::new();
    new_key_file(&room.key_file()).unwrap();
    let vault = room.vault(key_file_env(room.key_file()));
    room.fill(&vault).await;
    let first = fs::read(room.key_file()).unwrap();
    vault.make_new_key(None).await.unwrap();
    // As if the new file could not be brought to its place: its key is the vault's all the same.
    fs::rename(room.key_file(), room.dir.path().join("vault.key.new")).unwrap();
    fs::write(room.key_file(), first).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(room.key_file(), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let db = rusqlite::Connection::open(room.dir.path().join("readdress.db")).unwrap();
    db.execute_batch(
        "CREATE TRIGGER full BEFORE UPDATE ON secrets BEGIN SELECT RAISE(ABORT, 'no room'); END",
    )
    .unwrap();
    vault.make_new_key(None).await.unwrap_err();
    room.check(&room.vault(key_file_env(room.key_file())))
        .await
        .unwrap();
}

#[tokio::test]
async fn two_programs_do_not_change_the_key_file_at_once() {
    let room = Room::new();
    new_key_file(&room.key_file()).unwrap();
    let vault = room.vault(key_file_env(room.key_file()));
    room.fill(&vault).await;
    let neighbour = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(room.dir.path().join("locks/schema"))
        .unwrap();
    neighbour.lock().unwrap();
    let busy = vault.make_new_key(None).await.unwrap_err();
    assert_eq!(busy.code, Code::DatabaseBusy);
    drop(neighbour);
    vault.make_new_key(None).await.unwrap();
    room.check(&room.vault(key_file_env(room.key_file())))
        .await
        .unwrap();
}
