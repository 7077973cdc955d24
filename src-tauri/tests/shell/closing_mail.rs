//! Closing while changes wait for a mail in a watched mailbox: asked, kept, and never kept from closing.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use readdress_sandbox::{Options, Sandbox, practice_accounts};
use readdress_shell::Start;
use serde_json::{Value, json};
use tauri::Listener as _;

use crate::mail::mailbox;
use crate::support::{Home, Shown, request_to, until};

const SOON: Duration = Duration::from_secs(10);

/// A window in which one change waits for a mail. The mail server cannot be reached: it is tried again and again.
struct Waiting {
    shown: Shown,
    asked: Receiver<Value>,
    change: Value,
    _sandbox: Sandbox,
}

fn waiting(home: &Home, patience: Duration) -> Waiting {
    let sandbox = tauri::async_runtime::block_on(Sandbox::start(Options::default()));
    let sandbox = sandbox.expect("practice starts");
    let shown = Shown::start(Start {
        patience: Some(patience),
        ..home.start()
    });
    let (send, asked) = channel();
    shown.page.listen("closing", move |event| {
        let _ = send.send(serde_json::from_str(event.payload()).expect("JSON"));
    });
    shown.get(
        "add_mailbox",
        json!({ "mailbox": mailbox("ops@one.example", &["*@one.example"]) }),
    );
    let account = practice_accounts().remove(0);
    let profile = shown.get(
        "add_profile",
        json!({ "profile": {
            "service": account.service, "label": "Support line", "fields": account.fields, "secrets": account.secrets,
            "base_url": sandbox.urls().z_api, "draft": null,
        }}),
    );
    let change = shown.get(
        "request_change",
        request_to(&profile["id"], "new@one.example"),
    );
    until("the mailbox to be watched for it", || {
        let all = shown.get("list_mailboxes", json!({}));
        (all[0]["watch"]["waiting"] == 1).then_some(())
    });
    Waiting {
        shown,
        asked,
        change: change["id"].clone(),
        _sandbox: sandbox,
    }
}

fn prefer(shown: &Shown, closing: &str) {
    let mut preferences = shown.get("get_app_state", json!({}))["preferences"].clone();
    preferences["closing"] = json!(closing);
    shown.get("set_preferences", json!({ "preferences": preferences }));
}

#[test]
fn a_page_that_does_not_ask_keeps_no_window_open() {
    let home = Home::new();
    // The mock page answers nothing.
    let waiting = waiting(&home, Duration::from_millis(300));
    waiting.shown.page.close().expect("asked to close");
    assert_eq!(waiting.asked.recv_timeout(SOON), Ok(json!(1)));
    waiting.shown.ended();
}

#[test]
fn a_second_close_request_closes() {
    let home = Home::new();
    let waiting = waiting(&home, Duration::from_secs(3600));
    waiting.shown.page.close().expect("asked to close");
    assert_eq!(waiting.asked.recv_timeout(SOON), Ok(json!(1)));
    waiting.shown.page.close().expect("asked to close");
    waiting.shown.ended();
}

#[test]
fn an_answer_closes_or_keeps_watching_until_nothing_waits() {
    let home = Home::new();
    let long = Duration::from_secs(3600);
    let first = waiting(&home, long);
    first
        .shown
        .get("answer_closing", json!({ "keep": false, "remember": true }));
    let state = first.shown.get("get_app_state", json!({}));
    assert_eq!(state["preferences"]["closing"], "ask", "nobody was asked");
    first.shown.page.close().expect("asked to close");
    assert_eq!(first.asked.recv_timeout(SOON), Ok(json!(1)));
    first
        .shown
        .get("answer_closing", json!({ "keep": true, "remember": true }));
    let state = first.shown.get("get_app_state", json!({}));
    assert_eq!(state["preferences"]["closing"], "keep");
    first
        .shown
        .get("cancel_change", json!({ "changeId": first.change }));
    // By itself, since nothing is waited for any more.
    first.shown.ended();
}

#[test]
fn who_said_close_once_for_all_is_not_asked() {
    let home = Home::new();
    let waiting = waiting(&home, Duration::from_secs(3600));
    prefer(&waiting.shown, "close");
    waiting.shown.page.close().expect("asked to close");
    waiting.shown.ended();
    assert!(waiting.asked.try_recv().is_err());
}
