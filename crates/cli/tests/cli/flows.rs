//! The whole path at each service, in JSON and in words.

use readdress_sandbox::Service;
use serde_json::json;

use crate::stage::{NEW, Stage, account};

/// From the profile to the proof. `give` makes the call that gives the code.
fn whole_path(service: Service, give: impl FnOnce(&Stage) -> crate::stage::Ran) {
    let stage = Stage::new();
    let label = "Main account";
    let added = stage.add(service, label).json();
    assert_eq!(added["label"], label);
    assert_eq!(added["service"], service.id());
    let mut names: Vec<&str> = account(service).secrets.into_keys().collect();
    names.sort_unstable();
    assert_eq!(added["has_secret"], json!(names));

    let read = stage.json(&["read", label]).ends(0).json();
    assert_eq!(read["email"], "before@practice.example");
    let verified = if service == Service::ZApi {
        json!(true)
    } else {
        json!(null)
    };
    assert_eq!(read["verified"], verified);

    let change = stage.requested(label);
    assert_eq!(change["profile"], label);
    assert_eq!(change["to"], NEW);
    assert_eq!(change["from"], "before@practice.example");
    assert_eq!(change["state"], "awaiting_code");
    assert_eq!(
        change["waits_for"]["what"],
        if service == Service::Webshare {
            "link"
        } else {
            "code"
        }
    );
    assert_eq!(change["waits_for"]["sent_to"], "new");
    assert_eq!(change["waits_for"]["address"], NEW);
    assert_eq!(
        change["expires_at"].is_string(),
        service == Service::ManncoStore,
        "24 hours are documented there only"
    );
    assert!(change.get("error").is_none());

    let pending = stage.json(&["pending"]).ends(0).json();
    assert_eq!(pending.as_array().map(Vec::len), Some(1));
    assert_eq!(pending[0]["change"], change["change"]);
    assert!(
        pending[0]["events"]
            .as_array()
            .is_some_and(|events| events.iter().any(|event| event["kind"] == "intent"))
    );

    let done = give(&stage).ends(0).json();
    assert_eq!(done["change"], change["change"]);
    assert_eq!(done["state"], "changed");
    assert_eq!(done["proof"], "read_back");
    assert!(done["waits_for"].is_null());

    assert_eq!(stage.json(&["pending"]).ends(0).json(), json!([]));
    let history = stage.json(&["history"]).ends(0).json();
    assert_eq!(history[0]["state"], "changed");
    assert!(
        history[0]["events"]
            .as_array()
            .is_some_and(|events| events.len() > 3)
    );
    let profiles = stage.json(&["profile", "list"]).ends(0).json();
    assert_eq!(profiles[0]["email"], NEW);
    assert!(profiles[0]["checked_at"].is_string());
    assert_eq!(stage.json(&["read", label]).ends(0).json()["email"], NEW);
    for route in ["request", "verify"] {
        assert_eq!(
            stage.sandbox.count(service, route).received,
            1,
            "{route} was sent once"
        );
    }
}

#[test]
fn z_api_with_the_whole_mail_on_standard_input() {
    whole_path(Service::ZApi, |stage| {
        let mail = stage.mail();
        stage
            .with_key(&["verify", "Main account", "--code", "-", "--json"])
            .stdin(&mail)
            .run()
    });
}

#[test]
fn webshare_with_the_link() {
    whole_path(Service::Webshare, |stage| {
        let link = stage
            .sandbox
            .last_mail(NEW)
            .expect("a mail")
            .link
            .expect("a link");
        stage.json(&["verify", "main ACCOUNT", "--code", &link])
    });
}

#[test]
fn mannco_store_with_the_code_and_the_id_of_the_change() {
    whole_path(Service::ManncoStore, |stage| {
        let change = stage.json(&["pending"]).json()[0]["change"]
            .as_str()
            .expect("an id")
            .to_owned();
        stage.json(&["verify", &change, "--code", &stage.code()])
    });
}

#[test]
fn a_pasted_session_token_works_instead_of_a_key() {
    let stage = Stage::new();
    let add = [
        "profile",
        "add",
        "--service",
        "mannco-store",
        "--label",
        "session",
        "--secret",
        "session_token=TEST_SESSION",
    ];
    let url = stage.sandbox.urls().mannco_store.clone();
    stage
        .with_key(&add)
        .arg("--base-url")
        .arg(&url)
        .env("TEST_SESSION", "a-pasted-session-token")
        .run()
        .ends(0);
    stage.requested("session");
    assert_eq!(
        stage.sandbox.count(Service::ManncoStore, "login").received,
        0
    );
    let done = stage
        .json(&["verify", "session", "--code", &stage.code()])
        .ends(0)
        .json();
    assert_eq!(done["state"], "changed");
}

#[test]
fn a_password_that_is_not_kept_is_given_with_the_call() {
    let stage = Stage::new();
    let add = [
        "profile",
        "add",
        "--service",
        "webshare",
        "--label",
        "w",
        "--secret",
        "api_key=TEST_KEY",
    ];
    let key = account(Service::Webshare).secrets["api_key"];
    let url = stage.sandbox.urls().webshare.clone();
    stage
        .with_key(&add)
        .arg("--base-url")
        .arg(&url)
        .env("TEST_KEY", key)
        .run()
        .ends(0);
    let missing = stage.json(&["change", "w", "--to", NEW]).ends(2);
    assert_eq!(missing.error(), "field_missing");
    assert_eq!(missing.json()["error"]["params"]["field"], "password");

    let password = account(Service::Webshare).secrets["password"];
    let change = [
        "change",
        "w",
        "--to",
        NEW,
        "--secret",
        "password=TEST_PASSWORD",
        "--json",
    ];
    stage
        .with_key(&change)
        .env("TEST_PASSWORD", password)
        .run()
        .ends(0);
    let resend = [
        "resend",
        "w",
        "--secret",
        "password=-",
        "--anyway",
        "--json",
    ];
    stage
        .with_key(&resend)
        .stdin(&format!("{password}\n"))
        .run()
        .ends(0);
    assert_eq!(
        stage.json(&["profile", "list"]).json()[0]["has_secret"],
        json!(["api_key"]),
        "it was not kept"
    );
    assert_eq!(stage.sandbox.count(Service::Webshare, "request").taken, 2);
}

#[test]
fn a_person_reads_sentences_and_the_next_command() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "Support line");
    let asked = stage
        .words(&["change", "Support line", "--to", NEW])
        .ends(0);
    assert!(
        asked
            .stdout
            .contains("before@practice.example → after@practice.example"),
        "{asked:?}"
    );
    assert!(
        asked
            .stderr
            .contains("readdress-cli verify 'Support line' --code -"),
        "{asked:?}"
    );
    assert!(
        asked.stderr.starts_with("Z-API: "),
        "the side effects are told before: {asked:?}"
    );
    let done = stage
        .words(&["verify", "Support line", "--code", &stage.code()])
        .ends(0);
    assert!(
        done.stdout
            .contains("Changed and proved: Z-API shows after@practice.example."),
        "{done:?}"
    );

    let portuguese = stage
        .with_key(&["read", "nobody"])
        .env("LC_ALL", "pt_BR.UTF-8")
        .run()
        .ends(2);
    assert!(
        portuguese
            .stderr
            .contains("A seguir: “readdress-cli profile list”"),
        "{portuguese:?}"
    );
}
