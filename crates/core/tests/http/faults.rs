//! What goes wrong on a plain connection, and what it proves.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::servers::*;

/// Closes with a reset instead of a farewell.
fn reset(stream: TcpStream) {
    stream.set_zero_linger().expect("a socket option");
    drop(stream);
}

#[tokio::test]
async fn a_closed_port_got_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    drop(listener);
    let sent = sender(patient())
        .send(post(&format!("http://{addr}/token/{SECRET}")))
        .await;
    assert_eq!(not_sent(sent), pair("unreachable", "refused"));
}

#[tokio::test]
async fn a_name_that_does_not_exist_got_nothing() {
    let sent = sender(patient())
        .send(post(&format!(
            "https://readdress-test.invalid/token/{SECRET}"
        )))
        .await;
    assert_eq!(not_sent(sent), pair("unreachable", "dns"));
}

#[tokio::test]
async fn a_reset_before_the_request_was_read_is_unreachable() {
    let server = Server::new(|stream, _| async move { reset(stream) }).await;
    // Whether bytes had left before the reset came is the kernel's secret: both are honest, an answer is not.
    let sent = send_to(&server, patient()).await;
    let told = match sent {
        readdress_core::http::Sent::NotSent(_) => not_sent(sent),
        _ => no_answer(sent),
    };
    assert_eq!(told, pair("unreachable", "closed"));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_reset_after_the_request_was_read_proves_nothing() {
    let server = Server::new(|mut stream, seen| async move {
        if let Some(request) = read_request(&mut stream).await {
            seen.lock().expect("a log").push(request);
            reset(stream);
        }
    })
    .await;
    let sent = send_to(&server, patient()).await;
    assert_eq!(no_answer(sent), pair("unreachable", "closed"));
    assert_eq!(server.requests().len(), 1, "sent again by itself");
}

#[tokio::test]
async fn a_farewell_without_an_answer_proves_nothing() {
    let server = Server::answering_once("").await;
    assert_eq!(
        no_answer(send_to(&server, patient()).await),
        pair("unreachable", "closed")
    );
    let server = Server::answering_once("HTTP/1.1 200 OK\r\ncontent-le").await;
    assert_eq!(
        no_answer(send_to(&server, patient()).await),
        pair("unreachable", "closed")
    );
    assert_eq!(server.requests().len(), 1, "sent again by itself");
}

#[tokio::test]
async fn silence_ends_at_the_read_limit() {
    let server = Server::new(|mut stream, _| async move {
        read_request(&mut stream).await;
        tokio::time::sleep(Duration::from_secs(60)).await;
    })
    .await;
    assert_eq!(
        no_answer(send_to(&server, impatient()).await),
        pair("timed_out", "answer")
    );
}

#[tokio::test]
async fn silence_within_the_body_ends_at_the_read_limit() {
    let server = Server::new(|mut stream, _| async move {
        read_request(&mut stream).await;
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
            .await;
        tokio::time::sleep(Duration::from_secs(60)).await;
    })
    .await;
    assert_eq!(
        no_answer(send_to(&server, impatient()).await),
        pair("timed_out", "body")
    );
}

#[tokio::test]
async fn a_slow_drip_ends_at_the_total_limit() {
    let server = Server::new(|mut stream, _| async move {
        read_request(&mut stream).await;
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
            .await;
        while stream.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!(
        no_answer(send_to(&server, impatient()).await),
        pair("timed_out", "body")
    );
}

#[tokio::test]
async fn an_endless_body_ends_at_the_size_limit() {
    let server = Server::new(|mut stream, _| async move {
        read_request(&mut stream).await;
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            .await;
        let piece = [b"1000\r\n".to_vec(), vec![b' '; 0x1000], b"\r\n".to_vec()].concat();
        while stream.write_all(&piece).await.is_ok() {}
    })
    .await;
    let sent = send_to(&server, patient()).await;
    assert_eq!(no_answer(sent), pair("unexpected_answer", "too_large"));
}

#[tokio::test]
async fn a_cut_body_is_no_answer() {
    for bytes in [
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"success\":true}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ] {
        let server = Server::answering_once(bytes).await;
        let sent = send_to(&server, patient()).await;
        assert_eq!(no_answer(sent), pair("unexpected_answer", "cut"));
    }
}

#[tokio::test]
async fn another_protocol_is_no_answer() {
    for bytes in [
        "SSH-2.0-OpenSSH_9.2p1\r\n",
        "220 mail.example ESMTP\r\n",
        "\0\0\0\0\0\0\0\0\r\n\r\n",
    ] {
        let server = Server::answering_once(bytes).await;
        assert_eq!(
            no_answer(send_to(&server, patient()).await),
            pair("unexpected_answer", "not_http"),
            "{bytes:?}"
        );
    }
}
