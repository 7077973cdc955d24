//! Mails that a person must decide about, and what is learned from it.

use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_core::view::MailOutcome;
use readdress_sandbox::Service;

use crate::office::{INBOX, mail};
use crate::support::{World, a_while, bring, until};

const SENDER: &str = "codes@z-api-mails.example";

/// A mail with the true code of the last request, from another sender than the sandbox's.
fn true_code(world: &World, to: &str, from: &str) -> String {
    let code = world.code(to);
    mail(to, from, &format!("Your Z-API verification code is {code}"))
}

#[tokio::test]
async fn two_codes_are_asked_about_and_the_sender_is_learned() {
    let world = World::new().await;
    let _watch = world.watch();
    let first = world.z_api(1).await;
    let change = world.request(first, "one@practice.example").await;
    let code = world.code(&change.to);
    let text = format!("Your Z-API code: {code}\r\n\r\nYour Z-API code: 999111");
    world
        .office
        .deliver(INBOX, &mail(&change.to, SENDER, &text));
    let find = world.until_find().await;
    assert_eq!(
        (find.change, find.why.code),
        (change.id, Code::CodeAmbiguous)
    );
    assert_eq!(
        (find.from.as_deref(), find.to.as_deref()),
        (Some(SENDER), Some(&*change.to))
    );
    assert!(find.choices.contains(&code) && find.choices.len() == 2);
    let view = world
        .until_view("it says so", |view| view.last.is_some())
        .await;
    assert_eq!(view.last.expect("a mail").outcome, MailOutcome::Asked);
    assert_eq!(world.verified(Service::ZApi), 0, "nothing without a person");

    let engine = &world.engine;
    let none = engine
        .submit_mail_find(find.id, "123123")
        .await
        .unwrap_err();
    assert_eq!(none.code, Code::CodeNotFound);
    let done = engine.submit_mail_find(find.id, &code).await.expect("sent");
    assert_eq!(done.state, State::Changed);
    assert!(engine.mail_finds().is_empty());
    let gone = engine.submit_mail_find(find.id, &code).await.unwrap_err();
    assert_eq!(gone.code, Code::MailFindGone);

    // The same sender again: by itself.
    let second = world.z_api(2).await;
    let change = world.request(second, "two@practice.example").await;
    let raw = true_code(&world, &change.to, SENDER);
    world.office.deliver(INBOX, &raw);
    world.until_changed(change.id).await;

    // Another one: asked.
    let third = world.z_api(3).await;
    let change = world.request(third, "three@practice.example").await;
    let raw = true_code(&world, &change.to, "codes@phish.example");
    world.office.deliver(INBOX, &raw);
    let find = world.until_find().await;
    assert_eq!(find.why.code, Code::SenderNew);
    assert_eq!(find.why.params["known"], SENDER);
    assert_eq!(world.verified(Service::ZApi), 2);

    // The mail of the known sender comes after all, and the question is over.
    let raw = true_code(&world, &change.to, SENDER);
    world.office.deliver(INBOX, &raw);
    world.until_changed(change.id).await;
    until("nothing is asked any more", async || {
        world.engine.mail_finds().is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_typed_code_says_nothing_of_a_mails_sender() {
    let world = World::new().await;
    let _watch = world.watch();
    let first = world.z_api(1).await;
    let change = world.request(first, "one@practice.example").await;
    // A forged mail with a wrong code comes first; the person then types the true one.
    let forged = mail(
        &change.to,
        "codes@phish.example",
        "Your Z-API code is 111222",
    );
    world.office.deliver(INBOX, &forged);
    until("it was refused", async || {
        let view = world.engine.change(change.id).await.expect("a change");
        (view.tries == 1).then_some(())
    })
    .await;
    let code = world.code(&change.to);
    // The forged one is on its way a moment longer than its refusal is on disk.
    let done = until("the true one is sent", async || {
        world.engine.submit_code(change.id, &code).await.ok()
    })
    .await;
    assert_eq!(done.state, State::Changed);

    let second = world.z_api(2).await;
    let change = world.request(second, "two@practice.example").await;
    bring(&world, &change.to);
    world.until_changed(change.id).await;
}

#[tokio::test]
async fn after_one_refused_code_the_next_is_a_persons_to_send() {
    let world = World::new().await;
    let _watch = world.watch();
    let profile = world.z_api(1).await;
    let change = world.request(profile, "one@practice.example").await;
    for wrong in ["111222", "333444"] {
        let text = format!("Your Z-API code is {wrong}");
        world
            .office
            .deliver(INBOX, &mail(&change.to, SENDER, &text));
        until("it was looked at", async || {
            let view = world.engine.change(change.id).await.expect("a change");
            (view.tries == 1).then_some(())
        })
        .await;
    }
    let find = world.until_find().await;
    assert_eq!(
        (find.why.code, find.choices.as_slice()),
        (Code::CodeSecond, ["333444".to_owned()].as_slice())
    );
    // The first one is on its way a moment longer than its refusal is on disk.
    let wrong = until("the second one is sent", async || {
        world.engine.submit_mail_find(find.id, "333444").await.ok()
    })
    .await;
    assert_eq!((wrong.state, wrong.tries), (State::AwaitingCode, 2));
    a_while().await;
    assert!(world.engine.mail_finds().is_empty());
    bring(&world, &change.to);
    let find = world.until_find().await;
    assert_eq!(world.verified(Service::ZApi), 2);
    let done = until("the third one is sent", async || {
        let sent = world.engine.submit_mail_find(find.id, &find.choices[0]);
        sent.await.ok()
    })
    .await;
    assert_eq!(done.state, State::Changed);
}

#[tokio::test]
async fn another_code_begins_anew_and_leaves_the_mails_of_before() {
    let world = World::new().await;
    let _watch = world.watch();
    let profile = world.z_api(1).await;
    let change = world.request(profile, "one@practice.example").await;
    let old = mail(&change.to, SENDER, "Your Z-API code is 111222 or 333444");
    world.office.deliver(INBOX, &old);
    world.until_find().await;
    let again = world
        .engine
        .resend_code(change.id, &Default::default(), true)
        .await;
    again.expect("another code");
    until("it is not asked about any more", async || {
        world.engine.mail_finds().is_empty().then_some(())
    })
    .await;
    world.engine.look_for_mail();
    a_while().await;
    assert!(world.engine.mail_finds().is_empty());
    bring(&world, &change.to);
    world.until_changed(change.id).await;
    assert_eq!(world.verified(Service::ZApi), 1);
}

#[tokio::test]
async fn a_dismissed_mail_is_not_asked_about_again() {
    let world = World::new().await;
    let _watch = world.watch();
    let profile = world.z_api(1).await;
    let change = world.request(profile, "one@practice.example").await;
    let two = mail(
        &change.to,
        SENDER,
        "Your Z-API code: 111222\r\n\r\nYour Z-API code: 333444",
    );
    world.office.deliver(INBOX, &two);
    let find = world.until_find().await;
    world.engine.dismiss_mail_find(find.id).expect("dismissed");
    let gone = world.engine.dismiss_mail_find(find.id).unwrap_err();
    assert_eq!(gone.code, Code::MailFindGone);
    world.office.renumber();
    until("it looked again", async || {
        (world.office.asked().mails >= 2).then_some(())
    })
    .await;
    a_while().await;
    assert!(world.engine.mail_finds().is_empty());
}
