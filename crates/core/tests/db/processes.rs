//! Two programs in one folder. Each `Db` has its own lock and connections, so two handles stand for two processes;
//! where the death of one matters, it is a real process and is killed.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use readdress_core::change::State;
use readdress_core::db::{ChangeWrite, Db, Expect};
use readdress_core::error::Code;
use readdress_core::folder::Folder;

use crate::support::{Place, add_change, add_profile, set_state};

const FOLDER: &str = "READDRESS_TEST_FOLDER";

#[test]
fn only_one_of_two_wins_each_version() {
    const ROUNDS: u32 = 200;
    let place = Place::new();
    let [app, cli] = [place.db(), place.db()];
    let planned = add_change(&app, &add_profile(&app, "Ana"), 1);
    let count_up = |db: &Db| {
        let (mut won, mut lost) = (0, 0);
        while won < ROUNDS {
            let mut change = db.change(planned.id).unwrap().change;
            change.tries += 1;
            let version = change.version;
            match db.commit_blocking(ChangeWrite::new(change, Expect::Version(version))) {
                Ok(()) => won += 1,
                Err(problem) if problem.code == Code::Busy => lost += 1,
                Err(problem) => panic!("{problem:?}"),
            }
        }
        lost
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| count_up(&cli));
        count_up(&app);
        other.join().unwrap();
    });
    let end = app.change(planned.id).unwrap().change;
    assert_eq!(
        (end.tries, end.version),
        (2 * ROUNDS, u64::from(2 * ROUNDS) + 1)
    );
}

#[test]
fn many_programs_may_make_the_folder_at_once() {
    let place = Place::new();
    let open: Vec<Db> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| place.db())).collect();
        starts
            .into_iter()
            .map(|start| start.join().unwrap())
            .collect()
    });
    add_profile(&open[0], "Ana");
    for db in &open {
        assert_eq!(db.profile_by_label("ana").unwrap().label, "Ana");
    }
}

#[test]
fn intents_of_the_dead_are_found_and_those_of_the_living_are_not() {
    let place = Place::new();
    let db = place.db();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "processes::dies_while_sending",
            "--ignored",
            "--nocapture",
        ])
        .env(FOLDER, place.folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("sending")));

    let label = |id| db.change(id).unwrap().change.label;
    let mine = set_state(
        &db,
        &add_change(&db, &add_profile(&db, "mine"), 1),
        State::Requesting,
    );
    assert_eq!(mine.owner, Some(db.process()));
    assert!(db.interrupted().unwrap().is_empty(), "the other one lives");
    child.kill().unwrap();
    child.wait().unwrap();
    let mut found: Vec<_> = db.interrupted().unwrap().into_iter().map(label).collect();
    found.sort();
    assert_eq!(found, ["requesting", "resending", "verifying"]);

    for id in db.interrupted().unwrap() {
        let mut change = db.change(id).unwrap().change;
        (change.state, change.resending) = (State::Unknown, false);
        let version = change.version;
        db.commit_blocking(ChangeWrite::new(change, Expect::Version(version)))
            .unwrap();
        assert_eq!(db.change(id).unwrap().change.owner, None);
    }
    assert!(db.interrupted().unwrap().is_empty());
    let locks = std::fs::read_dir(place.folder.path().join("locks")).unwrap();
    let names: Vec<_> = locks
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        names
            .iter()
            .all(|name| *name == db.process().to_string() || name == "schema"),
        "{names:?}"
    );
}

/// Run by the test above, as a process of its own.
#[test]
#[ignore = "helper process"]
fn dies_while_sending() {
    let folder = Folder::open(std::env::var_os(FOLDER).unwrap().as_ref()).unwrap();
    let db = Db::open(&folder).unwrap();
    for (label, state) in [
        ("requesting", State::Requesting),
        ("verifying", State::Verifying),
        ("planned", State::Planned),
    ] {
        let planned = add_change(&db, &add_profile(&db, label), 1);
        set_state(&db, &planned, state);
    }
    let mut resending = add_change(&db, &add_profile(&db, "resending"), 1);
    (resending.state, resending.resending) = (State::AwaitingCode, true);
    let version = resending.version;
    db.commit_blocking(ChangeWrite::new(resending, Expect::Version(version)))
        .unwrap();
    println!("sending");
    std::thread::sleep(std::time::Duration::from_secs(60));
}

