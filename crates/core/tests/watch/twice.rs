//! Nothing is sent twice: not by two programs, not by a mail that comes twice, not after a call that may have been taken.

use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_sandbox::{Fault, FaultKind, RetryAfter, Service};

use crate::office::{INBOX, JUNK};
use crate::support::{World, a_while, bring, quick, until};

#[tokio::test]
async fn two_programs_on_one_folder_send_each_code_once() {
    let world = World::new().await;
    let other = world.other_engine();
    let _first = world.watch();
    let _second = world.watch_on(&other, quick());
    let _courier = world.courier(INBOX);
    for n in 1..=20 {
        let profile = world.z_api(n).await;
        world
            .request(profile, &format!("to{n}@practice.example"))
            .await;
    }
    until("all are changed", async || {
        world
            .engine
            .open_changes(false)
            .expect("open")
            .is_empty()
            .then_some(())
    })
    .await;
    a_while().await;
    assert_eq!(world.verified(Service::ZApi), 20);
    assert_eq!(world.sandbox.count(Service::ZApi, "verify").taken, 20);
    assert!(world.engine.mail_finds().is_empty() && other.mail_finds().is_empty());
    assert!(world.office.asked().mails >= 20);
}

#[tokio::test]
async fn a_mail_that_comes_twice_is_used_once() {
    let world = World::new().await;
    let _watch = world.watch();
    let profile = world.z_api(1).await;
    let change = world.request(profile, "one@practice.example").await;
    let raw = world.sandbox.last_mail(&change.to).expect("a mail").raw;
    world.office.deliver(JUNK, &raw);
    world.office.deliver(INBOX, &raw);
    world
        .office
        .deliver(INBOX, &format!("Received: by x\r\n{raw}"));
    world.until_changed(change.id).await;
    a_while().await;
    assert_eq!(world.verified(Service::ZApi), 1);
}

#[tokio::test]
async fn a_code_that_did_not_leave_is_given_again() {
    let world = World::new().await;
    let limited = FaultKind::RateLimited(RetryAfter::Seconds(1));
    let limited = Fault::new(Service::ZApi, limited).on("verify").times(2);
    world.sandbox.add_fault(limited);
    let _watch = world.watch();
    let profile = world.z_api(1).await;
    let change = world.request(profile, "one@practice.example").await;
    bring(&world, &change.to);
    world.until_changed(change.id).await;
    assert_eq!(world.sandbox.count(Service::ZApi, "verify").taken, 1);
    assert_eq!(world.verified(Service::ZApi), 3);
}

#[tokio::test]
async fn a_code_that_never_leaves_is_not_tried_for_ever() {
    let world = World::new().await;
    let limited = FaultKind::RateLimited(RetryAfter::Seconds(1));
    world
        .sandbox
        .add_fault(Fault::new(Service::ZApi, limited).on("verify"));
    let _watch = world.watch();
    let profile = world.z_api(1).await;
    let change = world.request(profile, "one@practice.example").await;
    bring(&world, &change.to);
    until("it was tried four times", async || {
        (world.verified(Service::ZApi) == 4).then_some(())
    })
    .await;
    a_while().await;
    assert_eq!(world.verified(Service::ZApi), 4);
    let view = world.engine.change(change.id).await.expect("a change");
    assert_eq!(view.state, State::AwaitingCode);
    assert_eq!(view.problem.map(|one| one.code), Some(Code::RateLimited));
    world.sandbox.clear_faults();
    let done = world
        .engine
        .submit_code(change.id, "")
        .await
        .expect("the kept one");
    assert_eq!(done.state, State::Changed);
}

#[tokio::test]
async fn a_refusal_that_nobody_knows_is_not_repeated() {
    let world = World::new().await;
    let teapot = FaultKind::Answer {
        status: 418,
        content_type: Some("application/json".to_owned()),
        headers: Vec::new(),
        body: r#"{"error":"no tea"}"#.to_owned(),
    };
    world
        .sandbox
        .add_fault(Fault::new(Service::ZApi, teapot).on("verify"));
    let _watch = world.watch();
    let profile = world.z_api(1).await;
    let change = world.request(profile, "one@practice.example").await;
    bring(&world, &change.to);
    until("it was refused", async || {
        let view = world.engine.change(change.id).await.expect("a change");
        view.problem.map(drop)
    })
    .await;
    bring(&world, &change.to);
    a_while().await;
    assert_eq!(world.verified(Service::ZApi), 1);
    // Nor by a program that starts later and has never seen that mail.
    let other = world.other_engine();
    let _second = world.watch_on(&other, quick());
    a_while().await;
    assert_eq!(world.verified(Service::ZApi), 1);
}
