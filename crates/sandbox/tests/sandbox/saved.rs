//! Practice goes on where it was after a restart.

use crate::common::{Bench, bench, bench_with, told};
use readdress_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::time::Duration;

async fn post(bench: &Bench, token: Option<&str>, path: &str, body: Value) -> (u16, Value) {
    let url = format!("{}{path}", bench.sandbox.urls().mannco_store);
    let call = bench.call("POST", &url).json(&body);
    told(match token {
        Some(token) => call.bearer_auth(token),
        None => call,
    })
    .await
}

#[tokio::test]
async fn a_change_is_finished_after_a_restart() {
    let first = bench().await;
    let (_, body) = post(&first, None, "/user/login", json!({ "apiKey": "my-key" })).await;
    let token = body["content"]["jwt"].as_str().expect("a token").to_owned();
    let body = json!({ "email": "new@example.org" });
    assert_eq!(
        post(&first, Some(&token), "/user/email/change/request", body)
            .await
            .0,
        200
    );
    first.sandbox.advance(Duration::from_secs(3600));
    let text = first.sandbox.save().expect("a text");
    let before = first.sandbox.now();
    first.sandbox.stop().await;

    let second = bench_with(Options {
        restore: Some(text),
        ..Options::default()
    })
    .await;
    let moved = second.sandbox.now().duration_since(before).as_secs();
    assert!(
        (-1..60).contains(&moved),
        "the clock is as far ahead as it was: {moved}"
    );
    let code = second.only_mail("new@example.org").code.expect("a code");
    let body = json!({ "code": code });
    assert_eq!(
        post(&second, Some(&token), "/user/email/change/validate", body)
            .await
            .0,
        200
    );
    assert_eq!(
        second
            .sandbox
            .mannco_store("my-key")
            .expect("an account")
            .email,
        "new@example.org"
    );
}

#[tokio::test]
async fn a_damaged_text_is_told() {
    let options = Options {
        restore: Some("{".to_owned()),
        ..Options::default()
    };
    let error = Sandbox::start(options).await.expect_err("damaged");
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
}
