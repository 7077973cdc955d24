//! What the system tells of changes that somebody else moves. The rules are tested beside `notices` and `reminders`.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use readdress_sandbox::{Options, Sandbox, practice_accounts};
use readdress_shell::{Notice, Start, Teller};
use serde_json::{Value, json};

use crate::support::{Home, Shown, request_to};

const SOON: Duration = Duration::from_secs(10);

fn told(home: &Home) -> (Shown, Receiver<Notice>) {
    let (send, receive) = channel();
    let send = std::sync::Mutex::new(send);
    let teller = Teller(Arc::new(move |notice| {
        let _ = send.lock().expect("whole").send(notice);
    }));
    let start = Start {
        teller: Some(teller),
        ..home.start()
    };
    (Shown::start(start), receive)
}

/// A change that waits for the code that is answered too.
fn waiting(shown: &Shown, sandbox: &Sandbox) -> (Value, String) {
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
    assert_eq!(change["state"], "awaiting_code");
    let mail = sandbox
        .mails(Some("new@one.example"), None)
        .pop()
        .expect("a mail");
    (change, mail.text)
}

fn sandbox() -> Sandbox {
    tauri::async_runtime::block_on(Sandbox::start(Options::default())).expect("practice starts")
}

#[test]
fn what_another_program_finishes_is_told_without_code_or_key() {
    let (sandbox, home) = (sandbox(), Home::new());
    let (shown, notices) = told(&home);
    let (change, mail) = waiting(&shown, &sandbox);
    let other = home.open();
    let done = other.get(
        "submit_code",
        json!({ "changeId": change["id"], "text": mail }),
    );
    assert_eq!(done["state"], "changed");
    let notice = notices.recv_timeout(SOON).expect("it is told");
    assert_eq!(notice.title, "Support line · Z-API");
    assert!(notice.body.contains("new@one.example"), "{notice:?}");
    assert_eq!(
        notice.change.map(|id| json!(id)),
        Some(change["id"].clone())
    );
    let code = readdress_core::mail::understand(&mail, &readdress_core::mail::Waits::default());
    let code = code.value.expect("the mail has a code");
    let said = format!("{notice:?}");
    assert!(!said.contains(&code), "{said}");
    for secret in practice_accounts()[0].secrets.values() {
        assert!(!said.contains(secret), "{said}");
    }
}

#[test]
fn nothing_is_told_to_whom_it_is_switched_off() {
    let (sandbox, home) = (sandbox(), Home::new());
    let (shown, notices) = told(&home);
    let mut preferences = shown.get("get_app_state", json!({}))["preferences"].clone();
    preferences["notify"] = json!(false);
    shown.get("set_preferences", json!({ "preferences": preferences }));
    let (change, mail) = waiting(&shown, &sandbox);
    shown.get(
        "submit_code",
        json!({ "changeId": change["id"], "text": mail }),
    );
    // The same again, switched on: had the first been told, it would have come before this one.
    preferences["notify"] = json!(true);
    preferences["language"] = json!("es");
    std::thread::sleep(Duration::from_secs(1));
    shown.get("set_preferences", json!({ "preferences": preferences }));
    let mut back = request_to(&change["profile_id"], "other@one.example");
    back["request"]["anyway"] = json!(true);
    sandbox.advance(Duration::from_secs(600));
    let change = shown.get("request_change", back);
    let mail = sandbox
        .mails(Some("other@one.example"), None)
        .pop()
        .expect("a mail")
        .text;
    shown.get(
        "submit_code",
        json!({ "changeId": change["id"], "text": mail }),
    );
    let notice = notices.recv_timeout(SOON).expect("it is told");
    assert!(
        notice.body.contains("other@one.example") && notice.body.starts_with("Cambiado"),
        "{notice:?}"
    );
}

#[test]
fn practice_tells_nothing() {
    let home = Home::new();
    let (shown, notices) = told(&home);
    let (_, change, mail) = shown.practise_until_mail("z-api");
    let done = shown.get(
        "submit_code",
        json!({ "changeId": change["id"], "text": mail["text"] }),
    );
    assert_eq!(done["state"], "changed");
    assert!(notices.recv_timeout(Duration::from_millis(1500)).is_err());
}
