//! Webshare as documented: each answer once.

use crate::common::{Bench, bench, told};
use readdress_sandbox::{FieldErrors, Service, WebshareAccount};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use std::time::Duration;

const KEY: &str = "key0000000000000000000000000000000000001";

async fn with_account(change: impl FnOnce(&mut WebshareAccount)) -> Bench {
    let bench = bench().await;
    let mut account = WebshareAccount {
        api_key: KEY.to_owned(),
        password: Some("right".to_owned()),
        email: "old@example.org".to_owned(),
        ..WebshareAccount::default()
    };
    change(&mut account);
    bench.sandbox.put_webshare(account);
    bench
}

fn call(bench: &Bench, method: &str, tail: &str) -> RequestBuilder {
    let url = format!("{}/api/v2/{tail}", bench.sandbox.urls().webshare);
    bench
        .call(method, &url)
        .header("Authorization", format!("Token {KEY}"))
}

async fn get(bench: &Bench, tail: &str) -> (u16, Value) {
    told(call(bench, "GET", tail)).await
}

async fn post(bench: &Bench, tail: &str, body: Value) -> (u16, Value) {
    told(call(bench, "POST", tail).json(&body)).await
}

async fn request(bench: &Bench, email: &str, password: &str) -> (u16, Value) {
    post(
        bench,
        "changeemail/",
        json!({ "password": password, "new_email": email }),
    )
    .await
}

async fn complete(bench: &Bench, code: &str) -> (u16, Value) {
    post(
        bench,
        "changeemail/complete/",
        json!({ "confirmation_code": code }),
    )
    .await
}

#[tokio::test]
async fn a_change_from_request_to_complete() {
    let bench = with_account(|_| {}).await;
    assert_eq!(get(&bench, "profile/").await.1["email"], "old@example.org");
    assert_eq!(
        request(&bench, "new@example.org", "right").await,
        (204, Value::Null)
    );
    assert_eq!(
        get(&bench, "profile/").await.1["email"],
        "old@example.org",
        "not before the link"
    );
    let mail = bench.only_mail("new@example.org");
    let code = mail.code.expect("a code");
    let link = format!("https://dashboard.webshare.io/changeemail/{code}/confirm/");
    assert_eq!(mail.link, Some(link));
    assert_eq!(complete(&bench, "wrong").await.0, 400);
    assert_eq!(complete(&bench, &code).await, (204, Value::Null));
    assert_eq!(get(&bench, "profile/").await.1["email"], "new@example.org");
    assert_eq!(complete(&bench, &code).await.0, 400, "a code works once");
    let count = bench.sandbox.count_of(Service::Webshare, "verify", KEY);
    assert_eq!((count.received, count.taken), (3, 1));
}

#[tokio::test]
async fn a_wrong_password_is_204_and_no_mail() {
    let bench = with_account(|_| {}).await;
    assert_eq!(request(&bench, "new@example.org", "wrong").await.0, 204);
    assert!(bench.sandbox.mails(None, None).is_empty());
    let count = bench.sandbox.count(Service::Webshare, "request");
    assert_eq!((count.received, count.taken), (1, 0));
    bench
        .sandbox
        .change_settings(|settings| settings.webshare.wrong_password_is_400 = true);
    assert_eq!(request(&bench, "new@example.org", "wrong").await.0, 400);
}

#[tokio::test]
async fn addresses_are_checked() {
    let bench = with_account(|_| {}).await;
    let (status, body) = request(&bench, "not an address", "right").await;
    assert_eq!(
        (status, &body["new_email"][0]["code"]),
        (400, &json!("invalid"))
    );
    bench.sandbox.put_webshare(WebshareAccount {
        api_key: "another".to_owned(),
        email: "Taken@example.org".to_owned(),
        ..WebshareAccount::default()
    });
    let (status, body) = request(&bench, "taken@example.org", "right").await;
    assert_eq!(
        (status, &body["new_email"][0]["code"]),
        (400, &json!("unique"))
    );
}

#[tokio::test]
async fn the_three_shapes_of_field_errors() {
    let bench = with_account(|_| {}).await;
    let text = "This field is required.";
    for (shape, value) in [
        (
            FieldErrors::Objects,
            json!([{ "message": text, "code": "required" }]),
        ),
        (FieldErrors::Texts, json!([text])),
        (FieldErrors::Bare, json!(text)),
    ] {
        bench
            .sandbox
            .change_settings(|settings| settings.webshare.field_errors = shape);
        let answer = post(&bench, "changeemail/complete/", json!({})).await;
        assert_eq!(answer, (400, json!({ "confirmation_code": value })));
    }
}

#[tokio::test]
async fn only_the_newest_code_counts_and_it_expires() {
    let bench = with_account(|_| {}).await;
    bench.sandbox.next_code("first");
    bench.sandbox.next_code("second");
    request(&bench, "new@example.org", "right").await;
    request(&bench, "new@example.org", "right").await;
    assert_eq!(complete(&bench, "first").await.0, 400);
    bench.sandbox.advance(Duration::from_secs(25 * 60 * 60));
    assert_eq!(complete(&bench, "second").await.0, 400);
}

