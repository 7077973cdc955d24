//! What cannot be asked: exit 2, a code of the closed set, and no secret repeated.

use readdress_sandbox::Service;

use crate::stage::{NEW, Stage};

#[test]
fn a_command_line_that_cannot_be_understood() {
    let stage = Stage::new();
    for (args, code) in [
        (&["change", "z"][..], "field_missing"),
        (&["verify", "z"], "field_missing"),
        (&["profile", "add", "--label", "x"], "field_missing"),
        (&["change", "z", "--to", NEW, "--force"], "field_unknown"),
        (&["fly"], "field_unknown"),
        (&["history", "--state", "lost"], "field_invalid"),
        (
            &["settle", "z", "--worked", "--send-again"],
            "field_invalid",
        ),
        (&["history", "--csv"], "field_invalid"),
    ] {
        let ran = stage.json(args).ends(2);
        assert_eq!(ran.error(), code, "{args:?}");
        assert!(!ran.stderr.is_empty(), "{args:?}");
    }
    let words = stage.words(&["change", "z"]).ends(2);
    assert!(words.stdout.is_empty());
    assert!(words.stderr.contains("--to <EMAIL>"), "{words:?}");
    assert!(
        stage
            .words(&["--help"])
            .ends(0)
            .stdout
            .contains("READDRESS_KEY_FILE")
    );
    assert!(
        stage
            .words(&["--version"])
            .ends(0)
            .stdout
            .starts_with("readdress-cli ")
    );
}

#[test]
fn addresses_that_are_none() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    for to in [
        "",
        "no-at-sign",
        "a@b",
        "a b@c.com",
        "a@[127.0.0.1]",
        "@c.com",
    ] {
        let ran = stage.json(&["change", "z", "--to", to]).ends(2);
        assert_eq!(ran.error(), "email_invalid", "{to:?}");
        assert!(ran.json().get("change").is_none());
    }
    assert_eq!(
        stage.json(&["pending"]).json().as_array().map(Vec::len),
        Some(0)
    );
}

#[test]
fn what_is_not_there() {
    let stage = Stage::new();
    for args in [
        &["read", "x"][..],
        &["change", "x", "--to", NEW],
        &["cancel", "x"],
        &["profile", "remove", "x"],
        &["profile", "edit", "x"],
    ] {
        assert_eq!(
            stage.json(args).ends(2).error(),
            "profile_unknown",
            "{args:?}"
        );
    }
    let add = ["profile", "add", "--service", "nobody", "--label", "x"];
    assert_eq!(stage.json(&add).ends(2).error(), "service_unknown");
    assert_eq!(
        stage
            .json(&["pending", "--services", "/nonexistent/folder"])
            .ends(2)
            .error(),
        "manifest_invalid"
    );
}

