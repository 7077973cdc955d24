//! Mannco.store: each documented answer in both envelopes and both sets of texts.

use std::time::Duration;

use readdress_core::ask::ProfileEdit;
use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_core::manifest::LimitOf;
use readdress_core::secret::Secret;
use readdress_sandbox::{Envelope, ManncoAccount, Service, Texts};

use crate::support::{World, ask, ended};

const M: Service = Service::ManncoStore;

fn both() -> [(Envelope, Texts); 4] {
    [
        (Envelope::New, Texts::New),
        (Envelope::New, Texts::Old),
        (Envelope::Old, Texts::New),
        (Envelope::Old, Texts::Old),
    ]
}

async fn world_with(envelope: Envelope, texts: Texts) -> World {
    let world = World::new().await;
    world.sandbox.change_settings(|settings| {
        settings.mannco_store.envelope = envelope;
        settings.mannco_store.texts = texts;
        settings.taken_addresses = vec!["taken@practice.example".into()];
    });
    world
}

#[tokio::test]
async fn the_whole_way_works_in_both_envelopes() {
    for (envelope, texts) in both() {
        let world = world_with(envelope, texts).await;
        let (change, code) = world.waiting_at(M).await;
        let wrong = if code == "000000" { "111111" } else { "000000" };
        let refused = world
            .engine
            .submit_code(change.id, wrong)
            .await
            .expect("an answer came");
        assert_eq!(
            ended(&refused),
            (State::AwaitingCode, Some(Code::CodeWrong)),
            "{envelope:?} {texts:?}"
        );
        let done = world
            .engine
            .submit_code(change.id, &code)
            .await
            .expect("an answer came");
        assert_eq!(
            done.state,
            State::Changed,
            "{envelope:?} {texts:?}: {done:?}"
        );
        assert_eq!(
            world.sandbox.count(M, "login").received,
            1,
            "the session is kept"
        );
        for route in [
            "two_factor_enrol",
            "two_factor_create",
            "two_factor_reset",
            "two_factor_reset_ask",
        ] {
            assert_eq!(
                world.sandbox.count(M, route).received,
                0,
                "{route} is never called"
            );
        }
    }
}

#[tokio::test]
async fn a_second_request_within_five_minutes_waits() {
    for (envelope, texts) in both() {
        let world = world_with(envelope, texts).await;
        let first = world.request_at(M).await;
        let profile = first.profile_id.expect("a profile");
        world
            .engine
            .cancel_change(first.id)
            .await
            .expect("it can be cancelled here");

        // Counted from the journal: nothing is sent.
        let counted = world
            .engine
            .request_change(ask(profile, "after2@practice.example"))
            .await;
        let counted = counted.expect_err("too soon");
        assert_eq!(counted.code, Code::RateLimited);
        assert_eq!(world.sandbox.count(M, "request").received, 1);

        // Sent anyway: the service turns it away, without saying until when.
        let mut anyway = ask(profile, "after2@practice.example");
        anyway.anyway = true;
        let refused = world
            .engine
            .request_change(anyway)
            .await
            .expect("an answer came");
        assert_eq!(
            ended(&refused),
            (State::Planned, Some(Code::RateLimited)),
            "{envelope:?} {texts:?}"
        );
        let wait =
            refused.retry_at.expect("a time").as_second() - jiff::Timestamp::now().as_second();
        assert!(
            (295..=300).contains(&wait),
            "five minutes from now: {wait} s"
        );
    }
}

#[tokio::test]
async fn request_and_resend_share_one_bucket() {
    let world = World::new().await;
    let change = world.request_at(M).await;
    let early = world
        .engine
        .resend_code(change.id, &Default::default(), false)
        .await;
    let early = early.expect_err("too soon");
    assert_eq!(
        (early.code, early.retry_at),
        (Code::RateLimited, change.resend_at)
    );
    assert_eq!(world.sandbox.count(M, "request").received, 1);
    world.sandbox.advance(Duration::from_secs(301));
    let sent = world
        .engine
        .resend_code(change.id, &Default::default(), true)
        .await
        .expect("sent");
    assert_eq!(ended(&sent), (State::AwaitingCode, None));
}

