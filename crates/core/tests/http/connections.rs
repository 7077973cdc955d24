//! Kept connections save time, and never cost certainty.

use std::time::Duration;

use readdress_core::http::Limits;

use crate::servers::*;

#[tokio::test]
async fn a_kept_connection_serves_the_next_request_and_an_old_one_does_not() {
    let server = Server::answering(ok("{}")).await;
    let keeping = sender(patient());
    for _ in 0..3 {
        answer(keeping.clone().send(post(&server.url())).await);
    }
    assert_eq!(server.connections(), 1);

    let server = Server::answering(ok("{}")).await;
    let forgetting = sender(Limits {
        idle: Duration::from_millis(50),
        ..patient()
    });
    for _ in 0..3 {
        answer(forgetting.send(post(&server.url())).await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn a_connection_that_the_server_closed_meanwhile_costs_nothing() {
    let server = Server::answering_once(ok("{}")).await;
    let sender = sender(patient());
    for _ in 0..3 {
        answer(sender.send(post(&server.url())).await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_kept_connection_that_dies_with_the_request_is_unknown_and_not_sent_again() {
    let server = Server::new(|mut stream, seen| async move {
        use tokio::io::AsyncWriteExt;
        read_request(&mut stream).await;
        let _ = stream.write_all(&ok("{}")).await;
        if let Some(second) = read_request(&mut stream).await {
            seen.lock().expect("a log").push(second);
        }
    })
    .await;
    let sender = sender(patient());
    answer(sender.send(post(&server.url())).await);
    assert_eq!(
        no_answer(sender.send(post(&server.url())).await),
        pair("unreachable", "closed")
    );
    assert_eq!((server.requests().len(), server.connections()), (1, 1));
}

#[tokio::test]
async fn localhost_is_this_machine() {
    let server = Server::answering(ok("{}")).await;
    let url = format!("http://localhost:{}/token/{SECRET}", server.addr.port());
    answer(sender(patient()).send(post(&url)).await);
}
