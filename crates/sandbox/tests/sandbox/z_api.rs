//! Z-API as documented: each answer once.

use crate::common::{Bench, bench, told};
use readdress_sandbox::{ClientTokenMissing, RequestAnswer, Service, ZApiAccount};
use serde_json::json;
use std::time::Duration;

const ID: &str = "INSTANCE1";

async fn with_account(change: impl FnOnce(&mut ZApiAccount)) -> Bench {
    let bench = bench().await;
    let mut account = ZApiAccount {
        instance_id: ID.to_owned(),
        token: "TOKEN1".to_owned(),
        email: Some("old@example.org".to_owned()),
        verified: true,
        ..ZApiAccount::default()
    };
    change(&mut account);
    bench.sandbox.put_z_api(account);
    bench
}

fn url(bench: &Bench, tail: &str) -> String {
    format!(
        "{}/instances/{ID}/token/TOKEN1/{tail}",
        bench.sandbox.urls().z_api
    )
}

async fn get(bench: &Bench, tail: &str) -> (u16, serde_json::Value) {
    told(bench.call("GET", &url(bench, tail))).await
}

async fn post(bench: &Bench, tail: &str, body: serde_json::Value) -> (u16, serde_json::Value) {
    told(bench.call("POST", &url(bench, tail)).json(&body)).await
}

async fn request(bench: &Bench, email: &str) -> (u16, serde_json::Value) {
    post(bench, "security/email", json!({ "email": email })).await
}

async fn verify(bench: &Bench, code: &str) -> (u16, serde_json::Value) {
    post(
        bench,
        "security/verify-email",
        json!({ "verificationCode": code }),
    )
    .await
}

#[tokio::test]
async fn a_change_from_request_to_verified() {
    let bench = with_account(|_| {}).await;
    let old =
        json!({ "success": true, "hasEmail": true, "email": "old@example.org", "verified": true });
    assert_eq!(get(&bench, "security/email").await, (200, old));
    assert_eq!(
        request(&bench, "new@example.org").await,
        (200, json!({ "success": true, "message": "VERIFY_EMAIL" }))
    );
    let waiting =
        json!({ "success": true, "hasEmail": true, "email": "new@example.org", "verified": false });
    assert_eq!(
        get(&bench, "security/email").await,
        (200, waiting),
        "the old address stops counting at once"
    );
    let code = bench.only_mail("new@example.org").code.expect("a code");
    assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()));
    assert_eq!(
        verify(&bench, &code).await,
        (200, json!({ "success": true }))
    );
    let new =
        json!({ "success": true, "hasEmail": true, "email": "new@example.org", "verified": true });
    assert_eq!(get(&bench, "security/email").await, (200, new));
    assert_eq!(
        verify(&bench, &code).await,
        (200, json!({ "success": false })),
        "a code works once"
    );
    let count = bench.sandbox.count_of(Service::ZApi, "verify", ID);
    assert_eq!((count.received, count.taken), (2, 1));
    assert_eq!(bench.sandbox.count(Service::ZApi, "remove").received, 0);
}

#[tokio::test]
async fn the_old_address_can_stay_until_verified() {
    let bench = with_account(|account| account.keeps_old_until_verified = true).await;
    request(&bench, "new@example.org").await;
    assert_eq!(
        get(&bench, "security/email").await.1["email"],
        "old@example.org"
    );
    let code = bench.only_mail("new@example.org").code.expect("a code");
    verify(&bench, &code).await;
    assert_eq!(
        get(&bench, "security/email").await.1["email"],
        "new@example.org"
    );
}

#[tokio::test]
async fn only_the_newest_code_counts_and_it_expires() {
    let bench = with_account(|_| {}).await;
    bench.sandbox.next_code("000001");
    bench.sandbox.next_code("000002");
    request(&bench, "new@example.org").await;
    request(&bench, "new@example.org").await;
    assert_eq!(
        verify(&bench, "000001").await.1,
        json!({ "success": false })
    );
    bench.sandbox.advance(Duration::from_secs(16 * 60));
    assert_eq!(
        verify(&bench, "000002").await.1,
        json!({ "success": false }),
        "expired"
    );
    bench.sandbox.next_code("000003");
    request(&bench, "new@example.org").await;
    assert_eq!(verify(&bench, "000003").await.1, json!({ "success": true }));
}

#[tokio::test]
async fn no_address_yet_and_removal() {
    let bench = with_account(|account| account.email = None).await;
    assert_eq!(
        get(&bench, "security/email").await,
        (200, json!({ "success": true, "hasEmail": false }))
    );
    let removed = post(&bench, "security/email/remove", json!({})).await;
    assert_eq!(
        removed,
        (200, json!({ "success": true, "message": "REMOVED" }))
    );
    assert_eq!(bench.sandbox.count(Service::ZApi, "remove").taken, 1);
}

