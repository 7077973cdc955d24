//! Mailboxes and mails of a size that nobody may download whole.

use std::time::{Duration, SystemTime};

use readdress_core::view::MailOutcome;
use readdress_sandbox::{Service, Shape};

use super::server::common;
use super::support::World;

const TEN_MEGABYTES: usize = 10 << 20;

/// An attachment of 10 MB, as mail programs wrap it.
fn attachment() -> String {
    let line = format!("{}\r\n", "QUJD".repeat(19));
    line.repeat(TEN_MEGABYTES / line.len())
}

fn with_attachment(head: &str, text: &str) -> String {
    format!(
        "{head}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"edge\"\r\n\r\n\
         --edge\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n\
         --edge\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{}--edge--\r\n",
        attachment()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_of_ten_megabytes_before_the_right_one_is_no_obstacle() {
    let Some((server, user)) = common() else {
        return;
    };
    let world = World::watching(server, &user, &[]).await;
    let change = world.request(Service::ZApi, &user).await;
    world.until_watched().await;
    let head = format!("From: scans@example.test\r\nTo: {user}\r\nSubject: The plans\r\n");
    server
        .deliver(&user, with_attachment(&head, "As promised."))
        .unwrap();
    world
        .until("it was looked into", |watch| {
            watch
                .last
                .as_ref()
                .is_some_and(|last| last.outcome == MailOutcome::NothingFound)
        })
        .await;
    server.deliver(&user, world.mail_to(&user)).unwrap();
    world.until_changed(&change).await;
    world.assert_untouched(2, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_a_mail_of_ten_megabytes_is_in_its_first_part() {
    let Some((server, user)) = common() else {
        return;
    };
    let world = World::watching(server, &user, &[]).await;
    world
        .sandbox
        .change_settings(|settings| settings.mail.shape = Some(Shape::Plain));
    let change = world.request(Service::ManncoStore, &user).await;
    let mail = world.sandbox.last_mail(&user).unwrap();
    let head = format!(
        "From: {}\r\nTo: {user}\r\nSubject: {}\r\n",
        mail.from, mail.subject
    );
    server
        .deliver(&user, with_attachment(&head, &mail.text))
        .unwrap();
    world.until_changed(&change).await;
    world.assert_untouched(1, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_mails_are_not_in_the_way() {
    let Some((server, user)) = common() else {
        return;
    };
    // Old ones with the very look of the right one, and a day's mail for others.
    let old = |number: usize| {
        format!(
            "From: no-reply@z-api.practice.example\r\nTo: {user}\r\nSubject: Your code {number}\r\n\r\nYour code is {:06}.\r\n",
            100_000 + number
        )
    };
    let month = Duration::from_secs(30 * 24 * 60 * 60);
    let mails = (0..4_500).map(|number| old(number).into_bytes());
    server
        .fill(&user, mails, SystemTime::now() - month)
        .unwrap();
    let others =
        (0..500).map(|number| old(number).replace(&user, "else@example.test").into_bytes());
    server.fill(&user, others, SystemTime::now()).unwrap();
    let world = World::watching(server, &user, &[]).await;
    world.deliver_all();
    let change = world.request(Service::ZApi, &user).await;
    world.until_changed(&change).await;
    assert_eq!(world.sandbox.count(Service::ZApi, "verify").received, 1);
    world.assert_untouched(5_001, 0);
}
