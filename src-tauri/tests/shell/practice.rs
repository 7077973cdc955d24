//! Practice over IPC: the main job at each service, the mailbox, time, and what stays apart.

use serde_json::json;

use crate::support::{Home, practice_secrets, request_to};

/// The whole job, as the page does it; each answer is searched for the practice accounts' secrets.
fn finish(service: &str) {
    let home = Home::new();
    let shown = home.open();
    let (profile, change, mail) = shown.practise_until_mail(service);
    let to = change["to"].as_str().expect("an address");
    assert_eq!(shown.get("get_app_state", json!({}))["mode"], "practice");
    assert_eq!(change["from"], "before@practice.example");

    let previewed = json!({ "profileId": profile, "step": "request", "value": to });
    let preview = shown.get("preview_step", previewed);
    let host = preview["host"].as_str().unwrap_or_default();
    assert!(host.starts_with("127.0.0.1:"), "{host}");
    assert!(
        preview["curl"]
            .as_str()
            .is_some_and(|curl| curl.contains('$')),
        "{preview}"
    );

    for change_id in [change["id"].clone(), json!(null)] {
        let understood = shown.get(
            "understand_code",
            json!({ "changeId": change_id, "text": mail["raw"] }),
        );
        assert_eq!(understood["change"], change["id"], "{understood}");
        assert!(
            understood["problem"].is_null() && understood["value"].is_string(),
            "{understood}"
        );
    }
    let done = shown.get(
        "submit_code",
        json!({ "changeId": change["id"], "text": mail["raw"] }),
    );
    assert_eq!(
        (&done["state"], &done["proof"]),
        (&json!("changed"), &json!("read_back")),
        "{done}"
    );
    let after = shown.get("get_profile", json!({ "id": profile }));
    assert_eq!(after["email"], to);

    let whole = shown.get("get_change", json!({ "id": change["id"] }));
    assert!(
        whole["events"]
            .as_array()
            .is_some_and(|events| events.len() >= 4),
        "{whole}"
    );
    assert_eq!(shown.get("list_open_changes", json!({})), json!([]));
    let history = shown.get(
        "list_history",
        json!({ "filter": {}, "after": null, "limit": 10 }),
    );
    assert_eq!(history["total"], 1);

    let again = shown.get("start_practice", json!({ "service": service }));
    assert_eq!(
        again,
        json!({ "profile_id": profile, "suggested": "before@practice.example" })
    );

    shown.get("get_diagnostics", json!({}));
    shown.get("list_profiles", json!({ "after": null, "limit": 50 }));
    let answers = shown.answers.lock().expect("no panic").clone();
    for secret in practice_secrets() {
        assert!(
            !answers.contains(secret),
            "an answer holds the secret {secret}"
        );
    }
}

#[test]
fn z_api_from_the_first_click_to_the_proof() {
    finish("z-api");
}

#[test]
fn webshare_from_the_first_click_to_the_proof() {
    finish("webshare");
}

#[test]
fn mannco_store_from_the_first_click_to_the_proof() {
    finish("mannco-store");
}

#[test]
fn practice_and_real_profiles_share_no_list() {
    let home = Home::new();
    let shown = home.open();
    assert_eq!(shown.get("get_app_state", json!({}))["first_start"], true);
    shown.get("start_practice", json!({ "service": "z-api" }));
    let list = json!({ "after": null, "limit": 10 });
    assert_eq!(shown.get("list_profiles", list.clone())["total"], 1);
    let state = shown.get("leave_practice", json!({}));
    assert_eq!(
        (&state["mode"], &state["first_start"]),
        (&json!("real"), &json!(true))
    );
    assert_eq!(shown.get("list_profiles", list.clone())["total"], 0);
    assert_eq!(
        shown.code("list_practice_mails", json!({})),
        "not_supported"
    );
    assert_eq!(
        shown.code("pass_practice_time", json!({ "seconds": 1 })),
        "not_supported"
    );
    assert_eq!(shown.get("open_practice", json!({}))["mode"], "practice");
    assert_eq!(shown.get("list_profiles", list)["total"], 1);
    assert_eq!(
        shown.code("start_practice", json!({ "service": "no-such" })),
        "service_unknown"
    );
}

