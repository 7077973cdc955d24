//! Each fault once, and that it has its effect on the service or not.

use crate::common::{Bench, bench, told};
use readdress_sandbox::{Fault, FaultKind, RetryAfter, Service};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::json;
use std::time::{Duration, Instant};

fn request(bench: &Bench) -> RequestBuilder {
    let url = format!(
        "{}/instances/ANY/token/THING/security/email",
        bench.sandbox.urls().z_api
    );
    bench
        .call("POST", &url)
        .json(&json!({ "email": "new@example.org" }))
}

async fn with(kind: FaultKind) -> Bench {
    with_fault(Fault::new(Service::ZApi, kind)).await
}

async fn with_fault(fault: Fault) -> Bench {
    let bench = bench().await;
    bench.sandbox.add_fault(fault.on("request"));
    bench
}

async fn sent(bench: &Bench) -> Response {
    request(bench).send().await.expect("an answer")
}

fn taken(bench: &Bench) -> u64 {
    let count = bench.sandbox.count(Service::ZApi, "request");
    assert_eq!(count.received, 1);
    count.taken
}

#[tokio::test]
async fn cut_before_and_after_the_request_was_taken() {
    for kind in [FaultKind::Cut, FaultKind::Close] {
        let bench = with(kind.clone()).await;
        let error = request(&bench).send().await.expect_err("no answer");
        assert!(error.is_request() && !error.is_timeout(), "{error:?}");
        assert_eq!(
            (taken(&bench), bench.sandbox.mails(None, None).len()),
            (0, 0)
        );

        let bench = with_fault(Fault::new(Service::ZApi, kind).taken()).await;
        request(&bench).send().await.expect_err("no answer");
        assert_eq!(
            (taken(&bench), bench.sandbox.mails(None, None).len()),
            (1, 1)
        );
    }
}

#[tokio::test]
async fn a_fault_meets_as_many_calls_as_planned() {
    let bench =
        with_fault(Fault::new(Service::ZApi, FaultKind::HtmlPage { status: 502 }).times(2)).await;
    assert_eq!(sent(&bench).await.status(), 502);
    assert_eq!(sent(&bench).await.status(), 502);
    assert_eq!(sent(&bench).await.status(), 200);
    assert!(bench.sandbox.faults().is_empty());
}

#[tokio::test]
async fn a_fault_meets_only_its_route_and_account() {
    let bench = bench().await;
    let fault = Fault::new(Service::ZApi, FaultKind::HtmlPage { status: 500 });
    bench.sandbox.add_fault(fault.clone().on("verify"));
    bench.sandbox.add_fault(fault.of("SOMEBODY"));
    assert_eq!(sent(&bench).await.status(), 200);
    bench.sandbox.clear_faults();
    assert!(bench.sandbox.faults().is_empty());
}

#[tokio::test]
async fn rate_limits_with_every_kind_of_hint() {
    let hint = async |after| {
        let bench = with(FaultKind::RateLimited(after)).await;
        let response = sent(&bench).await;
        assert_eq!((response.status().as_u16(), taken(&bench)), (429, 0));
        let hint = response.headers().get("retry-after");
        hint.map(|value| value.to_str().expect("text").to_owned())
    };
    assert_eq!(hint(RetryAfter::Absent).await, None);
    assert_eq!(hint(RetryAfter::Seconds(-5)).await.as_deref(), Some("-5"));
    assert_eq!(
        hint(RetryAfter::Text("soon".to_owned())).await.as_deref(),
        Some("soon")
    );
    let date = hint(RetryAfter::DateIn(90)).await.expect("a date");
    assert!(date.ends_with(" GMT") && date.len() == 29, "{date}");
}

#[tokio::test]
async fn a_limit_speaks_each_services_words() {
    let bench = bench().await;
    for service in Service::ALL {
        bench.sandbox.add_fault(Fault::new(
            service,
            FaultKind::RateLimited(RetryAfter::Seconds(60)),
        ));
    }
    let urls = bench.sandbox.urls();
    let webshare = told(bench.call("GET", &format!("{}/api/v2/profile/", urls.webshare))).await;
    assert_eq!(
        webshare,
        (429, json!({ "detail": "Request was throttled." }))
    );
    let url = format!("{}/user/infos", urls.mannco_store);
    let response = bench.call("GET", &url).send().await.expect("an answer");
    assert!(response.headers().contains_key("x-ratelimit-reset"));
}

