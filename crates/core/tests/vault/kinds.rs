//! Keychain, passphrase, key file: set up, opened, refused.

use std::fs;

use readdress_core::db::Db;
use readdress_core::error::Code;
use readdress_core::folder::Folder;
use readdress_core::vault::{Vault, VaultEnv, new_key_file};
use readdress_core::view::{VaultKind, VaultState};

use crate::fake::{Mood, Room, key_file_env, keychain_env, passphrase_env, secret};

#[tokio::test]
async fn a_fresh_folder_asks_unless_it_is_told() {
    let room = Room::new();
    let vault = room.vault(VaultEnv::default());
    assert_eq!(
        (vault.view().kind, vault.view().state),
        (VaultKind::Unset, VaultState::Unset)
    );
    assert_eq!(vault.key().await.unwrap_err().code, Code::VaultUnset);
    assert_eq!(
        (vault.view().kind, vault.view().keychain_works),
        (VaultKind::Unset, None)
    );

    vault.set_up(VaultKind::Keychain, None).await.unwrap();
    let view = vault.view();
    assert_eq!(
        (view.kind, view.state, view.keychain_works),
        (VaultKind::Keychain, VaultState::Open, Some(true))
    );
    assert_eq!(
        vault
            .set_up(VaultKind::Keychain, None)
            .await
            .unwrap_err()
            .code,
        Code::Busy
    );
    assert_eq!(room.keychain.users().len(), 1);
}

#[tokio::test]
async fn a_passphrase() {
    let room = Room::new();
    let first = room.vault(VaultEnv::default());
    let short = first
        .set_up(VaultKind::Passphrase, Some(secret("seven77")))
        .await
        .unwrap_err();
    assert_eq!(
        (short.code, short.params["min"].as_str()),
        (Code::PassphraseTooShort, "8")
    );
    assert_eq!(
        first
            .set_up(VaultKind::Passphrase, None)
            .await
            .unwrap_err()
            .code,
        Code::VaultLocked
    );
    first
        .set_up(VaultKind::Passphrase, Some(secret("größe 12")))
        .await
        .unwrap();
    room.fill(&first).await;

    let next = room.vault(VaultEnv::default());
    assert!(next.key_if_open().is_none());
    assert_eq!(next.view().state, VaultState::Locked);
    assert_eq!(next.key().await.unwrap_err().code, Code::VaultLocked);
    assert_eq!(next.unlock(None).await.unwrap_err().code, Code::VaultLocked);
    assert_eq!(
        next.unlock(Some(secret("größe 13")))
            .await
            .unwrap_err()
            .code,
        Code::PassphraseWrong
    );
    assert_eq!(next.view().state, VaultState::Locked);
    next.unlock(Some(secret("größe 12"))).await.unwrap();
    room.check(&next).await.unwrap();
    assert!(next.key_if_open().is_some());
    next.lock();
    assert!(next.key_if_open().is_none());
    assert_eq!(next.view().state, VaultState::Locked);
    assert_eq!(next.key().await.unwrap_err().code, Code::VaultLocked);

    let told = room.vault(passphrase_env("größe 12"));
    room.check(&told).await.unwrap();
    told.lock();
    assert_eq!(
        told.key().await.unwrap_err().code,
        Code::VaultLocked,
        "locked by the user, whatever the environment says"
    );
    told.unlock(None).await.unwrap();
    let wrong = room.vault(passphrase_env("größe 14"));
    assert_eq!(wrong.key().await.unwrap_err().code, Code::PassphraseWrong);
}

