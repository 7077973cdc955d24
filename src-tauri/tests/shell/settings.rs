//! Preferences and the network over IPC, and a settings file that was damaged.

use serde_json::{Value, json};

use crate::support::Home;

fn preferences() -> Value {
    json!({
        "language": "pt-BR", "theme": "dark", "text_size": "large", "notify": false, "clipboard_offer": true, "closing": "keep",
        "view": { "sort": "label" },
    })
}

#[test]
fn preferences_are_kept_in_the_data_folder() {
    let home = Home::new();
    let shown = home.open();
    let first = json!({
        "language": null, "theme": "system", "text_size": "normal", "notify": true, "clipboard_offer": false, "closing": "ask",
        "view": {},
    });
    assert_eq!(shown.get("get_app_state", json!({}))["preferences"], first);
    shown.get("set_preferences", json!({ "preferences": preferences() }));
    assert_eq!(
        shown.get("get_app_state", json!({}))["preferences"],
        preferences()
    );
    shown.close();
    let file = std::fs::read(home.data().join("settings.json")).expect("written");
    assert_eq!(
        serde_json::from_slice::<Value>(&file).expect("JSON")["theme"],
        "dark"
    );

    let shown = home.open();
    let state = shown.get("get_app_state", json!({}));
    assert_eq!(
        (&state["preferences"], &state["notices"]),
        (&preferences(), &json!([]))
    );
}

#[test]
fn a_file_of_an_older_version_has_the_first_choice_for_what_is_new() {
    let home = Home::new();
    std::fs::create_dir_all(home.data()).expect("a folder");
    let old = r#"{ "theme": "dark", "text_size": "large", "view": {} }"#;
    std::fs::write(home.data().join("settings.json"), old).expect("written");
    let preferences = &home.open().get("get_app_state", json!({}))["preferences"];
    assert_eq!(preferences["theme"], "dark");
    assert_eq!(
        (&preferences["notify"], &preferences["closing"]),
        (&json!(true), &json!("ask"))
    );
}

#[test]
fn a_damaged_settings_file_is_set_aside_and_told() {
    for damage in [
        "",
        "{\"theme\":",
        "\0\0\0\0",
        "[]",
        "{\"theme\":\"purple\"}",
    ] {
        let home = Home::new();
        std::fs::create_dir_all(home.data()).expect("a folder");
        let file = home.data().join("settings.json");
        std::fs::write(&file, damage).expect("written");
        let shown = home.open();
        let state = shown.get("get_app_state", json!({}));
        assert_eq!(state["preferences"]["theme"], "system");
        let notice = &state["notices"][0];
        assert_eq!(notice["code"], "settings_damaged", "{damage:?}");
        let kept = notice["params"]["file"].as_str().expect("where it is");
        assert!(kept.contains("settings.damaged-"), "{kept}");
        assert_eq!(
            std::fs::read_to_string(kept).expect("kept"),
            damage,
            "as it was"
        );
        assert!(!file.exists());
        shown.get("set_preferences", json!({ "preferences": preferences() }));
        assert!(file.exists() && std::path::Path::new(kept).exists());
    }
}

#[test]
fn a_proxy_or_certificate_that_cannot_work_is_not_kept() {
    let home = Home::new();
    let shown = home.open();
    let set = |proxy: Value, ca: Value| json!({ "settings": { "proxy": proxy, "ca_file": ca } });
    let own = |url: &str| json!({ "kind": "own", "url": url });
    assert_eq!(
        shown.code("set_network", set(own("ftp://x"), Value::Null)),
        "proxy_invalid"
    );
    let missing = json!(home.data().join("no.pem"));
    assert_eq!(
        shown.code("set_network", set(json!({ "kind": "none" }), missing)),
        "certificate_invalid"
    );
    assert_eq!(
        shown.get("get_app_state", json!({}))["network"]["proxy"]["kind"],
        "system"
    );
    shown.get("set_network", set(json!({ "kind": "none" }), Value::Null));
    // A machine's setting, whichever list is shown.
    assert_eq!(
        shown.get("open_practice", json!({}))["network"]["proxy"]["kind"],
        "none"
    );
}

#[test]
fn a_limit_can_be_counted_for_the_whole_service() {
    let home = Home::new();
    let shown = home.open();
    let counted_for = |service: &str| -> Value {
        let services = shown.get("list_services", json!({}));
        let all = services.as_array().expect("a list");
        let one = all.iter().find(|one| one["id"] == service);
        one.expect("the service")["limits"][0]["of"].clone()
    };
    assert_eq!(counted_for("mannco-store"), "profile");
    for (of, shows) in [(json!("service"), "service"), (Value::Null, "profile")] {
        shown.get(
            "set_limit_scope",
            json!({ "service": "mannco-store", "of": of }),
        );
        assert_eq!(counted_for("mannco-store"), shows);
        assert_eq!(counted_for("webshare"), "profile");
    }
    let wrong = json!({ "service": "nowhere", "of": "service" });
    assert_eq!(shown.code("set_limit_scope", wrong), "service_unknown");
}
