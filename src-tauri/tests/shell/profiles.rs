//! Real profiles and services over IPC.

use serde_json::{Value, json};

use crate::support::{Home, Shown};

const SECRET: &str = "F0E1D2C3B4A5968778695A4B";

fn new_profile(label: &str) -> Value {
    json!({ "profile": {
        "service": "z-api", "label": label, "fields": { "instance_id": "3D4C5B6A79888796A5B4C3D2E1F00112" },
        "secrets": { "token": SECRET }, "base_url": null, "draft": null,
    }})
}

/// One more profile, for other tests: its id.
pub fn added(shown: &Shown) -> Value {
    shown.get("add_profile", new_profile("Shop"))["id"].clone()
}

#[test]
fn the_shipped_services_are_there_without_a_vault() {
    let home = Home::new();
    let shown = home.open();
    let services = shown.get("list_services", json!({}));
    let mut ids: Vec<_> = services
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| one["id"].clone())
        .collect();
    ids.sort_by_key(Value::to_string);
    assert_eq!(ids, ["mannco-store", "webshare", "z-api"]);
    assert_eq!(
        shown.get("get_app_state", json!({}))["vault"]["state"],
        "unset"
    );
}

#[test]
fn a_profile_is_added_edited_and_removed_and_its_secret_never_comes_back() {
    let home = Home::new();
    let shown = home.open();
    let added = shown.get("add_profile", new_profile("Shop"));
    assert_eq!(added["has_secret"], json!({ "token": SECRET.len() }));
    let id = added["id"].clone();

    assert_eq!(
        shown.code("add_profile", new_profile("shop")),
        "profile_twice"
    );
    let wrong =
        json!({ "profile": { "service": "z-api", "label": "x", "fields": {}, "secrets": {} } });
    assert_eq!(shown.code("add_profile", wrong), "field_missing");

    let edited = shown.get(
        "edit_profile",
        json!({ "id": id, "edit": { "label": "Shop 2" } }),
    );
    assert_eq!(edited["label"], "Shop 2");
    let check = json!({ "profileId": id, "text": "someone@gmial.com" });
    assert_eq!(
        shown.get("check_address", check)["doubts"][0]["kind"],
        "typo"
    );
    let pasted = format!(
        "https://api.z-api.io/instances/3D4C5B6A79888796A5B4C3D2E1F00112/token/{SECRET}/status"
    );
    let pasted = shown.get("read_pasted_profile", json!({ "text": pasted }));
    assert_eq!(pasted["service"], "z-api");

    let first = shown.get("list_profiles", json!({ "after": null, "limit": 1 }));
    assert_eq!(
        (&first["total"], &first["items"][0]["label"]),
        (&json!(1), &json!("Shop 2"))
    );
    shown.get("remove_profile", json!({ "id": id }));
    assert_eq!(
        shown.code("get_profile", json!({ "id": id })),
        "profile_unknown"
    );

    let answers = shown.answers.lock().expect("no panic").clone();
    assert!(!answers.contains(SECRET), "{answers}");
}

#[test]
fn an_argument_that_does_not_fit_is_a_problem_and_is_not_repeated() {
    let home = Home::new();
    let shown = home.open();
    for (command, arguments) in [
        ("get_profile", json!({ "id": SECRET })),
        ("get_profile", json!({})),
        ("add_profile", json!({ "profile": SECRET })),
        ("unlock_vault", json!({ "passphrase": [SECRET] })),
        (
            "settle_change",
            json!({ "changeId": uuid::Uuid::nil(), "how": SECRET }),
        ),
        (
            "set_preferences",
            json!({ "preferences": { "theme": SECRET } }),
        ),
    ] {
        let problem = shown.ask(command, arguments).expect_err(command);
        assert_eq!(problem.code.as_str(), "internal");
        assert!(problem.params.contains_key("argument"), "{problem:?}");
    }
    assert!(!shown.answers.lock().expect("no panic").contains(SECRET));
}

#[test]
fn links_other_than_https_are_not_opened() {
    let home = Home::new();
    let shown = home.open();
    for url in [
        "http://example.com",
        "file:///etc/hosts",
        "javascript:alert(1)",
        "nothing",
    ] {
        assert_eq!(
            shown.code("open_link", json!({ "url": url, "host": "example.com" })),
            "field_invalid"
        );
    }
}
