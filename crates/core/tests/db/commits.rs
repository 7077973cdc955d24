//! Jobs: all or nothing, each with its own result, in one order.

use readdress_core::change::{Event, EventKind, Proof, State};
use readdress_core::db::{ChangeWrite, Expect, Job, ProfileWrite, Use};
use readdress_core::error::{Code, Problem};

use crate::support::{Place, add_change, add_profile, at, change, event, profile, set_state};

#[test]
fn a_change_comes_back_as_it_was_written() {
    let place = Place::new();
    let db = place.db();
    let owner = add_profile(&db, "Ana");
    let mut written = change(&owner, 1);
    written.from = Some("old@example.org".to_owned());
    written.state = State::Verifying;
    written.at = 1;
    written.step = "verify".to_owned();
    written.code_used = true;
    written.proof = Some(Proof::ReadBack);
    written.tries = 2;
    (written.requested_at, written.expires_at) = (Some(at(2)), Some(at(3)));
    (written.resend_at, written.retry_at) =
        (Some(at(4)), Some("9999-12-30T00:00:00Z".parse().unwrap()));
    written.problem = Some(Problem::new(Code::CodeWrong).with("n", "2").retry_at(at(5)));
    written.cancelled_there = Some(false);
    written.undo_of = Some(uuid::Uuid::now_v7());
    let told = Event {
        status: Some(400),
        millis: Some(31),
        meaning: Some("code_wrong".to_owned()),
        says: Some("código errado".to_owned()),
        ..event(EventKind::Answer, 6)
    };
    let job = ChangeWrite::new(written.clone(), Expect::New)
        .event(event(EventKind::Intent, 5))
        .event(told.clone());
    db.commit_blocking(job).unwrap();

    let read = db.change(written.id).unwrap().change;
    written.owner = Some(db.process());
    written.version = 1;
    assert_eq!(format!("{read:?}"), format!("{written:?}"));
    assert_eq!(
        db.events(written.id).unwrap(),
        [event(EventKind::Intent, 5), told]
    );
}

#[test]
fn only_the_version_that_was_read_is_written_over() {
    let place = Place::new();
    let db = place.db();
    let planned = add_change(&db, &add_profile(&db, "Ana"), 1);
    assert_eq!(planned.version, Expect::New.next());
    let sent = set_state(&db, &planned, State::Requesting);
    assert_eq!(sent.version, 2);

    let late = ChangeWrite::new(planned.clone(), Expect::Version(planned.version))
        .event(event(EventKind::Cancelled, 2));
    assert_eq!(db.commit_blocking(late).unwrap_err().code, Code::Busy);
    assert_eq!(
        db.change(planned.id).unwrap().change.state,
        State::Requesting
    );
    assert_eq!(
        db.events(planned.id).unwrap().len(),
        1,
        "a lost compare leaves no event"
    );
    set_state(&db, &sent, State::Refused);
    let twice = ChangeWrite::new(planned, Expect::New);
    assert_eq!(db.commit_blocking(twice).unwrap_err().code, Code::Busy);
}

#[test]
fn one_open_change_per_profile() {
    let place = Place::new();
    let db = place.db();
    let owner = add_profile(&db, "Ana");
    let first = add_change(&db, &owner, 1);
    let second = change(&owner, 2);
    let refused = db
        .commit_blocking(ChangeWrite::new(second.clone(), Expect::New))
        .unwrap_err();
    assert_eq!(
        (refused.code, refused.params["label"].as_str()),
        (Code::ChangeOpen, "Ana")
    );

    // Replacing is one commit: never two open ones, never none because the second failed.
    let mut ended = first.clone();
    ended.state = State::Cancelled;
    let replace = Job::new()
        .change(
            ChangeWrite::new(ended, Expect::Version(first.version))
                .event(event(EventKind::Replaced, 3)),
        )
        .change(ChangeWrite::new(second.clone(), Expect::New).event(event(EventKind::Planned, 3)));
    db.commit_blocking(replace).unwrap();
    assert_eq!(
        db.open_change_of(owner.id).unwrap().unwrap().change.id,
        second.id
    );
}

#[test]
fn a_job_is_all_or_nothing() {
    let place = Place::new();
    let db = place.db();
    let owner = add_profile(&db, "Ana");
    let first = add_change(&db, &owner, 1);
    let job = Job::new()
        .profile(ProfileWrite::Insert(profile("Bea")))
        .used(Use {
            service: "z-api".to_owned(),
            profile_id: owner.id,
            bucket: "request".to_owned(),
            at: at(1),
        })
        .change(ChangeWrite::new(first, Expect::Version(77)));
    assert_eq!(db.commit_blocking(job).unwrap_err().code, Code::Busy);
    assert_eq!(
        db.profile_by_label("Bea").unwrap_err().code,
        Code::ProfileUnknown
    );
    assert_eq!(db.uses_since("z-api", None, "request", at(0)).unwrap(), []);
}

