//! Six programs and the window's engine on one folder at the same time, for many rounds: nothing is sent twice, nothing is
//! lost, nobody waits for ever.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use readdress_core::ask::{ProfileEdit, RequestChange, Settle};
use readdress_core::change::{EventKind, State};
use readdress_core::engine::Engine;
use readdress_core::error::{Code, Problem};
use readdress_core::view::{ChangeView, HistoryFilter};
use readdress_sandbox::{Fault, FaultKind, Service};
use uuid::Uuid;

use crate::stage::{Ran, Stage};

const PROGRAMS: u64 = 6;
const ROUNDS: u64 = 36;
const LIMIT: Duration = Duration::from_secs(150);

/// What a contender may be told, with its exit code. Anything else is a defect: `internal`, `database_busy`, an outcome
/// that is unknown although every answer came.
const TOLD: [(Code, i32); 16] = [
    (Code::Busy, 1),
    (Code::ChangeOpen, 1),
    (Code::ChangeNotOpen, 1),
    (Code::RateLimited, 1),
    (Code::CodeWrong, 1),
    (Code::CodeExpired, 1),
    (Code::CodeNotFound, 1),
    (Code::CodeRefusedBefore, 1),
    (Code::TooManyAttempts, 1),
    (Code::NothingPending, 1),
    (Code::RequestRefused, 1),
    (Code::EmailSame, 1),
    (Code::EmailTaken, 1),
    (Code::NotSupported, 1),
    (Code::ChangeUnknown, 2),
    (Code::ProfileUnknown, 2),
];

pub fn ask(profile: Uuid, to: &str) -> RequestChange {
    RequestChange {
        profile_id: profile,
        to: to.to_owned(),
        secrets: BTreeMap::new(),
        replace: false,
        anyway: false,
        undo_of: None,
    }
}

/// The account of each shared profile: its service, its id in the sandbox's counters, its id here.
struct Shared {
    service: Service,
    account: String,
    profile: String,
}

fn share(
    stage: &Stage,
    service: Service,
    label: &str,
    fields: &[&str],
    secrets: &[(&str, &str)],
) -> String {
    let mut call = stage.with_key(&[
        "profile",
        "add",
        "--json",
        "--service",
        service.id(),
        "--label",
        label,
    ]);
    call = call.arg("--base-url").arg(stage.sandbox.urls().of(service));
    for field in fields {
        call = call.arg("--field").arg(field);
    }
    for (name, value) in secrets {
        let variable = format!("TEST_{}", name.to_uppercase());
        call = call
            .arg("--secret")
            .arg(&format!("{name}={variable}"))
            .env(&variable, value);
    }
    let added = call.run().ends(0).json();
    added["id"].as_str().expect("an id").to_owned()
}

fn shared(stage: &Stage) -> Vec<Shared> {
    let mut all = Vec::new();
    for n in 0..2 {
        let account = format!("3C4F00A1B2C3D4E5F6071829{n:08}");
        let field = format!("instance_id={account}");
        let token = format!("0A1B2C3D4E5F60718293A4B5{n:08}");
        let profile = share(
            stage,
            Service::ZApi,
            &format!("z{n}"),
            &[&field],
            &[("token", &token)],
        );
        all.push(Shared {
            service: Service::ZApi,
            account,
            profile,
        });
    }
    let key = "webshare-key-of-the-pair-0123456789abcdef".to_owned();
    let secrets = [
        ("api_key", key.as_str()),
        ("password", "correct horse battery"),
    ];
    let profile = share(stage, Service::Webshare, "w", &[], &secrets);
    all.push(Shared {
        service: Service::Webshare,
        account: key,
        profile,
    });
    let key = "mannco-key-of-the-pair-0123456789abcdef".to_owned();
    let profile = share(stage, Service::ManncoStore, "m", &[], &[("api_key", &key)]);
    all.push(Shared {
        service: Service::ManncoStore,
        account: key,
        profile,
    });
    all
}

/// A number that looks random and is the same in each run.
fn pick(program: u64, round: u64, of: u64) -> u64 {
    let mixed = (program * 1_000_003 + round * 7919 + 12_345).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 33) % of
}

fn address(program: u64, round: u64) -> String {
    // A few for all: two programs may also want the very same change.
    format!("to{}@practice.example", pick(round, program, 3))
}

/// A code or link that was mailed last to anybody: right, outdated, or of another change.
fn code(stage: &Stage) -> String {
    let mail = stage.sandbox.mails(None, None).pop();
    mail.and_then(|mail| mail.code.or(mail.link))
        .unwrap_or_else(|| "123456".to_owned())
}