#[test]
fn a_profile_added_in_practice_calls_the_played_service_only() {
    let home = Home::new();
    let shown = home.open();
    shown.get("open_practice", json!({}));
    let profile = json!({ "profile": {
        "service": "webshare", "label": "Mine", "fields": {}, "base_url": "https://proxy.webshare.io", "draft": null,
        "secrets": { "api_key": "abcdefghijklmnopqrstuvwxyz0123456789abcd" },
    }});
    let read = shown.get("test_profile", profile.clone());
    assert!(
        read["email"]
            .as_str()
            .is_some_and(|email| email.ends_with("@practice.example")),
        "{read}"
    );
    let added = shown.get("add_profile", profile);
    let host = added["host"].as_str().unwrap_or_default();
    assert!(host.starts_with("127.0.0.1:"), "{host}");
}

#[test]
fn practice_goes_on_after_the_window_was_closed() {
    let home = Home::new();
    let shown = home.open();
    let (profile, change, mail) = shown.practise_until_mail("mannco-store");
    shown.close();

    let shown = home.open();
    assert_eq!(shown.get("get_app_state", json!({}))["mode"], "real");
    shown.get("open_practice", json!({}));
    let mails = shown.get("list_practice_mails", json!({}));
    assert_eq!(mails[0]["raw"], mail["raw"], "the mailbox was kept");
    let done = shown.get(
        "submit_code",
        json!({ "changeId": change["id"], "text": mail["raw"] }),
    );
    assert_eq!(done["state"], "changed", "{done}");
    shown.close();

    let shown = home.open();
    shown.get("open_practice", json!({}));
    let read = shown.get("read_profile", json!({ "id": profile }));
    assert_eq!(
        read["email"], change["to"],
        "the played account was kept too: {read}"
    );
    assert_ne!(read["known"], "changed_elsewhere");
}

#[test]
fn time_passes_on_demand_for_the_journal_and_for_the_service() {
    let home = Home::new();
    let shown = home.open();
    let (profile, change, _) = shown.practise_until_mail("mannco-store");
    shown.get("cancel_change", json!({ "changeId": change["id"] }));
    let to = "third@practice.example";
    assert_eq!(
        shown.code("request_change", request_to(&profile, to)),
        "rate_limited"
    );
    shown.get("pass_practice_time", json!({ "seconds": 301 }));
    let second = shown.get("request_change", request_to(&profile, to));
    assert_eq!(second["state"], "awaiting_code", "{second}");
    let mails = shown.get("list_practice_mails", json!({}));
    let dates: Vec<_> = mails
        .as_array()
        .into_iter()
        .flatten()
        .map(|mail| mail["at"].clone())
        .collect();
    let times: Vec<jiff::Timestamp> = dates
        .into_iter()
        .map(|at| serde_json::from_value(at).expect("a time"))
        .collect();
    let apart = times[1].duration_since(times[0]).as_secs();
    assert!((295..=330).contains(&apart), "{times:?}");
    let late = jiff::Timestamp::now().duration_since(times[1]).as_secs();
    assert!(
        (-2..=30).contains(&late),
        "the newest mail is of now: {times:?}"
    );

    shown.get("pass_practice_time", json!({ "seconds": 24 * 3600 + 1 }));
    let overdue = shown.get("get_change", json!({ "id": second["id"] }));
    assert_eq!(overdue["state"], "expired", "{overdue}");
}

#[test]
fn removing_practice_leaves_nothing_of_it() {
    let home = Home::new();
    let shown = home.open();
    shown.practise_until_mail("webshare");
    assert!(home.data().join("practice/sandbox.json").exists());
    shown.get("remove_practice_data", json!({}));
    assert!(!home.data().join("practice").exists());
    assert_eq!(shown.get("get_app_state", json!({}))["mode"], "real");
    // Nothing writes it again, and it can begin anew.
    std::thread::sleep(std::time::Duration::from_millis(1200));
    assert!(!home.data().join("practice").exists());
    shown.practise_until_mail("webshare");
}

#[test]
fn a_damaged_practice_state_is_set_aside() {
    let home = Home::new();
    let shown = home.open();
    shown.practise_until_mail("z-api");
    shown.close();
    let kept = home.data().join("practice/sandbox.json");
    std::fs::write(&kept, "{").expect("written");
    let shown = home.open();
    shown.get("open_practice", json!({}));
    assert!(home.data().join("practice/sandbox.damaged.json").exists());
    assert_eq!(shown.get("list_practice_mails", json!({})), json!([]));
}