#[tokio::test]
async fn a_changed_passphrase() {
    let room = Room::new();
    let vault = room.vault(passphrase_env("old passphrase"));
    room.fill(&vault).await;
    let change = |from: &str, to: &str| vault.change_passphrase(secret(from), secret(to));
    assert_eq!(
        change("not it at all", "new passphrase")
            .await
            .unwrap_err()
            .code,
        Code::PassphraseWrong
    );
    assert_eq!(
        change("old passphrase", "short").await.unwrap_err().code,
        Code::PassphraseTooShort
    );
    change("old passphrase", "new passphrase").await.unwrap();
    room.check(&vault).await.unwrap();
    let old = room
        .vault(passphrase_env("old passphrase"))
        .key()
        .await
        .unwrap_err();
    assert_eq!(old.code, Code::PassphraseWrong);
    room.check(&room.vault(passphrase_env("new passphrase")))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_key_file() {
    let room = Room::new();
    let path = room.key_file();
    let reason = |problem: readdress_core::error::Problem| {
        assert_eq!(problem.code, Code::KeyFileInvalid);
        problem.params["reason"].clone()
    };
    assert_eq!(
        reason(
            room.vault(key_file_env(path.clone()))
                .key()
                .await
                .unwrap_err()
        ),
        "missing"
    );
    new_key_file(&path).unwrap();
    assert_eq!(reason(new_key_file(&path).unwrap_err()), "exists");
    room.fill(&room.vault(key_file_env(path.clone()))).await;
    room.check(&room.vault(key_file_env(path.clone())))
        .await
        .unwrap();
    // Started without the variable: where it was last time.
    room.check(&room.vault(VaultEnv::default())).await.unwrap();

    let good = fs::read_to_string(&path).unwrap();
    for broken in [
        "",
        "readdress-key-1\n",
        "readdress-key-1\nAAAA\n",
        &good.replace("key-1", "key-2"),
        &format!("{good}x\n"),
    ] {
        fs::write(&path, broken).unwrap();
        assert_eq!(
            reason(
                room.vault(key_file_env(path.clone()))
                    .key()
                    .await
                    .unwrap_err()
            ),
            "format",
            "{broken}"
        );
    }
    fs::remove_file(&path).unwrap();
    new_key_file(&path).unwrap();
    let vault = room.vault(key_file_env(path.clone()));
    assert_eq!(reason(vault.key().await.unwrap_err()), "other_key");
    assert_eq!(vault.view().state, VaultState::Broken);
    fs::write(&path, &good).unwrap();
    room.check(&vault).await.unwrap();
}

#[tokio::test]
#[cfg(unix)]
async fn a_key_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let room = Room::new();
    new_key_file(&room.key_file()).unwrap();
    assert_eq!(
        fs::metadata(room.key_file()).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::set_permissions(room.key_file(), fs::Permissions::from_mode(0o640)).unwrap();
    let problem = room
        .vault(key_file_env(room.key_file()))
        .key()
        .await
        .unwrap_err();
    assert_eq!(
        (problem.code, problem.params["reason"].as_str()),
        (Code::KeyFileInvalid, "permissions")
    );
    fs::set_permissions(room.key_file(), fs::Permissions::from_mode(0o400)).unwrap();
    room.vault(key_file_env(room.key_file()))
        .key()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_variable_of_another_kind_is_an_error_and_never_a_second_vault() {
    let room = Room::new();
    new_key_file(&room.key_file()).unwrap();
    let both = VaultEnv {
        key_file: Some(room.key_file()),
        ..passphrase_env("a passphrase")
    };
    assert_eq!(
        room.vault(both).key().await.unwrap_err().params["reason"],
        "two_variables"
    );

    room.fill(&room.vault(keychain_env())).await;
    let passphrase = room
        .vault(passphrase_env("a passphrase"))
        .key()
        .await
        .unwrap_err();
    assert_eq!(
        (passphrase.code, passphrase.params["kind"].as_str()),
        (Code::PassphraseWrong, "keychain")
    );
    let file = room
        .vault(key_file_env(room.key_file()))
        .key()
        .await
        .unwrap_err();
    assert_eq!(
        (file.code, file.params["reason"].as_str()),
        (Code::KeyFileInvalid, "other_kind")
    );
    room.check(&room.vault(keychain_env())).await.unwrap();
}

#[tokio::test]
async fn a_keychain_that_is_missing_or_wrong() {
    let room = Room::new();
    let code = async || room.vault(keychain_env()).key().await.unwrap_err();
    for (mood, expected, reason) in [
        (Mood::Missing, Code::KeychainMissing, None),
        (Mood::Hangs, Code::KeychainMissing, Some("timed_out")),
        (Mood::Forgets, Code::KeychainWrong, Some("not_kept")),
        (Mood::Lies, Code::KeychainWrong, Some("not_kept")),
    ] {
        room.keychain.set_mood(mood);
        let problem = code().await;
        assert_eq!(
            (
                problem.code,
                problem.params.get("reason").map(String::as_str)
            ),
            (expected, reason),
            "{mood:?}"
        );
        assert_eq!(
            room.vault(keychain_env()).view().kind,
            VaultKind::Unset,
            "no fallback, no vault half made"
        );
    }
    room.keychain.set_mood(Mood::Well);
    room.fill(&room.vault(keychain_env())).await;
    assert_eq!(
        room.keychain.users().len(),
        1,
        "what the failed ones left is swept up: {:?}",
        room.keychain.users()
    );
    for (mood, expected, reason) in [
        (Mood::Missing, Code::KeychainMissing, None),
        (Mood::Hangs, Code::KeychainMissing, Some("timed_out")),
        (Mood::Forgets, Code::KeychainWrong, Some("no_entry")),
        (Mood::Lies, Code::KeychainWrong, Some("other_key")),
    ] {
        room.keychain.set_mood(mood);
        let problem = code().await;
        assert_eq!(
            (
                problem.code,
                problem.params.get("reason").map(String::as_str)
            ),
            (expected, reason),
            "{mood:?}"
        );
    }
    // It comes back, for a program that is running too.
    room.keychain.set_mood(Mood::Missing);
    let vault = room.vault(VaultEnv::default());
    vault.key().await.unwrap_err();
    assert_eq!(
        (vault.view().state, vault.view().keychain_works),
        (VaultState::Broken, Some(false))
    );
    room.keychain.set_mood(Mood::Well);
    room.check(&vault).await.unwrap();
    assert_eq!(
        (vault.view().state, vault.view().problem),
        (VaultState::Open, None)
    );
}

#[tokio::test]
async fn two_programs_that_set_up_at_once_share_one_vault() {
    let room = Room::new();
    let vaults: Vec<_> = (0..4).map(|_| room.vault(keychain_env())).collect();
    let keys = vaults.iter().map(|vault| {
        let vault = vault.clone();
        tokio::spawn(async move { vault.key().await.unwrap().id() })
    });
    let mut ids = Vec::new();
    for key in keys.collect::<Vec<_>>() {
        ids.push(key.await.unwrap());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(room.keychain.users(), [ids[0].to_string()]);
}

#[tokio::test]
async fn practice_needs_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::open(&Folder::open(dir.path()).unwrap().practice()).unwrap();
    let db = Db::open(&folder).unwrap();
    let id = Vault::practice(db.clone(), &folder)
        .key()
        .await
        .unwrap()
        .id();
    assert_eq!(Vault::practice(db, &folder).key().await.unwrap().id(), id);
    assert!(folder.path().join("practice.key").exists());
}
