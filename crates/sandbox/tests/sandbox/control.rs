//! The control routes: the token, and every knob over HTTP once.

use crate::common::{Bench, bench_with, told};
use readdress_sandbox::{Options, Service, practice_accounts};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

async fn bench() -> Bench {
    bench_with(Options {
        clock_start: Some("2026-03-01T10:00:00Z".parse().expect("a time")),
        token: Some("the-token".to_owned()),
        ..Options::default()
    })
    .await
}

fn control(bench: &Bench, method: &str, path: &str) -> RequestBuilder {
    bench
        .call(method, &format!("{}{path}", bench.sandbox.control_url()))
        .header("X-Practice-Token", "the-token")
}

async fn get(bench: &Bench, path: &str) -> Value {
    let (status, body) = told(control(bench, "GET", path)).await;
    assert_eq!(status, 200, "{path}");
    body
}

async fn sent(bench: &Bench, method: &str, path: &str, body: Value) -> (u16, Value) {
    told(control(bench, method, path).json(&body)).await
}

async fn profile(bench: &Bench) -> (u16, Value) {
    let url = format!("{}/api/v2/profile/", bench.sandbox.urls().webshare);
    told(
        bench
            .call("GET", &url)
            .header("Authorization", "Token my-key"),
    )
    .await
}

#[tokio::test]
async fn knobs_need_the_token() {
    let bench = bench().await;
    let plain = |query: &str| format!("{}/settings{query}", bench.sandbox.control_url());
    assert_eq!(told(bench.call("GET", &plain(""))).await.0, 401);
    assert_eq!(told(bench.call("GET", &plain("?token=wrong"))).await.0, 401);
    assert_eq!(
        told(bench.call("GET", &plain("?token=the-token"))).await.0,
        200
    );
    assert_eq!(
        told(bench.call("DELETE", &bench.sandbox.urls().mailbox))
            .await
            .0,
        401
    );
    let random = bench_with(Options::default()).await;
    assert_eq!(random.sandbox.token().len(), 32);
}

