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
    for event in [
        "on_changed",
        "on_app_state",
        "on_backup_progress",
        "on_closing",
        "on_errand",
        "on_show_change",
    ] {
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
        (
            "plugin:notification|notify",
            json!({ "options": { "title": "x" } }),
        ),
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

fn config() -> Value {
    serde_json::from_str(include_str!("../../../tauri.conf.json")).expect("JSON")
}

#[test]
fn one_capability_without_remote_pages_plugins_or_sets() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/capabilities");
    let files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder")
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(files, ["main.json"], "the test above reads this one");
    let capability: Value =
        serde_json::from_str(include_str!("../../capabilities/main.json")).expect("JSON");
    let mut keys: Vec<_> = capability.as_object().expect("an object").keys().collect();
    keys.sort();
    // No `remote`, no `webviews`, no `platforms`, nothing that a later version reads as more.
    assert_eq!(
        keys,
        [
            "$schema",
            "description",
            "identifier",
            "permissions",
            "windows"
        ]
    );
    for permission in capability["permissions"].as_array().expect("a list") {
        let name = permission.as_str().expect("a name alone, no scope");
        let plugin = name.contains(':') && !name.starts_with("core:event:allow-");
        assert!(
            !plugin && !name.contains('*') && !name.contains("default"),
            "{name}"
        );
    }
    assert!(config()["app"]["security"].get("capabilities").is_none());
}

#[test]
fn the_window_is_shipped_closed() {
    let app = &config()["app"];
    assert_eq!(app["withGlobalTauri"], false);
    let security = app["security"].as_object().expect("an object");
    let keys: BTreeSet<&str> = security.keys().map(String::as_str).collect();
    // No asset protocol, no isolation hook, no `dangerous…`, no policy for development that differs.
    assert_eq!(keys, BTreeSet::from(["csp", "freezePrototype"]));
    assert_eq!(security["freezePrototype"], true);
    for window in app["windows"].as_array().expect("windows") {
        let opens_elsewhere = window.get("url").is_some() || window["create"] != false;
        assert!(!opens_elsewhere, "opened by us, with its guards: {window}");
        assert_eq!(window["dragDropEnabled"], false);
        for loose in [
            "devtools",
            "additionalBrowserArgs",
            "userAgent",
            "proxyUrl",
            "browserExtensionsEnabled",
            "incognito",
        ] {
            assert!(window.get(loose).is_none(), "{loose}");
        }
    }
    assert!(config().get("plugins").is_none());
}

#[test]
fn the_policy_allows_the_page_and_nothing_else() {
    let config = config();
    let policy = config["app"]["security"]["csp"].as_str().expect("a policy");
    let rules: Vec<(&str, Vec<&str>)> = policy
        .split(';')
        .map(|rule| {
            let mut words = rule.split_whitespace();
            (words.next().expect("a name"), words.collect())
        })
        .collect();
    for (name, sources) in &rules {
        for source in sources {
            let known = ["'self'", "'none'", "ipc:", "http://ipc.localhost"].contains(source)
                || (*name == "img-src" && *source == "data:");
            assert!(known, "{name} allows {source}");
        }
    }
    let rule = |wanted: &str| {
        let mut found = rules.iter().filter(|(name, _)| *name == wanted);
        let rule = found.next().unwrap_or_else(|| panic!("no {wanted}"));
        assert!(found.next().is_none(), "{wanted} stands twice");
        rule.1.clone()
    };
    for name in [
        "default-src",
        "frame-src",
        "child-src",
        "worker-src",
        "media-src",
        "manifest-src",
        "object-src",
        "base-uri",
        "form-action",
        "frame-ancestors",
    ] {
        assert_eq!(rule(name), ["'none'"], "{name}");
    }
    assert_eq!(rule("script-src"), ["'self'"]);
    assert_eq!(rule("style-src"), ["'self'"]);
    // Without it IPC silently takes a slower way.
    assert_eq!(rule("connect-src"), ["ipc:", "http://ipc.localhost"]);
}
