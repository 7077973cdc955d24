//! Zones, and clocks that are wrong, as a person at the command line meets them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use readdress_sandbox::{Fault, FaultKind, RetryAfter, Service};

use crate::stage::{NEW, Stage, engine_in};

fn set_date(stage: &Stage, seconds: i64) {
    stage.sandbox.change_settings(|settings| {
        settings.date_ahead.insert(Service::ZApi, seconds);
    });
}

#[test]
fn a_clock_that_is_off_is_told_and_stops_nothing() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    set_date(&stage, 3600 + 290);
    let read = stage.json(&["read", "z"]).ends(0);
    let notice = &read.json()["notices"][0];
    assert_eq!(notice["code"], "clock_off");
    assert_eq!(notice["params"]["reason"], "here_behind");
    assert_eq!(notice["params"]["span"], "1 h 5 min");
    let message = notice["message"].as_str().expect("a sentence");
    assert!(
        message.contains("This computer's clock is 1 h 5 min behind Z-API's"),
        "{message}"
    );
    assert!(read.stderr.contains(message), "{read:?}");

    for (language, words) in [
        ("pt_BR", "está 2 h atrasado"),
        ("es_ES", "va 2 h por detrás"),
    ] {
        set_date(&stage, 2 * 3600);
        let read = stage.with_key(&["read", "z"]);
        let read = read
            .env("LC_ALL", &format!("{language}.UTF-8"))
            .run()
            .ends(0);
        assert!(read.stderr.contains(words), "{read:?}");
    }
    // Beside what went wrong, too.
    set_date(&stage, -7200);
    let account = Fault::new(
        Service::ZApi,
        FaultKind::RateLimited(RetryAfter::Seconds(30)),
    );
    stage.sandbox.add_fault(account.on("request").times(1));
    let refused = stage.json(&["change", "z", "--to", NEW]).ends(1);
    assert_eq!(refused.error(), "rate_limited");
    assert_eq!(
        refused.json()["notices"][0]["params"]["reason"],
        "here_ahead"
    );

    set_date(&stage, 0);
    let read = stage.json(&["read", "z"]).ends(0);
    assert!(read.json().get("notices").is_none(), "{read:?}");
    assert!(!read.stderr.contains("clock"), "{read:?}");
}

/// What it says of a time that is known from JSON, with `TZ` as given.
fn told_in(stage: &Stage, zone: &str) -> (Timestamp, String) {
    let refused = stage
        .with_key(&["change", "z", "--to", NEW])
        .env("TZ", zone);
    let refused = refused.arg("--json").run().ends(1);
    let at = refused.json()["error"]["retry_at"]
        .as_str()
        .expect("a time")
        .to_owned();
    (at.parse().expect("RFC 3339"), refused.stderr)
}

#[test]
fn times_are_told_in_the_zone_of_this_computer() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    let wait = Fault::new(
        Service::ZApi,
        FaultKind::RateLimited(RetryAfter::Seconds(3000)),
    );
    stage.sandbox.add_fault(wait.on("request").times(1));
    stage.json(&["change", "z", "--to", NEW]).ends(1);
    for zone in [
        "America/Sao_Paulo",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Kiritimati",
    ] {
        let (at, told) = told_in(&stage, zone);
        let local = at.to_zoned(TimeZone::get(zone).expect("a zone"));
        // JSON rounds up to the millisecond, a person reads minutes.
        let expected = local.strftime("%Y-%m-%d %H:%M %Z").to_string();
        assert!(told.contains(&expected), "{zone}: {expected} not in {told}");
    }
    for broken in [
        "Mars/Olympus",
        ":/no/such/file",
        "",
        "\u{1b}[31m",
        "UTC0:99:99,,",
    ] {
        let (at, told) = told_in(&stage, broken);
        let expected = at.strftime("%Y-%m-%d %H:%M UTC").to_string();
        assert!(
            told.contains(&expected),
            "{broken:?}: {expected} not in {told}"
        );
    }
}

/// A request by a program whose clock is so many hours ahead. The clock belongs to the process, hence one of its own.
fn write_ahead(stage: &Stage, hours: i64, label: &str) {
    let mut child = std::process::Command::new(std::env::current_exe().expect("this test"));
    child.args(["--exact", "clock::writes_ahead", "--ignored"]);
    let folder = stage.folder.path().to_str().expect("a path");
    let told = [
        ("FOLDER", folder),
        ("HOURS", &hours.to_string()),
        ("LABEL", label),
    ];
    for (name, value) in told {
        child.env(format!("TEST_{name}"), value);
    }
    assert!(child.status().expect("it ran").success());
}

/// Run by the test below, as a process of its own.
#[test]
#[ignore = "helper process"]
fn writes_ahead() {
    let told = |name: &str| std::env::var(format!("TEST_{name}")).expect("told");
    let hours = told("HOURS").parse().expect("a number");
    readdress_core::clock::move_to(jiff::SignedDuration::from_hours(hours));
    let (engine, runtime) = engine_in(std::path::Path::new(&told("FOLDER")));
    let profile = engine.find_profile(&told("LABEL")).expect("found");
    let sent = runtime.block_on(engine.request_change(crate::pair::ask(profile, NEW)));
    assert!(sent.expect("sent").open);
}

/// The journal was written by a clock that was three days ahead, in another program.
#[test]
fn after_the_clock_was_set_back_the_command_line_counts_right() {
    let stage = Stage::new();
    stage.add(Service::ManncoStore, "m");
    write_ahead(&stage, 72, "m");
    let pending = stage.json(&["pending"]).ends(0).json();
    let open = &pending[0];
    assert_eq!(open["state"], "awaiting_code", "{pending}");
    let until = |name: &str| {
        let at: Timestamp = open[name]
            .as_str()
            .expect("a time")
            .parse()
            .expect("RFC 3339");
        at.duration_since(Timestamp::now()).as_secs()
    };
    assert!((1..=300).contains(&until("resend_at")), "{pending}");
    assert!(
        (86_000..=86_400).contains(&until("expires_at")),
        "{pending}"
    );
    assert!(until("requested_at") <= 0, "{pending}");
    stage.json(&["cancel", "m"]).ends(0);
    let early = stage.json(&["change", "m", "--to", NEW]).ends(1);
    let at: Timestamp = early.json()["error"]["retry_at"]
        .as_str()
        .expect("a time")
        .parse()
        .expect("RFC 3339");
    assert!(
        (1..=300).contains(&at.duration_since(Timestamp::now()).as_secs()),
        "{early:?}"
    );
    assert_eq!(
        stage
            .sandbox
            .count(Service::ManncoStore, "request")
            .received,
        1
    );
}