#[tokio::test]
async fn the_clock_starts_where_told_and_moves() {
    let bench = bench().await;
    let now = |body: &Value| body["now"].as_str().expect("a time").to_owned();
    assert!(now(&get(&bench, "/clock").await).starts_with("2026-03-01T10:00:0"));
    let (_, body) = sent(&bench, "POST", "/clock/advance", json!({ "seconds": 300 })).await;
    assert!(now(&body).starts_with("2026-03-01T10:05:0"));
    let (_, body) = sent(
        &bench,
        "POST",
        "/clock/set",
        json!({ "at": "2027-01-01T00:00:00Z" }),
    )
    .await;
    assert!(now(&body).starts_with("2027-01-01T00:00:0"));
    assert_eq!(
        sent(&bench, "POST", "/clock/advance", json!({ "seconds": -1 }))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn settings_and_accounts_are_patched() {
    let bench = bench().await;
    let patch = json!({ "mannco_store": { "envelope": "old" }, "strict": true });
    let (status, body) = sent(&bench, "PATCH", "/settings", patch).await;
    assert_eq!(
        (status, &body["mannco_store"]["texts"]),
        (200, &json!("new"))
    );
    assert!(bench.sandbox.settings().strict);
    assert_eq!(
        sent(&bench, "PATCH", "/settings", json!({ "no_such": 1 }))
            .await
            .0,
        400
    );
    assert_eq!(profile(&bench).await.0, 401, "strict");

    let account = json!({ "api_key": "my-key", "email": "me@example.org" });
    assert_eq!(
        sent(&bench, "PUT", "/accounts/webshare", account).await.0,
        204
    );
    assert_eq!(profile(&bench).await.1["email"], "me@example.org");
    let (_, body) = sent(
        &bench,
        "PATCH",
        "/accounts/webshare/my-key",
        json!({ "suspended": true }),
    )
    .await;
    assert_eq!(
        (&body["email"], &body["suspended"]),
        (&json!("me@example.org"), &json!(true))
    );
    assert_eq!(profile(&bench).await.0, 403);
    assert_eq!(
        get(&bench, "/accounts/webshare")
            .await
            .as_array()
            .expect("a list")
            .len(),
        2
    );
    assert_eq!(
        get(&bench, "/accounts/webshare/my-key").await["suspended"],
        true
    );
    assert_eq!(
        sent(&bench, "PATCH", "/accounts/webshare/nobody", json!({}))
            .await
            .0,
        404
    );
    assert_eq!(
        sent(&bench, "PUT", "/accounts/z-api", json!({ "token": "x" }))
            .await
            .0,
        400
    );
    assert_eq!(
        told(control(&bench, "GET", "/accounts/elsewhere")).await.0,
        404
    );
}

#[tokio::test]
async fn faults_and_counters() {
    let bench = bench().await;
    let fault = json!({ "service": "webshare", "route": "read", "times": 1,
        "kind": { "rate_limited": { "seconds": 7 } } });
    assert_eq!(sent(&bench, "POST", "/faults", fault).await.0, 204);
    assert_eq!(
        get(&bench, "/faults").await[0]["kind"],
        json!({ "rate_limited": { "seconds": 7 } })
    );
    assert_eq!(profile(&bench).await.0, 429);
    assert_eq!(profile(&bench).await.0, 200);
    let simple = json!({ "service": "webshare", "kind": "cut" });
    assert_eq!(sent(&bench, "POST", "/faults", simple).await.0, 204);
    assert_eq!(told(control(&bench, "DELETE", "/faults")).await.0, 204);
    assert_eq!(get(&bench, "/faults").await, json!([]));

    let counts = get(&bench, "/counters").await;
    let line = json!({ "service": "webshare", "account": "my-key", "route": "read", "received": 2, "taken": 1 });
    assert_eq!(counts, json!([line]));
    let requests = get(&bench, "/requests").await;
    assert_eq!(
        (&requests[0]["taken"], &requests[1]["taken"]),
        (&json!(false), &json!(true))
    );
    let names = requests[0]["headers"].as_array().expect("names");
    assert!(names.contains(&json!("authorization")));
    assert!(!requests.to_string().contains("Token my-key"), "names only");
    assert_eq!(
        bench.sandbox.requests()[0].header("authorization"),
        Some("Token my-key")
    );
    assert_eq!(told(control(&bench, "DELETE", "/counters")).await.0, 204);
    assert_eq!(get(&bench, "/counters").await, json!([]));
}

#[tokio::test]
async fn links_tokens_tls_recorder_and_reset() {
    let bench = bench().await;
    profile(&bench).await;
    let (_, body) = sent(
        &bench,
        "POST",
        "/accounts/webshare/my-key/send_activation_mail",
        json!({}),
    )
    .await;
    assert_eq!(body, json!({ "sent": true }));
    let (_, body) = sent(
        &bench,
        "POST",
        "/accounts/webshare/my-key/open_link",
        json!({}),
    )
    .await;
    assert_eq!(body, json!({ "changed": false }));
    assert_eq!(
        sent(&bench, "POST", "/refuse_tokens", json!({ "account": null }))
            .await
            .0,
        204
    );
    let (status, front) = sent(
        &bench,
        "POST",
        "/tls",
        json!({ "service": "z-api", "kind": "expired" }),
    )
    .await;
    assert_eq!(status, 200);
    assert!(
        front["origin"]
            .as_str()
            .expect("an origin")
            .starts_with("https://127.0.0.1:")
    );
    assert!(
        front["ca_pem"]
            .as_str()
            .expect("PEM")
            .contains("BEGIN CERTIFICATE")
    );
    assert_eq!(get(&bench, "/recorder").await["arrived"], json!([]));
    assert!(
        get(&bench, "/state").await["webshare"]
            .to_string()
            .contains("my-key")
    );
    assert_eq!(sent(&bench, "POST", "/reset", json!({})).await.0, 204);
    assert!(bench.sandbox.mails(None, None).is_empty());
    assert!(bench.sandbox.webshare("my-key").is_none());
    assert_eq!(
        get(&bench, "/practice_accounts")
            .await
            .as_array()
            .expect("a list")
            .len(),
        3
    );
}

#[tokio::test]
async fn the_practice_accounts_exist_and_have_their_addresses() {
    let bench = bench().await;
    bench
        .sandbox
        .change_settings(|settings| settings.strict = true);
    let accounts = practice_accounts();
    let ids: Vec<&str> = accounts.iter().map(|account| account.service).collect();
    assert_eq!(ids, Service::ALL.map(Service::id));
    let z_api = bench
        .sandbox
        .z_api(accounts[0].fields["instance_id"])
        .expect("an instance");
    assert_eq!(z_api.token, accounts[0].secrets["token"]);
    assert_eq!(
        z_api.client_token.as_deref(),
        Some(accounts[0].secrets["client_token"])
    );
    assert_eq!(z_api.email.as_deref(), Some(accounts[0].email));
    let webshare = bench
        .sandbox
        .webshare(accounts[1].secrets["api_key"])
        .expect("an account");
    assert_eq!(
        webshare.password.as_deref(),
        Some(accounts[1].secrets["password"])
    );
    assert_eq!(
        (webshare.api_key.len(), webshare.email.as_str()),
        (40, accounts[1].email)
    );
    let mannco = bench
        .sandbox
        .mannco_store(accounts[2].secrets["api_key"])
        .expect("an account");
    assert_eq!(mannco.email, accounts[2].email);
}

#[tokio::test]
async fn a_stopped_or_dropped_sandbox_answers_no_more() {
    let stopped = bench().await;
    let url = stopped.sandbox.urls().mailbox.clone();
    assert_eq!(told(stopped.call("GET", &url)).await.0, 200);
    let client = stopped.client.clone();
    stopped.sandbox.stop().await;
    assert!(
        client
            .get(&url)
            .send()
            .await
            .expect_err("nobody there")
            .is_connect()
    );

    let dropped = bench().await;
    let url = dropped.sandbox.urls().z_api.clone();
    drop(dropped.sandbox);
    let gone = async {
        while dropped.client.get(&url).send().await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(3), gone)
        .await
        .expect("the port closes");
}