#[tokio::test]
async fn a_request_refused_as_invalid_does_not_count() {
    let world = world_with(Envelope::New, Texts::New).await;
    let profile = world.profile(M).await;
    let taken = world.request(profile.id, "taken@practice.example").await;
    assert_eq!(ended(&taken), (State::Refused, Some(Code::EmailTaken)));
    let next = world.request(profile.id, "after@practice.example").await;
    assert_eq!(
        ended(&next),
        (State::AwaitingCode, None),
        "the place was given back"
    );
}

#[tokio::test]
async fn refusals_have_their_own_code() {
    type Knob = fn(&mut ManncoAccount);
    let table: [(&str, Knob, State, Code); 6] = [
        (
            "2FA validation required",
            |a| a.two_factor_required = true,
            State::Refused,
            Code::TwoFactorRequired,
        ),
        (
            "routes gone, 403",
            |a| a.email_routes_gone = Some(403),
            State::Refused,
            Code::NotSupported,
        ),
        (
            "routes gone, 404",
            |a| a.email_routes_gone = Some(404),
            State::Refused,
            Code::NotSupported,
        ),
        (
            "Invalid API key",
            |a| a.key_refused = true,
            State::Planned,
            Code::CredentialsRefused,
        ),
        (
            "Country blocked",
            |a| a.country_blocked = true,
            State::Planned,
            Code::PlaceBlocked,
        ),
        (
            "login limited",
            |a| a.login_wait_seconds = Some(152),
            State::Planned,
            Code::RateLimited,
        ),
    ];
    for (what, knob, state, code) in table {
        let world = World::new().await;
        let profile = world.profile(M).await;
        world
            .sandbox
            .change_mannco_store(&World::account_id(M), knob);
        let view = world.request(profile.id, World::account(M).new_email).await;
        assert_eq!(ended(&view), (state, Some(code)), "{what}");
        if code == Code::RateLimited {
            let wait =
                view.retry_at.expect("a time").as_second() - jiff::Timestamp::now().as_second();
            assert!((145..=152).contains(&wait), "{what}: {wait} s");
        }
    }
}

#[tokio::test]
async fn a_refused_session_is_renewed_once() {
    let world = World::new().await;
    let (change, code) = world.waiting_at(M).await;
    world.sandbox.refuse_tokens(None);
    let done = world
        .engine
        .submit_code(change.id, &code)
        .await
        .expect("an answer came");
    assert_eq!(done.state, State::Changed);
    assert_eq!(world.sandbox.count(M, "login").received, 2);
    assert_eq!(world.sandbox.count(M, "verify").taken, 1);
}

#[tokio::test]
async fn the_session_outlives_the_program_encrypted() {
    let world = World::new().await;
    let (change, code) = world.waiting_at(M).await;
    let other = world.other_engine();
    let done = other
        .submit_code(change.id, &code)
        .await
        .expect("an answer came");
    assert_eq!(done.state, State::Changed);
    assert_eq!(
        world.sandbox.count(M, "login").received,
        1,
        "no second login"
    );
    let profile = done.profile_id.expect("a profile");
    assert_eq!(
        other
            .profile(profile)
            .expect("a profile")
            .has_secret
            .keys()
            .collect::<Vec<_>>(),
        ["api_key"],
        "a captured session is nobody's to see"
    );
}

