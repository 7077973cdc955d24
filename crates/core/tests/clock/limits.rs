//! Limits that the journal counts, and waits that a service asked for: never early, never longer than their span.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::SignedDuration;
use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_sandbox::{Fault, FaultKind, RetryAfter, Service};

use crate::support::{World, ask, ended};
use crate::{BACK, Clock, HOUR, seconds_until};

const M: Service = Service::ManncoStore;
const Z: Service = Service::ZApi;
const NEXT: &str = "next@practice.example";

#[tokio::test]
async fn set_back_a_limit_holds_for_its_window_and_no_longer() {
    for back in BACK {
        let clock = Clock::take();
        let world = World::new().await;
        let change = world.request_at(M).await;
        world
            .engine
            .cancel_change(change.id)
            .await
            .expect("cancelled");
        clock.off_by(back);
        let next = ask(change.profile_id.expect("a profile"), NEXT);
        let early = world.engine.request_change(next.clone()).await;
        let early = early.expect_err("the service would refuse it");
        assert_eq!(early.code, Code::RateLimited);
        let wait = seconds_until(early.retry_at);
        assert!((1..=300).contains(&wait), "{wait} s after {back}");

        // Another program that starts now finds it so, too, and the wait goes on where it was.
        clock.off_by(back + SignedDuration::from_secs(200));
        let other = world.other_engine();
        let early = other
            .request_change(next.clone())
            .await
            .expect_err("still too soon");
        let wait = seconds_until(early.retry_at);
        assert!((1..=101).contains(&wait), "{wait} s after {back}");

        clock.off_by(back + SignedDuration::from_secs(301));
        world.sandbox.advance(Duration::from_secs(301));
        let sent = other
            .request_change(next)
            .await
            .expect("the window is over");
        assert_eq!(ended(&sent), (State::AwaitingCode, None), "{back}");
        assert_eq!(world.sandbox.count(M, "request").received, 2);
    }
}

#[tokio::test]
async fn set_forward_no_request_leaves_early() {
    let clock = Clock::take();
    let world = World::new().await;
    let change = world.request_at(M).await;
    world
        .engine
        .cancel_change(change.id)
        .await
        .expect("cancelled");
    clock.off_by(HOUR);
    // The journal alone would say that an hour has gone by; the answer to the read before tells better.
    let next = ask(change.profile_id.expect("a profile"), NEXT);
    let planned = world.engine.request_change(next).await.expect("planned");
    assert_eq!(ended(&planned), (State::Planned, Some(Code::RateLimited)));
    let wait = seconds_until(planned.retry_at);
    assert!((280..=300).contains(&wait), "{wait} s");
    assert_eq!(
        world.sandbox.count(M, "request").received,
        1,
        "nothing left early"
    );
}

#[tokio::test]
async fn a_clock_that_was_always_wrong_changes_nothing() {
    for off in [HOUR, -HOUR] {
        let clock = Clock::take();
        clock.off_by(off);
        let world = World::new().await;
        let change = world.request_at(M).await;
        world
            .engine
            .cancel_change(change.id)
            .await
            .expect("cancelled");
        clock.off_by(off + SignedDuration::from_secs(301));
        world.sandbox.advance(Duration::from_secs(301));
        // Time went on for the server, too.
        world.sandbox.change_settings(|settings| {
            settings.date_ahead.insert(M, 301);
        });
        let next = ask(change.profile_id.expect("a profile"), NEXT);
        let sent = world.engine.request_change(next).await.expect("sent");
        assert_eq!(ended(&sent), (State::AwaitingCode, None), "{off}");
    }
}

/// The service's own word outlives the change that was told so.
#[tokio::test]
async fn a_retry_after_outlives_the_change() {
    let clock = Clock::take();
    let world = World::new().await;
    let profile = world.profile(Z).await;
    let after = FaultKind::RateLimited(RetryAfter::Seconds(90));
    world
        .sandbox
        .add_fault(Fault::new(Z, after).on("request").times(1));
    let refused = world.request(profile.id, NEXT).await;
    assert_eq!(ended(&refused), (State::Planned, Some(Code::RateLimited)));
    world
        .engine
        .cancel_change(refused.id)
        .await
        .expect("cancelled");
    let early = world.engine.request_change(ask(profile.id, NEXT)).await;
    let early = early.expect_err("it asked to wait");
    assert_eq!(
        (early.code, early.retry_at),
        (Code::RateLimited, refused.retry_at)
    );
    let check = world
        .engine
        .check_address(profile.id, NEXT)
        .expect("checked");
    assert!(
        format!("{:?}", check.doubts).contains("TooSoon"),
        "told while typing"
    );

    // A year back: it is the same wait, not a year's.
    clock.off_by(-HOUR * 24 * 365);
    let early = world.engine.request_change(ask(profile.id, NEXT)).await;
    let wait = seconds_until(early.expect_err("it asked to wait").retry_at);
    assert!((1..=90).contains(&wait), "{wait} s");

    clock.off_by(-HOUR * 24 * 365 + SignedDuration::from_secs(91));
    let sent = world.request(profile.id, NEXT).await;
    assert_eq!(ended(&sent), (State::AwaitingCode, None));
    assert_eq!(world.sandbox.count(Z, "request").received, 2);
}

#[tokio::test]
async fn a_refused_resend_holds_back_the_next_request_too() {
    let _clock = Clock::take();
    let world = World::new().await;
    let change = world.request_at(Z).await;
    let after = FaultKind::RateLimited(RetryAfter::Seconds(90));
    world
        .sandbox
        .add_fault(Fault::new(Z, after).on("request").times(1));
    let once = BTreeMap::new();
    let refused = world.engine.resend_code(change.id, &once, true).await;
    assert_eq!(
        ended(&refused.expect("answered")).1,
        Some(Code::RateLimited)
    );
    let wrong = world.engine.submit_code(change.id, "000000").await;
    assert_eq!(ended(&wrong.expect("answered")).1, Some(Code::CodeWrong));
    world
        .engine
        .cancel_change(change.id)
        .await
        .expect("cancelled");
    let next = ask(change.profile_id.expect("a profile"), NEXT);
    let early = world.engine.request_change(next.clone()).await;
    assert_eq!(early.expect_err("it asked to wait").code, Code::RateLimited);
    let sent = world
        .engine
        .request_change(readdress_core::ask::RequestChange {
            anyway: true,
            ..next
        });
    let sent = sent.await.expect("sent anyway");
    assert_eq!(ended(&sent), (State::AwaitingCode, None));
    // Taken: the word is spent.
    world
        .engine
        .cancel_change(sent.id)
        .await
        .expect("cancelled");
    let again = world
        .request(change.profile_id.expect("a profile"), NEXT)
        .await;
    assert_eq!(ended(&again), (State::AwaitingCode, None));
}
