//! A manifest's flow is edited while a change is open: the change is found again by its step's name, or nothing is sent.

use std::collections::BTreeMap;

use readdress_core::ask::{NewProfile, Settle};
use readdress_core::change::State;
use readdress_core::engine::Engine;
use readdress_core::error::Code;
use readdress_core::view::ChangeView;
use readdress_sandbox::Service;

use crate::looked_at::engine_with;
use crate::support::{World, ask};

const TO: &str = "after@practice.example";

fn own() -> String {
    include_str!("../../../../services/webshare.toml")
        .replace("id       = \"webshare\"", "id       = \"mine\"")
}

/// Another step in front: what was the first is the second now, and `request` stands where `verify` was.
fn with_a_step_before() -> String {
    let greet = "[step.greet]\nmethod = \"POST\"\npath = \"/logout/\"\n[[step.greet.answer]]\nstatus = \"2xx\"\nmeans = \"ok\"\n\n[step.request]";
    own()
        .replace("change = [", "change = [\"greet\", ")
        .replace("[step.request]", greet)
}

/// The step that the change stands at has another name.
fn with_another_name() -> String {
    own().replace("verify", "confirm")
}

async fn waiting(world: &World) -> (ChangeView, String) {
    let engine = engine_with(world, &own());
    let new = NewProfile {
        service: "mine".into(),
        ..world.new_profile(Service::Webshare)
    };
    let profile = engine.add_profile(new).await.expect("added");
    let change = engine
        .request_change(ask(profile.id, TO))
        .await
        .expect("asked");
    assert_eq!(
        (change.state, change.step.as_str()),
        (State::AwaitingCode, "verify")
    );
    (change, world.mail(TO))
}

fn sent(world: &World) -> [u64; 3] {
    ["request", "verify", "logout"]
        .map(|step| world.sandbox.count(Service::Webshare, step).received)
}

async fn stands(engine: &Engine, change: &ChangeView) -> ChangeView {
    engine.change(change.id).await.expect("the change")
}

#[tokio::test]
async fn a_step_that_moved_is_found_by_its_name_and_sent_once() {
    let world = World::new().await;
    let (change, mail) = waiting(&world).await;
    let engine = engine_with(&world, &with_a_step_before());
    assert!(engine.notices().is_empty(), "{:?}", engine.notices());
    let view = stands(&engine, &change).await;
    assert_eq!(
        (view.step.as_str(), view.can.submit, view.problem),
        ("verify", true, None)
    );
    let done = engine
        .submit_code(change.id, &mail)
        .await
        .expect("verified");
    assert_eq!(done.state, State::Changed);
    assert_eq!(
        sent(&world),
        [1, 1, 0],
        "the step in front is not sent for a change that was past it"
    );
}

#[tokio::test]
async fn a_step_that_is_gone_sends_nothing_and_can_be_cancelled() {
    let world = World::new().await;
    let (change, mail) = waiting(&world).await;
    let before = sent(&world);
    let engine = engine_with(&world, &with_another_name());
    assert!(engine.notices().is_empty(), "{:?}", engine.notices());

    let view = stands(&engine, &change).await;
    let problem = view.problem.expect("told");
    assert_eq!(
        (problem.code, problem.params["step"].as_str()),
        (Code::FlowChanged, "verify")
    );
    let can = view.can;
    assert!(can.cancel && !can.submit && !can.resend && !can.check && !can.send && !can.settle);
    let listed = engine.open_changes(false).expect("a list");
    assert_eq!(
        listed[0].problem.as_ref().map(|p| p.code),
        Some(Code::FlowChanged)
    );

    let none = BTreeMap::new();
    let flow_changed = |result: Result<ChangeView, readdress_core::error::Problem>| {
        assert_eq!(
            result
                .map(|view| view.state)
                .expect_err("nothing is sent")
                .code,
            Code::FlowChanged
        );
    };
    flow_changed(engine.submit_code(change.id, &mail).await);
    flow_changed(engine.resend_code(change.id, &none, true).await);
    for how in [Settle::Check, Settle::Worked, Settle::SendAgain] {
        flow_changed(engine.settle_change(change.id, how, &none).await);
    }
    let understood = engine.understand_code(Some(change.id), &mail).await;
    assert_eq!(
        understood.expect_err("no step takes it").code,
        Code::FlowChanged
    );
    // Asking the profile is no step of the change; the old address does not move it.
    engine
        .read_profile(change.profile_id.expect("a profile"))
        .await
        .expect("read");
    assert_eq!(stands(&engine, &change).await.state, State::AwaitingCode);
    assert_eq!(sent(&world), before);

    let ended = engine
        .cancel_change(change.id)
        .await
        .expect("cancelling always works");
    assert_eq!(
        (ended.state, ended.cancelled_there),
        (State::Cancelled, Some(false))
    );
    assert_eq!(sent(&world), before);
}

#[tokio::test]
async fn with_the_old_file_back_it_goes_on() {
    let world = World::new().await;
    let (change, mail) = waiting(&world).await;
    let broken = engine_with(&world, &with_another_name());
    broken
        .submit_code(change.id, &mail)
        .await
        .expect_err("held back");
    drop(broken);
    let engine = engine_with(&world, &own());
    let done = engine
        .submit_code(change.id, &mail)
        .await
        .expect("verified");
    assert_eq!(done.state, State::Changed);
    assert_eq!(sent(&world)[..2], [1, 1]);
}