fn call(stage: &Stage, program: u64, round: u64, shared: &[Shared]) -> Ran {
    let one = &shared[usize::try_from(pick(program, round, shared.len() as u64)).expect("small")];
    let name = one.profile.as_str();
    let to = address(program, round);
    let code = code(stage);
    match pick(round, program, 9) {
        0 | 1 => stage.json(&["change", name, "--to", &to]),
        2 => stage.json(&["change", name, "--to", &to, "--replace"]),
        3 | 4 => stage.json(&["verify", name, "--code", &code]),
        5 => stage.json(&["resend", name]),
        6 => stage.json(&["cancel", name]),
        7 => stage.json(&["settle", name]),
        _ => stage.json(&["read", name]),
    }
}

#[track_caller]
fn check_told(code: Option<Code>, exit: Option<i32>, what: &str) {
    match code {
        None => assert!(exit.is_none_or(|exit| exit == 0), "{what}"),
        Some(code) => {
            let known = TOLD.iter().find(|(told, _)| *told == code);
            let (_, expected) = known.unwrap_or_else(|| panic!("{code:?}: {what}"));
            assert!(exit.is_none_or(|exit| exit == *expected), "{what}");
        }
    }
}

fn check_ran(ran: &Ran) {
    let code = ran.json()["error"]["code"]
        .as_str()
        .map(|name| Code::from_name(name).expect("a code"));
    check_told(code, Some(ran.code), &format!("{ran:?}"));
}

/// One program: calls on the shared profiles, and edits, additions and removals of its own.
fn program(stage: &Stage, program: u64, shared: &[Shared], own: &str) {
    for round in 0..ROUNDS {
        check_ran(&call(stage, program, round, shared));
        match round % 4 {
            0 => {
                let label = format!("own {program} {round}");
                stage
                    .json(&["profile", "edit", own, "--label", &label])
                    .ends(0);
            }
            1 => {
                let field = format!("instance_id=OWN{program:013}{round:016}");
                stage
                    .json(&["profile", "edit", own, "--field", &field])
                    .ends(0);
            }
            2 => {
                let label = format!("passing {program} {round}");
                let field = format!("instance_id=PASSING{program:09}{round:016}");
                let id = share(
                    stage,
                    Service::ZApi,
                    &label,
                    &[&field],
                    &[("token", "T0K3N0000000000000000000")],
                );
                stage.json(&["profile", "remove", &id]).ends(0);
            }
            _ => {
                stage.json(&["pending"]).ends(0);
                stage.json(&["history"]).ends(0);
            }
        }
    }
}

/// The window's part: the same in one process that stays, several calls at a time.
async fn window(stage: &Stage, engine: &Engine, shared: &[Shared], part: u64) {
    let told = |done: Result<ChangeView, Problem>, what: &str| {
        let code = done.err().map(|problem| problem.code);
        check_told(code, None, &format!("{what}: {code:?}"));
    };
    for round in 0..ROUNDS * 2 {
        let one = &shared[usize::try_from(pick(part, round, shared.len() as u64)).expect("small")];
        let profile: Uuid = one.profile.parse().expect("a uuid");
        let change = engine.find_change(&one.profile);
        let once = BTreeMap::new();
        match (pick(round, part, 6), change) {
            (0, _) | (_, Err(_)) => {
                let ask = ask(profile, &address(part, round));
                told(engine.request_change(ask).await, "request");
            }
            (1, Ok(change)) => told(engine.submit_code(change, &code(stage)).await, "submit"),
            (2, Ok(change)) => told(engine.resend_code(change, &once, false).await, "resend"),
            (3, Ok(change)) => told(
                engine.settle_change(change, Settle::Check, &once).await,
                "check",
            ),
            (4, Ok(change)) => told(engine.cancel_change(change).await, "cancel"),
            _ => {
                engine.data_version();
                engine.read_profile(profile).await.expect("read");
            }
        }
    }
}

