//! From the request to *changed* without a hand on it, wherever and whenever the mail comes.

use readdress_core::change::{Proof, State};
use readdress_core::view::{MailOutcome, WatchState};
use readdress_sandbox::{Fault, FaultKind, Service};

use crate::office::{INBOX, JUNK, mail};
use crate::support::{World, a_while, bring, hour_ago, until};

const TO: &str = "after@practice.example";

async fn changes_by_itself(service: Service) {
    let world = World::new().await;
    let _watch = world.watch();
    let _courier = world.courier(INBOX);
    let profile = world.profile(service).await;
    let change = world.request(profile, TO).await;
    assert!(world.engine.is_watchable(change.id).expect("known"));
    let done = world.until_changed(change.id).await;
    assert_eq!(done.proof, Some(Proof::ReadBack));
    assert_eq!(world.sandbox.count(service, "request").taken, 1);
    assert_eq!(world.verified(service), 1);
    let view = world
        .until_view("it rests again", |view| {
            view.state == WatchState::Resting && view.last.is_some()
        })
        .await;
    let last = view.last.expect("it saw a mail");
    assert_eq!((last.junk, last.outcome), (false, MailOutcome::Used));
    assert_eq!(
        (view.waiting, view.problem, view.junk),
        (0, None, Some(true))
    );
    assert!(view.looked_at.is_some() && world.engine.mail_finds().is_empty());
    assert!(
        !world.engine.is_watchable(change.id).expect("known"),
        "ended"
    );
}

#[tokio::test]
async fn z_api_changes_by_itself() {
    changes_by_itself(Service::ZApi).await;
}

#[tokio::test]
async fn webshare_changes_by_itself() {
    changes_by_itself(Service::Webshare).await;
}

#[tokio::test]
async fn mannco_store_changes_by_itself() {
    changes_by_itself(Service::ManncoStore).await;
}

#[tokio::test]
async fn a_mail_that_is_there_before_the_answer_is_found() {
    let world = World::new().await;
    let _watch = world.watch();
    let _courier = world.courier(INBOX);
    // Another change keeps the mailbox watched, so that the mail is seen before its change waits.
    let other = world.z_api(7).await;
    world
        .sandbox
        .change_settings(|settings| settings.mail.lost = true);
    world.request(other, "other@practice.example").await;
    world
        .sandbox
        .change_settings(|settings| settings.mail.lost = false);
    world
        .until_view("it watches", |view| view.state == WatchState::Watching)
        .await;
    let late = Fault::new(Service::ZApi, FaultKind::Late)
        .on("request")
        .times(1);
    world.sandbox.add_fault(late.delayed(400));
    let profile = world.profile(Service::ZApi).await;
    let heads = world.office.asked().heads;
    let seen = async {
        until("its head was seen", async || {
            (world.office.asked().heads > heads).then_some(())
        })
        .await;
        world.engine.open_changes(false).expect("open").len()
    };
    let (change, _) = tokio::join!(world.request(profile, TO), seen);
    world.until_changed(change.id).await;
    assert_eq!(world.verified(Service::ZApi), 1);
}

#[tokio::test]
async fn a_request_without_an_answer_goes_on_with_its_code() {
    let world = World::new().await;
    let _watch = world.watch();
    let _courier = world.courier(INBOX);
    let cut = Fault::new(Service::ZApi, FaultKind::Cut)
        .on("request")
        .times(1);
    world.sandbox.add_fault(cut.taken());
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    assert_eq!(change.state, State::Unknown);
    world.until_changed(change.id).await;
    assert_eq!(world.sandbox.count(Service::ZApi, "request").taken, 1);
    assert_eq!(world.verified(Service::ZApi), 1);
}

