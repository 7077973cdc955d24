//! A server that goes, comes back, is slow, or numbers its mails anew: the code still comes by itself.

use std::time::Duration;

use readdress_core::error::Code;
use readdress_core::view::WatchState;
use readdress_dovecot::{Dovecot, FIRST_USER, Options};
use readdress_sandbox::Service;

use super::server::own;
use super::support::World;

/// A change whose mailbox is being watched; its mail is not delivered yet.
async fn waiting(server: &Dovecot) -> (World<'_>, readdress_core::view::ChangeView) {
    let world = World::watching(server, FIRST_USER, &[]).await;
    let change = world.request(Service::ManncoStore, FIRST_USER).await;
    world.until_watched().await;
    (world, change)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_in_the_middle_is_found_again() {
    let Some(server) = own(&Options::default()) else {
        return;
    };
    let (world, change) = waiting(&server).await;
    server.kill();
    let gone = world
        .until("the loss is seen and told", |watch| {
            watch.state == WatchState::Retrying
        })
        .await;
    assert!(gone.retry_at.is_some());
    let code = gone.problem.expect("why").code;
    assert!(
        matches!(code, Code::MailUnreachable | Code::MailServerFailed),
        "{code:?}"
    );
    server.start_again().unwrap();
    server
        .deliver(FIRST_USER, world.mail_to(FIRST_USER))
        .unwrap();
    world.until_changed(&change).await;
    world.assert_untouched(1, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_goodbye_is_found_again() {
    let Some(server) = own(&Options::default()) else {
        return;
    };
    let (world, change) = waiting(&server).await;
    server.stop();
    world
        .until("the loss is seen", |watch| {
            watch.state == WatchState::Retrying
        })
        .await;
    server.start_again().unwrap();
    server
        .deliver(FIRST_USER, world.mail_to(FIRST_USER))
        .unwrap();
    // As a person, or a network that is back, would.
    world.engine.look_for_mail();
    world.until_changed(&change).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_falls_asleep_is_waited_for() {
    let Some(server) = own(&Options::default()) else {
        return;
    };
    let (world, change) = waiting(&server).await;
    server
        .deliver(FIRST_USER, world.mail_to(FIRST_USER))
        .unwrap();
    server.pause();
    tokio::time::sleep(Duration::from_secs(2)).await;
    server.resume();
    world.until_changed(&change).await;
    assert_eq!(
        world.sandbox.count(Service::ManncoStore, "verify").received,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_that_are_numbered_anew_are_looked_through_anew() {
    let Some(server) = own(&Options::default()) else {
        return;
    };
    let (world, change) = waiting(&server).await;
    // Of an earlier life of the server: the numbers that it had are higher than those that come.
    for number in 0..5 {
        let mail = format!("From: a@b.test\nTo: c@d.test\nSubject: {number}\n\nhello\n");
        server.deliver(FIRST_USER, mail).unwrap();
    }
    server.renumber(FIRST_USER, 4_000_000_000).unwrap();
    server
        .deliver(FIRST_USER, world.mail_to(FIRST_USER))
        .unwrap();
    world.until_changed(&change).await;
    world.assert_untouched(6, 0);
}
