//! A full mailbox and a code that never comes: the change waits, says that it is overdue, and claims nothing else.
//!
//! In a program of its own, because it moves the clock of the whole process.
#![cfg(target_os = "linux")]

#[expect(dead_code, reason = "the tests of the folder use the rest")]
#[path = "dovecot/server.rs"]
mod server;
#[expect(dead_code, reason = "the tests of the folder use the rest")]
#[path = "dovecot/support.rs"]
mod support;

use jiff::SignedDuration;
use readdress_core::change::State;
use readdress_core::clock;
use readdress_dovecot::Options;
use readdress_sandbox::Service;
use server::own;
use support::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_a_full_mailbox_refused_expires_honestly() {
    let Some(server) = own(&Options::default()) else {
        return;
    };
    let user = readdress_dovecot::FIRST_USER;
    server.set_quota(user, Some(100)).unwrap();
    let world = World::watching(&server, user, &[]).await;
    world.deliver_all();
    let change = world.request(Service::ManncoStore, user).await;
    let watch = world.until_watched().await;
    assert_eq!((watch.waiting, watch.last), (1, None));
    while world.sandbox.undelivered().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let now = world.engine.change(change.id).await.unwrap();
    assert_eq!((now.state, now.problem), (State::AwaitingCode, None));
    let left = now
        .expires_at
        .expect("documented")
        .duration_since(clock::now());

    clock::move_to(left + SignedDuration::from_mins(1));
    let now = world.engine.change(change.id).await.unwrap();
    assert_eq!((now.state, now.open), (State::Expired, true));
    assert_eq!((now.tries, now.problem, now.proof), (0, None, None));
    assert_eq!(
        world.sandbox.count(Service::ManncoStore, "verify").received,
        0
    );
    let held = world
        .sandbox
        .mannco_store(&account_of())
        .expect("the account");
    assert_ne!(held.email, user, "and nothing was changed");

    // An hour later nobody looks for it any more.
    clock::move_to(left + SignedDuration::from_hours(2));
    world.engine.look_for_mail();
    world.until("it rests", |watch| watch.waiting == 0).await;
}

fn account_of() -> String {
    readdress_sandbox::practice_accounts()
        .into_iter()
        .find(|account| account.service == Service::ManncoStore.id())
        .and_then(|account| account.secrets.get("api_key").map(|key| (*key).to_owned()))
        .expect("its id")
}