#[tokio::test]
async fn a_verify_without_an_answer_is_not_sent_again_by_a_mail() {
    let world = World::new().await;
    let _watch = world.watch();
    let _courier = world.courier(INBOX);
    let cut = Fault::new(Service::ZApi, FaultKind::Cut)
        .on("verify")
        .times(1);
    world.sandbox.add_fault(cut.taken());
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    until("its outcome is unknown", async || {
        let view = world.engine.change(change.id).await.expect("a change");
        (view.state == State::Unknown).then_some(())
    })
    .await;
    bring(&world, TO);
    world.engine.look_for_mail();
    a_while().await;
    assert_eq!(world.verified(Service::ZApi), 1);
}

#[tokio::test]
async fn a_code_in_the_junk_folder_is_found_and_said_to_be_there() {
    let world = World::new().await;
    let _watch = world.watch();
    let _courier = world.courier(JUNK);
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    world.until_changed(change.id).await;
    let view = world
        .until_view("it said so", |view| view.last.is_some())
        .await;
    assert!(view.last.expect("a mail").junk);
}

#[tokio::test]
async fn a_junk_folder_that_cannot_be_opened_is_done_without() {
    let world = World::new().await;
    world.office.keeps_junk_shut();
    let _watch = world.watch();
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    let view = world
        .until_view("it watches", |view| view.state == WatchState::Watching)
        .await;
    assert_eq!((view.problem, view.junk), (None, Some(false)));
    bring(&world, TO);
    world.until_changed(change.id).await;
    assert_eq!(world.office.asked().opened, 1);
}

#[tokio::test]
async fn a_server_that_does_not_tell_is_asked_now_and_then() {
    let world = World::new().await;
    world.office.has_no_idle();
    let _watch = world.watch();
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    world
        .until_view("it polls", |view| view.state == WatchState::Polling)
        .await;
    until("it was asked", async || {
        let asked = world.office.asked();
        (asked.polls > 0 && asked.searches > 3).then_some(())
    })
    .await;
    bring(&world, TO);
    world.until_changed(change.id).await;
    assert_eq!(world.office.asked().idles, 0);
}

#[tokio::test]
async fn a_mail_that_comes_as_another_goes_is_seen_without_idle() {
    let world = World::new().await;
    world.office.has_no_idle();
    world.office.fill(1);
    let _watch = world.watch();
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    world
        .until_view("it polls", |view| view.state == WatchState::Polling)
        .await;
    let raw = world.sandbox.last_mail(TO).expect("a mail").raw;
    world.office.exchange(INBOX, &raw);
    world.until_changed(change.id).await;
}

#[tokio::test]
async fn older_mails_and_those_of_others_are_left_alone() {
    let world = World::new().await;
    let old = mail(
        TO,
        "no-reply@z-api.practice.example",
        "Your Z-API code is 111222",
    );
    world.office.deliver_at(INBOX, &old, hour_ago());
    let _watch = world.watch();
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    let other = mail(
        "else@practice.example",
        "no-reply@z-api.practice.example",
        "Code: 333444",
    );
    world.office.deliver(INBOX, &other);
    world
        .until_view("it looked", |view| view.looked_at.is_some())
        .await;
    a_while().await;
    assert_eq!(
        (world.verified(Service::ZApi), world.office.asked().mails),
        (0, 0)
    );
    bring(&world, TO);
    world.until_changed(change.id).await;
    assert_eq!(
        (world.verified(Service::ZApi), world.office.asked().mails),
        (1, 1)
    );
}

#[tokio::test]
async fn a_mail_without_a_code_is_told_and_nothing_is_sent() {
    let world = World::new().await;
    let _watch = world.watch();
    let profile = world.profile(Service::ZApi).await;
    world.request(profile, TO).await;
    let hello = mail(
        TO,
        "no-reply@z-api.practice.example",
        "Welcome to Z-API. Nothing to do.",
    );
    world.office.deliver(INBOX, &hello);
    let view = world
        .until_view("it saw it", |view| view.last.is_some())
        .await;
    let last = view.last.expect("a mail");
    assert_eq!(last.outcome, MailOutcome::NothingFound);
    assert_eq!(
        last.from.as_deref(),
        Some("no-reply@z-api.practice.example")
    );
    assert_eq!(world.verified(Service::ZApi), 0);
}
