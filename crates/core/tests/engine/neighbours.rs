//! Two programs on one folder, and programs that die: no answer is lost, no change stays on its way for ever.

use std::time::Duration;

use readdress_core::change::{EventKind, State};
use readdress_core::engine::Engine;
use readdress_core::error::Code;
use readdress_core::view::ChangeView;
use readdress_sandbox::{Fault, FaultKind, Service};

use crate::support::{World, ask, ended};

const Z: Service = Service::ZApi;

/// The open change, once its call is on its way.
async fn under_way(engine: &Engine) -> ChangeView {
    for _ in 0..200 {
        let open = engine.open_changes(false).expect("listed").pop();
        if let Some(open) = open.filter(|open| open.state == State::Requesting) {
            return open;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing was sent");
}

#[tokio::test]
async fn a_code_given_in_another_program_costs_nobody_the_answer() {
    let world = World::new().await;
    let profile = world.profile(Z).await;
    let other = world.other_engine();
    world
        .sandbox
        .add_fault(Fault::new(Z, FaultKind::Late).on("request").delayed(600));
    let to = World::account(Z).new_email;
    let (sent, given) = tokio::join!(world.engine.request_change(ask(profile.id, to)), async {
        let open = under_way(&other).await;
        other.submit_code(open.id, "000000").await
    });
    assert_eq!(given.expect("it is kept").state, State::Requesting);
    let sent = sent.expect("the answer reached the disk");
    assert_eq!(
        ended(&sent),
        (State::AwaitingCode, Some(Code::CodeWrong)),
        "the code that came meanwhile was sent once the request was taken"
    );
    assert_eq!(world.sandbox.count(Z, "request").received, 1);
    assert_eq!(world.sandbox.count(Z, "verify").received, 1);
}

#[tokio::test]
async fn a_neighbour_that_dies_later_is_noticed() {
    let world = World::new().await;
    let profile = world.profile(Z).await;
    world
        .sandbox
        .add_fault(Fault::new(Z, FaultKind::Hang).on("request").taken());
    let neighbour = world.other_engine();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let to = World::account(Z).new_email;
    runtime.spawn(async move { neighbour.request_change(ask(profile.id, to)).await });
    let open = under_way(&world.engine).await;
    world.engine.data_version();
    let alive = world.engine.open_changes(false).expect("listed");
    assert_eq!(alive[0].state, State::Requesting, "the neighbour lives");

    // All that it had open is dropped, as if the program had been killed.
    tokio::task::spawn_blocking(move || drop(runtime))
        .await
        .expect("it ends");
    world.engine.data_version();
    let open_now = world.engine.open_changes(false).expect("listed");
    assert_eq!(
        (open_now[0].id, open_now[0].state),
        (open.id, State::Unknown)
    );
    assert_eq!(world.sandbox.count(Z, "request").received, 1);
}

#[tokio::test]
async fn an_answer_that_cannot_be_written_leaves_an_unknown_not_a_call_for_ever() {
    let world = World::new().await;
    let profile = world.profile(Z).await;
    let db = rusqlite::Connection::open(world.folder.path().join("data/readdress.db"))
        .expect("the database");
    db.execute_batch(
        "CREATE TRIGGER full BEFORE INSERT ON events WHEN NEW.kind = 'answer' \
         BEGIN SELECT RAISE(ABORT, 'no room'); END",
    )
    .expect("the next answer does not fit");
    let to = World::account(Z).new_email;
    world
        .engine
        .request_change(ask(profile.id, to))
        .await
        .expect_err("the answer is not on disk");
    let open = world.engine.open_changes(false).expect("listed").remove(0);
    assert_eq!(ended(&open), (State::Unknown, Some(Code::Interrupted)));
    assert!(
        open.can.settle && open.can.submit,
        "its code, or a click, settles it"
    );
    let view = world.engine.change(open.id).await.expect("kept");
    assert_eq!(
        view.events.last().map(|event| event.kind),
        Some(EventKind::Recovered)
    );
}
