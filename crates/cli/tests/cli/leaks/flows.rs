//! Whole flows as they should go, wrong codes and refusals included.

use readdress_sandbox::Service;

use super::{AFTER, LABEL, Watched};

const WRONG: &str = "918273";

fn code_of(service: Service) -> &'static str {
    match service {
        Service::Webshare => "Wq3x8yZ0-canary_LINK-5521qqW",
        _ => "730619",
    }
}

fn whole_flow(service: Service) {
    let watched = Watched::new(service);
    let code = code_of(service);
    watched.watch("the code", code);
    watched.watch("a wrong code", WRONG);
    watched.stage.sandbox.next_code(code);
    watched.add();
    watched.both(&["read", LABEL]);
    let asked = watched.keep(
        "change",
        watched.call(&["change", LABEL, "--to", AFTER, "--json"]),
    );
    assert_eq!(asked.ends(0).json()["state"], "awaiting_code");
    watched.both(&["pending"]);

    let refused = watched
        .call(&["verify", LABEL, "--code", "-", "--json"])
        .stdin(WRONG);
    let refused = watched.keep("verify with a wrong code", refused);
    assert_eq!(refused.ends(1).error(), "code_wrong");
    // The same again: it is known to be wrong.
    let again = watched.call(&["verify", LABEL, "--code", "-"]).stdin(WRONG);
    watched.keep("verify with a wrong code again", again);

    let mail = watched.stage.sandbox.last_mail(AFTER).expect("a mail").raw;
    let verify = watched
        .call(&["verify", LABEL, "--code", "-", "--json"])
        .stdin(&mail);
    let done = watched.keep("verify", verify).ends(0);
    assert_eq!(done.json()["state"], "changed");

    watched.both(&["history"]);
    watched.keep("history --csv", watched.call(&["history", "--csv"]));
    watched.both(&["profile", "list"]);
    watched.both(&["vault", "status", "--open"]);
    watched.both(&["settle", LABEL]);
    watched.both(&["profile", "edit", LABEL, "--label", "Canary account 2"]);
    assert_eq!(watched.found(), []);
    assert_eq!(watched.addresses_logged(), Vec::<String>::new());
}

#[test]
fn z_api_leaves_nothing() {
    whole_flow(Service::ZApi);
}

#[test]
fn webshare_leaves_nothing() {
    whole_flow(Service::Webshare);
}

#[test]
fn mannco_store_leaves_nothing_and_its_token_is_sealed() {
    whole_flow(Service::ManncoStore);
}

#[test]
fn a_removed_profile_leaves_nothing_on_the_pages_that_it_freed() {
    let watched = Watched::new(Service::ManncoStore);
    watched.add();
    watched.both(&["read", LABEL]);
    watched
        .keep(
            "profile remove",
            watched.call(&["profile", "remove", LABEL]),
        )
        .ends(0);
    assert_eq!(watched.found(), []);
}

#[test]
fn a_proxy_with_a_password_is_used_and_not_told() {
    let watched = Watched::new(Service::Webshare);
    let add = [
        "profile",
        "add",
        "--service",
        "webshare",
        "--label",
        LABEL,
        "--base-url",
        "https://canary.invalid",
        "--secret",
        "api_key=KEY",
    ];
    let key = watched.known_there().remove(0);
    watched
        .keep("profile add", watched.call(&add).env("KEY", &key))
        .ends(0);
    let failed = watched.keep("read", watched.call(&["read", LABEL, "--json"]));
    assert_eq!(failed.ends(1).error(), "proxy_failed");
    watched.both(&["profile", "list"]);
    assert_eq!(watched.found(), []);
}

#[test]
fn the_search_sees_what_the_service_saw() {
    let watched = Watched::new(Service::ManncoStore);
    watched.add();
    watched.both(&["read", LABEL]);
    watched.watch_tokens();
    // The very bytes that left: the canaries are in there, and the token that the login gave.
    let sent = format!("{:?}", watched.stage.sandbox.requests());
    let found = watched.search().bytes("what was sent", sent.as_bytes());
    let has = |name: &str| found.iter().any(|one| one.canary.starts_with(name));
    assert!(has("api_key") && has("token "), "{found:?}");
}