#[test]
fn many_jobs_at_once_each_get_their_own_result() {
    const JOBS: usize = 4000;
    let place = Place::new();
    let db = place.db();
    let owners: Vec<_> = (0..8)
        .map(|n| add_profile(&db, &format!("owner {n}")))
        .collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    // For each profile only the first of its jobs can win.
    let results: Vec<_> = runtime.block_on(async {
        let jobs: Vec<_> = (0..JOBS)
            .map(|n| {
                let (db, owner) = (db.clone(), owners[n % owners.len()].clone());
                let write = ChangeWrite::new(change(&owner, 1), Expect::New)
                    .event(event(EventKind::Planned, 1));
                (
                    write.change.id,
                    tokio::spawn(async move { db.commit(write).await }),
                )
            })
            .collect();
        let mut results = Vec::new();
        for (id, job) in jobs {
            results.push((id, job.await.unwrap()));
        }
        results
    });
    let won: Vec<_> = results
        .iter()
        .filter(|(_, result)| result.is_ok())
        .collect();
    assert_eq!(won.len(), owners.len());
    assert!(results.iter().all(|(_, result)| {
        result
            .as_ref()
            .map_or_else(|p| p.code == Code::ChangeOpen, |()| true)
    }));
    let mut open: Vec<_> = db
        .open_changes()
        .unwrap()
        .into_iter()
        .map(|stored| stored.change.id)
        .collect();
    let mut expected: Vec<_> = won.iter().map(|(id, _)| *id).collect();
    open.sort();
    expected.sort();
    assert_eq!(open, expected);
}

#[test]
fn a_dropped_future_still_writes_and_closing_waits_for_it() {
    let place = Place::new();
    let db = place.db();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let wanted = profile("Ana");
    runtime.block_on(async {
        let mut commit = Box::pin(db.commit(ProfileWrite::Insert(wanted.clone())));
        let polled =
            std::future::poll_fn(|context| std::task::Poll::Ready(commit.as_mut().poll(context)));
        let _ = polled.await;
    });
    drop(db);
    assert_eq!(place.db().profile(wanted.id).unwrap(), wanted);
}

#[test]
fn labels_are_unique_without_case() {
    let place = Place::new();
    let db = place.db();
    add_profile(&db, "São Paulo");
    let twice = db
        .commit_blocking(ProfileWrite::Insert(profile(" SÃO paulo ")))
        .unwrap_err();
    assert_eq!(twice.code, Code::LabelTaken);
    let mut other = add_profile(&db, "Rio");
    other.label = "são Paulo".to_owned();
    assert_eq!(
        db.commit_blocking(ProfileWrite::Edit(other.clone()))
            .unwrap_err()
            .code,
        Code::LabelTaken
    );
    other.label = "RIO".to_owned();
    db.commit_blocking(ProfileWrite::Edit(other)).unwrap();
    assert_eq!(db.profile_by_label("rio").unwrap().label, "RIO");
}

#[test]
fn a_removed_profile_leaves_its_history() {
    let place = Place::new();
    let db = place.db();
    let owner = add_profile(&db, "Ana");
    let planned = add_change(&db, &owner, 1);
    assert_eq!(
        db.commit_blocking(ProfileWrite::Remove(owner.id))
            .unwrap_err()
            .code,
        Code::ChangeOpen
    );

    let mut ended = planned.clone();
    ended.state = State::Cancelled;
    let job = Job::new()
        .change(
            ChangeWrite::new(ended, Expect::Version(planned.version))
                .event(event(EventKind::Cancelled, 2)),
        )
        .profile(ProfileWrite::Remove(owner.id));
    db.commit_blocking(job).unwrap();
    let kept = db.change(planned.id).unwrap().change;
    assert_eq!(
        (kept.profile_id, kept.label.as_str(), kept.state),
        (None, "Ana", State::Cancelled)
    );
    assert_eq!(db.events(planned.id).unwrap().len(), 2);
    assert_eq!(db.profile(owner.id).unwrap_err().code, Code::ProfileUnknown);
    assert_eq!(
        db.commit_blocking(ProfileWrite::Remove(owner.id))
            .unwrap_err()
            .code,
        Code::ProfileUnknown
    );
}

#[test]
fn the_journal_only_grows() {
    let place = Place::new();
    let db = place.db();
    let planned = add_change(&db, &add_profile(&db, "Ana"), 1);
    let raw = rusqlite::Connection::open(place.folder.db_path()).unwrap();
    for sql in ["DELETE FROM events", "UPDATE events SET kind = 'settled'"] {
        assert!(raw.execute(sql, []).is_err(), "{sql}");
    }
    assert_eq!(
        db.events(planned.id).unwrap(),
        [event(EventKind::Planned, 1)]
    );
}
