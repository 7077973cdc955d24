//! The log of the database (`-wal`) as a crash can leave it, and worse.
//!
//! What is promised: whatever was told is in the log whole and synced, so bytes of an unfinished commit behind it cost
//! nothing. A log that lost bytes that had been synced is a broken disk: then the database still opens, sound, as it
//! was some commits ago, and nobody can promise more.

use std::path::Path;

use readdress_sandbox::{Fault, FaultKind, Service};

use crate::stage::{Call, NEW, Stage};

/// A folder whose program was killed while its request was at the service, with the log it left.
fn killed(stage: &Stage) -> Vec<u8> {
    stage.add(Service::ZApi, "z");
    let hang = Fault::new(Service::ZApi, FaultKind::Hang).on("request");
    stage.sandbox.add_fault(hang.taken().times(1));
    let mut child = stage.with_key(&["change", "z", "--to", NEW]).spawn();
    while stage.sandbox.count(Service::ZApi, "request").taken == 0 {
        assert!(
            child.try_wait().expect("ours").is_none(),
            "it waits for its answer"
        );
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    std::fs::read(stage.folder.path().join("data/readdress.db-wal")).expect("a log")
}

/// A copy of the folder with this log: what the program says of it.
fn stands_with(stage: &Stage, log: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&stage.folder.path().join("data"), folder.path());
    std::fs::write(folder.path().join("readdress.db-wal"), log).expect("a log");
    let looked = Call::new(folder.path(), &["history", "--json"])
        .run()
        .ends(0);
    let db = rusqlite::Connection::open(folder.path().join("readdress.db")).expect("a database");
    let verdict: String = db
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("a verdict");
    assert_eq!(verdict, "ok");
    let state = looked.json()[0]["state"].clone();
    state.as_str().map(str::to_owned)
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir(&target).expect("a folder");
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

#[test]
fn an_unfinished_commit_behind_the_last_one_costs_nothing() {
    let stage = Stage::new();
    let log = killed(&stage);
    assert_eq!(stands_with(&stage, &log).as_deref(), Some("unknown"));
    // A frame is 24 bytes and a page. The next one: torn, without its commit, of zeros, of garbage.
    let frame = &log[log.len() - 4120..];
    for tail in [
        &frame[..24],
        &frame[..2000],
        frame,
        &[0; 4120],
        &[0xa5; 9000],
    ] {
        let torn = [&log, tail].concat();
        assert_eq!(stands_with(&stage, &torn).as_deref(), Some("unknown"));
    }
    assert_eq!(stage.sandbox.count(Service::ZApi, "request").received, 1);
}

#[test]
fn a_log_that_lost_its_end_still_opens() {
    let stage = Stage::new();
    let log = killed(&stage);
    let mut seen = Vec::new();
    // Backwards: each is as it was at some earlier commit.
    for part in (0..=16).rev() {
        seen.push(stands_with(&stage, &log[..log.len() * part / 16]));
    }
    let mut garbled = log.clone();
    let middle = log.len() / 2;
    garbled[middle..middle + 64].fill(0xa5);
    stands_with(&stage, &garbled);
    seen.dedup();
    let order: Vec<_> = seen.iter().map(Option::as_deref).collect();
    assert!(
        matches!(order[..], [Some("unknown"), .., None]),
        "back in time, step by step: {order:?}"
    );
}
