//! Senders of the mails whose codes proved a change: each once, newest first, of this service only.

use std::collections::BTreeMap;

use proptest::prelude::*;
use readdress_core::change::{Proof, State};
use readdress_core::db::{ChangeWrite, Db, Expect, Job};
use readdress_core::error::Code;
use uuid::Uuid;

use crate::support::{Place, at, change, profile};

/// A change of a removed profile, and the sender of its code's mail.
fn put(db: &Db, service: &str, state: State, proof: Option<Proof>, mail: Option<(&str, i64)>) {
    let mut change = change(&profile("x"), 0);
    change.profile_id = None;
    change.service = service.to_owned();
    (change.state, change.proof) = (state, proof);
    let id = change.id;
    db.commit_blocking(Job::from(ChangeWrite::new(change, Expect::New)))
        .unwrap();
    if let Some((sender, second)) = mail {
        block_on(db.put_code_mail(id, sender, at(second))).unwrap();
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(future)
}

const READ_BACK: Option<Proof> = Some(Proof::ReadBack);

#[test]
fn only_what_the_service_proved_makes_a_sender_known() {
    let place = Place::new();
    let db = place.db();
    let changed = State::Changed;
    put(&db, "a", changed, READ_BACK, Some(("First@a.example", 1)));
    put(
        &db,
        "a",
        changed,
        Some(Proof::Answer),
        Some(("second@a.example", 2)),
    );
    put(
        &db,
        "a",
        changed,
        Some(Proof::User),
        Some(("word@a.example", 3)),
    );
    put(
        &db,
        "a",
        State::AwaitingCode,
        None,
        Some(("waits@a.example", 4)),
    );
    put(
        &db,
        "a",
        State::Refused,
        None,
        Some(("refused@a.example", 5)),
    );
    put(&db, "a", changed, READ_BACK, None);
    // A code of a mail was tried, and nobody is known for it.
    put(&db, "a", changed, READ_BACK, Some(("", 8)));
    put(&db, "b", changed, READ_BACK, Some(("other@b.example", 6)));
    assert_eq!(
        db.proved_senders("a").unwrap(),
        ["second@a.example", "first@a.example"]
    );
    put(&db, "a", changed, READ_BACK, Some((" FIRST@a.example ", 7)));
    assert_eq!(
        place.db().proved_senders("a").unwrap(),
        ["first@a.example", "second@a.example"]
    );
    assert_eq!(db.proved_senders("none").unwrap(), [""; 0]);
}

#[test]
fn the_last_mail_of_a_change_counts_and_none_after_another_code() {
    let place = Place::new();
    let db = place.db();
    let mut change = change(&profile("x"), 0);
    change.profile_id = None;
    (change.state, change.proof) = (State::Changed, READ_BACK);
    let (id, service) = (change.id, change.service.clone());
    db.commit_blocking(Job::from(ChangeWrite::new(change, Expect::New)))
        .unwrap();
    block_on(db.put_code_mail(id, "wrong@a.example", at(1))).unwrap();
    block_on(db.put_code_mail(id, "right@a.example", at(2))).unwrap();
    assert_eq!(db.proved_senders(&service).unwrap(), ["right@a.example"]);
    for _ in 0..2 {
        block_on(db.drop_code_mail(id)).unwrap();
    }
    assert_eq!(db.proved_senders(&service).unwrap(), [""; 0]);
    let nobody = block_on(db.put_code_mail(Uuid::nil(), "x@a.example", at(1)));
    assert_eq!(nobody.unwrap_err().code, Code::ChangeUnknown);
}

#[test]
fn no_more_than_twenty_are_told() {
    let place = Place::new();
    let db = place.db();
    for n in 0..25 {
        let sender = format!("s{n:02}@a.example");
        put(&db, "a", State::Changed, READ_BACK, Some((&sender, n)));
    }
    let senders = db.proved_senders("a").unwrap();
    assert_eq!(senders.len(), 20);
    assert_eq!(
        (senders[0].as_str(), senders[19].as_str()),
        ("s24@a.example", "s05@a.example")
    );
}

/// Asked before each mail: what it costs must not grow with the history.
#[test]
fn no_table_is_read_through() {
    let place = Place::new();
    drop(place.db());
    let raw = rusqlite::Connection::open(place.folder.db_path()).unwrap();
    let source = include_str!("../../src/db/code_mails.rs");
    let begin = source.find("\"WITH RECURSIVE").expect("the query") + 1;
    let sql = &source[begin..begin + source[begin..].find("\";").expect("its end")];
    let sql = sql.replace("\\\n", "");
    let mut explain = raw.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let steps: Vec<String> = explain
        .query_map(rusqlite::params!["a", 20], |row| row.get(3))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(
        steps.iter().any(|step| step.contains("code_mails_sender")),
        "{steps:?}"
    );
    // The senders themselves, which are few.
    let through = |step: &&String| {
        step.starts_with("SCAN") && !["SCAN s", "SCAN newest"].contains(&step.as_str())
    };
    assert_eq!(steps.iter().find(through), None, "{steps:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn as_if_every_change_was_looked_at(
        changes in prop::collection::vec((0..2usize, 0..4usize, 0..4usize, 0..50i64), 0..12)
    ) {
        let place = Place::new();
        let db = place.db();
        let mut newest = BTreeMap::<String, i64>::new();
        for (service, how, sender, second) in changes {
            let (state, proof) = [
                (State::Changed, READ_BACK),
                (State::Changed, Some(Proof::Answer)),
                (State::Changed, Some(Proof::User)),
                (State::Unknown, None),
            ][how];
            let sender = format!("s{sender}@x.example");
            put(&db, ["a", "b"][service], state, proof, Some((&sender, second)));
            if service == 0 && how < 2 {
                let at = newest.entry(sender).or_insert(second);
                *at = second.max(*at);
            }
        }
        let mut expected: Vec<(i64, String)> = newest.into_iter().map(|(sender, at)| (-at, sender)).collect();
        expected.sort();
        let expected: Vec<String> = expected.into_iter().map(|(_, sender)| sender).collect();
        prop_assert_eq!(db.proved_senders("a").unwrap(), expected);
    }
}
