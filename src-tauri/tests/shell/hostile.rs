//! Every command with arguments that do not fit: each is answered with a problem, none panics, none repeats what was given.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::command_names::COMMANDS;
use crate::support::{Home, Shown};

const MARK: &str = "MARK-0f3a-of-what-was-given";

/// Each command's arguments by name, as the page passes them: read from the one file that calls, so that none is forgotten.
fn arguments() -> BTreeMap<&'static str, Vec<&'static str>> {
    let calls = include_str!("../../../ui/src/backend/tauri.ts");
    COMMANDS
        .iter()
        .map(|command| {
            let call = calls.split(&format!("invoke(\"{command}\"")).nth(1);
            let rest = call.unwrap_or_else(|| panic!("the page never calls {command}"));
            let names = rest
                .split(')')
                .next()
                .and_then(|given| given.strip_prefix(", {"));
            let names = names
                .and_then(|names| names.split('}').next())
                .unwrap_or_default();
            let names = names
                .split(',')
                .map(|name| name.split(':').next().unwrap_or(name).trim());
            (*command, names.filter(|name| !name.is_empty()).collect())
        })
        .collect()
}

fn all(names: &[&str], value: &Value) -> Value {
    let members = names.iter().map(|name| ((*name).to_owned(), value.clone()));
    Value::Object(members.collect::<Map<_, _>>())
}

fn deep(levels: usize) -> Value {
    (0..levels).fold(json!(MARK), |inner, level| {
        if level % 2 == 0 {
            json!([inner])
        } else {
            json!({ "a": inner })
        }
    })
}

/// A problem that names a defect without saying where is a panic that was caught.
fn refused(shown: &Shown, command: &str, given: Value, what: &str) {
    let begin = Instant::now();
    if let Err(problem) = shown.ask(command, given) {
        let told = format!("{problem:?}");
        assert!(
            !told.contains(MARK),
            "{command} repeats what was given ({what}): {told:.400}"
        );
        assert!(
            problem.code.as_str() != "internal"
                || problem.params.contains_key("argument")
                || problem.params.contains_key("what"),
            "{command} broke ({what}): {told:.400}"
        );
        assert!(
            told.len() < 20_000,
            "{command} answers with {} characters ({what})",
            told.len()
        );
    }
    assert!(
        begin.elapsed() < Duration::from_secs(20),
        "{command} took {:?} ({what})",
        begin.elapsed()
    );
}

#[test]
fn no_argument_whatever_breaks_a_command() {
    let home = Home::new();
    let shown = home.open();
    let arguments = arguments();
    assert!(arguments["add_profile"] == ["profile"] && arguments["open_link"] == ["url", "host"]);
    let wrong = [
        json!(null),
        json!(true),
        json!(-1e300),
        json!([MARK]),
        json!([[], {}, null]),
        json!({ MARK: MARK }),
        json!({ "service": [MARK], "kind": MARK, "profile_id": MARK, "proxy": { "kind": MARK } }),
        // As deep as a message from the window can be: its parser refuses more than 128 levels.
        deep(127),
    ];
    for (command, names) in &arguments {
        if names.is_empty() {
            continue;
        }
        let missing = shown.ask(command, json!({}));
        let optional = ["change_passphrase", "export_history"];
        match missing {
            Err(problem) => assert_eq!(problem.code.as_str(), "internal", "{command}"),
            Ok(answer) => assert!(
                !optional.contains(command),
                "{command} without arguments: {answer}"
            ),
        }
        for value in &wrong {
            // A list is read as a filter's members in order, an object as some of them: a dialog would follow, with nobody to leave it.
            if *command == "export_history" && (value.is_object() || value.is_array()) {
                continue;
            }
            refused(&shown, command, all(names, value), &format!("{value:.60}"));
        }
        for (at, name) in names.iter().enumerate() {
            let mut one = all(names, &json!("0192f0c0-0000-7000-8000-000000000001"));
            one[*name] = deep(3);
            refused(&shown, command, one, &format!("argument {at}"));
        }
    }
    assert_eq!(
        shown.get("get_app_state", json!({}))["mode"],
        "real",
        "it still answers"
    );
}

