//! One open change at a time: in the way, replaced, planned and sent later, cancelled, removed.

use readdress_sandbox::Service;
use serde_json::json;

use crate::stage::{NEW, Stage};

#[test]
fn an_open_change_is_in_the_way_until_it_is_replaced() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    let first = stage.requested("z");
    let other = "other@practice.example";
    for to in [other, NEW] {
        let refused = stage.json(&["change", "z", "--to", to]).ends(1);
        assert_eq!(refused.error(), "change_open", "{to}");
        assert_eq!(
            refused.json()["change"],
            first["change"],
            "the open one is shown"
        );
        assert_eq!(refused.json()["error"]["params"]["change"], first["change"]);
    }
    let second = stage
        .json(&["change", "z", "--to", other, "--replace"])
        .ends(0)
        .json();
    assert_ne!(second["change"], first["change"]);
    assert_eq!(second["to"], other);
    let history = stage.json(&["history"]).ends(0).json();
    let states: Vec<_> = history
        .as_array()
        .expect("a list")
        .iter()
        .map(|change| change["state"].clone())
        .collect();
    assert_eq!(
        states,
        [json!("awaiting_code"), json!("cancelled")],
        "newest first"
    );
}

#[test]
fn a_request_that_never_left_is_sent_by_the_same_call() {
    let stage = Stage::new();
    stage.add(Service::Webshare, "w");
    // Nobody listens at the port that was just given back.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("an address")
        .port();
    let add = [
        "profile",
        "add",
        "--service",
        "webshare",
        "--label",
        "gone",
        "--secret",
        "api_key=K",
        "password=P",
    ];
    let call = stage
        .with_key(&add)
        .arg("--base-url")
        .arg(&format!("http://127.0.0.1:{port}"));
    call.env("K", "another-key-0000000000000000000000000001")
        .env("P", "secret")
        .run()
        .ends(0);
    let refused = stage.json(&["change", "gone", "--to", NEW]).ends(1).json();
    assert_eq!(refused["state"], "planned");
    assert_eq!(refused["error"]["code"], "unreachable");

    let later = stage.json(&["change", "gone", "--to", NEW]).ends(1).json();
    assert_eq!(
        later["change"], refused["change"],
        "the planned one is tried again, no second one is made"
    );
    let other = stage
        .json(&["change", "gone", "--to", "other@practice.example"])
        .ends(1);
    assert_eq!(other.error(), "change_open");
    let cancelled = stage.json(&["cancel", "gone"]).ends(0).json();
    assert_eq!(cancelled["state"], "cancelled");
    assert_eq!(
        stage.json(&["cancel", "gone"]).ends(1).error(),
        "change_not_open"
    );
}

#[test]
fn an_end_is_by_id_or_by_label() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    let id = stage.requested("z")["change"]
        .as_str()
        .expect("an id")
        .to_owned();
    let cancelled = stage.json(&["cancel", &id]).ends(0).json();
    assert_eq!(cancelled["state"], "cancelled");
    assert_eq!(cancelled["cancelled_there"], false);
    assert_eq!(
        stage
            .json(&["cancel", "01a1f82c-0000-7140-b20b-59eba699deb2"])
            .ends(2)
            .json()["error"]["code"],
        "profile_unknown"
    );
}

#[test]
fn a_removed_profile_leaves_its_history() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "Old one");
    stage.requested("Old one");
    assert_eq!(
        stage.json(&["profile", "remove", "old ONE"]).ends(0).json(),
        json!({ "removed": "Old one" })
    );
    assert_eq!(stage.json(&["profile", "list"]).json(), json!([]));
    let history = stage.json(&["history"]).ends(0).json();
    assert_eq!(history[0]["profile"], "Old one");
    assert_eq!(history[0]["state"], "cancelled");
    assert_eq!(
        stage.json(&["read", "Old one"]).ends(2).error(),
        "profile_unknown"
    );
}
