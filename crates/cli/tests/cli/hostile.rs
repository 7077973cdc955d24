//! Words of a service: shown, but never as escape sequences, turned writing, or with a secret in them.

use readdress_sandbox::{Fault, FaultKind, Service};

use crate::stage::{NEW, Stage, account};

fn answer(stage: &Stage, service: Service, status: u16, body: String) {
    let kind = FaultKind::Answer {
        status,
        content_type: Some("application/json".to_owned()),
        headers: Vec::new(),
        body,
    };
    stage
        .sandbox
        .add_fault(Fault::new(service, kind).on("request").times(1));
}

#[test]
fn escape_sequences_and_turned_writing_do_not_reach_the_terminal() {
    let hostile = "no\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}txt.exe\u{2066}";
    let stage = Stage::new();
    stage.add(Service::Webshare, "w");
    for json in [true, false] {
        let body = serde_json::json!({ "detail": hostile }).to_string();
        answer(&stage, Service::Webshare, 400, body);
        let args = ["change", "w", "--to", NEW, "--replace"];
        let ran = if json {
            stage.json(&args)
        } else {
            stage.words(&args)
        }
        .ends(1);
        let printed = format!("{}{}", ran.stdout, ran.stderr);
        assert!(
            printed.contains("txt.exe"),
            "the words themselves are shown: {printed}"
        );
        for c in printed.chars() {
            assert!(!c.is_control() || c == '\n', "{c:?} in {printed:?}");
            assert!(
                !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'),
                "{c:?} in {printed:?}"
            );
        }
    }
}

#[test]
fn a_service_that_repeats_the_key_does_not_make_us_repeat_it() {
    let stage = Stage::new();
    stage.add(Service::ZApi, "z");
    let token = account(Service::ZApi).secrets["client_token"];
    answer(
        &stage,
        Service::ZApi,
        403,
        serde_json::json!({ "error": format!("Client-Token {token} not allowed") }).to_string(),
    );
    // `run` looks for every secret of the practice accounts in what is printed.
    let refused = stage
        .with_key(&["change", "z", "--to", NEW, "--json"])
        .env("READDRESS_LOG", "trace")
        .run()
        .ends(1);
    assert_eq!(refused.error(), "credentials_refused");
    let says = refused.json()["error"]["service_says"]
        .as_str()
        .expect("its words")
        .to_owned();
    assert!(says.contains("not allowed"), "{says}");
    let history = stage.json(&["history"]).ends(0);
    assert!(history.stdout.contains("not allowed"));
    stage.with_key(&["history", "--csv"]).run().ends(0);
}

#[test]
fn no_log_level_prints_a_secret_a_code_or_an_address() {
    let stage = Stage::new();
    for service in Service::ALL {
        stage.add(service, service.id());
        let change = stage
            .with_key(&["change", service.id(), "--to", NEW, "--json"])
            .env("READDRESS_LOG", "trace")
            .run()
            .ends(0);
        let code = stage.code();
        let verify = stage
            .with_key(&["verify", service.id(), "--code", &code, "--json"])
            .env("READDRESS_LOG", "trace")
            .run()
            .ends(0);
        for log in [change.stderr, verify.stderr] {
            assert!(log.contains("answered"), "it logs: {log}");
            assert!(!log.contains(&code) && !log.contains(NEW), "{log}");
        }
    }
}
