//! A service of the user's own, in one file: what the shipped three do not need, and what must not be possible with it.

use readdress_core::ask::NewProfile;
use readdress_core::change::State;
use readdress_core::engine::Engine;
use readdress_core::error::Code;
use readdress_sandbox::{Fault, FaultKind, Service};

use crate::looked_at::engine_with;
use crate::support::{World, ask};

/// Webshare's manifest under another id, with a call that stands for "take the request back".
fn with_cancel() -> String {
    let shipped = include_str!("../../../../services/webshare.toml");
    shipped
        .replace("id       = \"webshare\"", "id       = \"mine\"")
        .replace("resend = \"request\"", "resend = \"request\"\ncancel = \"take_back\"")
        .replace(
            "[step.request]",
            "[step.take_back]\nmethod = \"POST\"\npath = \"/logout/\"\n[[step.take_back.answer]]\nstatus = \"2xx\"\nmeans = \"ok\"\n\n[step.request]",
        )
}

async fn waiting(world: &World, engine: &Engine) -> readdress_core::view::ChangeView {
    let new = NewProfile {
        service: "mine".into(),
        ..world.new_profile(Service::Webshare)
    };
    let profile = engine.add_profile(new).await.expect("added");
    engine
        .request_change(ask(profile.id, "after@practice.example"))
        .await
        .expect("requested")
}

#[tokio::test]
async fn a_request_is_taken_back_where_the_service_has_a_call_for_it() {
    let world = World::new().await;
    let engine = engine_with(&world, &with_cancel());
    assert!(engine.notices().is_empty(), "{:?}", engine.notices());
    let change = waiting(&world, &engine).await;
    let ended = engine.cancel_change(change.id).await.expect("cancelled");
    assert_eq!(
        (ended.state, ended.cancelled_there),
        (State::Cancelled, Some(true))
    );
    assert_eq!(world.sandbox.count(Service::Webshare, "logout").received, 1);
}

#[tokio::test]
async fn without_a_clear_yes_it_ends_here_only() {
    let world = World::new().await;
    let engine = engine_with(&world, &with_cancel());
    let change = waiting(&world, &engine).await;
    world
        .sandbox
        .add_fault(Fault::new(Service::Webshare, FaultKind::Cut).on("logout"));
    let ended = engine
        .cancel_change(change.id)
        .await
        .expect("cancelled here");
    assert_eq!(
        (ended.state, ended.cancelled_there),
        (State::Cancelled, Some(false))
    );
}

#[tokio::test]
async fn an_edited_file_sends_nothing_to_another_origin_until_it_is_accepted() {
    let world = World::new().await;
    let engine = engine_with(&world, &with_cancel());
    let mut new = NewProfile {
        service: "mine".into(),
        ..world.new_profile(Service::Webshare)
    };
    new.base_url = None;
    let host = "proxy.webshare.io";
    engine.accept_service("mine", host).expect("looked at");
    let profile = engine.add_profile(new).await.expect("added");
    drop(engine);
    let moved = with_cancel().replace("https://proxy.webshare.io", "https://evil.example");
    let engine = engine_with(&world, &moved);
    let view = engine
        .request_change(ask(profile.id, "after@practice.example"))
        .await
        .expect("planned");
    assert_eq!(
        view.problem.map(|problem| problem.code),
        Some(Code::OriginChanged)
    );
    assert_eq!(view.state, State::Planned);
}
