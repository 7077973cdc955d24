//! A service that repeats what it was sent: in its words, in an address, in headers, in `Location`, in every spelling.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use readdress_sandbox::{Fault, FaultKind, Service};
use serde_json::{Value, json};

use super::{AFTER, BEFORE, LABEL, Watched, percent};

/// Statuses of all kinds: taken, refused, redirected, broken.
const STATUSES: [u16; 7] = [200, 300, 302, 400, 401, 403, 500];

/// One secret as services and gateways may repeat it.
fn spellings(secret: &str) -> Vec<String> {
    let json = Value::from(secret).to_string();
    let html = secret
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    vec![
        secret.to_owned(),
        format!("not allowed: {secret} (sorry)"),
        percent(secret),
        percent(secret).to_lowercase().replace("%20", "+"),
        json[1..json.len() - 1].replace('/', "\\/"),
        html,
        STANDARD.encode(secret),
        format!("Basic {}", STANDARD.encode(format!("me:{secret}"))),
        URL_SAFE_NO_PAD.encode(format!("ab{secret}cd")),
    ]
}

/// A body that has `text` wherever any of the three services has words, an address, or a token.
fn body(text: &str) -> Value {
    json!({
        "success": false, "hasEmail": true, "email": text, "verified": text,
        "error": text, "message": text, "detail": text, "data": text, "status": text,
        "content": { "address": text }, "code": text,
        "new_email": [{ "message": text, "code": text }], "password": [text], "non_field_errors": [text],
        "confirmation_code": [text],
    })
}

fn answer(watched: &Watched, route: &str, status: u16, body: &Value, text: &str) {
    let kind = FaultKind::Answer {
        status,
        content_type: Some("application/json".to_owned()),
        headers: vec![
            (
                "location".to_owned(),
                format!("https://elsewhere.example/?t={}", percent(text)),
            ),
            ("set-cookie".to_owned(), format!("t={}", percent(text))),
            ("retry-after".to_owned(), percent(text)),
        ],
        body: body.to_string(),
    };
    let fault = Fault::new(watched.service, kind).on(route).times(1);
    watched.stage.sandbox.add_fault(fault);
}

/// Each spelling of each secret that the service knows, each under another status, in turn.
fn each(watched: &Watched, mut run: impl FnMut(u16, &str)) {
    let all = watched.known_there();
    let all = all.iter().flat_map(|secret| spellings(secret));
    for (at, text) in all.enumerate() {
        run(STATUSES[at % STATUSES.len()], &text);
    }
}

const CHANGE: [&str; 6] = ["change", LABEL, "--to", AFTER, "--replace", "--anyway"];

fn hostile(service: Service) {
    let watched = Watched::new(service);
    watched.add();
    let mut json = false;
    let mut keep = |args: &[&str]| {
        json = !json;
        let call = watched.call(args);
        let call = if json { call.arg("--json") } else { call };
        watched.keep(&args.join(" "), call)
    };
    each(&watched, |status, text| {
        answer(&watched, "request", status, &body(text), text);
        keep(&CHANGE);
        watched.stage.sandbox.clear_faults();
    });
    // A read that makes no sense is tried again after a pause: some of them have to do.
    let mut nth = 0;
    each(&watched, |status, text| {
        nth += 1;
        if nth % 3 != 1 {
            return;
        }
        let mut told = body(text);
        // As if all were well, with the secret for an address.
        told["success"] = (status < 400).into();
        told["error"] = Value::Null;
        answer(
            &watched,
            "read",
            if status < 400 { 200 } else { status },
            &told,
            text,
        );
        keep(&["read", LABEL]);
        watched.stage.sandbox.clear_faults();
    });
    keep(&["pending"]);
    keep(&["history"]);
    keep(&["history"]);
    keep(&["history", "--csv"]);
    keep(&["profile", "list"]);
    keep(&["profile", "list"]);
    let shown = watched.stage.json(&["history"]).stdout;
    assert!(
        shown.contains("not allowed: •••"),
        "its words are kept without the secret: {shown}"
    );
    assert_eq!(watched.found(), []);
    assert_eq!(watched.addresses_logged(), Vec::<String>::new());
}

