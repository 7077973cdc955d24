//! When there is a connection, and how it comes back.

use std::sync::atomic::Ordering;
use std::time::Duration;

use readdress_core::engine::Paces;
use readdress_core::error::{Code, Problem};
use readdress_core::view::WatchState;
use readdress_sandbox::Service;

use crate::office::{INBOX, mail};
use crate::support::{World, a_while, bring, code_of, hour_ago, mailbox, quick, until};

const TO: &str = "after@practice.example";

/// Waits that end only because somebody ends them.
fn patient() -> Paces {
    let hour = Duration::from_secs(3600);
    Paces {
        retry: (hour, hour),
        poll: (hour, hour),
        junk: (hour, hour),
        ..quick()
    }
}

#[tokio::test]
async fn nothing_waits_and_nothing_is_connected() {
    let world = World::new().await;
    let _watch = world.watch();
    let old = mail(TO, "x@x.example", "Your code is 123456");
    world.office.deliver_at(INBOX, &old, hour_ago());
    a_while().await;
    assert_eq!(world.office.asked().opened, 0);
    assert_eq!(world.view().state, WatchState::Resting);

    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    world
        .until_view("it watches", |view| view.state == WatchState::Watching)
        .await;
    assert_eq!((world.view().waiting, world.office.connected()), (1, 1));
    let cancelled = world.engine.cancel_change(change.id).await;
    cancelled.expect("cancelled");
    until("the connection is closed", async || {
        (world.office.connected() == 0).then_some(())
    })
    .await;
    let view = world
        .until_view("it rests", |view| view.state == WatchState::Resting)
        .await;
    assert_eq!((view.waiting, world.office.asked().opened), (0, 1));
}

#[tokio::test]
async fn an_address_of_another_mailbox_connects_nothing() {
    let world = World::new().await;
    let _watch = world.watch();
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, "me@elsewhere.example").await;
    a_while().await;
    assert_eq!((world.office.asked().opened, world.view().waiting), (0, 0));
    assert!(!world.engine.is_watchable(change.id).expect("known"));
}

#[tokio::test]
async fn watching_ends_with_its_guard_and_a_second_one_does_nothing() {
    let world = World::new().await;
    let watch = world.watch();
    drop(world.watch());
    let profile = world.profile(Service::ZApi).await;
    world.request(profile, TO).await;
    until("it is connected", async || {
        (world.office.connected() == 1).then_some(())
    })
    .await;
    drop(watch);
    until("it is not", async || {
        (world.office.connected() == 0).then_some(())
    })
    .await;
    assert_eq!(world.view().state, WatchState::Resting);
    bring(&world, TO);
    a_while().await;
    assert_eq!(world.verified(Service::ZApi), 0);

    let _again = world.watch();
    let change = world.engine.open_changes(false).expect("open")[0].id;
    world.until_changed(change).await;
}

#[tokio::test]
async fn a_cut_connection_comes_back_and_misses_nothing() {
    let world = World::new().await;
    let _watch = world.watch();
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    for round in 1..=3 {
        until("it waits for news", async || {
            let asked = world.office.asked();
            (asked.opened >= round && asked.idles >= round && world.office.connected() == 1)
                .then_some(())
        })
        .await;
        world.office.cut();
        until("it was cut", async || {
            (world.office.asked().opened > round).then_some(())
        })
        .await;
    }
    world.office.refuse(Some(Code::MailUnreachable.into()));
    world.office.cut();
    let view = world
        .until_view("it tries again", |view| {
            let why = code_of(view.problem.as_ref());
            view.state == WatchState::Retrying && why == Some(Code::MailUnreachable)
        })
        .await;
    assert!(view.retry_at.is_some() && view.waiting == 1);
    bring(&world, TO);
    world.office.refuse(None);
    world.until_changed(change.id).await;
    assert_eq!(world.verified(Service::ZApi), 1);
}