#[tokio::test]
async fn any_answer_with_or_without_effect() {
    let kind = FaultKind::Answer {
        status: 503,
        content_type: Some("text/plain".to_owned()),
        headers: vec![("x-note".to_owned(), "busy".to_owned())],
        body: "later".to_owned(),
    };
    let bench = with_fault(Fault::new(Service::ZApi, kind).taken()).await;
    let response = sent(&bench).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["x-note"]),
        (503, &"busy".parse().expect("a value"))
    );
    assert_eq!(response.text().await.expect("a body"), "later");
    assert_eq!(taken(&bench), 1);
}

#[tokio::test]
async fn late_and_dripping_answers_are_true_ones() {
    let bench = with_fault(Fault::new(Service::ZApi, FaultKind::Late).delayed(150)).await;
    let start = Instant::now();
    assert_eq!(told(request(&bench)).await.1["message"], "VERIFY_EMAIL");
    assert!(start.elapsed() >= Duration::from_millis(150));

    let bench = with(FaultKind::SlowDrip { every_ms: 5 }).await;
    let start = Instant::now();
    assert_eq!(told(request(&bench)).await.1["message"], "VERIFY_EMAIL");
    assert!(
        start.elapsed() >= Duration::from_millis(150),
        "forty bytes at 5 ms"
    );
}

#[tokio::test]
async fn no_answer_ever() {
    let bench = with_fault(Fault::new(Service::ZApi, FaultKind::Hang).taken()).await;
    let error = request(&bench)
        .timeout(Duration::from_millis(200))
        .send()
        .await
        .expect_err("nothing");
    assert!(error.is_timeout());
    assert_eq!(taken(&bench), 1);
    let start = Instant::now();
    bench.sandbox.stop().await;
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "a hanging call does not hold the sandbox"
    );
}

#[tokio::test]
async fn a_body_that_is_cut_endless_or_a_bomb() {
    let bench = with(FaultKind::CutInBody).await;
    let response = sent(&bench).await;
    assert_eq!(response.status(), 200);
    response.text().await.expect_err("half of it");
    assert_eq!(taken(&bench), 1);

    let bench = with(FaultKind::Endless).await;
    let mut response = sent(&bench).await;
    let mut bytes = 0;
    while bytes < 4 * 1024 * 1024 {
        bytes += response
            .chunk()
            .await
            .expect("no error")
            .expect("no end")
            .len();
    }

    let bench = with(FaultKind::GzipBomb { mebibytes: 3 }).await;
    assert!(sent(&bench).await.text().await.expect("a body").len() > 3 * 1024 * 1024);
}

#[tokio::test]
async fn bodies_under_a_wrong_name() {
    let bench = with(FaultKind::ContentType(None)).await;
    assert!(!sent(&bench).await.headers().contains_key("content-type"));
    let bench = with(FaultKind::ContentType(Some("text/html".to_owned()))).await;
    let response = sent(&bench).await;
    assert_eq!(response.headers()["content-type"], "text/html");
    assert!(
        response
            .text()
            .await
            .expect("a body")
            .contains("VERIFY_EMAIL")
    );
    let bench = with(FaultKind::InvalidUtf8).await;
    let bytes = sent(&bench).await.bytes().await.expect("a body");
    assert!(std::str::from_utf8(&bytes).is_err());
    let bench = with(FaultKind::HtmlPage { status: 200 }).await;
    assert!(
        sent(&bench)
            .await
            .text()
            .await
            .expect("a body")
            .starts_with("<html>")
    );
}

#[tokio::test]
async fn a_redirect_leads_to_the_recorder() {
    let bench = with(FaultKind::Redirect {
        status: 307,
        to: None,
    })
    .await;
    let response = sent(&bench).await;
    let location = response.headers()["location"]
        .to_str()
        .expect("text")
        .to_owned();
    assert_eq!(response.status(), 307);
    assert!(location.starts_with(&bench.sandbox.recorder_origin()));
    assert!(
        bench.sandbox.recorder().is_empty(),
        "not followed, not recorded"
    );

    let follower = Client::builder().no_proxy().build().expect("a client");
    let request = request(&bench).build().expect("a request");
    follower.execute(request).await.expect("an answer");
    let arrived = bench.sandbox.recorder();
    assert_eq!(arrived.len(), 1);
    assert!(arrived[0].body.contains("new@example.org"));
}