#[test]
fn z_api_repeats_its_tokens() {
    hostile(Service::ZApi);
}

#[test]
fn webshare_repeats_key_and_password() {
    hostile(Service::Webshare);
}

#[test]
fn mannco_store_repeats_its_key() {
    hostile(Service::ManncoStore);
}

/// A code that was refused, repeated with the refusal and again by the next calls.
#[test]
fn a_code_is_repeated_at_once_and_later() {
    let watched = Watched::new(Service::ZApi);
    let code = "C0DE5CANARY5521qqW";
    watched.watch("the code", code);
    watched.add();
    watched
        .keep("change", watched.call(&["change", LABEL, "--to", AFTER]))
        .ends(0);
    for text in spellings(code) {
        answer(&watched, "verify", 400, &body(&text), &text);
        answer(&watched, "read", 400, &body(&text), &text);
        let verify = watched
            .call(&["verify", LABEL, "--code", "-", "--json"])
            .stdin(code);
        watched.keep("verify", verify);
        watched.keep("settle", watched.call(&["settle", LABEL]));
        answer(&watched, "read", 400, &body(&text), &text);
        watched.keep("read", watched.call(&["read", LABEL, "--json"]));
        watched.keep("resend", watched.call(&["resend", LABEL, "--anyway"]));
        watched.stage.sandbox.clear_faults();
    }
    let sent = watched
        .stage
        .sandbox
        .count(Service::ZApi, "verify")
        .received;
    assert!(sent >= 3, "it was sent and repeated: {sent}");
    watched.both(&["history"]);
    assert_eq!(watched.found(), []);
}

/// The token that a login gives: in an unknown shape, in refusals of its own, and after another one took its place.
#[test]
fn a_login_tells_its_token_in_the_wrong_place() {
    let watched = Watched::new(Service::ManncoStore);
    watched.add();
    let tokens = [
        "eyJcanary.first+/=.aaaaaaaaaaaaaaaaaaaa",
        "eyJcanary.second+/=.bbbbbbbbbbbbbbbbbbb",
    ];
    for token in tokens {
        watched.watch(token, token);
    }
    let shapes = [
        json!({ "success": true, "content": tokens[0] }),
        json!({ "success": true, "token": tokens[0], "message": tokens[0] }),
        json!({ "success": false, "content": { "token": tokens[0] }, "error": null }),
    ];
    for shape in &shapes {
        answer(&watched, "login", 200, shape, tokens[0]);
        watched.keep("read", watched.call(&["read", LABEL]));
        watched.stage.sandbox.clear_faults();
    }
    // Captured and kept; then refused, captured anew, and both are repeated.
    let jwt = |token: &str| json!({ "success": true, "content": { "jwt": token } });
    answer(&watched, "login", 200, &jwt(tokens[0]), "");
    let held = json!({ "success": true, "content": { "address": BEFORE } });
    answer(&watched, "read", 200, &held, "");
    watched.keep("read", watched.call(&["read", LABEL])).ends(0);
    answer(
        &watched,
        "read",
        401,
        &json!({ "content": tokens[0] }),
        tokens[0],
    );
    answer(&watched, "login", 200, &jwt(tokens[1]), "");
    let both = json!({ "success": false, "content": tokens.join(" ") });
    answer(&watched, "read", 400, &both, tokens[1]);
    let ran = watched.keep("read", watched.call(&["read", LABEL, "--json"]));
    assert!(
        ran.stdout.contains("•••••• ••••••"),
        "the words were kept: {ran:?}"
    );
    watched.both(&["profile", "list"]);
    assert_eq!(watched.found(), []);
}
