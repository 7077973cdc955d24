//! What only a person can mend: it stops, says why, and goes on once it is mended.

use readdress_core::ask::NewMailbox;
use readdress_core::error::Code;
use readdress_core::secret::Secret;
use readdress_core::view::{MailTls, WatchState};
use readdress_dovecot::{Options, ServerCertificate, stranger_pem};
use readdress_sandbox::Service;

use super::server::{common, own};
use super::support::World;

/// The mailbox stops with this problem, and the server never got a word in clear.
async fn refuses(world: &World<'_>, new: NewMailbox, reason: &str) {
    world.add(new).await;
    world.request(Service::ZApi, &world.user).await;
    let watch = world
        .until("it stops", |watch| watch.state == WatchState::Stopped)
        .await;
    let problem = watch.problem.expect("and says why");
    assert_eq!(problem.code, Code::MailTlsFailed, "{problem:?}");
    assert_eq!(problem.params["reason"], reason, "{problem:?}");
    assert!(
        !world.server.log().contains("method=PLAIN"),
        "the password was given to a server that nobody vouches for"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_a_stranger_is_refused_on_both_ports() {
    let Some(server) = own(&Options::default()) else {
        return;
    };
    let ca = server.folder().join("stranger.pem");
    std::fs::write(&ca, stranger_pem().unwrap()).unwrap();
    let stranger = Some(ca.to_string_lossy().into_owned());
    for (port, tls) in [
        (server.imaps(), MailTls::Implicit),
        (server.starttls(), MailTls::Starttls),
    ] {
        let world = World::new(&server, readdress_dovecot::FIRST_USER).await;
        let mut new = world.new_mailbox(&[]);
        new.ca_file.clone_from(&stranger);
        (new.port, new.tls) = (port.port(), tls);
        refuses(&world, new, "unknown_authority").await;
    }
    // Without a file of one's own the system's authorities count.
    let world = World::new(&server, readdress_dovecot::FIRST_USER).await;
    let mut new = world.new_mailbox(&[]);
    new.ca_file = None;
    refuses(&world, new, "unknown_authority").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_signed_itself_or_names_another_host_is_refused() {
    for (certificate, reason) in [
        (ServerCertificate::SelfSigned, "self_signed"),
        (ServerCertificate::WrongHost, "wrong_host"),
    ] {
        let options = Options {
            certificate,
            ..Options::default()
        };
        let Some(server) = own(&options) else { return };
        let world = World::new(&server, readdress_dovecot::FIRST_USER).await;
        let new = world.new_mailbox(&[]);
        refuses(&world, new, reason).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_stops_it_until_the_new_one_is_given() {
    let Some((server, user)) = common() else {
        return;
    };
    let world = World::watching(server, &user, &[]).await;
    let id = world.engine.mailboxes().unwrap()[0].id;
    server.set_password(&user, "another1").unwrap();
    let change = world.request(Service::ZApi, &user).await;
    let stopped = world
        .until("it stops", |watch| watch.state == WatchState::Stopped)
        .await;
    assert_eq!(stopped.problem.unwrap().code, Code::MailLoginRefused);
    assert_eq!(stopped.waiting, 1);
    server.deliver(&user, world.mail_to(&user)).unwrap();

    let mut new = world.new_mailbox(&[]);
    new.password = Some(Secret::new("another1".to_owned()));
    world.engine.edit_mailbox(id, new).await.unwrap();
    world.until_changed(&change).await;
    world.assert_untouched(1, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_mailbox_gets_no_code_until_there_is_room() {
    let Some((server, user)) = common() else {
        return;
    };
    server.set_quota(&user, Some(100)).unwrap();
    let world = World::watching(server, &user, &[]).await;
    world.deliver_all();
    let change = world.request(Service::ZApi, &user).await;
    world.until_watched().await;
    while world.sandbox.undelivered().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let waits = world.engine.change(change.id).await.unwrap();
    assert_eq!(waits.state, readdress_core::change::State::AwaitingCode);
    assert_eq!((waits.tries, waits.problem), (0, None));

    server.set_quota(&user, None).unwrap();
    world
        .engine
        .resend_code(change.id, &std::collections::BTreeMap::new(), true)
        .await
        .expect("asked again");
    world.until_changed(&change).await;
}
