//! Passphrases as keyboards give them: composed or not, empty, short, no text at all.

use readdress_core::error::Code;
use readdress_core::vault::VaultEnv;
use readdress_core::view::VaultKind;

use crate::fake::{Room, key_file_env, passphrase_env, secret};

/// `é` as one character (Linux, Windows) and as two (some of macOS).
const COMPOSED: &str = "caf\u{e9} cr\u{e8}me";
const DECOMPOSED: &str = "cafe\u{301} cre\u{300}me";

#[tokio::test]
async fn one_passphrase_typed_on_two_systems_is_the_same() {
    assert_ne!(COMPOSED, DECOMPOSED);
    for (made, typed) in [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)] {
        let room = Room::new();
        room.fill(&room.vault(passphrase_env(made))).await;
        room.check(&room.vault(passphrase_env(typed)))
            .await
            .unwrap();
        room.check(&room.vault(passphrase_env(made))).await.unwrap();
        let other = room
            .vault(passphrase_env("cafe creme"))
            .key()
            .await
            .unwrap_err();
        assert_eq!(other.code, Code::PassphraseWrong, "letters are not folded");
        let vault = room.vault(VaultEnv::default());
        vault
            .change_passphrase(secret(typed), secret("another passphrase"))
            .await
            .unwrap();
        room.check(&room.vault(passphrase_env("another passphrase")))
            .await
            .unwrap();
    }
}

/// As a program wrapped it that did not compose.
#[tokio::test]
async fn a_key_wrapped_under_the_uncomposed_text_still_opens() {
    let room = Room::new();
    room.fill(&room.vault(passphrase_env("a passphrase"))).await;
    let db = rusqlite::Connection::open(room.dir.path().join("readdress.db")).unwrap();
    let wrapped: Vec<u8> = db
        .query_row("SELECT wrapped FROM vault", [], |row| row.get(0))
        .unwrap();
    let text = |text: &str| age::secrecy::SecretString::from(text.to_owned());
    let key = age::decrypt(&age::scrypt::Identity::new(text("a passphrase")), &wrapped).unwrap();
    let mut recipient = age::scrypt::Recipient::new(text(DECOMPOSED));
    recipient.set_work_factor(2);
    let old = age::encrypt(&recipient, &key).unwrap();
    db.execute("UPDATE vault SET wrapped = ?1", [old]).unwrap();
    room.check(&room.vault(passphrase_env(DECOMPOSED)))
        .await
        .unwrap();
    let wrong = room
        .vault(passphrase_env("cafe\u{301} creme"))
        .key()
        .await
        .unwrap_err();
    assert_eq!(wrong.code, Code::PassphraseWrong);
}

#[tokio::test]
async fn what_is_too_short_is_counted_as_people_count() {
    let room = Room::new();
    let vault = room.vault(VaultEnv::default());
    for short in [
        "",
        " ",
        "1234567",
        "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}",
    ] {
        let problem = vault
            .set_up(VaultKind::Passphrase, Some(secret(short)))
            .await
            .unwrap_err();
        assert_eq!(
            (problem.code, problem.params["min"].as_str()),
            (Code::PassphraseTooShort, "8"),
            "{short:?}"
        );
    }
    assert_eq!(vault.view().kind, VaultKind::Unset);
}

/// `READDRESS_PASSPHRASE="$(cat missing)"`: nobody chose the keychain by it.
#[tokio::test]
async fn a_variable_that_is_set_to_nothing_is_no_choice() {
    let room = Room::new();
    let empty = |auto_keychain| VaultEnv {
        auto_keychain,
        ..passphrase_env("")
    };
    let told = room.vault(empty(true)).key().await.unwrap_err();
    assert_eq!(told.code, Code::PassphraseTooShort);
    let no_file = VaultEnv {
        auto_keychain: true,
        ..key_file_env("".into())
    };
    let told = room.vault(no_file).key().await.unwrap_err();
    assert_eq!(
        (told.code, told.params["reason"].as_str()),
        (Code::KeyFileInvalid, "not_named")
    );
    // In a window somebody can be asked.
    let asked = room.vault(empty(false)).key().await.unwrap_err();
    assert_eq!(asked.code, Code::VaultUnset);
    assert!(room.keychain.users().is_empty());

    room.fill(&room.vault(passphrase_env("a passphrase"))).await;
    let locked = room.vault(empty(true)).key().await.unwrap_err();
    assert_eq!(locked.code, Code::VaultLocked);
}
