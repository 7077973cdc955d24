//! Another process holds the database for longer than anybody waits: before a step nothing is sent, and behind it what
//! came back is told as unknown.

use std::time::{Duration, Instant};

use readdress_sandbox::{Fault, FaultKind};
use rusqlite::Connection;

use crate::stage::{Stage, ran};
use crate::steps::{ALL, ready};

/// Waits its turn, and does not let go until it is dropped.
fn hold(stage: &Stage) -> Connection {
    let file = stage.folder.path().join("data").join("readdress.db");
    let db = Connection::open(file).expect("the database");
    db.busy_timeout(Duration::from_secs(5))
        .expect("a connection");
    db.execute_batch("BEGIN IMMEDIATE").expect("the write lock");
    db
}

#[test]
fn nothing_is_sent_while_a_neighbour_holds_the_database() {
    let stage = Stage::new();
    let steps = ALL.map(|kind| ready(&stage, kind, 0));
    let before = steps.each_ref().map(|step| step.arrived(&stage));
    let held = hold(&stage);
    let begun = Instant::now();
    // At once: they wait ten seconds each.
    let runs = steps.each_ref().map(|step| step.send(&stage).spawn());
    let ends = runs.map(ran);
    assert!(
        begun.elapsed() > Duration::from_secs(9),
        "they wait their turn first"
    );
    drop(held);
    for ((step, ran), before) in steps.iter().zip(&ends).zip(before) {
        step.was_not_sent(&stage, ran, before, "database_busy");
        step.works_now(&stage, before);
    }
}

#[test]
fn an_answer_that_finds_the_database_held_is_told_as_unknown() {
    let stage = Stage::new();
    let steps = ALL.map(|kind| ready(&stage, kind, 0));
    let before = steps.each_ref().map(|step| step.arrived(&stage));
    for step in &steps {
        let late = Fault::new(step.kind.service(), FaultKind::Late).on(step.kind.route());
        stage.sandbox.add_fault(late.delayed(1500).times(1));
    }
    let runs = steps.each_ref().map(|step| step.send(&stage).spawn());
    let end = Instant::now() + Duration::from_secs(20);
    while steps
        .iter()
        .zip(&before)
        .any(|(step, before)| step.arrived(&stage) == *before)
    {
        assert!(Instant::now() < end, "all arrive");
        std::thread::sleep(Duration::from_millis(5));
    }
    let held = hold(&stage);
    let ends = runs.map(ran);
    drop(held);
    for ((step, ran), before) in steps.iter().zip(&ends).zip(before) {
        step.is_told_as_unknown(&stage, ran, "database_busy");
        assert_eq!(step.arrived(&stage), before + 1, "sent once");
    }
}
