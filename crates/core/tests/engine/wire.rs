//! Faults of the wire, at each kind of step: each ends in a state and a code that tells the truth, and nothing is sent twice.

use readdress_core::ask::Settle;
use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_sandbox::{Fault, FaultKind, Service};

use crate::support::{World, ended};

/// What cannot be known is unknown, whatever the service is.
fn untold() -> Vec<(FaultKind, Code)> {
    vec![
        (FaultKind::Cut, Code::NoAnswer),
        (FaultKind::Close, Code::NoAnswer),
        (FaultKind::CutInBody, Code::NoAnswer),
        (FaultKind::Endless, Code::UnexpectedAnswer),
        (FaultKind::GzipBomb { mebibytes: 8 }, Code::UnexpectedAnswer),
        (
            FaultKind::HtmlPage { status: 502 },
            Code::ServiceUnavailable,
        ),
        (FaultKind::HtmlPage { status: 200 }, Code::UnexpectedAnswer),
        (
            FaultKind::Answer {
                status: 500,
                content_type: None,
                headers: vec![],
                body: "oops".into(),
            },
            Code::ServiceUnavailable,
        ),
        (
            FaultKind::Redirect {
                status: 307,
                to: None,
            },
            Code::UnexpectedAnswer,
        ),
        (
            FaultKind::Redirect {
                status: 302,
                to: None,
            },
            Code::UnexpectedAnswer,
        ),
    ]
}

#[tokio::test]
async fn a_request_without_a_clear_answer_is_unknown_and_sent_once() {
    for service in [Service::ZApi, Service::ManncoStore] {
        for (kind, _) in untold() {
            let shown = format!("{service:?} {kind:?}");
            let world = World::new().await;
            let profile = world.profile(service).await;
            world
                .sandbox
                .add_fault(Fault::new(service, kind).on("request").taken());
            let view = world
                .request(profile.id, World::account(service).new_email)
                .await;
            assert_eq!(view.state, State::Unknown, "{shown}: {:?}", view.problem);
            assert!(view.problem.is_some(), "{shown}");
            assert_eq!(
                world.sandbox.count(service, "request").received,
                1,
                "{shown}"
            );
            assert!(
                world.sandbox.recorder().is_empty(),
                "{shown}: nothing follows a redirect"
            );
        }
    }
}

#[tokio::test]
async fn the_problem_names_what_happened() {
    for (kind, code) in untold() {
        let shown = format!("{kind:?}");
        let world = World::new().await;
        let profile = world.profile(Service::ZApi).await;
        world
            .sandbox
            .add_fault(Fault::new(Service::ZApi, kind).on("request"));
        let view = world
            .request(profile.id, World::account(Service::ZApi).new_email)
            .await;
        let (_, named) = ended(&view);
        // A cut may be told as no answer or as an answer that does not hold together: both say that nobody knows.
        let fine =
            named == Some(code) || code == Code::NoAnswer && named == Some(Code::UnexpectedAnswer);
        assert!(fine, "{shown}: {named:?}");
    }
}

#[tokio::test]
async fn a_webshare_204_needs_no_body_and_an_unclear_answer_is_unknown() {
    for kind in [
        FaultKind::Cut,
        FaultKind::Close,
        FaultKind::HtmlPage { status: 503 },
    ] {
        let world = World::new().await;
        let (change, link) = world.waiting_at(Service::Webshare).await;
        let shown = format!("{kind:?}");
        world.sandbox.add_fault(
            Fault::new(Service::Webshare, kind)
                .on("verify")
                .taken()
                .times(1),
        );
        let unknown = world
            .engine
            .submit_code(change.id, &link)
            .await
            .expect("it was sent");
        assert_eq!(unknown.state, State::Unknown, "{shown}");
        let settled = world
            .engine
            .settle_change(change.id, Settle::Check, &Default::default())
            .await
            .expect("it can be read");
        assert_eq!(
            settled.state,
            State::Changed,
            "{shown}: the service had taken it"
        );
        assert_eq!(
            world.sandbox.count(Service::Webshare, "verify").received,
            1,
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_code_whose_answer_was_lost_is_offered_again_when_it_was_not_taken() {
    for service in Service::ALL {
        let world = World::new().await;
        let (change, code) = world.waiting_at(service).await;
        world
            .sandbox
            .add_fault(Fault::new(service, FaultKind::Cut).on("verify").times(1));
        let unknown = world
            .engine
            .submit_code(change.id, &code)
            .await
            .expect("it was sent");
        assert_eq!(unknown.state, State::Unknown, "{service:?}");
        let offered = world
            .engine
            .settle_change(change.id, Settle::Check, &Default::default())
            .await
            .expect("it can be read");
        assert_eq!(
            (offered.state, offered.has_value),
            (State::AwaitingCode, true),
            "{service:?}"
        );
        let done = world
            .engine
            .submit_code(change.id, "")
            .await
            .expect("it is sent again");
        assert_eq!(done.state, State::Changed, "{service:?}");
    }
}

#[tokio::test]
async fn a_service_that_is_not_there_keeps_the_change_planned() {
    for service in Service::ALL {
        let world = World::new().await;
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let origin = format!("http://{}", free.local_addr().expect("an address"));
        drop(free);
        let mut new = world.new_profile(service);
        new.base_url = Some(origin);
        let profile = world
            .engine
            .add_profile(new)
            .await
            .expect("it can be added offline");
        let view = world.request(profile.id, "after@practice.example").await;
        assert_eq!(
            ended(&view),
            (State::Planned, Some(Code::Unreachable)),
            "{service:?}"
        );
        let read = world
            .engine
            .read_profile(profile.id)
            .await
            .expect_err("nobody is there");
        assert_eq!(read.code, Code::Unreachable, "{service:?}");
    }
}

#[tokio::test]
async fn reads_are_tried_again_and_effects_are_not() {
    for service in Service::ALL {
        let world = World::new().await;
        let profile = world.profile(service).await;
        world.sandbox.add_fault(
            Fault::new(service, FaultKind::HtmlPage { status: 502 })
                .on("read")
                .times(2),
        );
        let read = world
            .engine
            .read_profile(profile.id)
            .await
            .expect("the third read works");
        assert_eq!(
            read.email.as_deref(),
            Some(World::account(service).email),
            "{service:?}"
        );
        assert_eq!(
            world.sandbox.count(service, "read").received,
            3,
            "{service:?}"
        );
    }
}

#[tokio::test]
async fn a_read_back_that_does_not_work_leaves_an_unknown_that_a_click_settles() {
    let world = World::new().await;
    let (change, code) = world.waiting_at(Service::ZApi).await;
    world.sandbox.add_fault(
        Fault::new(
            Service::ZApi,
            FaultKind::Answer {
                status: 403,
                content_type: None,
                headers: vec![],
                body: "{\"error\":\"not now\"}".into(),
            },
        )
        .on("read"),
    );
    let unknown = tokio::time::timeout(
        std::time::Duration::from_secs(30),
        world.engine.submit_code(change.id, &code),
    )
    .await
    .expect("three reads within 15 s")
    .expect("an answer came");
    assert_eq!(unknown.state, State::Unknown);
    assert_eq!(unknown.step, "read");
    world.sandbox.clear_faults();
    let done = world
        .engine
        .settle_change(change.id, Settle::Check, &Default::default())
        .await
        .expect("it can be read");
    assert_eq!(done.state, State::Changed);
}
