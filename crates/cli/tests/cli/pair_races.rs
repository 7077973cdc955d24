//! Several programs start at the same instant: in a fresh folder, on one profile, for one code, for the last place of a limit.

use readdress_core::manifest::LimitOf;
use readdress_sandbox::{Fault, FaultKind, Service};

use crate::stage::{Call, Ran, Stage, ran};

const AT_ONCE: usize = 5;

/// Starts them all before it waits for the first.
fn at_once(calls: Vec<Call>) -> Vec<Ran> {
    let children: Vec<_> = calls.into_iter().map(Call::spawn).collect();
    children.into_iter().map(ran).collect()
}

/// Those that did it; all others were told one of `told`, and exit with 1.
#[track_caller]
fn done<'a>(runs: &'a [Ran], told: &[&str]) -> Vec<&'a Ran> {
    for lost in runs.iter().filter(|ran| ran.code != 0) {
        assert_eq!(lost.code, 1, "{lost:?}");
        assert!(told.contains(&lost.error().as_str()), "{lost:?}");
        assert!(lost.stderr.contains("Next: "), "{lost:?}");
    }
    runs.iter().filter(|ran| ran.code == 0).collect()
}

fn add(stage: &Stage, data: &std::path::Path, n: usize) -> Call {
    let field = format!("instance_id=3C4F00A1B2C3D4E5F6071829{n:08}");
    let call = Call::new(data, &["profile", "add", "--json", "--service", "z-api"]);
    let call = call
        .arg("--label")
        .arg(&format!("p{n}"))
        .arg("--field")
        .arg(&field);
    call.arg("--secret")
        .arg("token=TOKEN")
        .env("TOKEN", &format!("0A1B2C3D4E5F60718293A4B5{n:08}"))
        .arg("--base-url")
        .arg(stage.sandbox.urls().of(Service::ZApi))
}

/// Each made the folder, the database, the schema and a vault with a data key, or found them made. Had there been two
/// keys, some secrets could not be opened.
fn share_a_fresh_folder(rounds: usize, programs: usize, with: &dyn Fn(Call) -> Call) {
    let stage = Stage::new();
    for round in 0..rounds {
        let data = stage.folder.path().join(format!("fresh {round}"));
        let added = at_once((0..programs).map(|n| with(add(&stage, &data, n))).collect());
        for ran in added {
            ran.ends(0);
        }
        for n in 0..programs {
            with(Call::new(&data, &["read", &format!("p{n}"), "--json"]))
                .run()
                .ends(0);
        }
        let folder = readdress_core::folder::Folder::open(&data).expect("there");
        readdress_core::db::Db::open(&folder)
            .expect("opens")
            .check()
            .expect("sound");
    }
}

#[test]
fn a_fresh_folder_with_a_key_file() {
    let key = tempfile::tempdir().expect("a folder");
    let file = key.path().join("key");
    let path = file.to_str().expect("a path");
    readdress_core::vault::new_key_file(&file).expect("a key");
    share_a_fresh_folder(6, AT_ONCE, &|call| call.env("READDRESS_KEY_FILE", path));
}

#[test]
fn a_fresh_folder_with_a_passphrase() {
    share_a_fresh_folder(1, 3, &|call| {
        call.env("READDRESS_PASSPHRASE", "four quiet words together")
    });
}

#[test]
fn one_profile_one_request_one_code() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    for round in 1..=4 {
        let calls = (0..AT_ONCE).map(|n| {
            let to = format!("r{round}.n{n}@practice.example");
            stage
                .with_key(&["change", "z", "--json"])
                .arg("--to")
                .arg(&to)
        });
        let runs = at_once(calls.collect());
        let won = done(&runs, &["change_open", "busy"]);
        assert_eq!(won.len(), 1, "{runs:?}");
        assert_eq!(
            stage.sandbox.count(Service::ZApi, "request").received,
            round
        );
        let to = won[0].json()["to"].as_str().expect("an address").to_owned();
        let code = stage
            .sandbox
            .last_mail(&to)
            .and_then(|mail| mail.code)
            .expect("a code");

        let calls = (0..AT_ONCE).map(|_| {
            stage
                .with_key(&["verify", "z", "--json"])
                .arg("--code")
                .arg(&code)
        });
        let runs = at_once(calls.collect());
        let won = done(&runs, &["change_not_open", "busy"]);
        assert_eq!(won.len(), 1, "{runs:?}");
        assert_eq!(stage.sandbox.count(Service::ZApi, "verify").received, round);
        assert_eq!(won[0].json()["state"], "changed");
    }
}

#[test]
fn one_resend_and_one_cancel() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    stage.requested("z");
    let calls = (0..AT_ONCE).map(|_| stage.with_key(&["resend", "z", "--json"]));
    let runs = at_once(calls.collect());
    let won = done(&runs, &["busy"]).len() as u64;
    // One after the other is allowed; at the same time is not.
    assert_eq!(
        stage.sandbox.count(Service::ZApi, "request").received,
        1 + won
    );
    let calls = (0..AT_ONCE).map(|_| stage.with_key(&["cancel", "z", "--json"]));
    let runs = at_once(calls.collect());
    assert_eq!(
        done(&runs, &["busy", "change_not_open"]).len(),
        1,
        "{runs:?}"
    );
}

#[test]
fn the_last_place_of_a_limit_is_taken_once() {
    let stage = Stage::new();
    for n in 0..AT_ONCE {
        let call = stage.with_key(&["profile", "add", "--service", "mannco-store"]);
        let call = call
            .arg("--label")
            .arg(&format!("m{n}"))
            .arg("--secret")
            .arg("api_key=KEY");
        let call = call.env("KEY", &format!("mannco-key-number-{n}-0123456789abcdef"));
        call.arg("--base-url")
            .arg(stage.sandbox.urls().of(Service::ManncoStore))
            .run()
            .ends(0);
    }
    let (engine, _runtime) = stage.engine();
    engine
        .set_limit_scope("mannco-store", Some(LimitOf::Service))
        .expect("kept");
    // All have looked at the limit before the first intent is written.
    let late = Fault::new(Service::ManncoStore, FaultKind::Late)
        .on("read")
        .delayed(700);
    stage.sandbox.add_fault(late);
    let calls = (0..AT_ONCE).map(|n| {
        let to = format!("m{n}@practice.example");
        stage
            .with_key(&["change", &format!("m{n}"), "--json"])
            .arg("--to")
            .arg(&to)
    });
    let runs = at_once(calls.collect());
    assert_eq!(done(&runs, &["rate_limited"]).len(), 1, "{runs:?}");
    assert_eq!(
        stage
            .sandbox
            .count(Service::ManncoStore, "request")
            .received,
        1
    );
    let mut told = runs.iter().filter(|ran| ran.code != 0);
    assert!(
        told.all(|ran| ran.json()["error"]["retry_at"].is_string()),
        "{runs:?}"
    );
}
