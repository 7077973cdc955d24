//! What the page hears without asking.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use readdress_sandbox::{Options, Sandbox, Service, practice_accounts};
use serde_json::{Value, json};
use tauri::Listener as _;

use crate::mail::mailbox;
use crate::support::{Home, Shown, request_to, until};

fn hear(shown: &Shown, event: &str) -> Receiver<Value> {
    let (send, receive) = channel();
    shown.page.listen(event.to_owned(), move |event| {
        let _ = send.send(serde_json::from_str(event.payload()).expect("JSON"));
    });
    receive
}

#[test]
fn the_page_hears_what_changed_and_in_which_mode() {
    let home = Home::new();
    let shown = home.open();
    let states = hear(&shown, "app_state");
    let changes = hear(&shown, "changed");
    let (profile, change, _) = shown.practise_until_mail("z-api");
    let state = states
        .recv_timeout(Duration::from_secs(5))
        .expect("the mode is told");
    assert_eq!(state["mode"], "practice");
    let (mut profiles, mut all_changes) = (Vec::new(), Vec::new());
    until("the profile and the change", || {
        while let Ok(one) = changes.try_recv() {
            profiles.extend(one["profiles"].as_array().cloned().into_iter().flatten());
            all_changes.extend(one["changes"].as_array().cloned().into_iter().flatten());
        }
        (profiles.contains(&profile) && all_changes.contains(&change["id"])).then_some(())
    });
}

#[test]
fn what_another_program_writes_is_heard_of() {
    let home = Home::new();
    let shown = home.open();
    shown.get("list_profiles", json!({ "after": null, "limit": 1 }));
    let changes = hear(&shown, "changed");
    // The watcher must have seen the version of before.
    std::thread::sleep(Duration::from_millis(300));
    let other = home.open();
    other.get(
        "set_network",
        json!({ "settings": { "proxy": { "kind": "none" }, "ca_file": null } }),
    );
    let heard = changes
        .recv_timeout(Duration::from_secs(5))
        .expect("it is heard of");
    assert_eq!(heard["all"], true);
}

#[test]
fn a_busy_engine_is_told_at_most_ten_times_a_second() {
    let home = Home::new();
    let shown = home.open();
    shown.get("start_practice", json!({ "service": "z-api" }));
    std::thread::sleep(Duration::from_millis(300));
    let changes = hear(&shown, "changed");
    let began = std::time::Instant::now();
    for _ in 0..200 {
        shown.get("pass_practice_time", json!({ "seconds": 0 }));
    }
    std::thread::sleep(Duration::from_millis(250));
    let took = began.elapsed().as_millis();
    let heard = changes.try_iter().count() as u128;
    assert!(
        heard >= 1 && heard <= took / 100 + 2,
        "{heard} events in {took} ms"
    );
}

#[test]
fn a_clock_that_is_off_is_told_and_no_longer_when_it_is_right() {
    let sandbox = tauri::async_runtime::block_on(Sandbox::start(Options::default()));
    let sandbox = sandbox.expect("practice starts");
    let home = Home::new();
    let shown = home.open();
    let profile = json!({
        "service": "z-api", "label": "z", "fields": { "instance_id": "3C4F00A1B2C3D4E5F60718293A4B5C91" },
        "secrets": { "token": "0A1B2C3D4E5F60718293A4B5C6D7E8F9" }, "base_url": sandbox.urls().z_api, "draft": null,
    });
    let added = shown.get("add_profile", json!({ "profile": profile }));
    shown.get("get_app_state", json!({}));
    let states = hear(&shown, "app_state");
    // The vault that the new profile has opened is told too, before or between.
    let read = |ahead: i64, is_it: fn(&Value) -> bool| {
        sandbox.change_settings(|settings| {
            settings.date_ahead.insert(Service::ZApi, ahead);
        });
        shown.get("read_profile", json!({ "id": added["id"] }));
        until("the page to hear of the clock", || {
            let mut heard = states.try_iter().map(|state| state["notices"].clone());
            heard.find(is_it)
        })
    };
    let told = read(-7200, |notices| notices[0]["code"] == "clock_off");
    assert_eq!(told[0]["params"]["reason"], "here_ahead");
    assert_eq!(told[0]["params"]["span"], "2 h");
    read(0, |notices| *notices == json!([]));
}

/// Watching needs the mailbox's password: the vault opens without a command of the page, which would go on saying that it is locked.
#[test]
fn a_vault_that_watching_opens_is_told() {
    let sandbox = tauri::async_runtime::block_on(Sandbox::start(Options::default()));
    let sandbox = sandbox.expect("practice starts");
    let home = Home::new();
    let other = home.open();
    let served = mailbox("ops@one.example", &["*@one.example"]);
    other.get("add_mailbox", json!({ "mailbox": served }));
    let account = practice_accounts().remove(0);
    let profile = other.get(
        "add_profile",
        json!({ "profile": {
            "service": account.service, "label": "Support line", "fields": account.fields, "secrets": account.secrets,
            "base_url": sandbox.urls().z_api, "draft": null,
        }}),
    );
    let shown = home.open();
    let states = hear(&shown, "app_state");
    let vault = shown.get("get_app_state", json!({}))["vault"]["state"].clone();
    assert_eq!(vault, "locked", "nothing waits for a mail yet");
    other.get(
        "request_change",
        request_to(&profile["id"], "new@one.example"),
    );
    until("the page to hear that it is open", || {
        let mut heard = states.try_iter();
        heard
            .any(|state| state["vault"]["state"] == "open")
            .then_some(())
    });
}
