//! Requested, and changed without a hand: each service, and each way in which a mailbox gets the mail.

use readdress_core::view::{MailOutcome, MailTls, WatchState};
use readdress_dovecot::{Junk, Options};
use readdress_sandbox::Service;

use super::server::{common, own};
use super::support::World;

#[tokio::test(flavor = "multi_thread")]
async fn all_three_services_are_changed_by_themselves() {
    let Some((server, user)) = common() else {
        return;
    };
    let world = World::watching(server, &user, &["*@three.example.test"]).await;
    assert_eq!(world.watch().state, WatchState::Resting, "nothing waits");
    let mut changes = Vec::new();
    for service in Service::ALL {
        let to = format!("{}@three.example.test", service.id());
        changes.push(world.request(service, &to).await);
    }
    let watch = world
        .until("all of them are waited for", |watch| {
            watch.state == WatchState::Watching && watch.waiting == 3
        })
        .await;
    assert_eq!(watch.problem, None);
    for change in &changes {
        server.deliver(&user, world.mail_to(&change.to)).unwrap();
    }
    for change in &changes {
        world.until_changed(change).await;
    }
    for service in Service::ALL {
        assert_eq!(
            world.sandbox.count(service, "verify").taken,
            1,
            "one code, sent once"
        );
        assert_eq!(world.sandbox.count(service, "verify").received, 1);
    }
    let watch = world
        .until("it rests when nothing waits", |watch| {
            watch.state == WatchState::Resting
        })
        .await;
    assert_eq!((watch.waiting, watch.problem), (0, None));
    assert_eq!(watch.last.unwrap().outcome, MailOutcome::Used);
    world.assert_untouched(3, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_taken_for_junk_is_found_and_told() {
    let Some((server, user)) = common() else {
        return;
    };
    let world = World::watching(server, &user, &["new@junk.example.test"]).await;
    let change = world
        .request(Service::ManncoStore, "new@junk.example.test")
        .await;
    let watch = world.until_watched().await;
    assert_eq!(watch.junk, Some(true));
    server
        .deliver_to_junk(&user, world.mail_to("new@junk.example.test"))
        .unwrap();
    world.until_changed(&change).await;
    assert!(world.watch().last.unwrap().junk);
    world.assert_untouched(0, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_junk_folder_is_known_by_its_name_where_the_server_does_not_tell() {
    let junk = Some(Junk {
        name: "Spam".to_owned(),
        special_use: false,
    });
    let Some(server) = own(&Options {
        junk,
        ..Options::default()
    }) else {
        return;
    };
    let user = readdress_dovecot::FIRST_USER;
    let world = World::watching(&server, user, &[]).await;
    let change = world.request(Service::ZApi, user).await;
    assert_eq!(world.until_watched().await.junk, Some(true));
    server.deliver_to_junk(user, world.mail_to(user)).unwrap();
    world.until_changed(&change).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plus_address_comes_to_its_mailbox() {
    let Some((server, user)) = common() else {
        return;
    };
    let world = World::watching(server, &user, &[]).await;
    let plus = user.replace('@', "+shop@");
    let change = world.request(Service::Webshare, &plus).await;
    // To the address itself: the server knows whose it is.
    server.deliver(&plus, world.mail_to(&plus)).unwrap();
    world.until_changed(&change).await;
    world.assert_untouched(1, 0);
}

/// The connection of the first is still there, and nobody listened to it for a moment.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_right_after_another_is_watched_at_once() {
    let Some((server, user)) = common() else {
        return;
    };
    let world = World::watching(server, &user, &["*@row.example.test"]).await;
    for service in [Service::ZApi, Service::Webshare, Service::ZApi] {
        let first = world.engine.profiles(None, 10).unwrap().items;
        let known = first.iter().find(|one| one.service == service.id());
        let to = format!("new{}@row.example.test", first.len() + known.iter().count());
        let change = match known {
            Some(profile) => world.request_for(profile.id, &to).await,
            None => world.request(service, &to).await,
        };
        world
            .until("it is listened to", |watch| {
                watch.state == WatchState::Watching && watch.waiting == 1
            })
            .await;
        server.deliver(&user, world.mail_to(&to)).unwrap();
        world.until_changed(&change).await;
        world
            .until("it rests", |watch| watch.state == WatchState::Resting)
            .await;
    }
}

/// Two changes at once, and the mails of both in one box: each gets its own.
#[tokio::test(flavor = "multi_thread")]
async fn aliases_of_one_mailbox_are_told_apart() {
    let Some((server, user)) = common() else {
        return;
    };
    let serves = ["sales@alias.example.test", "help@alias.example.test"];
    let world = World::watching(server, &user, &serves).await;
    let first = world.request(Service::ZApi, serves[0]).await;
    let second = world.request(Service::ManncoStore, serves[1]).await;
    server.deliver(&user, world.mail_to(serves[1])).unwrap();
    world.until_changed(&second).await;
    server.deliver(&user, world.mail_to(serves[0])).unwrap();
    world.until_changed(&first).await;
    for service in [Service::ZApi, Service::ManncoStore] {
        assert_eq!(world.sandbox.count(service, "verify").received, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_works_as_well() {
    let Some((server, user)) = common() else {
        return;
    };
    let world = World::new(server, &user).await;
    let mut new = world.new_mailbox(&[]);
    new.port = server.starttls().port();
    new.tls = MailTls::Starttls;
    world.add(new).await;
    world.deliver_all();
    let change = world.request(Service::ZApi, &user).await;
    world.until_changed(&change).await;
    assert!(world.sandbox.undelivered().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_idle_the_server_is_asked() {
    let Some(server) = own(&Options {
        idle: false,
        ..Options::default()
    }) else {
        return;
    };
    let user = readdress_dovecot::FIRST_USER;
    let world = World::watching(&server, user, &[]).await;
    let change = world.request(Service::Webshare, user).await;
    assert_eq!(world.until_watched().await.state, WatchState::Polling);
    server.deliver(user, world.mail_to(user)).unwrap();
    world.until_changed(&change).await;
    world.assert_untouched(1, 0);
}
