//! Where an address's mail is read: from the table, without asking anybody.

use crate::post::PASSWORD;
use crate::stage::{Ran, Stage};

fn add(stage: &Stage, user: &str, json: bool) -> Ran {
    let args = ["mailbox", "add", "--user", user, "--password-env", PASSWORD];
    let call = stage
        .with_key(&args)
        .env(PASSWORD, "app-password-of-this-test");
    if json { call.arg("--json") } else { call }.run()
}

#[test]
fn a_known_provider_needs_no_server() {
    let stage = Stage::new();
    let added = add(&stage, "ana@gmail.com", true).ends(0).json();
    assert_eq!(added["host"], "imap.gmail.com");
    assert_eq!(added["port"], 993);
    assert_eq!(added["tls"], "implicit");
    assert_eq!(added["user"], "ana@gmail.com");
    assert_eq!(added["serves"], serde_json::json!(["ana@gmail.com"]));
    let told = add(&stage, "eva@gmail.com", false).ends(0);
    assert!(told.stderr.contains("imap.gmail.com:993 (TLS)"), "{told:?}");
    assert!(told.stderr.contains("app password"), "{told:?}");
    assert!(
        told.stderr.contains("readdress-cli mailbox test"),
        "{told:?}"
    );
}

#[test]
fn a_provider_with_oauth_only_is_told_before_anything_is_stored() {
    let stage = Stage::new();
    let refused = add(&stage, "ana@outlook.com", true).ends(1);
    assert_eq!(refused.error(), "mail_oauth_only");
    assert_eq!(
        stage.json(&["mailbox", "list"]).json(),
        serde_json::json!([])
    );
    let found = stage
        .json(&["mailbox", "find", "ana@outlook.com"])
        .ends(0)
        .json();
    assert_eq!(found["note"], "oauth_only");
    assert_eq!(found["source"], "table");
}

#[test]
fn an_unknown_domain_is_asked_for_only_with_a_word() {
    let stage = Stage::new();
    let unknown = add(&stage, "ops@acme.example", true).ends(2);
    assert_eq!(unknown.error(), "field_missing");
    let next = unknown.json()["error"]["next"].clone();
    assert!(
        next.as_str().expect("a next step").contains("--ask"),
        "{next}"
    );
    let found = stage
        .json(&["mailbox", "find", "ops@acme.example"])
        .ends(2)
        .json();
    assert_eq!(found["source"], "unknown");
    assert!(found["host"].is_null());
    let asks: Vec<&str> = found["asks"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|host| host.as_str())
        .collect();
    assert!(
        asks.iter().any(|host| host.contains("acme.example")),
        "{asks:?}"
    );
    assert!(
        asks.iter().all(|host| !host.contains("ops")),
        "the domain only: {asks:?}"
    );
    // A login name that is no address tells no domain.
    let args = [
        "mailbox",
        "add",
        "--json",
        "--user",
        "ops",
        "--password-env",
        PASSWORD,
    ];
    let named = stage.with_key(&args).env(PASSWORD, "x").run().ends(2);
    assert_eq!(named.json()["error"]["params"]["field"], "--host");
}

#[test]
fn a_find_in_words() {
    let stage = Stage::new();
    let found = stage.words(&["mailbox", "find", "ana@gmail.com"]).ends(0);
    assert!(
        found
            .stdout
            .contains("IMAP server: imap.gmail.com:993 (TLS)"),
        "{found:?}"
    );
    assert!(
        found.stdout.contains("https://"),
        "where the provider tells how: {found:?}"
    );
    let wrong = stage.json(&["mailbox", "find", "no-address"]).ends(2);
    assert_eq!(wrong.error(), "email_invalid");
}
