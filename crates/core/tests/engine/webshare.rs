//! Webshare: each documented or seen answer, and what Readdress makes of it.

use readdress_core::ask::Settle;
use readdress_core::change::{Proof, State};
use readdress_core::error::Code;
use readdress_core::secret::Secret;
use readdress_sandbox::{Fault, FaultKind, FieldErrors, RetryAfter, Service, WebshareAccount};

use crate::support::{World, ask, ended};

const W: Service = Service::Webshare;

#[tokio::test]
async fn refusals_have_their_own_code() {
    type Knob = fn(&mut WebshareAccount);
    let table: [(&str, Knob, Code); 5] = [
        (
            "api_key_not_allowed",
            |a| a.api_key_not_allowed = true,
            Code::LoginTokenNeeded,
        ),
        (
            "2fa_needed",
            |a| a.two_factor_needed = true,
            Code::TwoFactorRequired,
        ),
        (
            "account_suspended",
            |a| a.suspended = true,
            Code::AccountSuspended,
        ),
        (
            "account_deleted",
            |a| a.deleted = true,
            Code::AccountDeleted,
        ),
        (
            "Invalid token.",
            |a| a.token_refused = true,
            Code::CredentialsRefused,
        ),
    ];
    for (what, knob, code) in table {
        let world = World::new().await;
        let profile = world.profile(W).await;
        world.sandbox.change_webshare(&World::account_id(W), knob);
        let view = world.request(profile.id, World::account(W).new_email).await;
        assert_eq!(ended(&view), (State::Refused, Some(code)), "{what}");
        assert!(
            view.problem
                .and_then(|problem| problem.service_says)
                .is_some(),
            "{what}: its words are shown"
        );
    }
}

#[tokio::test]
async fn a_login_token_works_where_an_api_key_does_not() {
    let world = World::new().await;
    let profile = world.profile(W).await;
    world
        .sandbox
        .change_webshare(&World::account_id(W), |account| {
            account.api_key_not_allowed = true;
            account.login_token = Some("dashboard-login-token-0000000000000000001".into());
        });
    let view = world.request(profile.id, World::account(W).new_email).await;
    assert_eq!(ended(&view), (State::Refused, Some(Code::LoginTokenNeeded)));
    let edit = readdress_core::ask::ProfileEdit {
        secrets: [(
            "api_key".to_owned(),
            Secret::new("dashboard-login-token-0000000000000000001"),
        )]
        .into(),
        ..Default::default()
    };
    world
        .engine
        .edit_profile(profile.id, edit)
        .await
        .expect("the key is replaced");
    let view = world.request(profile.id, World::account(W).new_email).await;
    assert_eq!(ended(&view), (State::AwaitingCode, None));
}

#[tokio::test]
async fn field_errors_are_read_in_all_three_shapes() {
    for shape in [FieldErrors::Objects, FieldErrors::Texts, FieldErrors::Bare] {
        let world = World::new().await;
        world.sandbox.change_settings(|settings| {
            settings.webshare.field_errors = shape;
            settings.webshare.wrong_password_is_400 = true;
            settings.taken_addresses = vec!["taken@practice.example".into()];
        });
        let profile = world.profile(W).await;
        let taken = world.request(profile.id, "taken@practice.example").await;
        assert_eq!(
            ended(&taken),
            (State::Refused, Some(Code::EmailTaken)),
            "{shape:?}"
        );

        let mut wrong = ask(profile.id, "after@practice.example");
        wrong
            .secrets
            .insert("password".into(), Secret::new("not-the-password"));
        let wrong = world
            .engine
            .request_change(wrong)
            .await
            .expect("an answer came");
        assert_eq!(
            ended(&wrong),
            (State::Refused, Some(Code::PasswordRefused)),
            "{shape:?}"
        );

        let waiting = world.request(profile.id, "after@practice.example").await;
        let refused = world
            .engine
            .submit_code(waiting.id, "NotTheCode1")
            .await
            .expect("an answer came");
        assert_eq!(
            ended(&refused),
            (State::AwaitingCode, Some(Code::CodeWrong)),
            "{shape:?}"
        );
    }
}

#[tokio::test]
async fn a_204_says_accepted_even_to_a_wrong_password_and_no_mail_comes() {
    let world = World::new().await;
    let profile = world.profile(W).await;
    let mut wrong = ask(profile.id, "after@practice.example");
    wrong
        .secrets
        .insert("password".into(), Secret::new("not-the-password"));
    let view = world.engine.request_change(wrong).await.expect("accepted");
    assert_eq!(view.state, State::AwaitingCode);
    assert!(world.sandbox.last_mail("after@practice.example").is_none());
    let service = world
        .engine
        .services()
        .expect("services")
        .into_iter()
        .find(|s| s.id == "webshare");
    assert_eq!(
        service.and_then(|service| service.no_mail_after),
        Some(10),
        "the window says so after ten minutes"
    );
}

