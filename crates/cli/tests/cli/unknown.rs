//! Sent, and no answer: exit 3, nothing sent twice, and the ways to settle it.

use readdress_sandbox::{Fault, FaultKind, Service};

use crate::stage::{NEW, Stage};

fn cut_after_taken(stage: &Stage, service: Service, route: &str) {
    stage.sandbox.add_fault(
        Fault::new(service, FaultKind::Cut)
            .on(route)
            .taken()
            .times(1),
    );
}

#[test]
fn a_request_without_an_answer_is_unknown_until_its_code_comes() {
    let stage = Stage::new();
    stage.add(Service::ManncoStore, "m");
    cut_after_taken(&stage, Service::ManncoStore, "request");
    let cut = stage.json(&["change", "m", "--to", NEW]).ends(3);
    assert_eq!(cut.json()["state"], "unknown");
    assert!(cut.json()["error"]["code"].is_string());
    assert!(cut.stderr.contains("readdress-cli settle"), "{cut:?}");

    assert_eq!(
        stage.json(&["change", "m", "--to", NEW]).ends(1).error(),
        "change_open"
    );
    // The old address proves nothing about a request.
    let still = stage.json(&["settle", "m"]).ends(3).json();
    assert_eq!(still["state"], "unknown");
    let done = stage
        .json(&["verify", "m", "--code", &stage.code()])
        .ends(0)
        .json();
    assert_eq!(done["state"], "changed");
    assert_eq!(
        stage
            .sandbox
            .count(Service::ManncoStore, "request")
            .received,
        1
    );
}

#[test]
fn the_user_may_say_that_the_request_worked() {
    let stage = Stage::new();
    stage.add(Service::Webshare, "w");
    cut_after_taken(&stage, Service::Webshare, "request");
    stage.json(&["change", "w", "--to", NEW]).ends(3);
    let settled = stage.json(&["settle", "w", "--worked"]).ends(0).json();
    assert_eq!(settled["state"], "awaiting_code");
    assert_eq!(settled["waits_for"]["address"], NEW);
    assert_eq!(
        stage.json(&["settle", "w", "--worked"]).ends(1).error(),
        "change_not_open"
    );
}

#[test]
fn or_have_it_sent_again() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    stage.sandbox.add_fault(
        Fault::new(Service::ZApi, FaultKind::Close)
            .on("request")
            .times(1),
    );
    stage.json(&["change", "z", "--to", NEW]).ends(3);
    let sent = stage.json(&["settle", "z", "--send-again"]).ends(0).json();
    assert_eq!(sent["state"], "awaiting_code");
    assert_eq!(stage.sandbox.count(Service::ZApi, "request").received, 2);
    stage
        .json(&["settle", "z", "--send-again", "--worked"])
        .ends(2);
}

#[test]
fn a_code_without_an_answer_is_settled_by_reading_back() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    stage.requested("z");
    cut_after_taken(&stage, Service::ZApi, "verify");
    let cut = stage
        .json(&["verify", "z", "--code", &stage.code()])
        .ends(3)
        .json();
    assert_eq!(cut["state"], "unknown");
    let settled = stage.json(&["settle", "z"]).ends(0).json();
    assert_eq!(settled["state"], "changed");
    assert_eq!(settled["proof"], "read_back");
    assert_eq!(stage.sandbox.count(Service::ZApi, "verify").received, 1);
}

#[test]
fn an_unknown_outcome_stays_unknown_while_the_service_cannot_be_asked() {
    let stage = Stage::new();
    stage.add(Service::Webshare, "w");
    cut_after_taken(&stage, Service::Webshare, "request");
    stage.json(&["change", "w", "--to", NEW]).ends(3);
    stage
        .sandbox
        .add_fault(Fault::new(Service::Webshare, FaultKind::HtmlPage { status: 502 }).on("read"));
    let asked = stage.json(&["settle", "w"]).ends(3);
    assert_eq!(asked.error(), "service_unavailable");
    assert_eq!(asked.json()["state"], "unknown");
}

#[test]
fn a_program_that_was_killed_leaves_an_unknown_and_sends_nothing_twice() {
    let stage = Stage::new();
    stage.add(Service::ManncoStore, "m");
    let fault = Fault::new(Service::ManncoStore, FaultKind::Hang)
        .on("request")
        .taken()
        .times(1);
    stage.sandbox.add_fault(fault);
    let mut child = stage.with_key(&["change", "m", "--to", NEW]).spawn();
    for _ in 0..200 {
        if stage.sandbox.count(Service::ManncoStore, "request").taken == 1 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(
        stage.json(&["cancel", "m"]).ends(1).error(),
        "busy",
        "its program is alive"
    );
    child.kill().expect("it runs");
    child.wait().expect("it ends");

    let open = stage.json(&["pending"]).ends(0).json();
    assert_eq!(open[0]["state"], "unknown");
    assert_eq!(open[0]["problem"]["code"], "interrupted");
    stage
        .json(&["verify", "m", "--code", &stage.code()])
        .ends(0);
    assert_eq!(
        stage
            .sandbox
            .count(Service::ManncoStore, "request")
            .received,
        1
    );
}
