//! `practice` and `demo`.

#[cfg(unix)]
use std::io::{BufRead, BufReader, Read};

#[cfg(unix)]
use serde_json::Value;

use crate::stage::{Call, NEW};
#[cfg(unix)]
use crate::stage::{Stage, ran};

#[test]
fn demo_ends_with_three_changed_and_proved() {
    let folder = tempfile::tempdir().expect("a folder");
    let done = Call::new(folder.path(), &["demo", "--json"])
        .run()
        .ends(0)
        .json();
    assert_eq!(done["ok"], true);
    let services = done["services"].as_array().expect("a list");
    let ids: Vec<_> = services
        .iter()
        .map(|played| played["service"].as_str().expect("an id"))
        .collect();
    assert_eq!(ids, ["z-api", "webshare", "mannco-store"]);
    for played in services {
        assert_eq!(played["state"], "changed");
        assert_eq!(played["proof"], "read_back");
        assert_eq!(played["to"], NEW);
        assert!(played["millis"].is_u64() && played["change"].is_string());
    }
    let words = Call::new(folder.path(), &["demo"]).run().ends(0);
    assert_eq!(
        words.stdout.matches("Proved by reading back").count(),
        3,
        "{words:?}"
    );
    assert!(!words.stdout.contains('\u{1b}'));
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("a folder").count(),
        0,
        "the data folder is not touched"
    );
}

#[cfg(unix)]
#[test]
fn practice_serves_until_it_is_told_to_stop() {
    let stage = Stage::new();
    let mut child = stage.bare(&["practice"]).spawn();
    let mut out = BufReader::new(child.stdout.take().expect("piped"));
    let mut first = String::new();
    out.read_line(&mut first).expect("a line");
    let urls: Value = serde_json::from_str(&first).expect("JSON on the first line");
    for key in ["z-api", "webshare", "mannco-store", "mailbox", "control"] {
        assert!(
            urls[key]
                .as_str()
                .is_some_and(|url| url.starts_with("http://127.0.0.1:")),
            "{key}: {urls}"
        );
    }
    let account = &urls["accounts"]["webshare"];
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let add = [
        "profile",
        "add",
        "--service",
        "webshare",
        "--label",
        "w",
        "--secret",
        "api_key=K",
        "password=P",
        "--json",
    ];
    let call = stage
        .with_key(&add)
        .arg("--base-url")
        .arg(&text(&urls["webshare"]));
    call.env("K", &text(&account["secrets"]["api_key"]))
        .env("P", &text(&account["secrets"]["password"]))
        .run()
        .ends(0);
    stage.requested("w");

    let kill = std::process::Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(kill.is_ok_and(|status| status.success()));
    let mut rest = String::new();
    out.read_to_string(&mut rest).expect("the end");
    assert!(rest.is_empty(), "the first line is the only one: {rest}");
    assert_eq!(ran(child).code, 0);
}
