//! Mannco.store as documented: each answer once, in both envelopes and both sets of texts.

use crate::common::{Bench, bench, told};
use readdress_sandbox::{Envelope, ManncoAccount, Service, Texts};
use serde_json::{Value, json};
use std::time::Duration;

const KEY: &str = "key-1";

async fn with_account(change: impl FnOnce(&mut ManncoAccount)) -> (Bench, String) {
    let bench = bench().await;
    let mut account = ManncoAccount {
        api_key: KEY.to_owned(),
        email: "old@example.org".to_owned(),
        ..ManncoAccount::default()
    };
    change(&mut account);
    bench.sandbox.put_mannco_store(account);
    let token = jwt(&bench).await;
    (bench, token)
}

fn url(bench: &Bench, path: &str) -> String {
    format!("{}{path}", bench.sandbox.urls().mannco_store)
}

async fn login(bench: &Bench) -> (u16, Value) {
    told(
        bench
            .call("POST", &url(bench, "/user/login"))
            .json(&json!({ "apiKey": KEY })),
    )
    .await
}

async fn jwt(bench: &Bench) -> String {
    login(bench).await.1["content"]["jwt"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

async fn get(bench: &Bench, token: &str, path: &str) -> (u16, Value) {
    told(bench.call("GET", &url(bench, path)).bearer_auth(token)).await
}

async fn post(bench: &Bench, token: &str, path: &str, body: Value) -> (u16, Value) {
    told(
        bench
            .call("POST", &url(bench, path))
            .bearer_auth(token)
            .json(&body),
    )
    .await
}

async fn request(bench: &Bench, token: &str, email: &str) -> (u16, Value) {
    post(
        bench,
        token,
        "/user/email/change/request",
        json!({ "email": email }),
    )
    .await
}

async fn validate(bench: &Bench, token: &str, code: Value) -> (u16, Value) {
    post(
        bench,
        token,
        "/user/email/change/validate",
        json!({ "code": code }),
    )
    .await
}

fn refused(text: &str) -> (u16, Value) {
    (
        300,
        json!({ "err": true, "success": false, "content": text }),
    )
}

#[tokio::test]
async fn a_change_from_login_to_validated() {
    let (bench, token) = with_account(|_| {}).await;
    let held =
        json!({ "err": false, "success": true, "content": { "address": "old@example.org" } });
    assert_eq!(
        get(&bench, &token, "/user/getContactMail").await,
        (200, held)
    );
    let (status, body) = request(&bench, &token, "new@example.org").await;
    assert_eq!(
        (status, &body["content"]),
        (200, &json!("Email change request created successfully"))
    );
    let code = bench.only_mail("new@example.org").code.expect("a code");
    assert_eq!(
        validate(&bench, &token, json!("wrong")).await,
        refused("Invalid or expired code")
    );
    let (status, body) = validate(&bench, &token, json!(code)).await;
    assert_eq!(
        (status, &body["content"]),
        (200, &json!("Email change validation success"))
    );
    assert_eq!(
        get(&bench, &token, "/user/getContactMail").await.1["content"]["address"],
        "new@example.org"
    );
    assert_eq!(
        validate(&bench, &token, json!(code)).await,
        refused("Request not found")
    );
    for route in [
        "two_factor_create",
        "two_factor_enrol",
        "two_factor_reset_ask",
        "two_factor_reset",
    ] {
        assert_eq!(bench.sandbox.count(Service::ManncoStore, route).received, 0);
    }
}

#[tokio::test]
async fn the_code_may_be_a_list_of_digits_and_bodies_may_be_forms() {
    let bench = bench().await;
    let form = bench
        .call("POST", &url(&bench, "/user/login"))
        .form(&[("apiKey", "another")]);
    let (status, body) = told(form).await;
    assert_eq!(status, 200);
    let token = body["content"]["jwt"].as_str().expect("a token").to_owned();
    bench.sandbox.next_code("012345");
    request(&bench, &token, "new@example.org").await;
    let digits = json!(["0", "1", "2", 3, 4, "5"]);
    assert_eq!(validate(&bench, &token, digits).await.0, 200);
}

#[tokio::test]
async fn logins_that_fail() {
    let (bench, _) = with_account(|_| {}).await;
    let empty = bench
        .call("POST", &url(&bench, "/user/login"))
        .json(&json!({}));
    assert_eq!(
        told(empty).await,
        refused("Missing required parameter: apiKey")
    );
    bench
        .sandbox
        .change_mannco_store(KEY, |account| account.country_blocked = true);
    assert_eq!(login(&bench).await.1["content"], "Country blocked");
    bench
        .sandbox
        .change_mannco_store(KEY, |account| account.key_refused = true);
    let (status, body) = login(&bench).await;
    assert_eq!((status, &body["content"]), (403, &json!("Invalid API key")));
    bench.sandbox.change_mannco_store(KEY, |account| {
        (account.key_refused, account.country_blocked) = (false, false);
        account.login_wait_seconds = Some(152);
    });
    let (status, body) = login(&bench).await;
    assert_eq!(status, 429);
    assert!(
        body["content"]
            .as_str()
            .expect("text")
            .contains("try again in 152 seconds")
    );
}

#[tokio::test]
async fn tokens_end() {
    let (bench, token) = with_account(|_| {}).await;
    bench.sandbox.refuse_tokens(Some(KEY));
    assert_eq!(get(&bench, &token, "/user/getContactMail").await.0, 403);
    bench
        .sandbox
        .change_settings(|settings| settings.mannco_store.token_refused_status = 401);
    assert_eq!(get(&bench, &token, "/user/getContactMail").await.0, 401);
    assert_eq!(
        get(&bench, &token, "/user/isConnected").await.1["content"]["connected"],
        false
    );
    let token = jwt(&bench).await;
    assert_eq!(get(&bench, &token, "/user/getContactMail").await.0, 200);
    bench
        .sandbox
        .advance(Duration::from_secs(31 * 24 * 60 * 60));
    assert_eq!(
        get(&bench, &token, "/user/getContactMail").await.0,
        401,
        "after 31 days"
    );
}

#[tokio::test]
async fn a_change_ends_the_other_sessions_and_by_knob_its_own() {
    let (bench, first) = with_account(|_| {}).await;
    let second = jwt(&bench).await;
    bench.sandbox.next_code("111111");
    request(&bench, &first, "new@example.org").await;
    validate(&bench, &first, json!("111111")).await;
    assert_eq!(get(&bench, &second, "/user/balance").await.0, 403);
    assert_eq!(get(&bench, &first, "/user/balance").await.0, 200);
    bench
        .sandbox
        .change_settings(|settings| settings.mannco_store.change_ends_tokens = true);
    bench.sandbox.advance(Duration::from_secs(300));
    bench.sandbox.next_code("222222");
    request(&bench, &first, "newer@example.org").await;
    assert_eq!(validate(&bench, &first, json!("222222")).await.0, 200);
    assert_eq!(get(&bench, &first, "/user/balance").await.0, 403);
}

#[tokio::test]
async fn a_pasted_session_token_works_until_it_is_refused() {
    let (bench, _) =
        with_account(|account| account.session_tokens = vec!["pasted".to_owned()]).await;
    assert_eq!(
        get(&bench, "pasted", "/user/getContactMail").await.1["content"]["address"],
        "old@example.org"
    );
    bench.sandbox.refuse_tokens(None);
    assert_eq!(get(&bench, "pasted", "/user/getContactMail").await.0, 403);
    assert_eq!(
        get(&bench, "unknown-session", "/user/getContactMail")
            .await
            .0,
        200,
        "opened on first sight"
    );
    assert_eq!(
        get(&bench, KEY, "/user/getContactMail").await.0,
        403,
        "a key is no bearer"
    );
}

#[tokio::test]
async fn requests_that_are_refused() {
    let (bench, token) = with_account(|_| {}).await;
    assert_eq!(
        request(&bench, &token, "").await,
        refused("Email parameter is required")
    );
    assert_eq!(
        request(&bench, &token, "nonsense").await,
        refused("Invalid email format")
    );
    bench.sandbox.change_settings(|settings| {
        settings
            .taken_addresses
            .push("taken@example.org".to_owned())
    });
    assert_eq!(
        request(&bench, &token, "taken@example.org").await,
        refused("Email already in use")
    );
    assert_eq!(
        request(&bench, &token, "new@example.org").await.0,
        200,
        "refused ones do not count"
    );
    assert_eq!(
        request(&bench, &token, "new@example.org").await,
        refused("Too many requests")
    );
    bench.sandbox.advance(Duration::from_secs(290));
    assert_eq!(
        request(&bench, &token, "new@example.org").await.0,
        300,
        "five minutes are not over"
    );
    bench.sandbox.advance(Duration::from_secs(10));
    assert_eq!(request(&bench, &token, "new@example.org").await.0, 200);
    bench
        .sandbox
        .change_mannco_store(KEY, |account| account.two_factor_required = true);
    assert_eq!(
        request(&bench, &token, "new@example.org").await,
        refused("2FA validation required")
    );
}

#[tokio::test]
async fn codes_that_are_refused() {
    let (bench, token) = with_account(|_| {}).await;
    assert_eq!(
        validate(&bench, &token, Value::Null).await,
        refused("code parameter is required")
    );
    assert_eq!(
        validate(&bench, &token, json!("123456")).await,
        refused("Request not found")
    );
    bench.sandbox.next_code("222222");
    request(&bench, &token, "new@example.org").await;
    for _ in 0..5 {
        assert_eq!(
            validate(&bench, &token, json!("111111")).await,
            refused("Invalid or expired code")
        );
    }
    assert_eq!(
        validate(&bench, &token, json!("222222")).await,
        refused("Too many attempts")
    );
    bench.sandbox.advance(Duration::from_secs(300));
    bench.sandbox.next_code("333333");
    request(&bench, &token, "new@example.org").await;
    bench.sandbox.advance(Duration::from_secs(24 * 60 * 60));
    assert_eq!(
        validate(&bench, &token, json!("333333")).await,
        refused("Invalid or expired code")
    );
}

#[tokio::test]
async fn the_first_pages_envelope_and_texts() {
    let (bench, token) = with_account(|_| {}).await;
    bench.sandbox.change_settings(|settings| {
        settings.mannco_store.envelope = Envelope::Old;
        settings.mannco_store.texts = Texts::Old;
    });
    let asked = request(&bench, &token, "new@example.org").await;
    assert_eq!(
        asked,
        (
            200,
            json!({ "status": "success", "data": "Email change request created successfully" })
        )
    );
    let wait = "Failed to create email change request! Need to wait 5 mins!";
    let again = request(&bench, &token, "new@example.org").await;
    assert_eq!(again, (300, json!({ "status": "error", "message": wait })));
    let wrong = validate(&bench, &token, json!("wrong")).await;
    assert_eq!(
        wrong,
        (
            300,
            json!({ "status": "error", "message": "Can't validate email change" })
        )
    );
    bench
        .sandbox
        .change_mannco_store(KEY, |account| account.key_refused = true);
    assert_eq!(login(&bench).await.1["status"], "forbidden");
}

#[tokio::test]
async fn the_email_routes_may_be_gone() {
    let (bench, token) = with_account(|account| account.email_routes_gone = Some(404)).await;
    assert_eq!(request(&bench, &token, "new@example.org").await.0, 404);
    bench.sandbox.change_mannco_store(KEY, |account| {
        account.email_routes_gone = Some(403);
        account.contact_mail_gone = Some(403);
    });
    assert_eq!(validate(&bench, &token, json!("1")).await.0, 403);
    assert_eq!(get(&bench, &token, "/user/getContactMail").await.0, 403);
    assert_eq!(get(&bench, &token, "/user/infos").await.0, 200);
}

#[tokio::test]
async fn the_general_limit() {
    let (bench, token) = with_account(|_| {}).await;
    bench
        .sandbox
        .change_settings(|settings| settings.mannco_store.per_minute = 1);
    assert_eq!(get(&bench, &token, "/user/balance").await.0, 200);
    assert_eq!(
        get(&bench, &token, "/user/infos").await.0,
        200,
        "each route has its own"
    );
    let limited = bench
        .call("GET", &url(&bench, "/user/balance"))
        .bearer_auth(&token);
    let response = limited.send().await.expect("an answer");
    assert_eq!(response.status(), 429);
    for name in [
        "retry-after",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
    ] {
        assert!(response.headers().contains_key(name), "{name}");
    }
}

#[tokio::test]
async fn two_factor_routes_do_what_they_say() {
    let (bench, token) = with_account(|_| {}).await;
    assert_eq!(
        get(&bench, &token, "/user/infos").await.1["content"]["informations"]["2fa"],
        "true"
    );
    assert_eq!(
        post(&bench, &token, "/user/reset2FA/validate", json!({}))
            .await
            .0,
        200
    );
    assert_eq!(
        get(&bench, &token, "/user/infos").await.1["content"]["informations"]["2fa"],
        "false"
    );
    assert_eq!(
        bench
            .sandbox
            .count(Service::ManncoStore, "two_factor_reset")
            .taken,
        1
    );
    assert_eq!(get(&bench, &token, "/nothing").await.0, 404);
    assert_eq!(get(&bench, &token, "/user/login").await.0, 405);
}
