//! The face that scripts are written against: keys, commands, one document, exit codes.

use std::collections::BTreeSet;

use readdress_sandbox::Service;
use serde_json::Value;

use crate::stage::{NEW, Stage};

#[track_caller]
fn has(document: &Value, keys: &[&str]) {
    let there: BTreeSet<&str> = document
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    for key in keys {
        assert!(there.contains(key), "no {key} in {document}");
    }
}

const CHANGE: [&str; 7] = [
    "change",
    "profile",
    "to",
    "state",
    "waits_for",
    "expires_at",
    "retry_at",
];
const ERROR: [&str; 4] = ["code", "params", "service_says", "retry_at"];
const PROFILE: [&str; 9] = [
    "id",
    "label",
    "service",
    "base_url",
    "fields",
    "has_secret",
    "email",
    "verified",
    "checked_at",
];

#[test]
fn every_document_has_its_keys() {
    let stage = Stage::new();
    has(&stage.add(Service::ManncoStore, "m").json(), &PROFILE);
    has(&stage.json(&["profile", "list"]).json()[0], &PROFILE);
    has(&stage.json(&["read", "m"]).json(), &["email", "verified"]);
    has(&stage.requested("m"), &CHANGE);
    let refused = stage.json(&["resend", "m"]).ends(1).json();
    has(&refused, &CHANGE);
    has(&refused["error"], &ERROR);
    has(&stage.json(&["pending"]).json()[0], &CHANGE);
    has(&stage.json(&["pending"]).json()[0], &["events"]);
    has(&stage.json(&["settle", "m"]).ends(0).json(), &CHANGE);
    has(&stage.json(&["cancel", "m"]).ends(0).json(), &CHANGE);
    has(&stage.json(&["history"]).json()[0], &["events", "state"]);
    let unknown = stage.json(&["read", "nobody"]).ends(2).json();
    assert_eq!(
        unknown.as_object().map(|members| members.len()),
        Some(1),
        "no change, so `error` alone"
    );
    has(&unknown["error"], &ERROR);
}

#[test]
fn times_are_utc_to_the_millisecond() {
    let stage = Stage::new();
    stage.add(Service::ManncoStore, "m");
    let change = stage.requested("m");
    for key in ["expires_at", "resend_at", "created_at"] {
        let time = change[key].as_str().expect("a time");
        assert!(
            time.ends_with('Z') && time.len() <= "2026-11-20T08:00:00.000Z".len(),
            "{key}: {time}"
        );
    }
}

#[test]
fn services_are_named_with_their_fields() {
    let stage = Stage::new();
    let services = stage.json(&["services"]).ends(0).json();
    let fields = |id: &str| -> Vec<(String, bool)> {
        let service = services
            .as_array()
            .expect("a list")
            .iter()
            .find(|service| service["id"] == id)
            .expect(id);
        let field = |field: &Value| {
            (
                field["id"].as_str().expect("an id").to_owned(),
                field["secret"] == true,
            )
        };
        service["fields"]
            .as_array()
            .expect("fields")
            .iter()
            .map(field)
            .collect()
    };
    let named = |list: &[(&str, bool)]| {
        list.iter()
            .map(|(id, secret)| ((*id).to_owned(), *secret))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        fields("z-api"),
        named(&[
            ("instance_id", false),
            ("token", true),
            ("client_token", true)
        ])
    );
    assert_eq!(
        fields("webshare"),
        named(&[("api_key", true), ("password", true)])
    );
    assert_eq!(
        fields("mannco-store"),
        named(&[("api_key", true), ("session_token", true)])
    );
    assert_eq!(
        stage.json(&["services", "show", "z-api"]).ends(0).json()["name"],
        "Z-API"
    );
    assert_eq!(
        stage.json(&["services", "show", "nobody"]).ends(2).error(),
        "service_unknown"
    );
    let text = stage.words(&["services"]).ends(0).stdout;
    for line in [
        "instance_id token* [client_token*]",
        "api_key* [password*]",
        "api_key*|session_token*",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn flags_may_stand_before_the_command() {
    let stage = Stage::new();
    let ran = stage.bare(&["--json", "pending"]).run().ends(0);
    assert_eq!(ran.stdout, "[]\n");
    assert!(ran.stderr.is_empty(), "{ran:?}");
}

#[test]
fn stdout_holds_the_answer_and_nothing_else() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    let ran = stage.json(&["change", "z", "--to", NEW]).ends(0);
    assert_eq!(ran.stdout.lines().count(), 1);
    assert!(ran.stderr.is_empty(), "{ran:?}");
    let logged = stage
        .with_key(&["resend", "z", "--json"])
        .env("READDRESS_LOG", "trace")
        .run()
        .ends(0);
    assert_eq!(logged.stdout.lines().count(), 1);
    assert!(!logged.stderr.is_empty(), "the log is on stderr");
}
