//! `pending` and `history`: order, filters, CSV, and a reader that goes away.

use readdress_sandbox::Service;
use serde_json::json;

use crate::stage::{NEW, Stage};

fn two_changes() -> Stage {
    let stage = Stage::new();
    stage.add(Service::ZApi, "=Formula");
    stage.add(Service::Webshare, "Other");
    stage.requested("=Formula");
    stage
        .json(&["verify", "=Formula", "--code", &stage.code()])
        .ends(0);
    stage.requested("Other");
    stage
}

#[test]
fn filters_narrow_the_history() {
    let stage = two_changes();
    let count = |args: &[&str]| {
        let args: Vec<&str> = ["history"].iter().chain(args).copied().collect();
        stage.json(&args).ends(0).json().as_array().map(Vec::len)
    };
    assert_eq!(count(&[]), Some(2));
    assert_eq!(count(&["--state", "changed"]), Some(1));
    assert_eq!(count(&["--state", "awaiting_code"]), Some(1));
    assert_eq!(count(&["--state", "refused"]), Some(0));
    assert_eq!(count(&["--service", "webshare"]), Some(1));
    assert_eq!(count(&["--profile", "other"]), Some(1));
    assert_eq!(count(&["--text", "formula"]), Some(1));
    assert_eq!(count(&["--limit", "1"]), Some(1));
    let newest = stage.json(&["history", "--limit", "1"]).json();
    assert_eq!(newest[0]["profile"], "Other");
}

#[test]
fn csv_has_a_line_a_change_and_no_formulas() {
    let stage = two_changes();
    let csv = stage.words(&["history", "--csv"]).ends(0).stdout;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(
        lines[0].starts_with("change,profile,service,from,to,state,"),
        "{csv}"
    );
    assert!(csv.contains("'=Formula"), "{csv}");
    let filtered = stage
        .words(&["history", "--csv", "--state", "changed"])
        .ends(0)
        .stdout;
    assert_eq!(filtered.lines().count(), 2);
}

#[test]
fn events_tell_the_story_in_order() {
    let stage = two_changes();
    let change = stage.json(&["history", "--state", "changed"]).json()[0].clone();
    let events = change["events"].as_array().expect("events").clone();
    let kinds: Vec<_> = events
        .iter()
        .map(|event| event["kind"].as_str().expect("a kind"))
        .collect();
    assert_eq!(kinds.first(), Some(&"planned"));
    assert_eq!(
        kinds.iter().filter(|kind| **kind == "intent").count(),
        2,
        "{kinds:?}"
    );
    assert_eq!(kinds.last(), Some(&"read_back"));
    assert!(events.iter().any(|event| event["status"] == json!(200)));
}

#[test]
fn words_for_a_person() {
    let stage = two_changes();
    let pending = stage.words(&["pending"]).ends(0).stdout;
    assert!(
        pending.contains("Link needed") && pending.contains(NEW),
        "{pending}"
    );
    let history = stage.words(&["history"]).ends(0).stdout;
    assert!(
        history.contains("Changed") && history.lines().count() == 2,
        "{history}"
    );
    assert!(
        stage
            .words(&["profile", "list"])
            .ends(0)
            .stdout
            .contains("=Formula")
    );
}
