//! Mailboxes and the senders of codes: in a backup, and in one of before there were any.

use std::path::Path;

use readdress_core::db::{Db, MailboxRow};
use readdress_core::error::Code;
use readdress_core::secret::Secret;
use readdress_core::vault::Place;
use readdress_core::view::MailTls;
use uuid::Uuid;

use crate::support::{Everything, Place1, at, everything};

const MAIN: Uuid = Uuid::from_u128(0x3000_0001);
const OLD: Uuid = Uuid::from_u128(0x3000_0002);

/// One with everything, one whose password was dropped with an older vault; and senders for two changes.
async fn with_mail() -> Place1 {
    let place = Place1::with(12).await;
    let key = place.engine.vault().key().await.unwrap();
    let db = Db::open(place.engine.folder()).unwrap();
    let password = Secret::new("pass geheim ü \"quoted\"");
    db.add_mailbox(MailboxRow {
        id: MAIN,
        user: "ops@acme.example".to_owned(),
        host: "imap.acme.example".to_owned(),
        port: 993,
        tls: MailTls::Implicit,
        ca_file: Some("/etc/ssl/acme.pem".to_owned()),
        serves: vec!["ops@acme.example".to_owned(), "*@bücher.example".to_owned()],
        password: Some(key.seal(Place::mailbox(MAIN), &password)),
        created_at: at(7),
    })
    .await
    .unwrap();
    db.add_mailbox(MailboxRow {
        id: OLD,
        user: "ana".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: 1143,
        tls: MailTls::Starttls,
        ca_file: None,
        serves: vec!["ana@old.example".to_owned()],
        password: None,
        created_at: at(3),
    })
    .await
    .unwrap();
    // The third has ended as changed.
    for (n, sender) in [(8u128, "No-Reply@Z-API.example"), (4, "other@z.example")] {
        let change = Uuid::from_u128(0x2000_0000 + n);
        db.put_code_mail(change, sender, at(9)).await.unwrap();
    }
    place
}

fn mail_of(everything: &Everything) -> [&[String]; 2] {
    [&everything.mailboxes, &everything.code_mails]
}

#[tokio::test]
async fn mailboxes_and_senders_come_back_under_another_key() {
    let from = with_mail().await;
    let before = from.everything().await;
    assert_eq!(mail_of(&before).map(<[_]>::len), [2, 2]);
    assert!(
        before.mailboxes[0].contains("pass geheim"),
        "what is looked for"
    );
    let made = from.export().await.unwrap();
    assert_eq!(made.secrets, 24 + 1, "a password is a secret");
    let bytes = std::fs::read(from.file()).unwrap();
    let plain = |text: &[u8]| bytes.windows(text.len()).any(|part| part == text);
    assert!(!plain(b"geheim") && !plain(b"imap.acme"));

    let to = Place1::new();
    to.restore(&from.file(), false).await.unwrap();
    let after = to.everything().await;
    assert_eq!(mail_of(&after), mail_of(&before));
    let shown = to.engine.mailboxes().unwrap();
    let shown: Vec<_> = shown
        .iter()
        .map(|one| (one.user.as_str(), one.has_password))
        .collect();
    assert_eq!(shown, [("ana", false), ("ops@acme.example", true)]);
    let db = Db::open(to.engine.folder()).unwrap();
    let service = db
        .change(Uuid::from_u128(0x2000_0008))
        .unwrap()
        .change
        .service;
    assert_eq!(
        db.proved_senders(&service).unwrap(),
        ["no-reply@z-api.example"]
    );
    // Sealed for its own row here.
    let key = to.engine.vault().key().await.unwrap();
    let sealed = db.mailbox(MAIN).unwrap().password.unwrap();
    assert!(key.open(Place::mailbox(MAIN), &sealed).is_ok());
    assert!(key.open(Place::mailbox(OLD), &sealed).is_err());
}

#[tokio::test]
async fn a_folder_with_nothing_but_a_mailbox_is_not_replaced_silently() {
    let from = Place1::with(2).await;
    from.export().await.unwrap();
    let to = Place1::new();
    let source = with_mail().await;
    source.export().await.unwrap();
    to.restore(&source.file(), false).await.unwrap();
    let raw = rusqlite::Connection::open(to.data().join("readdress.db")).unwrap();
    raw.execute_batch(
        "DROP TRIGGER events_stay; DELETE FROM events; DELETE FROM changes; DELETE FROM profiles",
    )
    .unwrap();
    let problem = to.restore(&from.file(), false).await.unwrap_err();
    assert_eq!(problem.code, Code::FolderNotEmpty);
    let here = ["profiles_here", "changes_here", "mailboxes_here"];
    assert_eq!(
        here.map(|name| problem.params[name].as_str()),
        ["0", "0", "2"]
    );
    assert_eq!(to.engine.mailboxes().unwrap().len(), 2);

    let restored = to.restore(&from.file(), true).await.unwrap();
    assert_eq!(to.engine.mailboxes().unwrap(), []);
    let key = to.engine.vault().key().await.unwrap();
    let old = tempfile::tempdir().unwrap();
    std::fs::copy(restored.copy.unwrap(), old.path().join("readdress.db")).unwrap();
    assert_eq!(
        everything(old.path(), &key).mailboxes.len(),
        2,
        "in the copy"
    );
}

#[tokio::test]
async fn a_password_that_does_not_open_is_named_and_no_half_backup_is_written() {
    let place = with_mail().await;
    let raw = rusqlite::Connection::open(place.data().join("readdress.db")).unwrap();
    raw.execute_batch("UPDATE mailboxes SET password = zeroblob(80) WHERE port = 993")
        .unwrap();
    let problem = place.export().await.unwrap_err();
    assert_eq!(
        (
            problem.code,
            problem.params["label"].as_str(),
            problem.params["reason"].as_str()
        ),
        (Code::SecretDamaged, "ops@acme.example", "mailbox")
    );
    assert!(!place.file().exists());
}

/// Made by version 0.1.0 from the folder `fixtures/schema-1`.
#[tokio::test]
async fn a_backup_of_format_1_is_read() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/backup-1/readdress.age"
    );
    let place = Place1::new();
    let restored = place.restore(Path::new(file), false).await.unwrap().backup;
    assert_eq!(
        (
            restored.version.as_str(),
            restored.profiles,
            restored.changes
        ),
        ("0.1.0", 3, 11)
    );
    let after = place.everything().await;
    assert_eq!(mail_of(&after), [&[] as &[String]; 2]);
    let secrets: usize = readdress_sandbox::practice_accounts()
        .iter()
        .map(|account| account.secrets.len())
        .sum();
    assert_eq!(restored.secrets as usize, secrets + 1, "and a session");
    for (_, secret) in readdress_sandbox::practice_accounts()
        .iter()
        .flat_map(|account| &account.secrets)
    {
        let opened = after.profiles.iter().any(|line| line.ends_with(secret));
        assert!(opened, "a secret is missing");
    }
    // What it did not know is taken away all the same where everything is replaced.
    let place = with_mail().await;
    let place = Place1 {
        engine: crate::support::open(place.dir.path()),
        ..place
    };
    place.restore(Path::new(file), true).await.unwrap();
    assert_eq!(place.engine.mailboxes().unwrap(), []);
}