#[tokio::test]
async fn other_numbers_after_a_rebuild_bring_the_mail_all_the_same() {
    let world = World::new().await;
    for n in 0..5 {
        let text = format!("hello {n}");
        world
            .office
            .deliver(INBOX, &mail("else@practice.example", "x@x.example", &text));
    }
    let _watch = world.watch();
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    world
        .until_view("it watches", |view| view.state == WatchState::Watching)
        .await;
    world.office.renumber();
    until("it is back", async || {
        (world.office.asked().opened == 2 && world.office.connected() == 1).then_some(())
    })
    .await;
    bring(&world, TO);
    world.until_changed(change.id).await;
}

#[tokio::test]
async fn a_rebuilt_mailbox_does_not_use_a_mail_twice() {
    let world = World::new().await;
    let _watch = world.watch();
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    let wrong = mail(
        TO,
        "no-reply@z-api.practice.example",
        "Your Z-API code is 111222",
    );
    world.office.deliver(INBOX, &wrong);
    until("it was refused", async || {
        let view = world.engine.change(change.id).await.expect("a change");
        (view.tries == 1).then_some(())
    })
    .await;
    world.office.renumber();
    until("it is back", async || {
        (world.office.asked().opened >= 2 && world.office.connected() == 1).then_some(())
    })
    .await;
    a_while().await;
    assert_eq!(world.verified(Service::ZApi), 1);
}

#[tokio::test]
async fn a_refused_login_is_not_tried_again_by_itself() {
    let world = World::new().await;
    world.office.refuse(Some(Code::MailLoginRefused.into()));
    let _watch = world.watch();
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    let view = world
        .until_view("it stops", |view| view.state == WatchState::Stopped)
        .await;
    assert_eq!(code_of(view.problem.as_ref()), Some(Code::MailLoginRefused));
    assert_eq!((view.waiting, view.retry_at), (1, None));
    a_while().await;
    assert_eq!(world.office.asked().opened, 1);

    world.engine.look_for_mail();
    until("a person may ask for it", async || {
        (world.office.asked().opened == 2).then_some(())
    })
    .await;
    world
        .until_view("it stops again", |view| view.state == WatchState::Stopped)
        .await;
    a_while().await;
    assert_eq!(world.office.asked().opened, 2);

    world.office.refuse(None);
    let id = world.engine.mailboxes().expect("mailboxes")[0].id;
    let edited = world.engine.edit_mailbox(id, mailbox("second")).await;
    edited.expect("edited");
    bring(&world, TO);
    world.until_changed(change.id).await;
    assert_eq!(world.office.password().as_deref(), Some("second"));
}

#[tokio::test]
async fn a_server_that_hangs_up_at_the_login_is_not_pressed() {
    let world = World::new().await;
    let cut = Problem::new(Code::MailServerFailed).with("reason", "cut");
    world.office.refuse(Some(cut.with("at", "login")));
    let paces = Paces {
        retry: (Duration::from_millis(10), Duration::from_secs(3600)),
        ..quick()
    };
    let _watch = world.watch_on(&world.engine, paces);
    let profile = world.profile(Service::ZApi).await;
    world.request(profile, TO).await;
    until("it was tried twice", async || {
        (world.office.asked().opened == 2).then_some(())
    })
    .await;
    a_while().await;
    assert_eq!(world.office.asked().opened, 2);
    let view = world.view();
    assert_eq!(view.state, WatchState::Retrying);
    assert!(view.retry_at.is_some_and(|at| at > jiff::Timestamp::now()));
}

