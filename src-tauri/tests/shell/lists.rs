//! The lists of commands agree, and the permissions hold.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tauri::WebviewWindowBuilder;
use tauri::test::get_ipc_response;

use crate::command_names::COMMANDS;
use crate::support::{Home, request};

fn declared() -> BTreeSet<String> {
    let declared: BTreeSet<_> = COMMANDS.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(declared.len(), COMMANDS.len(), "a name stands twice");
    declared
}

#[test]
fn each_command_is_allowed_by_name_and_nothing_else_is() {
    let capability: Value =
        serde_json::from_str(include_str!("../../capabilities/main.json")).expect("JSON");
    assert_eq!(capability["windows"], json!(["main"]));
    let allowed: BTreeSet<String> = capability["permissions"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|name| name.as_str().expect("a name").to_owned())
        .collect();
    let mut expected: BTreeSet<String> = declared()
        .iter()
        .map(|name| format!("allow-{}", name.replace('_', "-")))
        .collect();
    expected.extend(["core:event:allow-listen", "core:event:allow-unlisten"].map(str::to_owned));
    assert_eq!(allowed, expected);
}

#[test]
fn each_command_is_answered() {
    let source = include_str!("../../src/handler.rs");
    let list = source
        .split("generate_handler![")
        .nth(1)
        .and_then(|rest| rest.split(']').next());
    let answered: BTreeSet<String> = list
        .expect("a list")
        .split(',')
        .filter_map(|path| path.trim().rsplit("::").next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    assert_eq!(answered, declared());
}

#[test]
fn the_contract_of_the_page_names_the_same_commands() {
    let contract = include_str!("../../../ui/src/backend/backend.ts");
    let body = contract
        .split("export interface Backend {")
        .nth(1)
        .expect("the contract");
    let mut named: BTreeSet<String> = body
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_once('(').map(|(name, _)| name.to_owned()))
        .collect();
    for event in ["on_changed", "on_app_state", "on_backup_progress"] {
        assert!(named.remove(event), "{event} is an event of the contract");
    }
    assert_eq!(named, declared());
}

#[test]
fn the_page_may_call_no_plugin_and_another_window_nothing() {
    let home = Home::new();
    let shown = home.open();
    for (command, arguments) in [
        ("plugin:store|load", json!({ "path": "settings.json" })),
        ("plugin:dialog|open", json!({ "options": {} })),
        (
            "plugin:opener|open_url",
            json!({ "url": "https://example.com" }),
        ),
        ("plugin:clipboard-manager|read_text", json!({})),
        ("plugin:window-state|filename", json!({})),
        ("plugin:window|close", json!({ "label": "main" })),
        ("plugin:event|emit", json!({ "event": "changed" })),
    ] {
        let answer = get_ipc_response(&shown.page, request(command, arguments));
        let refusal = answer
            .err()
            .unwrap_or_else(|| panic!("{command} was answered"));
        assert!(
            refusal.to_string().contains("not allowed"),
            "{command}: {refusal}"
        );
    }
    let other = WebviewWindowBuilder::new(&shown.app, "other", tauri::WebviewUrl::default())
        .build()
        .expect("a second window");
    for command in ["get_app_state", "list_profiles"] {
        let refusal = get_ipc_response(&other, request(command, json!({}))).err();
        assert!(
            refusal.is_some_and(|text| text.to_string().contains("not allowed")),
            "{command}"
        );
    }
    assert_eq!(shown.get("get_app_state", json!({}))["mode"], "real");
}
