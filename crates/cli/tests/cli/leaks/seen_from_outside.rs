//! What other programs see of a call that is on its way: arguments, environment, children, limits.

#![cfg(target_os = "linux")]

use std::process::Child;
use std::time::{Duration, Instant};

use readdress_canary::family;
use readdress_sandbox::{Fault, FaultKind, Service};

use super::{AFTER, LABEL, Watched};
use crate::stage::Call;

const PASSPHRASE: &str = "pässphrase/of+the \"canary\" & co";

/// Starts a call whose request is never answered, and waits until it has left.
fn hanging(watched: &Watched, call: Call) -> Child {
    let route = "request";
    let hang = Fault::new(watched.service, FaultKind::Hang)
        .on(route)
        .times(1);
    watched.stage.sandbox.add_fault(hang);
    let before = watched.stage.sandbox.count(watched.service, route).received;
    let child = call.spawn();
    let end = Instant::now() + Duration::from_secs(20);
    while watched.stage.sandbox.count(watched.service, route).received == before {
        assert!(Instant::now() < end, "the request never left");
        std::thread::sleep(Duration::from_millis(10));
    }
    child
}

#[test]
fn arguments_environment_and_children_of_a_hanging_call_hold_nothing() {
    let watched = Watched::new(Service::Webshare);
    watched.add();
    let once = given_password(&watched);
    watched.watch("passphrase", PASSPHRASE);
    let from_variable = watched
        .stage
        .with_key(&[
            "change",
            LABEL,
            "--to",
            AFTER,
            "--secret",
            "password=PASSWORD",
        ])
        .env("PASSWORD", &once);
    let from_stdin = watched
        .stage
        .with_key(&[
            "change",
            LABEL,
            "--to",
            AFTER,
            "--replace",
            "--secret",
            "password=-",
        ])
        .stdin(&format!("{once}\n"));
    for call in [from_variable, from_stdin] {
        let mut child = hanging(&watched, call);
        assert_eq!(watched.search().family(child.id()), []);
        assert_eq!(family(child.id()).len(), 1, "it starts no other program");
        let limits =
            std::fs::read_to_string(format!("/proc/{}/limits", child.id())).expect("Linux");
        let core = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"));
        let soft = core.and_then(|line| line.split_whitespace().nth(4));
        assert!(matches!(soft, Some("0" | "1")), "no core dump: {core:?}");
        child.kill().expect("it hangs");
        child.wait().expect("it ends");
    }
    assert_eq!(watched.found(), []);
}

#[test]
fn a_passphrase_in_the_environment_is_gone_from_it_once_it_was_read() {
    let watched = Watched::new(Service::ManncoStore);
    watched.watch("passphrase", PASSPHRASE);
    let key = watched.known_there().remove(0);
    let url = watched.stage.sandbox.urls().mannco_store.clone();
    let add = [
        "profile",
        "add",
        "--service",
        "mannco-store",
        "--label",
        LABEL,
        "--secret",
        "api_key=KEY",
    ];
    let add = watched
        .stage
        .bare(&add)
        .arg("--base-url")
        .arg(&url)
        .env("KEY", &key);
    watched
        .keep("profile add", add.env("READDRESS_PASSPHRASE", PASSPHRASE))
        .ends(0);

    let change = watched.stage.bare(&["change", LABEL, "--to", AFTER]);
    let mut child = hanging(&watched, change.env("READDRESS_PASSPHRASE", PASSPHRASE));
    assert_eq!(watched.search().family(child.id()), []);
    child.kill().expect("it hangs");
    child.wait().expect("it ends");

    let wrong = watched.stage.bare(&["read", LABEL, "--json"]);
    let wrong = wrong
        .env("READDRESS_PASSPHRASE", &format!("{PASSPHRASE} no"))
        .env("READDRESS_LOG", "trace");
    assert_eq!(
        watched.keep("read", wrong).ends(4).error(),
        "passphrase_wrong"
    );
    assert_eq!(watched.found(), []);
}

fn given_password(watched: &Watched) -> String {
    watched.known_there().pop().expect("a password")
}