#[test]
fn six_programs_and_a_window_share_one_folder() {
    let stage = Stage::new();
    let shared = shared(&stage);
    let own: Vec<String> = (0..PROGRAMS)
        .map(|n| {
            let field = format!("instance_id=BEGIN{n:027}");
            share(
                &stage,
                Service::ZApi,
                &format!("own {n}"),
                &[&field],
                &[("token", "T0K3N0000000000000000000")],
            )
        })
        .collect();
    stage.sandbox.clear_counters();
    // Between a look and an intent there is a read: long enough for another program.
    for service in [Service::ZApi, Service::Webshare, Service::ManncoStore] {
        let late = Fault::new(service, FaultKind::Late).on("read");
        stage.sandbox.add_fault(late.delayed(60));
    }
    let begun = Instant::now();
    let (engine, runtime) = stage.engine();
    let edited: Uuid = own[0].parse().expect("a uuid");
    std::thread::scope(|scope| {
        for n in 0..PROGRAMS {
            let (stage, shared, own) = (&stage, &shared, &own);
            scope
                .spawn(move || program(stage, n, shared, &own[usize::try_from(n).expect("small")]));
        }
        runtime.block_on(async {
            tokio::join!(
                window(&stage, &engine, &shared, 100),
                window(&stage, &engine, &shared, 101),
                window(&stage, &engine, &shared, 102),
                // The same profile that the first program renames and moves: its key is the window's to replace.
                async {
                    for round in 0..ROUNDS {
                        let secret = readdress_core::secret::Secret::new(format!("{:024}", round));
                        let edit = ProfileEdit {
                            secrets: BTreeMap::from([("client_token".to_owned(), secret)]),
                            ..ProfileEdit::default()
                        };
                        engine.edit_profile(edited, edit).await.expect("edited");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                },
            );
        });
    });
    assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
    check_edits(&engine, &own);
    check_journal(&stage, &engine, &shared);
    let folder = readdress_core::folder::Folder::open(&stage.folder.path().join("data"));
    readdress_core::db::Db::open(&folder.expect("there"))
        .expect("opens")
        .check()
        .expect("sound");
}

/// The last edit of each field of each profile is there; what came and went is gone.
fn check_edits(engine: &Engine, own: &[String]) {
    for (n, id) in own.iter().enumerate() {
        let view = engine.profile(id.parse().expect("a uuid")).expect("there");
        let last = |part: u64| {
            (0..ROUNDS)
                .rev()
                .find(|round| round % 4 == part)
                .expect("one")
        };
        assert_eq!(view.label, format!("own {n} {}", last(0)));
        assert_eq!(
            view.fields["instance_id"],
            format!("OWN{n:013}{:016}", last(1))
        );
        assert!(view.has_secret.contains_key("token"));
    }
    let first = engine
        .profile(own[0].parse().expect("a uuid"))
        .expect("there");
    assert_eq!(first.has_secret["client_token"], 24);
    let all = engine.profiles(None, 500).expect("listed").items;
    assert!(
        all.iter()
            .all(|profile| !profile.label.starts_with("passing"))
    );
}

/// Each intent reached its service once, each has its answer, and nothing else arrived there.
fn check_journal(stage: &Stage, engine: &Engine, shared: &[Shared]) {
    let page = engine
        .history(&HistoryFilter::default(), None, 10_000, true)
        .expect("listed");
    assert!(page.items.len() > 10, "{} changes", page.items.len());
    let mut intents = BTreeMap::<(String, String), u64>::new();
    for change in &page.items {
        assert!(
            !matches!(
                change.state,
                State::Unknown | State::Requesting | State::Verifying
            ),
            "{change:?}"
        );
        let of = |kinds: &[EventKind]| {
            change
                .events
                .iter()
                .filter(|event| kinds.contains(&event.kind))
                .count()
        };
        assert_eq!(
            of(&[EventKind::Intent]),
            of(&[EventKind::Answer]),
            "{change:?}"
        );
        // Never two on their way: who sends has claimed the change until its answer is on disk.
        let mut under_way = false;
        for event in &change.events {
            match event.kind {
                EventKind::Intent => {
                    assert!(!under_way, "sent twice: {change:?}");
                    under_way = true;
                }
                EventKind::Answer => under_way = false,
                _ => {}
            }
        }
        let Some(profile) = change.profile_id else {
            continue;
        };
        for event in change
            .events
            .iter()
            .filter(|event| event.kind == EventKind::Intent)
        {
            let step = event.step.clone().expect("a step");
            *intents.entry((profile.to_string(), step)).or_default() += 1;
        }
    }
    let mut sent = 0;
    for one in shared {
        for step in ["request", "verify"] {
            let received = stage
                .sandbox
                .count_of(one.service, step, &one.account)
                .received;
            let claimed = intents
                .remove(&(one.profile.clone(), step.to_owned()))
                .unwrap_or(0);
            assert_eq!(received, claimed, "{step} of {}", one.account);
            sent += received;
        }
    }
    assert!(intents.is_empty(), "{intents:?}");
    assert!(sent > 20, "only {sent} calls were made");
}