#[tokio::test]
async fn the_forms_of_a_refused_request() {
    for (answer, body, mailed) in [
        (
            RequestAnswer::Refused("Limit".to_owned()),
            json!({ "success": false, "message": "Limit" }),
            0,
        ),
        (
            RequestAnswer::Error("Trouble".to_owned()),
            json!({ "error": "Trouble" }),
            0,
        ),
        (RequestAnswer::Silent, json!({ "success": true }), 1),
        (RequestAnswer::Done, json!({ "success": true }), 0),
    ] {
        let bench = with_account(|account| account.request_answer = answer.clone()).await;
        assert_eq!(request(&bench, "new@example.org").await, (200, body));
        assert_eq!(bench.sandbox.mails(None, None).len(), mailed, "{answer:?}");
        let done = answer == RequestAnswer::Done;
        let held = get(&bench, "security/email").await.1;
        assert_eq!(
            held["verified"] == true && held["email"] == "new@example.org",
            done
        );
    }
    let bench = with_account(|_| {}).await;
    let (status, body) = request(&bench, "not an address").await;
    assert_eq!((status, &body["success"]), (200, &json!(false)));
}

#[tokio::test]
async fn method_type_and_body_are_checked() {
    let bench = with_account(|_| {}).await;
    let email = url(&bench, "security/email");
    assert_eq!(told(bench.call("PUT", &email)).await.0, 405);
    assert_eq!(
        told(bench.call("POST", &email).body(r#"{"email":"a@b.org"}"#))
            .await
            .0,
        415
    );
    assert_eq!(
        told(
            bench
                .call("POST", &email)
                .header("content-type", "application/json")
                .body("{")
        )
        .await
        .0,
        400
    );
    assert_eq!(post(&bench, "security/email", json!({})).await.0, 400);
    let (status, body) = get(&bench, "no/such/path").await;
    assert_eq!((status, &body["error"]), (404, &json!("NOT_FOUND")));
    bench
        .sandbox
        .change_settings(|settings| settings.z_api.errors_as_200 = true);
    assert_eq!(get(&bench, "no/such/path").await.0, 200);
}

#[tokio::test]
async fn the_client_token() {
    let bench = with_account(|account| account.client_token = Some("right".to_owned())).await;
    let email = url(&bench, "security/email");
    let missing = json!({ "error": "your client-token is not configured" });
    assert_eq!(get(&bench, "security/email").await, (400, missing));
    let wrong = bench.call("GET", &email).header("Client-Token", "wrong");
    assert_eq!(
        told(wrong).await,
        (403, json!({ "error": "Client-Token wrong not allowed" }))
    );
    assert_eq!(
        told(bench.call("GET", &email).header("Client-Token", "right"))
            .await
            .0,
        200
    );
    bench.sandbox.change_z_api(ID, |account| {
        account.client_token_missing = ClientTokenMissing::NullNotAllowed
    });
    assert_eq!(
        get(&bench, "security/email").await.1,
        json!({ "error": "null not allowed" })
    );
}

#[tokio::test]
async fn instances_that_refuse() {
    let bench = with_account(|account| account.missing = true).await;
    let gone = json!({ "error": "Instance not found" });
    assert_eq!(get(&bench, "security/email").await, (404, gone.clone()));
    let wrong_token = format!(
        "{}/instances/{ID}/token/OTHER/me",
        bench.sandbox.urls().z_api
    );
    bench
        .sandbox
        .change_z_api(ID, |account| account.missing = false);
    assert_eq!(told(bench.call("GET", &wrong_token)).await, (404, gone));
    bench
        .sandbox
        .change_z_api(ID, |account| account.ip_refused = true);
    assert_eq!(
        get(&bench, "me").await.1,
        json!({ "error": "[IP request] not allowed" })
    );
    bench.sandbox.change_z_api(ID, |account| {
        (account.ip_refused, account.web) = (false, true)
    });
    assert_eq!(get(&bench, "security/email").await.0, 400);
}

#[tokio::test]
async fn status_and_me() {
    let bench = with_account(|_| {}).await;
    let status = get(&bench, "status").await.1;
    assert_eq!(
        (&status["connected"], &status["error"]),
        (&json!(true), &json!("You are already connected"))
    );
    bench
        .sandbox
        .change_z_api(ID, |account| account.connected = false);
    assert_eq!(
        get(&bench, "status").await.1["error"],
        "You are not connected"
    );
    assert_eq!(get(&bench, "me").await.1["token"], "TOKEN1");
}

#[tokio::test]
async fn unknown_credentials_open_an_account_unless_strict() {
    let bench = bench().await;
    let url = format!(
        "{}/instances/ANY/token/THING/security/email",
        bench.sandbox.urls().z_api
    );
    let (status, body) = told(bench.call("GET", &url)).await;
    assert_eq!((status, &body["verified"]), (200, &json!(true)));
    bench
        .sandbox
        .change_settings(|settings| settings.strict = true);
    let other = url.replace("ANY", "ELSE");
    assert_eq!(
        told(bench.call("GET", &other)).await.1,
        json!({ "error": "Instance not found" })
    );
}
