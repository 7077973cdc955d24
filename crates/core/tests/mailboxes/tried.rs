//! *Test* with what is typed, and with the password that is kept. What a server may do is told in the tests of the connection.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use readdress_core::ask::NewMailbox;
use readdress_core::error::Code;
use readdress_core::view::{MailTls, MailboxTestId};

use crate::stage::{Stage, silent, typed};

/// Counts who comes, and hangs up.
fn server() -> (u16, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let came = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&came);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
            drop(stream);
        }
    });
    (port, came)
}

fn at(port: u16) -> NewMailbox {
    NewMailbox {
        host: "127.0.0.1".to_owned(),
        port,
        ..typed()
    }
}

#[tokio::test]
async fn each_step_tells_how_far_it_went_and_nothing_is_kept() {
    let stage = Stage::new();
    let (port, came) = server();
    let tried = stage.engine.test_mailbox(None, at(port)).await.unwrap();
    assert!(!tried.works);
    let ids: Vec<_> = tried.steps.iter().map(|step| (step.id, step.ok)).collect();
    assert_eq!(
        ids[..3],
        [
            (MailboxTestId::Name, Some(true)),
            (MailboxTestId::Port, Some(true)),
            (MailboxTestId::Tls, Some(false))
        ]
    );
    assert!(ids[3..].iter().all(|(_, ok)| ok.is_none()));
    assert_eq!(came.load(Ordering::SeqCst), 1);
    assert_eq!(stage.engine.mailboxes().unwrap(), []);
}

#[tokio::test]
async fn the_kept_password_is_tried_at_its_own_host_only() {
    let stage = Stage::new();
    let (port, came) = server();
    let (other_port, other_came) = server();
    let one = stage.engine.add_mailbox(at(port)).await.unwrap();
    let again = NewMailbox {
        password: None,
        ..at(port)
    };
    let tried = stage.engine.test_mailbox(Some(one.id), again.clone()).await;
    assert_eq!(tried.unwrap().steps[1].ok, Some(true));
    assert_eq!(came.load(Ordering::SeqCst), 1);
    for new in [
        NewMailbox {
            port: other_port,
            ..again.clone()
        },
        NewMailbox {
            host: "localhost".to_owned(),
            ..again.clone()
        },
        NewMailbox {
            tls: MailTls::Starttls,
            ..again.clone()
        },
    ] {
        let problem = stage.engine.test_mailbox(Some(one.id), new).await;
        assert_eq!(problem.unwrap_err().code, Code::MailPasswordNeeded);
    }
    let nameless = stage.engine.test_mailbox(None, again).await;
    assert_eq!(nameless.unwrap_err().code, Code::MailPasswordNeeded);
    let counts = [&came, &other_came].map(|came| came.load(Ordering::SeqCst));
    assert_eq!(counts, [1, 0], "nobody was asked");
}

#[tokio::test]
async fn a_password_that_does_not_open_is_named_and_one_that_is_typed_is_used() {
    let stage = Stage::new();
    let (port, came) = server();
    let one = stage.engine.add_mailbox(at(port)).await.unwrap();
    stage
        .raw()
        .execute("UPDATE mailboxes SET password = zeroblob(80)", [])
        .unwrap();
    let silent = NewMailbox {
        host: "127.0.0.1".to_owned(),
        port,
        ..silent()
    };
    let problem = stage.engine.test_mailbox(Some(one.id), silent).await;
    let problem = problem.unwrap_err();
    assert_eq!(
        (
            problem.code,
            problem.params["label"].as_str(),
            problem.params["reason"].as_str()
        ),
        (Code::SecretDamaged, "ops@acme.example", "mailbox")
    );
    assert_eq!(came.load(Ordering::SeqCst), 0);
    stage
        .engine
        .test_mailbox(Some(one.id), at(port))
        .await
        .unwrap();
    assert_eq!(came.load(Ordering::SeqCst), 1);
    let unknown = stage.engine.test_mailbox(
        Some(uuid::Uuid::nil()),
        NewMailbox {
            password: None,
            ..typed()
        },
    );
    assert_eq!(unknown.await.unwrap_err().code, Code::MailboxUnknown);
}
