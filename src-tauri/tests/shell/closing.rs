//! Closing waits for a call on its way.

use std::time::{Duration, Instant};

use readdress_sandbox::{Fault, FaultKind, Sandbox, Service, practice_accounts};
use serde_json::json;

use crate::support::{Home, request_to, until};

#[test]
fn closing_waits_for_the_answer() {
    let sandbox =
        tauri::async_runtime::block_on(Sandbox::start(readdress_sandbox::Options::default()))
            .expect("practice starts");
    sandbox.add_fault(
        Fault::new(Service::ZApi, FaultKind::Late)
            .on("request")
            .delayed(1500),
    );
    let account = practice_accounts().remove(0);
    let home = Home::new();
    let shown = home.open();
    let profile = shown.get(
        "add_profile",
        json!({ "profile": {
            "service": "z-api", "label": "Slow", "fields": account.fields, "secrets": account.secrets,
            "base_url": sandbox.urls().z_api, "draft": null,
        }}),
    );
    let began = Instant::now();
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            shown.ask(
                "request_change",
                request_to(&profile["id"], account.new_email),
            )
        });
        until("the request", || {
            (sandbox.count(Service::ZApi, "request").received > 0).then_some(())
        });
        shown.page.close().expect("the window closes");
        let answer = asking.join().expect("no panic").expect("an answer");
        assert_eq!(answer["state"], "awaiting_code");
    });
    shown.ended();
    assert!(began.elapsed() >= Duration::from_millis(1500));

    let shown = home.open();
    let open = shown.get("list_open_changes", json!({}));
    assert_eq!(open[0]["state"], "awaiting_code", "and not unknown: {open}");
}

/// As at the end of the system's session: Windows and macOS ask nobody, and the event loop just ends.
#[test]
fn an_end_that_asks_nobody_gives_a_call_its_time() {
    let sandbox =
        tauri::async_runtime::block_on(Sandbox::start(readdress_sandbox::Options::default()))
            .expect("practice starts");
    sandbox.add_fault(
        Fault::new(Service::ZApi, FaultKind::Late)
            .on("request")
            .delayed(1000),
    );
    let account = practice_accounts().remove(0);
    let home = Home::new();
    let shown = home.open();
    let profile = shown.get(
        "add_profile",
        json!({ "profile": {
            "service": "z-api", "label": "Slow", "fields": account.fields, "secrets": account.secrets,
            "base_url": sandbox.urls().z_api, "draft": null,
        }}),
    );
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            shown.ask(
                "request_change",
                request_to(&profile["id"], account.new_email),
            )
        });
        until("the request", || {
            (sandbox.count(Service::ZApi, "request").received > 0).then_some(())
        });
        let began = Instant::now();
        readdress_shell::on_run_event(&shown.app, &tauri::RunEvent::Exit);
        let waited = began.elapsed();
        assert!(
            (Duration::from_millis(300)..Duration::from_secs(4)).contains(&waited),
            "as long as the call takes: {waited:?}"
        );
        let answer = asking.join().expect("no panic").expect("an answer");
        assert_eq!(answer["state"], "awaiting_code");
    });
    let began = Instant::now();
    readdress_shell::on_run_event(&shown.app, &tauri::RunEvent::Exit);
    assert!(
        began.elapsed() < Duration::from_millis(300),
        "nothing to wait for"
    );
}