#[tokio::test]
async fn a_server_that_always_has_news_is_asked_now_and_then() {
    let world = World::new().await;
    let _watch = world.watch_on(&world.engine, patient());
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    world
        .until_view("it watches", |view| view.state == WatchState::Watching)
        .await;
    let (begun, before) = (std::time::Instant::now(), world.office.asked().searches);
    for n in 0..200 {
        let text = format!("hello {n}");
        let other = mail("else@practice.example", "x@x.example", &text);
        world.office.deliver(INBOX, &other);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let most = begun.elapsed().as_millis() / 100 + 2;
    let searches = world.office.asked().searches - before;
    assert!(searches as u128 <= most, "{searches} in {most}");
    bring(&world, TO);
    world.until_changed(change.id).await;
}

#[tokio::test]
async fn a_removed_mailbox_is_left() {
    let world = World::new().await;
    let _watch = world.watch();
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    until("it is connected", async || {
        (world.office.connected() == 1).then_some(())
    })
    .await;
    let id = world.engine.mailboxes().expect("mailboxes")[0].id;
    world.engine.remove_mailbox(id).await.expect("removed");
    until("it is not", async || {
        (world.office.connected() == 0).then_some(())
    })
    .await;
    assert!(!world.engine.is_watchable(change.id).expect("known"));
}

#[tokio::test]
async fn after_a_sleep_it_connects_anew_at_once() {
    let world = World::new().await;
    let _watch = world.watch_on(&world.engine, patient());
    let profile = world.profile(Service::ZApi).await;
    world.request(profile, TO).await;
    until("it waits for news", async || {
        (world.office.asked().idles > 0).then_some(())
    })
    .await;
    assert_eq!(world.office.asked().opened, 1);
    world.moved.store(3600, Ordering::SeqCst);
    until("it connects anew", async || {
        (world.office.asked().opened == 2).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_wait_for_the_next_try_ends_when_the_machine_wakes_or_a_person_asks() {
    let world = World::new().await;
    world.office.refuse(Some(Code::MailUnreachable.into()));
    let _watch = world.watch_on(&world.engine, patient());
    let profile = world.profile(Service::ZApi).await;
    world.request(profile, TO).await;
    for (tries, ask) in [(1, false), (2, true), (3, false)] {
        until("it was tried", async || {
            (world.office.asked().opened == tries).then_some(())
        })
        .await;
        world
            .until_view("it waits", |view| view.state == WatchState::Retrying)
            .await;
        if ask {
            world.engine.look_for_mail();
        } else {
            world.moved.fetch_add(7200, Ordering::SeqCst);
        }
    }
    until("it was tried", async || {
        (world.office.asked().opened == 4).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_locked_vault_stops_it_until_it_is_open() {
    let world = World::new().await;
    let _watch = world.watch();
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    world
        .until_view("it watches", |view| view.state == WatchState::Watching)
        .await;
    world.engine.vault().lock();
    let view = world
        .until_view("it stops", |view| view.state == WatchState::Stopped)
        .await;
    assert_eq!(code_of(view.problem.as_ref()), Some(Code::VaultLocked));
    assert_eq!((view.waiting, world.office.connected()), (1, 0));
    bring(&world, TO);
    a_while().await;
    assert_eq!(world.verified(Service::ZApi), 0);
    world.engine.vault().unlock(None).await.expect("opened");
    world.until_changed(change.id).await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_hides_no_mail() {
    let world = World::new().await;
    let _watch = world.watch();
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    world
        .until_view("it watches", |view| view.state == WatchState::Watching)
        .await;
    world.moved.store(-3600, Ordering::SeqCst);
    until("it connects anew", async || {
        (world.office.asked().opened == 2 && world.office.connected() == 1).then_some(())
    })
    .await;
    bring(&world, TO);
    world.until_changed(change.id).await;
}

#[tokio::test]
async fn the_next_request_of_a_row_finds_the_connection_open() {
    let world = World::new().await;
    let paces = Paces {
        linger: Duration::from_secs(3600),
        ..quick()
    };
    let _watch = world.watch_on(&world.engine, paces);
    let _courier = world.courier(INBOX);
    for n in 1..=3 {
        let profile = world.z_api(n).await;
        let change = world
            .request(profile, &format!("to{n}@practice.example"))
            .await;
        world.until_changed(change.id).await;
        world
            .until_view("it rests", |view| view.state == WatchState::Resting)
            .await;
    }
    assert_eq!(world.office.asked().opened, 1);
}
