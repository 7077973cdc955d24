//! Closing while changes wait for a mail in a watched mailbox: asked, kept, and never kept from closing.

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use readdress_sandbox::{Options, Sandbox, Service, practice_accounts};
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
    sandbox: Sandbox,
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
    let change = request(&shown, &sandbox, Service::ZApi, "new@one.example");
    until("the mailbox to be watched for it", || {
        let all = shown.get("list_mailboxes", json!({}));
        (all[0]["watch"]["waiting"] == 1).then_some(())
    });
    Waiting {
        shown,
        asked,
        change,
        sandbox,
    }
}

/// A change of this service's practice account.
fn request(shown: &Shown, sandbox: &Sandbox, service: Service, to: &str) -> Value {
    let account = practice_accounts()
        .into_iter()
        .find(|account| account.service == service.id())
        .expect("an account");
    let profile = shown.get(
        "add_profile",
        json!({ "profile": {
            "service": account.service, "label": to, "fields": account.fields, "secrets": account.secrets,
            "base_url": sandbox.urls().of(service), "draft": null,
        }}),
    );
    let change = shown.get("request_change", request_to(&profile["id"], to));
    change["id"].clone()
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

/// A port at which nothing speaks TLS.
fn no_tls() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.write_all(b"* OK plain IMAP here\r\n");
        }
    });
    port
}

#[test]
fn a_mailbox_that_stopped_and_that_nothing_waits_for_brings_no_window_back() {
    let home = Home::new();
    let first = waiting(&home, Duration::from_secs(3600));
    let shown = &first.shown;
    let mut other = mailbox("ops@two.example", &["*@two.example"]);
    other["port"] = json!(no_tls());
    shown.get("add_mailbox", json!({ "mailbox": other }));
    let second = request(
        shown,
        &first.sandbox,
        Service::ManncoStore,
        "new@two.example",
    );
    let watch = || shown.get("list_mailboxes", json!({}))[1]["watch"].clone();
    until("the other mailbox to stop", || {
        (watch()["state"] == "stopped").then_some(())
    });
    shown.get("cancel_change", json!({ "changeId": second }));
    until("nothing to wait there", || {
        (watch()["waiting"] == 0).then_some(())
    });
    assert_eq!(watch()["state"], "stopped");
    shown.page.close().expect("asked to close");
    assert_eq!(first.asked.recv_timeout(SOON), Ok(json!(1)));
    shown.get("answer_closing", json!({ "keep": true, "remember": false }));
    shown.get("cancel_change", json!({ "changeId": first.change }));
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
