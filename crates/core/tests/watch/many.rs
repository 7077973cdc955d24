//! Large mailboxes, large mails, many changes at once.

use readdress_core::view::WatchState;
use readdress_sandbox::Service;

use crate::office::{INBOX, mail};
use crate::support::{World, bring, until};

const TO: &str = "after@practice.example";

#[tokio::test]
async fn a_full_mailbox_is_searched_and_not_downloaded() {
    let world = World::new().await;
    world.office.fill(100_000);
    let _watch = world.watch();
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    world
        .until_view("it watches", |view| view.state == WatchState::Watching)
        .await;
    let before = world.office.asked();
    assert!(before.searches >= 1 && before.mails == 0, "{before:?}");
    assert!(before.heads <= 128, "{before:?}");
    bring(&world, TO);
    world.until_changed(change.id).await;
    let after = world.office.asked();
    assert_eq!((after.mails, after.opened), (1, 1), "{after:?}");
    assert!(after.heads <= before.heads + 1, "{after:?}");
}

#[tokio::test]
async fn of_a_large_mail_only_the_beginning_is_read() {
    let world = World::new().await;
    let _watch = world.watch();
    let profile = world.profile(Service::ZApi).await;
    let change = world.request(profile, TO).await;
    let code = world.code(TO);
    let text = format!(
        "Your Z-API verification code is {code}.\r\n{}",
        "x".repeat(10 << 20)
    );
    world
        .office
        .deliver(INBOX, &mail(TO, "no-reply@z-api.practice.example", &text));
    world.until_changed(change.id).await;
    assert_eq!(world.office.asked().most, 512 << 10);
}

#[tokio::test]
async fn a_burst_finds_each_its_change() {
    let world = World::new().await;
    let changes = 60;
    let mut requested = Vec::new();
    for n in 1..=changes {
        let profile = world.z_api(n).await;
        requested.push(
            world
                .request(profile, &format!("to{n}@practice.example"))
                .await,
        );
    }
    let _watch = world.watch();
    world
        .until_view("all wait", |view| {
            view.waiting == changes && view.looked_at.is_some()
        })
        .await;
    for change in requested.iter().rev() {
        let noise = mail(
            "else@practice.example",
            "x@x.example",
            "Your code is 123456",
        );
        world.office.deliver(INBOX, &noise);
        bring(&world, &change.to);
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
    assert_eq!(world.verified(Service::ZApi), u64::from(changes));
    assert_eq!(world.office.asked().mails, changes as usize);
    assert_eq!(world.office.asked().opened, 1);
}
