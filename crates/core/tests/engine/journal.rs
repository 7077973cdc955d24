//! Each change stands where its journal leads; a row that a foreign hand moved is told in the diagnostics.

use std::collections::BTreeMap;

use readdress_core::ask::Settle;
use readdress_core::change::State;
use readdress_core::engine::JournalCheck;
use readdress_sandbox::{Fault, FaultKind, Service};

use crate::support::World;

fn agree(agree: u32) -> JournalCheck {
    JournalCheck {
        agree,
        ..JournalCheck::default()
    }
}

/// One change at each service: changed, wrong code and cancelled, cut off and settled by its code.
async fn stories() -> World {
    let world = World::new().await;
    let (done, code) = world.waiting_at(Service::ZApi).await;
    let done = world.engine.submit_code(done.id, &code).await;
    assert_eq!(done.expect("changed").state, State::Changed);

    let (wrong, _) = world.waiting_at(Service::ManncoStore).await;
    let answered = world.engine.submit_code(wrong.id, "000000").await;
    assert_eq!(answered.expect("answered").tries, 1);
    let ended = world.engine.cancel_change(wrong.id).await;
    assert_eq!(ended.expect("cancelled").state, State::Cancelled);

    world.sandbox.add_fault(
        Fault::new(Service::Webshare, FaultKind::Cut)
            .on("request")
            .times(1),
    );
    let cut = world.request_at(Service::Webshare).await;
    assert_eq!(cut.state, State::Unknown);
    let none = BTreeMap::new();
    let worked = world.engine.settle_change(cut.id, Settle::Worked, &none);
    assert_eq!(worked.await.expect("settled").state, State::AwaitingCode);
    world
}

#[tokio::test]
async fn every_change_stands_where_its_journal_leads() {
    let world = stories().await;
    assert_eq!(world.engine.check_journals(), Ok(agree(3)));
    let told = world.engine.diagnostics().await.expect("diagnostics");
    assert!(told.contains("journals that their changes follow: 3\n"));
    assert!(!told.contains("contradicts"), "{told}");
}

#[tokio::test]
async fn a_row_that_was_moved_is_told() {
    let mut world = stories().await;
    world.row_moved = true;
    let file = world.folder.path().join("data/readdress.db");
    let db = rusqlite::Connection::open(file).expect("the file");
    let moved = db.execute(
        "UPDATE changes SET state = 'changed', proof = 'read_back', open = 0 WHERE state = 'awaiting_code'",
        [],
    );
    assert_eq!(moved, Ok(1));
    let check = world.engine.check_journals().expect("a check");
    assert_eq!((check.agree, check.contradict.len()), (2, 1));
    let one = &check.contradict[0];
    assert_eq!(one.stands.state, State::Changed);
    assert_eq!(one.told[0].state, State::AwaitingCode);
    let told = world.engine.diagnostics().await.expect("diagnostics");
    let line = format!(
        "journal of {} contradicts it: stands changed at verify by ReadBack, led awaiting_code at verify\n",
        one.change
    );
    assert!(told.contains(&line), "{told}");

    // Half of a journal is none: the answer without its intent.
    db.execute_batch(
        "DROP TRIGGER events_stay; DELETE FROM events WHERE kind = 'intent' AND step = 'verify';",
    )
    .expect("deleted");
    let check = world.engine.check_journals().expect("a check");
    let nowhere = check.contradict.iter().filter(|one| one.told.is_empty());
    assert_eq!((check.agree, nowhere.count()), (0, 2));
}