#[tokio::test]
async fn who_may_not_call() {
    let bench = with_account(|_| {}).await;
    let url = format!("{}/api/v2/profile/", bench.sandbox.urls().webshare);
    assert_eq!(told(bench.call("GET", &url)).await.0, 401);
    bench
        .sandbox
        .change_webshare(KEY, |account| account.token_refused = true);
    assert_eq!(
        get(&bench, "profile/").await,
        (401, json!({ "detail": "Invalid token." }))
    );
    type Knob = fn(&mut WebshareAccount);
    let knobs: [(Knob, &str, &str); 4] = [
        (
            |account| account.suspended = true,
            "profile/",
            "account_suspended",
        ),
        (
            |account| account.deleted = true,
            "profile/",
            "account_deleted",
        ),
        (
            |account| account.two_factor_needed = true,
            "profile/",
            "2fa_needed",
        ),
        (
            |account| account.api_key_not_allowed = true,
            "changeemail/",
            "api_key_not_allowed",
        ),
    ];
    for (knob, tail, code) in knobs {
        let bench = with_account(knob).await;
        let method = if tail == "profile/" { "GET" } else { "POST" };
        let (status, body) = told(call(&bench, method, tail)).await;
        assert_eq!((status, &body["code"]), (403, &json!(code)));
    }
}

#[tokio::test]
async fn a_login_token_may_what_a_key_may_not() {
    let bench = with_account(|account| {
        account.api_key_not_allowed = true;
        account.login_token = Some("session".to_owned());
    })
    .await;
    assert_eq!(get(&bench, "profile/").await.0, 200, "a key may read");
    let url = format!("{}/api/v2/changeemail/", bench.sandbox.urls().webshare);
    let body = json!({ "password": "right", "new_email": "new@example.org" });
    let login = |url: &str| {
        bench
            .call("POST", url)
            .header("Authorization", "Token session")
    };
    assert_eq!(told(login(&url).json(&body)).await.0, 204);
    let logout = url.replace("changeemail", "logout");
    assert_eq!(told(login(&logout)).await.0, 204);
    assert_eq!(
        told(login(&url).json(&body)).await.0,
        401,
        "the token ended"
    );
}

#[tokio::test]
async fn slashes_methods_and_types() {
    let bench = with_account(|_| {}).await;
    let response = call(&bench, "POST", "changeemail")
        .send()
        .await
        .expect("an answer");
    assert_eq!(response.status(), 301);
    assert_eq!(response.headers()["location"], "/api/v2/changeemail/");
    assert_eq!(
        get(&bench, "nothing/").await,
        (404, json!({ "detail": "Not found." }))
    );
    assert_eq!(told(call(&bench, "PUT", "changeemail/")).await.0, 405);
    let html = call(&bench, "GET", "profile/").header("accept", "text/html");
    assert_eq!(told(html).await.0, 406);
    let text = call(&bench, "POST", "changeemail/")
        .header("content-type", "text/plain")
        .body("x");
    assert_eq!(told(text).await.0, 415);
    let broken = call(&bench, "POST", "changeemail/")
        .header("content-type", "application/json")
        .body("{");
    assert_eq!(told(broken).await.0, 400);
}

#[tokio::test]
async fn the_general_limit() {
    let bench = with_account(|_| {}).await;
    bench
        .sandbox
        .change_settings(|settings| settings.webshare.per_minute = 1);
    assert_eq!(get(&bench, "profile/").await.0, 200);
    let response = call(&bench, "GET", "profile/")
        .send()
        .await
        .expect("an answer");
    assert_eq!(response.status(), 429);
    let wait: u64 = response.headers()["retry-after"]
        .to_str()
        .expect("text")
        .parse()
        .expect("seconds");
    assert!((1..=60).contains(&wait));
    bench.sandbox.advance(Duration::from_secs(wait));
    assert_eq!(get(&bench, "profile/").await.0, 200);
}

#[tokio::test]
async fn activation_is_another_mail_and_the_link_can_be_opened_in_a_browser() {
    let bench = with_account(|account| account.verified = false).await;
    assert!(bench.sandbox.send_activation_mail(KEY));
    let link = bench.only_mail("old@example.org").link.expect("a link");
    let token = link.split('/').nth(4).expect("a token").to_owned();
    assert!(link.starts_with("https://dashboard.webshare.io/activation/"));
    assert_eq!(
        get(&bench, "activation/").await.1["email_is_verified"],
        false
    );
    let (status, body) = post(
        &bench,
        "activation/complete/",
        json!({ "activation_token": token }),
    )
    .await;
    assert!(status == 200 && body["token"].is_string());
    assert_eq!(
        get(&bench, "activation/").await.1["email_is_verified"],
        true
    );

    assert!(!bench.sandbox.open_link(KEY), "nothing waits");
    request(&bench, "new@example.org", "right").await;
    assert!(bench.sandbox.open_link(KEY));
    assert_eq!(get(&bench, "profile/").await.1["email"], "new@example.org");
    assert_eq!(bench.sandbox.count(Service::Webshare, "verify").received, 0);
}
