//! Redirects: never followed, wherever they point; a second server that records every byte gets none.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use readdress_core::error::Code;
use readdress_sandbox::Service::{ManncoStore, Webshare, ZApi};
use tokio::net::TcpListener;

use crate::play::play;
use crate::room::{Room, patient};
use crate::row::{ALL, Means, Row, Step, wire};
use crate::script::{JSON, answer, send};

const ODD: Means = Means::Untold(Code::UnexpectedAnswer);

/// Counts who comes. Nobody may.
async fn recorder() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("//{}", listener.local_addr().expect("an address"));
    let came = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&came);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    (origin, came)
}

fn to(what: &'static str, status: u16, location: &str) -> Row {
    let headers = format!("location: {location}\r\nrefresh: 0; url={location}\r\n");
    wire(what, send(answer(status, &headers, "")), ODD).at(&ALL)
}

fn rows(other: &str) -> Vec<Row> {
    let all = [ZApi, Webshare, ManncoStore];
    let plain = format!("http:{other}/taken");
    vec![
        to("300 to another origin", 300, &plain),
        to("301 to another origin", 301, &plain).of(&all),
        to("302 to another origin", 302, &plain).of(&all),
        to("303 to another origin", 303, &plain),
        to("304", 304, &plain),
        to("305 to a proxy", 305, &plain),
        to("306", 306, &plain),
        to("307 to another origin", 307, &plain).of(&all),
        to("308 to another origin", 308, &plain).of(&all),
        to("307 to https", 307, &format!("https:{other}/taken")),
        to("307 without a scheme", 307, other),
        to("307 to the same origin", 307, "/elsewhere"),
        to("308 to itself", 308, ""),
        to("302 to a file", 302, "file:///etc/passwd"),
        wire("307 to nowhere", send(answer(307, "", "")), ODD).at(&ALL),
        wire(
            "302 that says yes",
            send(answer(
                302,
                JSON,
                br#"{"success":true,"message":"VERIFY_EMAIL"}"#,
            )),
            ODD,
        )
        .at(&ALL),
        wire(
            "200 with a Location",
            send(answer(
                200,
                &format!("location: {plain}\r\nrefresh: 0; url={plain}\r\n"),
                "",
            )),
            ODD,
        )
        .at(&[Step::Login, Step::Read, Step::Request, Step::Verify]),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redirects_are_never_followed() {
    let (other, came) = recorder().await;
    play("redirects", &Room::new(patient()).await, rows(&other)).await;
    assert_eq!(came.load(Ordering::SeqCst), 0, "somebody followed");
    // It would have been seen.
    let _ = tokio::net::TcpStream::connect(&other[2..])
        .await
        .expect("it listens");
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!(came.load(Ordering::SeqCst), 1);
}