#[tokio::test]
async fn a_pasted_session_token_works_instead_of_a_key() {
    let world = World::new().await;
    let token = "pasted-session-token-000001";
    world
        .sandbox
        .change_mannco_store(&World::account_id(M), |a| {
            a.session_tokens = vec![token.into()]
        });
    let mut new = world.new_profile(M);
    new.secrets = [("session_token".to_owned(), Secret::new(token))].into();
    let profile = world
        .engine
        .add_profile(new)
        .await
        .expect("a token is enough");
    let view = world.request(profile.id, World::account(M).new_email).await;
    assert_eq!(ended(&view), (State::AwaitingCode, None));
    assert_eq!(world.sandbox.count(M, "login").received, 0);
    world
        .engine
        .cancel_change(view.id)
        .await
        .expect("cancelled");

    world
        .sandbox
        .change_mannco_store(&World::account_id(M), |a| a.session_tokens.clear());
    world
        .sandbox
        .change_settings(|settings| settings.strict = true);
    world.sandbox.refuse_tokens(None);
    let mut anyway = ask(profile.id, "after2@practice.example");
    anyway.anyway = true;
    let refused = world
        .engine
        .request_change(anyway)
        .await
        .expect("an answer came");
    assert_eq!(
        ended(&refused),
        (State::Planned, Some(Code::CredentialsRefused)),
        "there is no key to log in with"
    );

    let key = World::account(M).secrets["api_key"];
    let edit = ProfileEdit {
        secrets: [("api_key".to_owned(), Secret::new(key))].into(),
        forget: vec!["session_token".into()],
        ..Default::default()
    };
    world
        .engine
        .edit_profile(profile.id, edit)
        .await
        .expect("a key instead");
    assert_eq!(
        world
            .engine
            .read_profile(profile.id)
            .await
            .expect("read")
            .email
            .as_deref(),
        Some(World::account(M).email)
    );
}

#[tokio::test]
async fn a_code_holds_a_day_and_the_service_has_the_last_word() {
    let world = World::new().await;
    let (change, code) = world.waiting_at(M).await;
    let span = change
        .expires_at
        .expect("24 h")
        .duration_since(change.requested_at.expect("now"));
    assert_eq!(span.as_secs(), 86_400);
    world.sandbox.advance(Duration::from_secs(25 * 3600));
    let refused = world
        .engine
        .submit_code(change.id, &code)
        .await
        .expect("an answer came");
    assert_eq!(
        ended(&refused),
        (State::AwaitingCode, Some(Code::CodeWrong)),
        "before its time it counts as wrong"
    );
}

#[tokio::test]
async fn where_the_address_can_no_longer_be_read_the_answer_is_the_proof() {
    let world = World::new().await;
    world
        .sandbox
        .change_mannco_store(&World::account_id(M), |a| a.contact_mail_gone = Some(404));
    let (change, code) = world.waiting_at(M).await;
    let done = world
        .engine
        .submit_code(change.id, &code)
        .await
        .expect("an answer came");
    assert_eq!(
        (done.state, done.proof),
        (State::Changed, Some(readdress_core::change::Proof::Answer))
    );
}

#[tokio::test]
async fn the_limit_can_be_counted_for_the_whole_service() {
    let world = World::new().await;
    world.request_at(M).await;
    let mut second = world.new_profile(M);
    second.label = "Second account".into();
    second
        .secrets
        .insert("api_key".into(), Secret::new("another-practice-key"));
    let second = world
        .engine
        .add_profile(second)
        .await
        .expect("another account");
    let limits = |world: &World| {
        let services = world.engine.services().expect("services");
        services
            .into_iter()
            .find(|service| service.id == M.id())
            .expect("it is there")
            .limits
    };
    assert_eq!(
        limits(&world)[0].of,
        LimitOf::Profile,
        "as the manifest says"
    );
    world
        .engine
        .set_limit_scope(M.id(), Some(LimitOf::Service))
        .expect("kept");
    assert_eq!(limits(&world)[0].of, LimitOf::Service);
    let told = world
        .engine
        .request_change(ask(second.id, "second@practice.example"))
        .await;
    assert_eq!(
        told.expect_err("the first account's request counts").code,
        Code::RateLimited
    );
    world.engine.set_limit_scope(M.id(), None).expect("kept");
    assert_eq!(
        world
            .request(second.id, "second@practice.example")
            .await
            .state,
        State::AwaitingCode
    );
}
