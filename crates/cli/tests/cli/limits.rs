//! Too soon: told by the service, or counted from the journal.

use jiff::{SignedDuration, Timestamp};
use readdress_sandbox::{Fault, FaultKind, RetryAfter, Service};
use serde_json::Value;

use crate::stage::{NEW, Stage};

fn seconds_until(time: &Value) -> i64 {
    let at: Timestamp = time.as_str().expect("a time").parse().expect("RFC 3339");
    at.duration_since(Timestamp::now()).as_secs()
}

#[test]
fn a_429_leaves_it_planned_with_its_time_and_the_same_call_sends_it() {
    let stage = Stage::new();
    stage.add(Service::Webshare, "w");
    let fault = Fault::new(
        Service::Webshare,
        FaultKind::RateLimited(RetryAfter::Seconds(90)),
    );
    stage.sandbox.add_fault(fault.on("request").times(1));
    let refused = stage.json(&["change", "w", "--to", NEW]).ends(1);
    let document = refused.json();
    assert_eq!(document["state"], "planned");
    assert_eq!(document["error"]["code"], "rate_limited");
    assert!(
        (80..=90).contains(&seconds_until(&document["retry_at"])),
        "{document}"
    );
    assert_eq!(document["retry_at"], document["error"]["retry_at"]);
    assert!(
        refused.stderr.contains("Possible again at 20"),
        "{refused:?}"
    );

    let soon = stage.json(&["change", "w", "--to", NEW]).ends(1);
    assert_eq!(soon.error(), "rate_limited");
    assert_eq!(
        soon.json()["change"],
        document["change"],
        "its document is beside the error"
    );
    assert_eq!(
        stage.sandbox.count(Service::Webshare, "request").received,
        1
    );

    let sent = stage
        .json(&["change", "w", "--to", NEW, "--anyway"])
        .ends(0)
        .json();
    assert_eq!(
        sent["change"], document["change"],
        "the planned one is sent"
    );
    assert_eq!(sent["state"], "awaiting_code");
}

#[test]
fn a_second_request_within_five_minutes_is_counted_from_the_journal() {
    let stage = Stage::new();
    stage.add(Service::ManncoStore, "m");
    let change = stage.requested("m");
    assert!(
        SignedDuration::from_secs(seconds_until(&change["resend_at"]))
            > SignedDuration::from_mins(4)
    );
    let soon = stage.json(&["resend", "m"]).ends(1);
    assert_eq!(soon.error(), "rate_limited");
    assert!(
        (290..=300).contains(&seconds_until(&soon.json()["error"]["retry_at"])),
        "{soon:?}"
    );
    assert_eq!(soon.json()["state"], "awaiting_code");
    stage.json(&["cancel", "m"]).ends(0);
    let again = stage.json(&["change", "m", "--to", NEW]).ends(1);
    assert_eq!(again.error(), "rate_limited");
    assert!(
        again.json().get("change").is_none(),
        "nothing was planned: {again:?}"
    );
    assert_eq!(
        stage
            .sandbox
            .count(Service::ManncoStore, "request")
            .received,
        1
    );

    let refused = stage
        .json(&["change", "m", "--to", NEW, "--anyway"])
        .ends(1)
        .json();
    assert_eq!(
        refused["error"]["code"], "rate_limited",
        "the service says so too"
    );
    assert_eq!(refused["state"], "planned");
}

#[test]
fn a_new_code_is_sent_and_the_old_one_is_dead() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    stage.requested("z");
    let old = stage.code();
    let again = stage.json(&["resend", "z"]).ends(0).json();
    assert_eq!(again["state"], "awaiting_code");
    assert_eq!(stage.sandbox.mails(Some(NEW), None).len(), 2);
    let new = stage.code();
    if old != new {
        assert_eq!(
            stage.json(&["verify", "z", "--code", &old]).ends(1).error(),
            "code_wrong"
        );
    }
    stage.json(&["verify", "z", "--code", &new]).ends(0);
}