#[test]
fn commits_of_others_are_seen_and_own_ones_are_not() {
    let place = Place::new();
    let [app, cli] = [place.db(), place.db()];
    let before = app.data_version();
    add_profile(&app, "Ana");
    assert_eq!(app.data_version(), before);
    add_profile(&cli, "Bea");
    assert_ne!(app.data_version(), before);
}

#[test]
fn readers_do_not_wait_for_a_writer() {
    let place = Place::new();
    let db = place.db();
    add_profile(&db, "Ana");
    let other = rusqlite::Connection::open(place.folder.db_path()).unwrap();
    other
        .execute_batch("BEGIN IMMEDIATE; DELETE FROM profiles")
        .unwrap();
    assert_eq!(db.profile_by_label("Ana").unwrap().label, "Ana");
    // A write waits for its turn and then goes through.
    std::thread::scope(|scope| {
        let write = scope.spawn(|| add_profile(&db, "Bea"));
        std::thread::sleep(std::time::Duration::from_millis(50));
        assert!(!write.is_finished());
        other.execute_batch("ROLLBACK").unwrap();
        write.join().unwrap();
    });
}

/// Like `dies_while_sending`: the lock goes with its process, and what it had not committed with it.
#[test]
fn a_writer_that_dies_inside_its_transaction_holds_nobody_up() {
    let place = Place::new();
    let db = place.db();
    let ana = add_profile(&db, "Ana");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "processes::dies_while_writing",
            "--ignored",
            "--nocapture",
        ])
        .env(FOLDER, place.folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("writing")));
    std::thread::scope(|scope| {
        let write = scope.spawn(|| add_profile(&db, "Bea"));
        std::thread::sleep(std::time::Duration::from_millis(100));
        assert!(!write.is_finished(), "the other one holds the lock");
        child.kill().unwrap();
        child.wait().unwrap();
        write.join().unwrap();
    });
    assert_eq!(
        db.profile(ana.id).unwrap().label,
        "Ana",
        "it was not committed"
    );
    assert_eq!(db.profile_by_label("Bea").unwrap().label, "Bea");
    db.check().unwrap();
}

/// Run by the test above, as a process of its own.
#[test]
#[ignore = "helper process"]
fn dies_while_writing() {
    let folder = Folder::open(std::env::var_os(FOLDER).unwrap().as_ref()).unwrap();
    let _alive = Db::open(&folder).unwrap();
    let other = rusqlite::Connection::open(folder.db_path()).unwrap();
    other
        .execute_batch("BEGIN IMMEDIATE; UPDATE profiles SET label = 'half'")
        .unwrap();
    println!("writing");
    std::thread::sleep(std::time::Duration::from_secs(60));
}

#[test]
fn a_lock_file_removed_by_hand_kills_nobody() {
    let place = Place::new();
    let [app, cli] = [place.db(), place.db()];
    let planned = add_change(&app, &add_profile(&app, "Ana"), 1);
    set_state(&app, &planned, State::Requesting);
    let file = place
        .folder
        .path()
        .join("locks")
        .join(app.process().to_string());
    std::fs::remove_file(&file).unwrap();
    app.stay_alive().unwrap();
    assert!(file.exists());
    assert!(cli.interrupted().unwrap().is_empty(), "it lives");
    app.stay_alive().unwrap();
    // That of a dead one may go: its work is found all the same.
    drop(app);
    assert!(!file.exists());
    assert_eq!(cli.interrupted().unwrap(), [planned.id]);
}

#[test]
fn a_neighbour_that_commits_without_pause_starves_nobody() {
    let place = Place::new();
    let [busy, other] = [place.db(), place.db()];
    let end = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (busy, end) = (&busy, &end);
            scope.spawn(move || {
                for n in 0.. {
                    if end.load(std::sync::atomic::Ordering::Relaxed) {
                        return;
                    }
                    add_profile(busy, &format!("busy {thread} {n}"));
                }
            });
        }
        let begun = std::time::Instant::now();
        for n in 0..40 {
            add_profile(&other, &format!("other {n}"));
        }
        end.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(
            begun.elapsed().as_secs() < 20,
            "40 writes took {:?}",
            begun.elapsed()
        );
    });
    other.check().unwrap();
}
