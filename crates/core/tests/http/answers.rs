//! Whole answers, however odd, arrive as they are.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::servers::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn encoded(encoding: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body.to_vec()].concat()
}

#[tokio::test]
async fn a_request_leaves_as_rendered_and_its_answer_comes_whole() {
    let server = Server::answering(
        "HTTP/1.1 429 Slow Down\r\nRetry-After: 7\r\nX-Twice: a\r\nX-Twice: b\r\ncontent-length: 2\r\n\r\n{}",
    )
    .await;
    let answer = answer(send_to(&server, patient()).await);
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (429, b"{}".as_slice())
    );
    let find = |name: &str| {
        answer
            .headers
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(find("retry-after"), ["7"]);
    assert_eq!(find("x-twice"), ["a", "b"]);

    let request = server.requests().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").expect("head and body");
    let mut lines: Vec<String> = head.lines().skip(1).map(str::to_lowercase).collect();
    lines.sort();
    assert_eq!(
        head.lines().next(),
        Some(format!("POST /token/{SECRET}/path?key={SECRET} HTTP/1.1").as_str())
    );
    assert_eq!(body, format!(r#"{{"key":"{SECRET}"}}"#));
    let expected = [
        "accept-encoding: gzip,br".to_owned(),
        "accept: application/json".to_owned(),
        format!("content-length: {}", body.len()),
        "content-type: application/json".to_owned(),
        format!("host: {}", server.addr),
        format!("user-agent: readdress/{}", env!("CARGO_PKG_VERSION")),
        format!("x-token: {SECRET}"),
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn foreign_types_and_broken_text_are_still_answers() {
    let server = Server::answering(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>",
    )
    .await;
    assert_eq!(answer(send_to(&server, patient()).await).body, b"<html>");
    let server = Server::answering(
        b"HTTP/1.1 500 \r\nx-odd: \xff\r\ncontent-length: 3\r\n\r\n\xff\x00\xfe".to_vec(),
    )
    .await;
    let odd = answer(send_to(&server, patient()).await);
    assert_eq!(
        (odd.status, odd.body.as_slice()),
        (500, b"\xff\x00\xfe".as_slice())
    );
    assert!(
        odd.headers
            .iter()
            .any(|(name, value)| name == "x-odd" && value == "\u{fffd}")
    );
}

#[tokio::test]
async fn a_204_has_no_body_whatever_follows() {
    let server =
        Server::answering_once("HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello").await;
    let answer = answer(send_to(&server, patient()).await);
    assert_eq!((answer.status, answer.body.len()), (204, 0));
}

#[tokio::test]
async fn a_204_that_claims_an_encoding_is_empty_too() {
    let server =
        Server::answering_once("HTTP/1.1 204 No Content\r\ncontent-encoding: gzip\r\n\r\n").await;
    assert_eq!(answer(send_to(&server, patient()).await).status, 204);
    let server = Server::answering_once(
        "HTTP/1.1 200 OK\r\ncontent-encoding: br\r\ncontent-length: 0\r\n\r\n",
    )
    .await;
    assert_eq!(answer(send_to(&server, patient()).await).body, b"");
}

#[tokio::test]
async fn early_answers_are_passed_over() {
    let bytes = [
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".to_vec(),
        ok("{}"),
    ]
    .concat();
    let server = Server::answering(bytes).await;
    assert_eq!(answer(send_to(&server, patient()).await).status, 200);
}

#[tokio::test]
async fn a_business_error_in_http_300_is_an_answer() {
    let server = Server::answering(
        "HTTP/1.1 300 Multiple Choices\r\ncontent-length: 12\r\n\r\n{\"err\":true}",
    )
    .await;
    let answer = answer(send_to(&server, patient()).await);
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (300, br#"{"err":true}"#.as_slice())
    );
}

#[tokio::test]
async fn redirects_are_not_followed_and_no_secret_reaches_the_second_origin() {
    let second = Server::answering(ok("{}")).await;
    for status in [301, 302, 303, 307, 308] {
        let redirect = format!(
            "HTTP/1.1 {status} Elsewhere\r\nlocation: http://{}/taken\r\nrefresh: 0; url=http://{}/\r\ncontent-length: 0\r\n\r\n",
            second.addr, second.addr
        );
        let first = Server::answering(redirect).await;
        assert_eq!(answer(send_to(&first, patient()).await).status, status);
        assert_eq!(first.requests().len(), 1);
    }
    assert_eq!((second.connections(), second.requests().len()), (0, 0));
}

#[tokio::test]
async fn a_compressed_answer_is_decoded() {
    let server = Server::answering(encoded("gzip", &gzip(b"{\"a\":1}"))).await;
    assert_eq!(answer(send_to(&server, patient()).await).body, b"{\"a\":1}");
    let server = Server::answering(encoded("identity", b"{}")).await;
    assert_eq!(answer(send_to(&server, patient()).await).body, b"{}");
}

#[tokio::test]
async fn a_compression_bomb_ends_at_the_limit() {
    let bomb = gzip(&vec![0; 64 * 1024 * 1024]);
    assert!(bomb.len() < 128 * 1024);
    let server = Server::answering_once(encoded("gzip", &bomb)).await;
    assert_eq!(
        no_answer(send_to(&server, patient()).await),
        pair("unexpected_answer", "too_large")
    );
}

#[tokio::test]
async fn an_answer_nobody_can_decode_is_no_answer() {
    let server = Server::answering_once(encoded("zstd", b"\x28\xb5\x2f\xfd")).await;
    assert_eq!(
        no_answer(send_to(&server, patient()).await),
        pair("unexpected_answer", "encoding")
    );
    let server = Server::answering_once(encoded("gzip", b"this is no gzip")).await;
    assert_eq!(
        no_answer(send_to(&server, patient()).await),
        pair("unexpected_answer", "encoding")
    );
}
