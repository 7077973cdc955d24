//! Adding, listing, naming and removing.

use readdress_core::ask::NewMailbox;
use readdress_core::error::Code;
use readdress_core::secret::Secret;
use readdress_core::view::MailTls;
use tokio::sync::broadcast::error::TryRecvError;

use crate::stage::{Stage, silent, typed, why};

#[tokio::test]
async fn what_is_added_is_tidy_told_and_there_for_others() {
    let stage = Stage::new();
    let mut told = stage.engine.subscribe();
    let added = stage
        .engine
        .add_mailbox(NewMailbox {
            user: " Ops@Acme.example ".to_owned(),
            host: "IMAP.Acme.example.".to_owned(),
            ca_file: Some(" ".to_owned()),
            serves: vec![
                " *@Acme.example ".to_owned(),
                "*@acme.EXAMPLE".to_owned(),
                String::new(),
            ],
            ..typed()
        })
        .await
        .unwrap();
    assert_eq!(
        (added.user.as_str(), added.host.as_str(), added.port),
        ("Ops@Acme.example", "imap.acme.example", 993)
    );
    assert_eq!(
        (added.tls, added.ca_file.as_deref()),
        (MailTls::Implicit, None)
    );
    assert_eq!(added.serves, ["*@acme.example"]);
    assert!(added.has_password);
    let news = told.try_recv().unwrap();
    assert!(news.mail && !news.all && news.profiles.is_empty() && news.changes.is_empty());
    assert_eq!(told.try_recv().unwrap_err(), TryRecvError::Empty);
    assert_eq!(
        stage.other().mailboxes().unwrap(),
        std::slice::from_ref(&added)
    );

    let second = NewMailbox {
        user: "ana".to_owned(),
        host: "::1".to_owned(),
        tls: MailTls::Starttls,
        port: 1143,
        serves: vec!["ana@new.example".to_owned()],
        ..typed()
    };
    let second = stage.engine.add_mailbox(second).await.unwrap();
    let ids: Vec<_> = stage
        .engine
        .mailboxes()
        .unwrap()
        .iter()
        .map(|one| one.id)
        .collect();
    assert_eq!(ids, [added.id, second.id]);
}

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_is_kept() {
    let stage = Stage::new();
    let refused = async |new: NewMailbox| stage.engine.add_mailbox(new).await.unwrap_err();
    let problem = refused(NewMailbox {
        host: "https://imap.acme.example".to_owned(),
        ..typed()
    })
    .await;
    assert_eq!(problem.code, Code::MailboxInvalid);
    assert_eq!(why(&problem), ("host", "scheme"));
    let problem = refused(NewMailbox {
        user: "ops".to_owned(),
        serves: Vec::new(),
        ..typed()
    })
    .await;
    assert_eq!(why(&problem), ("serves", "missing"));
    let problem = refused(NewMailbox {
        serves: vec!["ops@acme.example".to_owned(), "ana at acme".to_owned()],
        ..typed()
    })
    .await;
    assert_eq!(why(&problem), ("serves", "spaces"));
    assert_eq!(problem.params["address"], "ana at acme");
    for password in [None, Some(Secret::new(""))] {
        let problem = refused(NewMailbox {
            password,
            ..typed()
        })
        .await;
        assert_eq!(problem.code, Code::MailPasswordNeeded);
    }
    let nowhere = stage.folder.path().join("none.pem");
    let problem = refused(NewMailbox {
        ca_file: Some(nowhere.to_str().unwrap().to_owned()),
        ..typed()
    })
    .await;
    assert_eq!(
        (problem.code, why(&problem).1),
        (Code::CertificateInvalid, "missing")
    );
    std::fs::write(&nowhere, "no certificate").unwrap();
    let problem = refused(NewMailbox {
        ca_file: Some(nowhere.to_str().unwrap().to_owned()),
        ..typed()
    })
    .await;
    assert_eq!(why(&problem).1, "no_certificate");
    assert_eq!(stage.engine.mailboxes().unwrap(), []);
    let file = stage.authority("ca.pem");
    let added = stage.engine.add_mailbox(NewMailbox {
        ca_file: Some(format!(" {file} ")),
        ..typed()
    });
    assert_eq!(added.await.unwrap().ca_file, Some(file));
}

#[tokio::test]
async fn the_same_login_is_kept_once() {
    let stage = Stage::new();
    stage.engine.add_mailbox(typed()).await.unwrap();
    let twin = NewMailbox {
        user: "OPS@acme.example".to_owned(),
        host: "IMAP.acme.example".to_owned(),
        port: 143,
        tls: MailTls::Starttls,
        ..typed()
    };
    let problem = stage.other().add_mailbox(twin).await.unwrap_err();
    assert_eq!(
        (problem.code, problem.params["label"].as_str()),
        (Code::MailboxTwice, "ops@acme.example")
    );
    assert_eq!(stage.engine.mailboxes().unwrap().len(), 1);
}

#[tokio::test]
async fn a_script_names_it_by_its_login_or_its_id() {
    let stage = Stage::new();
    let engine = &stage.engine;
    let one = engine.add_mailbox(typed()).await.unwrap();
    assert_eq!(engine.find_mailbox(" OPS@acme.example ").unwrap(), one.id);
    assert_eq!(engine.find_mailbox(&one.id.to_string()).unwrap(), one.id);
    for name in ["ops", "", "0198a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"] {
        let problem = engine.find_mailbox(name).unwrap_err();
        assert_eq!(problem.code, Code::MailboxUnknown, "{name}");
        assert_eq!(problem.params["label"], name);
        assert_eq!(problem.params.get("reason"), None);
    }
    let same_login = NewMailbox {
        host: "imap.other.example".to_owned(),
        ..typed()
    };
    engine.add_mailbox(same_login).await.unwrap();
    let problem = engine.find_mailbox("ops@acme.example").unwrap_err();
    assert_eq!(problem.params["reason"], "several");
}

#[tokio::test]
async fn a_removed_one_is_gone_and_told() {
    let stage = Stage::new();
    let one = stage.engine.add_mailbox(typed()).await.unwrap();
    let mut told = stage.engine.subscribe();
    stage.engine.remove_mailbox(one.id).await.unwrap();
    assert!(told.try_recv().unwrap().mail);
    assert_eq!(stage.engine.mailboxes().unwrap(), []);
    let again = stage.engine.remove_mailbox(one.id).await.unwrap_err();
    assert_eq!(again.code, Code::MailboxUnknown);
    let edit = stage.engine.edit_mailbox(one.id, silent()).await;
    assert_eq!(edit.unwrap_err().code, Code::MailboxUnknown);
    assert_eq!(told.try_recv().unwrap_err(), TryRecvError::Empty);
}