#[test]
fn half_filled_and_wrong_profiles() {
    let stage = Stage::new();
    let add = ["profile", "add", "--service", "z-api", "--label", "x"];
    let refused = |more: &[&str]| {
        let args: Vec<&str> = add.iter().chain(more).copied().collect();
        let ran = stage
            .with_key(&args)
            .arg("--json")
            .env("TOKEN", "T0KEN-of-this-test")
            .run()
            .ends(2);
        assert!(!format!("{ran:?}").contains("T0KEN-of-this-test"));
        (
            ran.error(),
            ran.json()["error"]["params"]["field"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    };
    let pair = |code: &str, field: &str| (code.to_owned(), field.to_owned());
    assert_eq!(refused(&[]), pair("field_missing", "instance_id"));
    assert_eq!(
        refused(&["--field", "instance_id=A1"]),
        pair("field_missing", "token")
    );
    let whole = ["--field", "instance_id=A1", "--secret", "token=TOKEN"];
    let with = |more: &[&str]| refused(&whole.iter().chain(more).copied().collect::<Vec<_>>());
    assert_eq!(
        with(&["--field", "colour=red"]),
        pair("field_unknown", "colour")
    );
    assert_eq!(
        with(&["--secret", "colour=TOKEN"]),
        pair("field_unknown", "colour")
    );
    assert_eq!(
        refused(&["--field", "instance_id=A1", "token=T0KEN-of-this-test"]),
        pair("field_unknown", "token")
    );
    assert_eq!(
        with(&["--base-url", "http://example.com"]).0,
        "base_url_invalid"
    );
    assert_eq!(
        with(&["--base-url", "https://user:pass@example.com"]).0,
        "base_url_invalid"
    );
    assert_eq!(
        stage
            .json(&["profile", "list"])
            .json()
            .as_array()
            .map(Vec::len),
        Some(0),
        "nothing was stored"
    );
}

#[test]
fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
    let stage = Stage::new();
    for given in ["token=s3cret-by-mistake", "s3cret-by-mistake", "token="] {
        let args = [
            "profile",
            "add",
            "--service",
            "z-api",
            "--label",
            "x",
            "--field",
            "instance_id=A1",
            "--secret",
            given,
        ];
        for ran in [stage.json(&args).ends(2), stage.words(&args).ends(2)] {
            assert!(!format!("{ran:?}").contains("s3cret"), "{ran:?}");
        }
    }
    let args = [
        "profile",
        "add",
        "--service",
        "z-api",
        "--label",
        "x",
        "--field",
        "instance_id=A1",
        "--secret",
        "token=UNSET_VARIABLE",
    ];
    let missing = stage.json(&args).ends(2);
    assert_eq!(missing.error(), "field_missing");
    assert_eq!(missing.json()["error"]["params"]["field"], "token");
    assert!(
        missing.stderr.contains("environment variable"),
        "{missing:?}"
    );
}

#[test]
fn labels_are_unique_without_case() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "Main");
    let call = stage
        .add_call(Service::Webshare, "mAIN")
        .arg("--json")
        .run()
        .ends(2);
    assert_eq!(call.error(), "label_taken");
    let twice = stage
        .add_call(Service::ZApi, "Other")
        .arg("--json")
        .run()
        .ends(1);
    assert_eq!(twice.error(), "profile_twice");
    for label in ["", "a\u{7}b", &"x".repeat(81)] {
        let ran = stage
            .add_call(Service::Webshare, label)
            .arg("--json")
            .run()
            .ends(2);
        assert!(
            matches!(ran.error().as_str(), "label_invalid" | "field_missing"),
            "{ran:?}"
        );
    }
    stage
        .json(&["profile", "edit", "MAIN", "--label", "Renamed"])
        .ends(0);
    assert_eq!(
        stage.json(&["profile", "list"]).json()[0]["label"],
        "Renamed"
    );
}

#[test]
fn secrets_come_from_standard_input_line_by_line() {
    let stage = Stage::new();
    let url = stage.sandbox.urls().z_api.clone();
    let add = [
        "profile",
        "add",
        "--service",
        "z-api",
        "--label",
        "z",
        "--field",
        "instance_id=3C0FFEE0000000000000000000000009",
    ];
    let call = stage
        .with_key(&add)
        .arg("--base-url")
        .arg(&url)
        .arg("--secret")
        .arg("token=-")
        .arg("client_token=-")
        .arg("--json");
    let added = call
        .stdin("FIRSTLINE0000000000000000000000009\r\nsecond-line\n")
        .run()
        .ends(0);
    assert_eq!(
        added.json()["has_secret"],
        serde_json::json!(["client_token", "token"])
    );
    stage.json(&["read", "z"]).ends(0);
    let seen = stage.sandbox.requests().pop().expect("a request");
    assert_eq!(seen.header("client-token"), Some("second-line"));
    assert!(seen.path.contains("FIRSTLINE0000000000000000000000009"));
    let short = stage
        .with_key(&["profile", "edit", "z", "--secret", "token=-", "--json"])
        .run()
        .ends(2);
    assert_eq!(short.error(), "field_missing");
}

#[test]
fn what_is_wrong_with_an_address_is_named() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    for (to, says) in [
        ("no-at-sign", "The @ is missing."),
        (
            "Ana <ana@example.com>",
            "Use the address alone: ana@example.com",
        ),
    ] {
        let ran = stage.words(&["change", "z", "--to", to]).ends(2);
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
    }
}
