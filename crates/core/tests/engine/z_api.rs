//! Z-API: each documented or reported answer, and what Readdress makes of it.

use readdress_core::ask::Settle;
use readdress_core::change::{Proof, State};
use readdress_core::error::Code;
use readdress_core::profile::Known;
use readdress_sandbox::{ClientTokenMissing, RequestAnswer, Service, ZApiAccount};

use crate::support::{World, ended};

const Z: Service = Service::ZApi;

async fn requested_with(change: impl FnOnce(&mut ZApiAccount)) -> (World, State, Option<Code>) {
    let world = World::new().await;
    let profile = world.profile(Z).await;
    world.sandbox.change_z_api(&World::account_id(Z), change);
    let view = world.request(profile.id, World::account(Z).new_email).await;
    let (state, code) = ended(&view);
    (world, state, code)
}

#[tokio::test]
async fn refusals_of_the_request_have_their_code() {
    type Knob = fn(&mut ZApiAccount);
    let table: [(&str, Knob, Code); 8] = [
        (
            "Instance not found",
            |a| a.missing = true,
            Code::AccountNotFound,
        ),
        (
            "IP not on the list",
            |a| a.ip_refused = true,
            Code::PlaceBlocked,
        ),
        (
            "another Client-Token",
            |a| a.client_token = Some("another-token".into()),
            Code::CredentialsRefused,
        ),
        (
            "success:false",
            |a| a.request_answer = RequestAnswer::Refused("Invalid email".into()),
            Code::RequestRefused,
        ),
        (
            "{error} with 200",
            |a| a.request_answer = RequestAnswer::Error("Something is off".into()),
            Code::RequestRefused,
        ),
        (
            "NOT_FOUND with 200",
            |a| a.request_answer = RequestAnswer::Error("NOT_FOUND".into()),
            Code::NotSupported,
        ),
        (
            "null not allowed",
            |a| a.request_answer = RequestAnswer::Error("null not allowed".into()),
            Code::CredentialsRefused,
        ),
        (
            "not configured",
            |a| {
                a.request_answer =
                    RequestAnswer::Error("your client-token is not configured".into())
            },
            Code::CredentialsRefused,
        ),
    ];
    for (what, knob, code) in table {
        let (world, state, problem) = requested_with(knob).await;
        assert_eq!((state, problem), (State::Refused, Some(code)), "{what}");
        assert_eq!(world.sandbox.count(Z, "remove").received, 0);
    }
}

#[tokio::test]
async fn a_403_that_echoes_the_token_is_shown_without_it() {
    let world = World::new().await;
    let profile = world.profile(Z).await;
    world
        .sandbox
        .change_z_api(&World::account_id(Z), |account| {
            account.client_token = Some("another".into())
        });
    let view = world.request(profile.id, World::account(Z).new_email).await;
    let says = view
        .problem
        .and_then(|problem| problem.service_says)
        .expect("the service's words");
    assert!(says.contains("not allowed"), "{says}");
    assert!(!says.contains("practice-client-token"), "{says}");
    let events = world
        .engine
        .change(view.id)
        .await
        .expect("it is there")
        .events;
    assert!(!format!("{events:?}").contains("practice-client-token"));
}

#[tokio::test]
async fn the_client_token_is_left_out_where_there_is_none() {
    let world = World::new().await;
    world
        .sandbox
        .change_z_api(&World::account_id(Z), |account| account.client_token = None);
    let mut new = world.new_profile(Z);
    new.secrets.remove("client_token");
    let profile = world.engine.add_profile(new).await.expect("it is optional");
    let view = world.request(profile.id, World::account(Z).new_email).await;
    assert_eq!(view.state, State::AwaitingCode);
    let names = &world.sandbox.requests().pop().expect("a request").headers;
    assert!(
        !format!("{names:?}").to_lowercase().contains("client-token"),
        "{names:?}"
    );
}

#[tokio::test]
async fn a_missing_client_token_is_told_in_both_wordings() {
    for missing in [
        ClientTokenMissing::NotConfigured,
        ClientTokenMissing::NullNotAllowed,
    ] {
        let world = World::new().await;
        world
            .sandbox
            .change_z_api(&World::account_id(Z), |account| {
                account.client_token_missing = missing
            });
        let mut new = world.new_profile(Z);
        new.secrets.remove("client_token");
        let problem = world
            .engine
            .test_profile(new)
            .await
            .expect_err("the test says so");
        assert_eq!(problem.code, Code::CredentialsRefused);
    }
}

