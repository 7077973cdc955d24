//! What is given as a code, and what is not one.

use readdress_sandbox::Service;

use crate::stage::{NEW, Stage};

fn wrong(code: &str) -> String {
    if code == "000000" {
        "111111".to_owned()
    } else {
        "000000".to_owned()
    }
}

#[test]
fn a_wrong_code_is_told_and_not_sent_again() {
    let stage = Stage::new();
    stage.add(Service::ManncoStore, "m");
    stage.requested("m");
    let wrong = wrong(&stage.code());
    let refused = stage.json(&["verify", "m", "--code", &wrong]).ends(1);
    let document = refused.json();
    assert_eq!(document["state"], "awaiting_code");
    assert_eq!(document["tries"], 1);
    assert_eq!(document["error"]["code"], "code_wrong");
    assert!(
        document["error"]["service_says"]
            .as_str()
            .is_some_and(|says| says.contains("Invalid or expired code"))
    );
    assert!(refused.stderr.contains("code_wrong: "), "{refused:?}");
    assert!(refused.stderr.contains("Next: "), "{refused:?}");

    assert_eq!(
        stage
            .json(&["verify", "m", "--code", &wrong])
            .ends(1)
            .error(),
        "code_refused_before"
    );
    assert_eq!(
        stage.sandbox.count(Service::ManncoStore, "verify").received,
        1
    );
    assert_eq!(
        stage
            .json(&["verify", "m", "--code", &stage.code()])
            .ends(0)
            .json()["state"],
        "changed"
    );
}

#[test]
fn what_is_no_code_is_not_sent() {
    let stage = Stage::new();
    stage.add(Service::Webshare, "w");
    stage.requested("w");
    for (text, code) in [
        ("", "code_not_found"),
        (
            "https://dashboard.webshare.io/activation/abcdefgh/confirm/",
            "link_wrong_kind",
        ),
        (
            "https://example.com/changeemail/abcdefgh/confirm/",
            "link_other_service",
        ),
    ] {
        let ran = stage.json(&["verify", "w", "--code", text]).ends(1);
        assert_eq!(ran.error(), code, "{text:?}");
        assert_eq!(
            ran.json()["state"],
            "awaiting_code",
            "the change's document is beside it"
        );
    }
    assert_eq!(
        stage
            .with_key(&["verify", "w", "--code", "-", "--json"])
            .run()
            .ends(1)
            .error(),
        "code_not_found"
    );
    assert_eq!(stage.sandbox.count(Service::Webshare, "verify").received, 0);
}

#[test]
fn an_ended_change_takes_no_code() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    assert_eq!(
        stage
            .json(&["verify", "z", "--code", "123456"])
            .ends(2)
            .error(),
        "change_unknown"
    );
    stage.requested("z");
    stage
        .json(&["verify", "z", "--code", &stage.code()])
        .ends(0);
    let late = stage.json(&["verify", "z", "--code", "123456"]).ends(1);
    assert_eq!(late.error(), "change_not_open");
    assert_eq!(late.json()["state"], "changed");
}

#[test]
fn the_same_address_again_is_refused_before_it_is_sent() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    let same = stage
        .json(&["change", "z", "--to", "BEFORE@practice.example"])
        .ends(1);
    assert_eq!(same.error(), "email_same");
    assert_eq!(same.json()["state"], "refused");
    assert_eq!(stage.sandbox.count(Service::ZApi, "request").received, 0);
}

#[test]
fn an_address_of_somebody_else_is_the_services_refusal() {
    let stage = Stage::new();
    stage
        .sandbox
        .change_settings(|settings| settings.taken_addresses.push(NEW.to_owned()));
    stage.add(Service::ManncoStore, "m");
    let taken = stage.json(&["change", "m", "--to", NEW]).ends(1);
    assert_eq!(taken.error(), "email_taken");
    assert_eq!(taken.json()["state"], "refused");
}
