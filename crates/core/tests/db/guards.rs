//! What must hold at the moment of the commit, when many threads and programs have looked before and all found it so.

use std::sync::Barrier;
use std::time::Duration;

use readdress_core::db::{Db, Guard, Job, ProfileWrite, Prune, Room, Seen, Use};
use readdress_core::error::{Code, Problem};
use readdress_core::profile::{Known, Profile};
use uuid::Uuid;

use crate::support::{Place, add_change, add_profile, at, profile, set_state};

fn used(profile: Uuid, second: i64) -> Use {
    Use {
        service: "z-api".to_owned(),
        profile_id: profile,
        bucket: "request".to_owned(),
        at: at(second),
    }
}

fn room(profile: Option<Uuid>, max: u32, second: i64) -> Guard {
    Guard::Room(Room {
        service: "z-api".to_owned(),
        profile,
        bucket: "request".to_owned(),
        max,
        per: Duration::from_secs(300),
        now: at(second),
    })
}

/// The work of one contender: by number, on its own program's handle.
type Contender<'a> = &'a (dyn Fn(&Db, u32) -> Job + Sync);

/// Eight threads on two handles (two programs) at the same instant; how each ended.
fn race(place: &Place, job: Contender<'_>) -> Vec<Result<(), Problem>> {
    let programs = [place.db(), place.db()];
    let start = Barrier::new(8);
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..8)
            .map(|n| {
                let (db, start) = (&programs[n as usize % 2], &start);
                scope.spawn(move || {
                    let job = job(db, n);
                    start.wait();
                    db.commit_blocking(job)
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    })
}

#[track_caller]
fn winners(results: &[Result<(), Problem>], lost: Code) -> usize {
    let losers = results.iter().filter_map(|result| result.as_ref().err());
    assert!(
        losers.clone().all(|problem| problem.code == lost),
        "{results:?}"
    );
    results.len() - losers.count()
}

#[test]
fn a_limit_of_the_whole_service_lets_no_more_through_than_it_says() {
    for max in [1, 3] {
        let place = Place::new();
        let profiles: Vec<Profile> = {
            let db = place.db();
            (0..8).map(|n| add_profile(&db, &format!("p{n}"))).collect()
        };
        let results = race(&place, &|_, n| {
            let id = profiles[n as usize].id;
            Job::new().guard(room(None, max, 10)).used(used(id, 10))
        });
        assert_eq!(winners(&results, Code::RateLimited), max as usize);
        for problem in results.iter().filter_map(|result| result.as_ref().err()) {
            assert_eq!(problem.retry_at, Some(at(310)));
        }
        let db = place.db();
        assert_eq!(
            db.uses_since("z-api", None, "request", at(0))
                .unwrap()
                .len(),
            max as usize
        );
        // Per profile, each has its own.
        let own = Job::new().guard(room(Some(profiles[0].id), 9, 10));
        db.commit_blocking(own).unwrap();
        // Later there is room again.
        db.commit_blocking(Job::new().guard(room(None, max, 310)))
            .unwrap();
    }
}

#[test]
fn a_refused_guard_writes_nothing_of_its_job() {
    let place = Place::new();
    let db = place.db();
    let ana = add_profile(&db, "Ana");
    db.commit_blocking(Job::new().used(used(ana.id, 10)))
        .unwrap();
    let job = Job::new()
        .guard(room(None, 1, 20))
        .profile(ProfileWrite::Insert(profile("Bea")));
    assert_eq!(db.commit_blocking(job).unwrap_err().code, Code::RateLimited);
    assert_eq!(
        db.profile_by_label("Bea").unwrap_err().code,
        Code::ProfileUnknown
    );
}

#[test]
fn the_same_account_is_added_once() {
    let place = Place::new();
    let results = race(&place, &|_, n| {
        let mut new = profile(&format!("label {n}"));
        new.fields
            .insert("instance_id".to_owned(), "the same".to_owned());
        Job::new()
            .guard(Guard::OnlyOne(Box::new(new.clone())))
            .profile(ProfileWrite::Insert(new))
    });
    assert_eq!(winners(&results, Code::ProfileTwice), 1);
}

#[test]
fn an_edit_made_from_an_older_profile_is_told() {
    let place = Place::new();
    let read = add_profile(&place.db(), "Ana");
    let results = race(&place, &|_, n| {
        let mut edited = read.clone();
        edited.label = format!("Ana {n}");
        Job::new()
            .guard(Guard::SameProfile(Box::new(read.clone())))
            .profile(ProfileWrite::Edit(edited))
    });
    assert_eq!(winners(&results, Code::Busy), 1);
}

#[test]
fn a_secret_that_came_or_went_meanwhile_is_another_profile() {
    let place = Place::new();
    let db = place.db();
    let read = add_profile(&db, "Ana");
    let guard = || Job::new().guard(Guard::SameProfile(Box::new(read.clone())));
    db.commit_blocking(guard()).unwrap();
    let mut other = read.clone();
    other.has_secret.insert("token".to_owned(), 3);
    let gone = Job::new().guard(Guard::SameProfile(Box::new(other)));
    assert_eq!(db.commit_blocking(gone).unwrap_err().code, Code::Busy);
    // A captured session is none of them.
    let mut session = read.clone();
    session.has_secret.insert("login:jwt".to_owned(), 3);
    db.commit_blocking(Job::new().guard(Guard::SameProfile(Box::new(session))))
        .unwrap();
}

#[test]
fn no_account_is_swapped_under_a_change_that_has_begun() {
    let place = Place::new();
    let db = place.db();
    let ana = add_profile(&db, "Ana");
    let guard = || Job::new().guard(Guard::NothingBegun(ana.id));
    let planned = add_change(&db, &ana, 1);
    db.commit_blocking(guard()).unwrap();
    set_state(&db, &planned, readdress_core::change::State::Requesting);
    let problem = db.commit_blocking(guard()).unwrap_err();
    assert_eq!(
        (problem.code, problem.params["label"].as_str()),
        (Code::ChangeOpen, "Ana")
    );
}

#[test]
fn calls_that_no_limit_counts_go() {
    let place = Place::new();
    let db = place.db();
    let ana = add_profile(&db, "Ana");
    let mut job = Job::new();
    for second in 0..50 {
        job = job.used(used(ana.id, second));
    }
    db.commit_blocking(job).unwrap();
    let prune = Prune {
        service: "z-api".to_owned(),
        bucket: "request".to_owned(),
        before: at(40),
    };
    let job = Job {
        prune: vec![prune],
        ..Job::new()
    };
    db.commit_blocking(job.used(used(ana.id, 50))).unwrap();
    let left = db.uses_since("z-api", None, "request", at(-1)).unwrap();
    assert_eq!((left.len(), left[0]), (11, at(40)));
}

#[test]
fn what_a_slow_read_found_does_not_undo_what_was_learned_meanwhile() {
    let place = Place::new();
    let db = place.db();
    let ana = add_profile(&db, "Ana");
    let seen = |email: &str, second| Seen {
        profile_id: ana.id,
        email: Some(email.to_owned()),
        verified: None,
        checked_at: Some(at(second)),
        known: Known::AsRead,
        problem: None,
    };
    // Both reads began before anything was known.
    db.commit_blocking(ProfileWrite::Seen(seen("proved@new.example", 5)))
        .unwrap();
    db.commit_blocking(ProfileWrite::SeenSince(seen("before@old.example", 6), None))
        .unwrap();
    let email = || db.profile(ana.id).unwrap().email.unwrap();
    assert_eq!(email(), "proved@new.example");
    db.commit_blocking(ProfileWrite::SeenSince(
        seen("next@new.example", 9),
        Some(at(5)),
    ))
    .unwrap();
    assert_eq!(email(), "next@new.example");
    // A read that did not work says nothing about the address.
    let problem = Problem::new(Code::Unreachable);
    db.commit_blocking(ProfileWrite::Problem(ana.id, Some(problem.clone())))
        .unwrap();
    assert_eq!(db.profile(ana.id).unwrap().problem, Some(problem));
    assert_eq!(email(), "next@new.example");
    let gone = ProfileWrite::SeenSince(seen("x@new.example", 9), None);
    db.commit_blocking(ProfileWrite::Remove(ana.id)).unwrap();
    assert_eq!(
        db.commit_blocking(gone).unwrap_err().code,
        Code::ProfileUnknown
    );
}
