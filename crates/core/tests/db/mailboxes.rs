//! Mailboxes as rows: each once, in order, and never written over by who looked at another one.

use readdress_core::db::MailboxRow;
use readdress_core::error::Code;
use readdress_core::view::MailTls;
use uuid::Uuid;

use crate::support::{Place, at};

fn row(user: &str, host: &str) -> MailboxRow {
    MailboxRow {
        id: Uuid::now_v7(),
        user: user.to_owned(),
        host: host.to_owned(),
        port: 993,
        tls: MailTls::Implicit,
        ca_file: None,
        serves: vec!["ops@acme.example".to_owned(), "*@acme.example".to_owned()],
        password: None,
        created_at: at(5),
    }
}

#[tokio::test]
async fn what_is_kept_comes_back_in_the_order_in_which_it_was_added() {
    let place = Place::new();
    let db = place.db();
    assert_eq!(db.mailboxes().unwrap(), []);
    let later = row("a", "b.example");
    let earlier = MailboxRow {
        port: 143,
        tls: MailTls::Starttls,
        ca_file: Some("/a b/ca.pem".to_owned()),
        serves: Vec::new(),
        created_at: at(4),
        ..row("z", "a.example")
    };
    db.add_mailbox(later.clone()).await.unwrap();
    db.add_mailbox(earlier.clone()).await.unwrap();
    // Another program sees the same.
    let rows = place.db().mailboxes().unwrap();
    assert_eq!(rows, [earlier.clone(), later.clone()]);
    assert_eq!(db.mailbox(later.id).unwrap(), later);
    db.remove_mailbox(later.id).await.unwrap();
    assert_eq!(db.mailboxes().unwrap(), [earlier]);
    for problem in [
        db.remove_mailbox(later.id).await.unwrap_err(),
        db.mailbox(later.id).unwrap_err(),
        db.replace_mailbox(later.clone(), later.clone())
            .await
            .unwrap_err(),
    ] {
        assert_eq!(problem.code, Code::MailboxUnknown);
        assert_eq!(problem.params["mailbox"], later.id.to_string());
    }
}

#[tokio::test]
async fn the_same_login_at_the_same_host_is_there_once() {
    let place = Place::new();
    let db = place.db();
    let first = row("Ops@acme.example", "imap.acme.example");
    db.add_mailbox(first.clone()).await.unwrap();
    for user in ["Ops@acme.example", "ops@ACME.example"] {
        let twin = MailboxRow {
            port: 143,
            ..row(user, "imap.acme.example")
        };
        let problem = db.add_mailbox(twin).await.unwrap_err();
        assert_eq!(
            (problem.code, problem.params["label"].as_str()),
            (Code::MailboxTwice, "Ops@acme.example")
        );
    }
    let other = row("Ops@acme.example", "imap.other.example");
    db.add_mailbox(other.clone()).await.unwrap();
    let mut moved = other.clone();
    moved.host = first.host.clone();
    let problem = db.replace_mailbox(other.clone(), moved).await.unwrap_err();
    assert_eq!(problem.code, Code::MailboxTwice);
    // Itself is no twin.
    let mut louder = first.clone();
    louder.user = "OPS@acme.example".to_owned();
    db.replace_mailbox(first, louder.clone()).await.unwrap();
    assert_eq!(db.mailboxes().unwrap(), [louder, other]);
}

/// A password that is kept goes with the host that was looked at, not with one that came in between.
#[tokio::test]
async fn who_looked_at_another_row_writes_nothing() {
    let place = Place::new();
    let db = place.db();
    let before = row("ops", "imap.acme.example");
    db.add_mailbox(before.clone()).await.unwrap();
    let mut theirs = before.clone();
    theirs.host = "imap.evil.example".to_owned();
    let neighbour = place.db();
    neighbour
        .replace_mailbox(before.clone(), theirs.clone())
        .await
        .unwrap();
    let mut ours = before.clone();
    ours.serves.clear();
    let problem = db.replace_mailbox(before, ours).await.unwrap_err();
    assert_eq!(
        (problem.code, problem.params["reason"].as_str()),
        (Code::Busy, "quicker")
    );
    assert_eq!(db.mailboxes().unwrap(), [theirs]);
}
