//! Mails that may be another change's: one whose request is still on its way, or one that came before anybody asked.

use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_core::view::{ChangeView, WatchState};
use readdress_sandbox::{Fault, FaultKind, Service};

use crate::office::{INBOX, mail};
use crate::support::{World, a_while, ask, in_half_an_hour, until};

const TO: &str = "after@practice.example";

/// A change that waits for a mail that never comes, in a mailbox that is watched.
async fn waits_in_vain(world: &World, n: u32) -> uuid::Uuid {
    let lost = |lost| {
        world
            .sandbox
            .change_settings(|settings| settings.mail.lost = lost);
    };
    let profile = world.z_api(n).await;
    lost(true);
    let change = world.request(profile, TO).await;
    lost(false);
    world
        .until_view("it watches", |view| view.state == WatchState::Watching)
        .await;
    change.id
}

/// The mail of this service's request is here half a second before its answer.
fn answers_late(world: &World, service: Service) {
    let late = Fault::new(service, FaultKind::Late).on("request").times(1);
    world.sandbox.add_fault(late.delayed(500));
}

#[tokio::test]
async fn the_mail_of_a_request_on_its_way_is_no_other_changes() {
    let world = World::new().await;
    let _watch = world.watch();
    let _courier = world.courier(INBOX);
    let waiting = waits_in_vain(&world, 1).await;
    answers_late(&world, Service::ManncoStore);
    let profile = world.profile(Service::ManncoStore).await;
    let change = world.request(profile, TO).await;
    world.until_changed(change.id).await;
    let view = world.engine.change(waiting).await.expect("a change");
    assert_eq!((view.state, view.tries), (State::AwaitingCode, 0));
    assert_eq!(world.verified(Service::ZApi), 0, "another service's code");
}

#[tokio::test]
async fn where_nothing_tells_whose_it_is_both_are_asked_about_once_both_wait() {
    let world = World::new().await;
    let _watch = world.watch();
    let _courier = world.courier(INBOX);
    let waiting = waits_in_vain(&world, 1).await;
    answers_late(&world, Service::ZApi);
    let profile = world.z_api(2).await;
    let change = world.request(profile, TO).await;
    let finds = until("both are asked about", async || {
        let finds = world.engine.mail_finds();
        (finds.len() == 2).then_some(finds)
    })
    .await;
    for find in &finds {
        assert!([waiting, change.id].contains(&find.change));
        assert_eq!(find.why.params["reason"], "several_changes");
    }
    assert_eq!(world.verified(Service::ZApi), 0);
}

#[tokio::test]
async fn a_mail_that_was_held_for_a_request_is_used_when_that_was_refused() {
    let world = World::new().await;
    let _watch = world.watch();
    let first = world.z_api(1).await;
    let waiting = world.request(first, TO).await.id;
    let code = world.code(TO);
    world
        .until_view("it watches", |view| view.state == WatchState::Watching)
        .await;
    let refused = Fault::new(
        Service::ZApi,
        FaultKind::Answer {
            status: 418,
            content_type: Some("application/json".to_owned()),
            headers: Vec::new(),
            body: r#"{"error":"no tea"}"#.to_owned(),
        },
    );
    world
        .sandbox
        .add_fault(refused.on("request").times(1).delayed(500));
    let profile = world.z_api(2).await;
    let request = world.request(profile, TO);
    let deliver = async {
        until("it is on its way", async || {
            let open = world.engine.open_changes(false).expect("open");
            let asks = |one: &ChangeView| one.state == State::Requesting;
            open.iter().any(asks).then_some(())
        })
        .await;
        let text = format!("Your Z-API verification code is {code}");
        let raw = mail(TO, "no-reply@z-api.practice.example", &text);
        world.office.deliver(INBOX, &raw);
    };
    let (other, ()) = tokio::join!(request, deliver);
    assert_eq!(other.state, State::Refused);
    world.until_changed(waiting).await;
    assert_eq!(world.verified(Service::ZApi), 1);
}

#[tokio::test]
async fn a_mail_is_not_held_for_a_request_whose_sender_died() {
    let world = World::new().await;
    let _watch = world.watch();
    let (first, second) = (world.z_api(1).await, world.z_api(2).await);
    let waiting = world.request(first, TO).await;
    world
        .until_view("it watches", |view| view.state == WatchState::Watching)
        .await;
    let raw = world.sandbox.last_mail(TO).expect("a mail").raw;
    let hang = Fault::new(Service::ZApi, FaultKind::Hang).on("request");
    world.sandbox.add_fault(hang.times(1));
    let program = tokio::runtime::Runtime::new().expect("a runtime");
    let other = world.other_engine();
    let ask = ask(second, TO);
    program.spawn(async move { other.request_change(ask).await.map(drop) });
    until("it is on its way", async || {
        let open = world.engine.open_changes(false).expect("open");
        let asks = |one: &ChangeView| one.state == State::Requesting;
        open.iter().any(asks).then_some(())
    })
    .await;
    program.shutdown_background();
    world.office.deliver(INBOX, &raw);
    let mut n = 2;
    let finds = until("both are asked about", async || {
        // Whatever is written has what waits read anew.
        n += 1;
        world.z_api(n).await;
        let finds = world.engine.mail_finds();
        (finds.len() == 2).then_some(finds)
    })
    .await;
    assert!(finds.iter().any(|find| find.change == waiting.id));
    assert_eq!(world.verified(Service::ZApi), 0);
}

/// The clock here is behind: what lay there before the request seems to have come after it.
#[tokio::test]
async fn a_mail_from_the_future_is_asked_about_unless_it_came_while_it_was_watched() {
    let world = World::new().await;
    let wrong = mail(
        TO,
        "no-reply@z-api.practice.example",
        "Your Z-API code is 111222",
    );
    world.office.deliver_at(INBOX, &wrong, in_half_an_hour());
    let _watch = world.watch();
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    let find = world.until_find().await;
    assert_eq!(find.why.code, Code::CodeAmbiguous);
    assert_eq!(find.why.params["reason"], "time");
    a_while().await;
    assert_eq!(world.verified(Service::ZApi), 0);

    let raw = world.sandbox.last_mail(TO).expect("a mail").raw;
    world.office.deliver_at(INBOX, &raw, in_half_an_hour());
    world.until_changed(change.id).await;
    assert_eq!(world.verified(Service::ZApi), 1);
}
