//! Countdowns of open changes, and the order of things, when the clock was moved.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use readdress_core::change::State;
use readdress_core::clock;
use readdress_core::view::{ChangeView, HistoryFilter};
use readdress_sandbox::Service;

use crate::support::{World, ask};
use crate::{BACK, Clock, HOUR, seconds_until};

const M: Service = Service::ManncoStore;
const DAY: i64 = 24 * 3600;

#[track_caller]
fn counts_down_sanely(change: &ChangeView, back: SignedDuration) {
    assert_eq!(change.state, State::AwaitingCode);
    let ends = seconds_until(change.expires_at);
    assert!(
        (DAY - 60..=DAY).contains(&ends),
        "ends in {ends} s after {back}"
    );
    let again = seconds_until(change.resend_at);
    assert!(
        (240..=300).contains(&again),
        "again in {again} s after {back}"
    );
    let asked = change.requested_at.expect("a time");
    assert!(
        asked <= clock::now(),
        "asked in the future: {asked} after {back}"
    );
    assert!(change.updated_at <= clock::now());
}

#[tokio::test]
async fn set_back_a_countdown_keeps_its_span() {
    for back in BACK {
        let clock = Clock::take();
        let world = World::new().await;
        let change = world.request_at(M).await;
        clock.off_by(back);
        // A window that is open looks about once a second; a program that starts looks at once.
        if back == BACK[0] {
            world.engine.data_version();
            counts_down_sanely(&world.engine.open_changes(false).expect("listed")[0], back);
        }
        let other = world.other_engine();
        counts_down_sanely(&other.open_changes(false).expect("listed")[0], back);

        // Nothing of it costs the change itself: its code still counts.
        let code = world
            .sandbox
            .last_mail(&change.to)
            .and_then(|mail| mail.code);
        let done = other.submit_code(change.id, &code.expect("a code")).await;
        assert_eq!(done.expect("answered").state, State::Changed);
        assert_eq!(world.sandbox.count(M, "verify").received, 1);
    }
}

#[tokio::test]
async fn set_forward_a_code_is_not_called_expired_for_long() {
    let clock = Clock::take();
    let world = World::new().await;
    let change = world.request_at(M).await;
    clock.off_by(HOUR * 25);
    let shown = world.engine.change(change.id).await.expect("shown");
    assert_eq!(shown.state, State::Expired, "nothing else is known yet");
    world
        .engine
        .read_profile(change.profile_id.expect("a profile"))
        .await
        .expect("read");
    let shown = world.engine.change(change.id).await.expect("shown");
    assert_eq!(
        shown.state,
        State::AwaitingCode,
        "the service's clock says so"
    );
    let ends = seconds_until(shown.expires_at);
    assert!((DAY - 60..=DAY).contains(&ends), "{ends} s");
}

/// The check itself brings the news, and must not write the old times over the mended ones.
#[tokio::test]
async fn set_forward_a_check_mends_the_countdown_too() {
    let clock = Clock::take();
    let world = World::new().await;
    let change = world.request_at(M).await;
    clock.off_by(HOUR * 25);
    let checked = world
        .engine
        .settle_change(
            change.id,
            readdress_core::ask::Settle::Check,
            &BTreeMap::new(),
        )
        .await
        .expect("checked");
    assert_eq!(checked.state, State::AwaitingCode);
    let ends = seconds_until(checked.expires_at);
    assert!((DAY - 60..=DAY).contains(&ends), "{ends} s");
}

#[tokio::test]
async fn a_call_under_way_loses_nothing_when_the_clock_is_set_back() {
    let clock = Clock::take();
    let world = World::new().await;
    let profile = world.profile(M).await;
    world
        .engine
        .read_profile(profile.id)
        .await
        .expect("logged in");
    let late = readdress_sandbox::Fault::new(M, readdress_sandbox::FaultKind::Late);
    world
        .sandbox
        .add_fault(late.on("request").delayed(500).times(1));
    let to = World::account(M).new_email;
    let (sent, ()) = tokio::join!(world.engine.request_change(ask(profile.id, to)), async {
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        clock.off_by(-HOUR * 72);
        world.engine.data_version();
    });
    counts_down_sanely(&sent.expect("its answer is on disk"), -HOUR * 72);
    assert_eq!(world.sandbox.count(M, "request").received, 1);
}

#[tokio::test]
async fn what_came_later_stands_later_whatever_the_clock_says() {
    let clock = Clock::take();
    let world = World::new().await;
    let (change, code) = world.waiting_at(Service::Webshare).await;
    let profile = change.profile_id.expect("a profile");
    let done = world
        .engine
        .submit_code(change.id, &code)
        .await
        .expect("answered");
    assert_eq!(done.state, State::Changed);
    clock.off_by(-HOUR * 72);
    let second = world.request(profile, "second@practice.example").await;
    world
        .engine
        .cancel_change(second.id)
        .await
        .expect("cancelled");
    clock.off_by(-HOUR * 24 * 300);
    let third = world.request(profile, "third@practice.example").await;

    let filter = HistoryFilter::default();
    let mut after: Option<String> = None;
    let mut order = Vec::new();
    loop {
        let page = world
            .engine
            .history(&filter, after.as_deref(), 1, true)
            .expect("a page");
        order.extend(page.items.iter().map(|change| change.id));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(order, [third.id, second.id, change.id], "newest first");
    let view = world.engine.profile(profile).expect("shown");
    assert_eq!(view.change.map(|change| change.id), Some(third.id));
    world
        .engine
        .cancel_change(third.id)
        .await
        .expect("cancelled");
    let label = world.engine.profile(profile).expect("shown").label;
    assert_eq!(
        world.engine.find_change(&label).expect("found"),
        third.id,
        "the last one"
    );
    let kinds = |change: ChangeView| {
        let events = change.events.into_iter();
        events.map(|event| event.kind).collect::<Vec<_>>()
    };
    use readdress_core::change::EventKind::{Answer, Cancelled, Intent, Planned, ReadBack};
    let journal = kinds(world.engine.change(third.id).await.expect("shown"));
    assert_eq!(journal, [Planned, ReadBack, Intent, Answer, Cancelled]);

    // The address that the last *finished* change proved: no false "changed elsewhere".
    world.engine.read_profile(profile).await.expect("read");
    let known = world.engine.profile(profile).expect("shown").known;
    assert_ne!(known, readdress_core::profile::Known::ChangedElsewhere);
}

#[tokio::test]
async fn a_clock_may_jump_between_any_two_calls() {
    let clock = Clock::take();
    let world = World::new().await;
    let profile = world.profile(Service::ZApi).await;
    let years = [0, 30, -20, 5, -1, 100, 0];
    for (round, year) in years.into_iter().enumerate() {
        clock.off_by(HOUR * 24 * 365 * year);
        let to = format!("round-{round}@practice.example");
        let mut request = ask(profile.id, &to);
        (request.replace, request.anyway) = (true, true);
        let sent = world.engine.request_change(request).await.expect("sent");
        assert_eq!(sent.state, State::AwaitingCode);
        clock.off_by(HOUR * 24 * 365 * -year);
        let again = world
            .engine
            .resend_code(sent.id, &BTreeMap::new(), true)
            .await;
        assert_eq!(again.expect("answered").state, State::AwaitingCode);
        world.engine.data_version();
        let open = world.engine.open_changes(true).expect("listed");
        assert_eq!(open.len(), 1);
        assert!(open[0].requested_at.expect("a time") <= clock::now());
    }
    let received = world.sandbox.count(Service::ZApi, "request").received;
    assert_eq!(received, 2 * 7, "each once");
}
