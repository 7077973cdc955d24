//! Editing: what is typed replaces what was there, and a password never goes where it was not given for.

use readdress_core::ask::NewMailbox;
use readdress_core::db::Db;
use readdress_core::error::Code;
use readdress_core::secret::Secret;
use readdress_core::vault::Place;
use readdress_core::view::{MailTls, VaultKind};
use uuid::Uuid;

use crate::stage::{Stage, silent, typed};

/// The password as it is kept now.
async fn kept(stage: &Stage, id: Uuid) -> Option<String> {
    let db = Db::open(stage.engine.folder()).unwrap();
    let sealed = db.mailbox(id).unwrap().password?;
    let key = stage.other().vault().key().await.unwrap();
    let password = key.open(Place::mailbox(id), &sealed).unwrap();
    Some(password.expose().to_owned())
}

#[tokio::test]
async fn the_password_stays_where_nobody_else_could_read_it() {
    let stage = Stage::new();
    let file = stage.authority("ca.pem");
    let with_authority = NewMailbox {
        ca_file: Some(file.clone()),
        ..typed()
    };
    let one = stage.engine.add_mailbox(with_authority).await.unwrap();
    let mut told = stage.engine.subscribe();
    for new in [
        // Tidy, it is the same host.
        NewMailbox {
            host: " IMAP.acme.example. ".to_owned(),
            ca_file: Some(file.clone()),
            ..silent()
        },
        NewMailbox {
            serves: vec!["*@acme.example".to_owned()],
            user: "ops2@acme.example".to_owned(),
            ca_file: Some(file.clone()),
            ..silent()
        },
        // Fewer are trusted.
        NewMailbox {
            password: Some(Secret::new("")),
            ..silent()
        },
    ] {
        let edited = stage.engine.edit_mailbox(one.id, new.clone()).await;
        let edited = edited.unwrap();
        assert_eq!((edited.id, edited.has_password), (one.id, true));
        assert_eq!(edited.user, new.user);
        assert_eq!(edited.host, "imap.acme.example");
        assert_eq!(stage.other().mailboxes().unwrap(), [edited]);
        assert!(told.try_recv().unwrap().mail);
        assert_eq!(
            kept(&stage, one.id).await.as_deref(),
            Some("an app passw0rd")
        );
    }
}

/// A page that was made to send another host, or a weaker way, would hand the password to it.
#[tokio::test]
async fn another_place_asks_for_the_password_again() {
    let stage = Stage::new();
    let file = stage.authority("ca.pem");
    let one = stage.engine.add_mailbox(typed()).await.unwrap();
    let elsewhere = [
        NewMailbox {
            host: "imap.evil.example".to_owned(),
            ..silent()
        },
        NewMailbox {
            port: 1993,
            ..silent()
        },
        NewMailbox {
            tls: MailTls::Starttls,
            ..silent()
        },
        // Who made the file could stand between.
        NewMailbox {
            ca_file: Some(file),
            ..silent()
        },
    ];
    for new in &elsewhere {
        let problem = stage.engine.edit_mailbox(one.id, new.clone()).await;
        let problem = problem.unwrap_err();
        assert_eq!(
            (problem.code, problem.params["label"].as_str()),
            (Code::MailPasswordNeeded, "ops@acme.example"),
            "{new:?}"
        );
        let tried = stage.engine.test_mailbox(Some(one.id), new.clone()).await;
        assert_eq!(tried.unwrap_err().code, Code::MailPasswordNeeded, "{new:?}");
    }
    assert_eq!(
        stage.engine.mailboxes().unwrap(),
        std::slice::from_ref(&one)
    );
    for mut new in elsewhere {
        new.password = Some(Secret::new("an0ther"));
        stage.engine.edit_mailbox(one.id, new).await.unwrap();
        assert_eq!(kept(&stage, one.id).await.as_deref(), Some("an0ther"));
    }
}

#[tokio::test]
async fn it_cannot_become_another_one_that_is_there() {
    let stage = Stage::new();
    stage.engine.add_mailbox(typed()).await.unwrap();
    let other = NewMailbox {
        user: "ana@acme.example".to_owned(),
        ..typed()
    };
    let other = stage.engine.add_mailbox(other).await.unwrap();
    let problem = stage.engine.edit_mailbox(other.id, typed()).await;
    assert_eq!(problem.unwrap_err().code, Code::MailboxTwice);
    assert_eq!(stage.engine.mailboxes().unwrap()[1], other);
}

#[tokio::test]
async fn after_a_new_vault_it_is_there_without_its_password_until_it_is_given() {
    let stage = Stage::new();
    let one = stage.engine.add_mailbox(typed()).await.unwrap();
    std::fs::remove_file(stage.folder.path().join("key")).unwrap();
    readdress_core::vault::new_key_file(&stage.folder.path().join("key")).unwrap();
    let engine = stage.other();
    engine
        .vault()
        .reset(VaultKind::KeyFile, None)
        .await
        .unwrap();
    let shown = engine.mailboxes().unwrap().remove(0);
    assert_eq!((shown.id, shown.has_password), (one.id, false));
    // There is nothing that could go astray.
    let moved = NewMailbox {
        host: "imap.new.example".to_owned(),
        ..silent()
    };
    let moved = engine.edit_mailbox(one.id, moved).await.unwrap();
    assert!(!moved.has_password);
    let tried = engine.test_mailbox(Some(one.id), silent()).await;
    assert_eq!(tried.unwrap_err().code, Code::MailPasswordNeeded);
    assert!(
        engine
            .edit_mailbox(one.id, typed())
            .await
            .unwrap()
            .has_password
    );
    assert_eq!(
        kept(&stage, one.id).await.as_deref(),
        Some("an app passw0rd")
    );
}

/// Another program changes the key: an edit that keeps the password keeps it as it is sealed now.
#[tokio::test]
async fn a_new_key_of_another_program_costs_no_password() {
    let stage = Stage::new();
    let one = stage.engine.add_mailbox(typed()).await.unwrap();
    stage.other().vault().make_new_key(None).await.unwrap();
    let renamed = NewMailbox {
        user: "ops2@acme.example".to_owned(),
        ..silent()
    };
    stage.engine.edit_mailbox(one.id, renamed).await.unwrap();
    assert_eq!(
        kept(&stage, one.id).await.as_deref(),
        Some("an app passw0rd")
    );
    stage.other().vault().make_new_key(None).await.unwrap();
    let second = NewMailbox {
        user: "ana@acme.example".to_owned(),
        ..typed()
    };
    let second = stage.engine.add_mailbox(second).await.unwrap();
    assert_eq!(
        kept(&stage, second.id).await.as_deref(),
        Some("an app passw0rd")
    );
}