#[tokio::test]
async fn the_password_is_asked_each_time_unless_it_is_kept() {
    let world = World::new().await;
    let mut new = world.new_profile(W);
    let password = new.secrets.remove("password").expect("the account has one");
    let profile = world
        .engine
        .add_profile(new)
        .await
        .expect("a password need not be kept");
    let missing = world
        .engine
        .request_change(ask(profile.id, "after@practice.example"))
        .await;
    let missing = missing.expect_err("the request needs it");
    assert_eq!(
        (missing.code, missing.params["field"].as_str()),
        (Code::FieldMissing, "password")
    );
    assert_eq!(world.sandbox.count(W, "request").received, 0);

    let mut once = ask(profile.id, "after@practice.example");
    once.secrets.insert("password".into(), password);
    let view = world
        .engine
        .request_change(once)
        .await
        .expect("given for this call");
    assert_eq!(view.state, State::AwaitingCode);
    let kept = world
        .engine
        .profile(profile.id)
        .expect("a profile")
        .has_secret;
    assert!(
        !kept.contains_key("password"),
        "it was held for that call only: {kept:?}"
    );
    let link = world
        .sandbox
        .last_mail("after@practice.example")
        .and_then(|mail| mail.link)
        .expect("a link");
    let done = world
        .engine
        .submit_code(view.id, &link)
        .await
        .expect("the code needs no password");
    assert_eq!(done.state, State::Changed);
}

#[tokio::test]
async fn an_activation_link_is_refused_with_its_reason() {
    let world = World::new().await;
    let (change, link) = world.waiting_at(W).await;
    world.sandbox.send_activation_mail(&World::account_id(W));
    let mails = world.sandbox.mails(None, None);
    let other = mails.iter().find(|mail| {
        mail.link
            .as_deref()
            .is_some_and(|link| link.contains("/activation/"))
    });
    let other = other.expect("an activation mail");
    for text in [other.link.as_deref().expect("a link"), &other.raw] {
        let problem = world
            .engine
            .submit_code(change.id, text)
            .await
            .expect_err("it is another link");
        assert_eq!(problem.code, Code::LinkWrongKind, "{problem:?}");
    }
    let elsewhere = "https://evil.example/changeemail/abc/confirm/";
    let problem = world
        .engine
        .submit_code(change.id, elsewhere)
        .await
        .expect_err("another host");
    assert_eq!(problem.code, Code::LinkOtherService);
    assert_eq!(
        world.sandbox.count(W, "verify").received,
        0,
        "none of it was sent"
    );
    assert_eq!(
        world
            .engine
            .submit_code(change.id, &link)
            .await
            .expect("sent")
            .state,
        State::Changed
    );
}

#[tokio::test]
async fn a_link_opened_in_a_browser_is_seen_by_checking() {
    let world = World::new().await;
    let (change, _) = world.waiting_at(W).await;
    let still = world
        .engine
        .settle_change(change.id, Settle::Check, &Default::default())
        .await
        .expect("it can be read");
    assert_eq!(still.state, State::AwaitingCode);
    assert!(world.sandbox.open_link(&World::account_id(W)));
    let done = world
        .engine
        .settle_change(change.id, Settle::Check, &Default::default())
        .await
        .expect("it can be read");
    assert_eq!(
        (done.state, done.proof),
        (State::Changed, Some(Proof::ReadBack))
    );
}

#[tokio::test]
async fn a_limit_tells_from_when_on() {
    for (after, seconds) in [
        (RetryAfter::Absent, 60),
        (RetryAfter::Seconds(90), 90),
        (RetryAfter::DateIn(120), 120),
        (RetryAfter::Seconds(-5), 60),
        (RetryAfter::Text("soon".into()), 60),
    ] {
        let world = World::new().await;
        let profile = world.profile(W).await;
        let shown = format!("{after:?}");
        world
            .sandbox
            .add_fault(Fault::new(W, FaultKind::RateLimited(after)).on("request"));
        let view = world.request(profile.id, "after@practice.example").await;
        assert_eq!(
            ended(&view),
            (State::Planned, Some(Code::RateLimited)),
            "{shown}"
        );
        let wait = view.retry_at.expect("a time").as_second() - jiff::Timestamp::now().as_second();
        assert!(
            (seconds - 4..=seconds + 1).contains(&wait),
            "{shown}: {wait} s"
        );

        world.sandbox.clear_faults();
        let early = world
            .engine
            .request_change(ask(profile.id, "after@practice.example"))
            .await;
        assert_eq!(
            early.expect_err("too soon").code,
            Code::RateLimited,
            "{shown}"
        );
        let mut anyway = ask(profile.id, "after@practice.example");
        anyway.anyway = true;
        let sent = world
            .engine
            .request_change(anyway)
            .await
            .expect("the user insists");
        assert_eq!(
            (sent.id, sent.state),
            (view.id, State::AwaitingCode),
            "the same change goes on"
        );
    }
}