#[tokio::test]
async fn success_without_verify_email_is_settled_by_reading() {
    let (_, done, problem) = requested_with(|a| a.request_answer = RequestAnswer::Done).await;
    assert_eq!((done, problem), (State::Changed, None));
    let (_, waiting, problem) = requested_with(|a| a.request_answer = RequestAnswer::Silent).await;
    assert_eq!((waiting, problem), (State::AwaitingCode, None));
}

#[tokio::test]
async fn the_same_address_is_refused_only_while_it_is_verified() {
    let world = World::new().await;
    let profile = world.profile(Z).await;
    let held = World::account(Z).email;
    let same = world.request(profile.id, &held.to_uppercase()).await;
    assert_eq!(ended(&same), (State::Refused, Some(Code::EmailSame)));
    assert_eq!(
        world.sandbox.count(Z, "request").received,
        0,
        "nothing was sent"
    );
    world
        .sandbox
        .change_z_api(&World::account_id(Z), |account| account.verified = false);
    assert_eq!(
        world.request(profile.id, held).await.state,
        State::AwaitingCode
    );
}

#[tokio::test]
async fn no_address_yet_is_set_for_the_first_time() {
    let world = World::new().await;
    world
        .sandbox
        .change_z_api(&World::account_id(Z), |account| account.email = None);
    let profile = world.profile(Z).await;
    let read = world
        .engine
        .read_profile(profile.id)
        .await
        .expect("hasEmail:false is an answer");
    assert_eq!((read.email, read.verified), (None, None));
    assert_eq!(
        world.engine.profile(profile.id).expect("a profile").known,
        Known::NotSet
    );
    assert_eq!(
        world
            .request(profile.id, "first@practice.example")
            .await
            .state,
        State::AwaitingCode
    );
}

#[tokio::test]
async fn a_wrong_code_costs_a_try_and_the_right_one_still_works() {
    let world = World::new().await;
    let (change, code) = world.waiting_at(Z).await;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    let refused = world
        .engine
        .submit_code(change.id, wrong)
        .await
        .expect("an answer came");
    assert_eq!(
        ended(&refused),
        (State::AwaitingCode, Some(Code::CodeWrong))
    );
    assert_eq!(refused.tries, 1);
    let again = world
        .engine
        .submit_code(change.id, wrong)
        .await
        .expect_err("it is not sent twice");
    assert_eq!(again.code, Code::CodeRefusedBefore);
    assert_eq!(world.sandbox.count(Z, "verify").received, 1);
    let done = world
        .engine
        .submit_code(change.id, &code)
        .await
        .expect("an answer came");
    assert_eq!(
        (done.state, done.proof),
        (State::Changed, Some(Proof::ReadBack))
    );
    assert_eq!(
        world
            .engine
            .profile(done.profile_id.expect("kept"))
            .expect("a profile")
            .known,
        Known::Verified
    );
}

#[tokio::test]
async fn requesting_again_sends_a_new_code_and_only_that_one_counts() {
    let world = World::new().await;
    let (change, first) = world.waiting_at(Z).await;
    let again = world
        .engine
        .resend_code(change.id, &Default::default(), false)
        .await
        .expect("no limit is known");
    assert_eq!(ended(&again), (State::AwaitingCode, None));
    let second = world
        .sandbox
        .last_mail(&change.to)
        .and_then(|mail| mail.code)
        .expect("a new code");
    assert_ne!(first, second);
    let done = world
        .engine
        .submit_code(change.id, &second)
        .await
        .expect("an answer came");
    assert_eq!(done.state, State::Changed);
}

#[tokio::test]
async fn a_web_instance_says_what_it_says() {
    let (_, state, problem) = requested_with(|a| a.web = true).await;
    assert_eq!(state, State::Refused);
    assert!(problem.is_some());
}

#[tokio::test]
async fn an_unverified_read_after_no_answer_goes_back_to_the_code() {
    let world = World::new().await;
    let profile = world.profile(Z).await;
    world.sandbox.add_fault(
        readdress_sandbox::Fault::new(Z, readdress_sandbox::FaultKind::Cut)
            .on("request")
            .taken()
            .times(1),
    );
    let unknown = world.request(profile.id, World::account(Z).new_email).await;
    assert_eq!(unknown.state, State::Unknown);
    let settled = world
        .engine
        .settle_change(unknown.id, Settle::Check, &Default::default())
        .await
        .expect("it can be read");
    assert_eq!(
        settled.state,
        State::AwaitingCode,
        "the read shows the new address, unverified"
    );
    assert_eq!(
        world.sandbox.count(Z, "request").received,
        1,
        "nothing was sent twice"
    );
}