#[test]
fn texts_that_are_no_ids_and_texts_without_end_are_refused_soon() {
    let home = Home::new();
    let shown = home.open();
    let profile = crate::profiles::added(&shown);
    let huge = "x".repeat(50 << 20);
    let ids = json!("not-a-uuid-at-all");
    for (command, names) in &arguments() {
        for name in names
            .iter()
            .filter(|name| matches!(**name, "id" | "profileId" | "changeId"))
        {
            let mut given = all(names, &json!(""));
            given[*name] = ids.clone();
            let problem = shown.ask(command, given).expect_err(command);
            assert_eq!(
                problem.params.get("argument").map(String::as_str),
                Some(*name),
                "{command}"
            );
        }
    }
    let mailbox = |other: Value| {
        let mut mailbox = crate::mail::mailbox("ops@one.example", &[]);
        for (name, value) in other.as_object().into_iter().flatten() {
            mailbox[name] = value.clone();
        }
        json!({ "id": null, "mailbox": mailbox })
    };
    let new = |service: &str, label: &str, field: &str, secret: &str, base: &str| json!({ "profile": { "service": service, "label": label, "fields": { "instance_id": field }, "secrets": { "token": secret }, "base_url": base, "draft": null } });
    let calls = [
        ("read_pasted_profile", json!({ "text": huge })),
        ("understand_code", json!({ "changeId": null, "text": huge })),
        (
            "check_address",
            json!({ "profileId": profile, "text": huge }),
        ),
        (
            "preview_step",
            json!({ "profileId": profile, "step": "request", "value": huge }),
        ),
        (
            "preview_step",
            json!({ "profileId": profile, "step": huge, "value": "a@b.example" }),
        ),
        (
            "request_change",
            crate::support::request_to(&profile, &huge),
        ),
        ("add_profile", new(&huge, "l", "f", "s", "")),
        ("add_profile", new("z-api", &huge, "f", "s", "")),
        ("add_profile", new("z-api", "l", &huge, "s", "")),
        ("add_profile", new("z-api", "l", "f", &huge, "")),
        ("add_profile", new("z-api", "l", "f", "s", &huge)),
        (
            "edit_profile",
            json!({ "id": profile, "edit": { "label": huge } }),
        ),
        (
            "edit_profile",
            json!({ "id": profile, "edit": { "secrets": { "token": huge } } }),
        ),
        (
            "edit_profile",
            json!({ "id": profile, "edit": { "forget": [huge] } }),
        ),
        (
            "edit_profile",
            json!({ "id": profile, "edit": { "accept_origin": huge } }),
        ),
        ("set_limit_scope", json!({ "service": huge, "of": null })),
        ("accept_service", json!({ "service": huge, "host": huge })),
        ("start_practice", json!({ "service": huge })),
        (
            "set_network",
            json!({ "settings": { "proxy": { "kind": "own", "url": huge }, "ca_file": huge } }),
        ),
        (
            "set_preferences",
            json!({ "preferences": { "view": { "x": huge } } }),
        ),
        (
            "list_profiles",
            json!({ "after": huge, "limit": 4_294_967_295_u32 }),
        ),
        (
            "list_history",
            json!({ "filter": { "text": huge }, "after": huge, "limit": 1 }),
        ),
        ("unlock_vault", json!({ "passphrase": huge })),
        (
            "add_mailbox",
            mailbox(json!({ "user": huge, "host": huge })),
        ),
        (
            "add_mailbox",
            mailbox(json!({ "serves": vec!["*@one.example"; 1_000_000] })),
        ),
        ("add_mailbox", mailbox(json!({ "serves": [huge] }))),
        ("add_mailbox", mailbox(json!({ "ca_file": huge }))),
        ("test_mailbox", mailbox(json!({ "host": huge }))),
        ("find_mail_server", json!({ "address": huge, "ask": false })),
        (
            "find_mail_server",
            json!({ "address": format!("a@{huge}.example"), "ask": true }),
        ),
        (
            "open_link",
            json!({ "url": format!("https://example.com/{huge}"), "host": "example.com" }),
        ),
    ];
    for (command, given) in calls {
        refused(&shown, command, given, "50 MB");
    }
    let state = shown.get("get_app_state", json!({}));
    assert_eq!(
        (&state["preferences"]["view"], &state["network"]["ca_file"]),
        (&json!({}), &Value::Null)
    );
    assert_eq!(
        shown.get("list_profiles", json!({ "after": null, "limit": 9 }))["total"],
        1
    );
}
