//! Answers of Mannco.store: docs/services.md, "Mannco.store". Each text in both envelopes.

use readdress_core::error::Code;
use readdress_core::manifest::{Meaning, Shown};

use crate::{check, verdict};

/// The same refusal in every shape that was seen.
fn shapes(text: &str) -> [String; 6] {
    [
        format!(r#"{{"err":true,"success":false,"content":"{text}"}}"#),
        format!(r#"{{"err":1,"success":false,"content":{{"message":"{text}"}}}}"#),
        format!(r#"{{"err":true,"success":false,"message":"{text}"}}"#),
        format!(r#"{{"status":"error","data":null,"message":"{text}"}}"#),
        format!(r#"{{"status":"error","data":"{text}"}}"#),
        format!(r#"{{"error":"{text}"}}"#),
    ]
}

#[track_caller]
fn refused(step: &str, text: &str, meaning: &str) {
    for body in shapes(text) {
        for status in [200, 300, 400, 403] {
            check("mannco-store", &[(step, status, &body, meaning)]);
        }
        assert_eq!(
            verdict("mannco-store", step, 300, &body).says.as_deref(),
            Some(text),
            "{body}"
        );
    }
}

#[test]
fn success_in_both_envelopes() {
    check(
        "mannco-store",
        &[
            (
                "request",
                200,
                r#"{"err":false,"success":true,"content":"Email change request created successfully"}"#,
                "code_sent",
            ),
            (
                "request",
                200,
                r#"{"status":"success","data":"Email change request created successfully"}"#,
                "code_sent",
            ),
            (
                "verify",
                200,
                r#"{"err":false,"success":true,"content":"Email change validation success"}"#,
                "ok",
            ),
            (
                "verify",
                200,
                r#"{"status":"success","message":"ok"}"#,
                "ok",
            ),
        ],
    );
    let shown = |body| verdict("mannco-store", "read", 200, body).shows.unwrap();
    assert_eq!(
        shown(r#"{"success":true,"content":{"address":"a@b.example"}}"#)
            .email
            .as_deref(),
        Some("a@b.example")
    );
    assert_eq!(
        shown(r#"{"status":"success","data":{"address":"a@b.example"}}"#)
            .email
            .as_deref(),
        Some("a@b.example")
    );
    assert_eq!(
        shown(r#"{"success":true,"content":{"address":""}}"#),
        Shown {
            none_set: true,
            ..Shown::default()
        }
    );
    check(
        "mannco-store",
        &[("read", 200, r#"{"success":true,"content":{}}"#, "none")],
    );
}

#[test]
fn login() {
    let given = |body| verdict("mannco-store", "login", 200, body).gives;
    for body in [
        r#"{"err":false,"success":true,"content":{"jwt":"h.p.s"}}"#,
        r#"{"status":"success","data":{"jwt":"h.p.s"}}"#,
    ] {
        let given = given(body);
        assert_eq!(
            (given[0].0.as_str(), given[0].1.expose()),
            ("session_token", "h.p.s")
        );
        assert_eq!(
            verdict("mannco-store", "login", 200, body).says,
            None,
            "the token is no text to show"
        );
    }
    check(
        "mannco-store",
        &[
            (
                "login",
                200,
                r#"{"success":true,"content":{"jwt":""}}"#,
                "none",
            ),
            (
                "login",
                500,
                r#"{"success":false,"content":"oops"}"#,
                "none",
            ),
            ("login", 401, "{}", "credentials_refused"),
            ("login", 403, "<html>", "credentials_refused"),
            (
                "login",
                300,
                r#"{"success":false,"content":"Odd"}"#,
                "request_refused",
            ),
        ],
    );
    refused(
        "login",
        "Missing required parameter: apiKey",
        "credentials_refused",
    );
    refused("login", "Invalid API key", "credentials_refused");
    refused("login", "Country blocked", "place_blocked");
    refused(
        "login",
        "Too many logins, try again in 152 seconds",
        "rate_limited",
    );
}

#[test]
fn a_token_in_an_unknown_place_is_not_told() {
    for body in [
        r#"{"success":true,"content":"h.p.s"}"#,
        r#"{"status":"success","data":"h.p.s"}"#,
    ] {
        let verdict = verdict("mannco-store", "login", 200, body);
        assert_eq!((verdict.meaning, verdict.says), (None, None), "{body}");
    }
}

#[test]
fn request_refused_in_both_sets_of_texts() {
    refused("request", "Invalid email format", "email_invalid");
    refused("request", "Email parameter is required", "email_invalid");
    refused("request", "Email already in use", "email_taken");
    refused(
        "request",
        "Failed to create email change request! Need to wait 5 mins!",
        "rate_limited",
    );
    refused("request", "Too many requests", "rate_limited");
    refused("request", "2FA validation required", "two_factor_required");
    refused(
        "request",
        "Changing an email requires 2FA to be enabled",
        "two_factor_required",
    );
    refused("request", "Country blocked", "place_blocked");
}

#[test]
fn verify_refused_in_both_sets_of_texts() {
    refused("verify", "Invalid or expired code", "code_wrong_or_expired");
    refused(
        "verify",
        "Can't validate email change",
        "code_wrong_or_expired",
    );
    refused("verify", "Request not found", "nothing_pending");
    refused("verify", "Too many attempts", "too_many_attempts");
    refused("verify", "Too many requests", "rate_limited");
    refused("verify", "2FA validation required", "two_factor_required");
    check(
        "mannco-store",
        &[
            (
                "verify",
                300,
                r#"{"err":true,"success":false,"content":"code parameter is required"}"#,
                "request_refused",
            ),
            (
                "verify",
                404,
                r#"{"success":false,"content":"Request not found"}"#,
                "nothing_pending",
            ),
        ],
    );
}

#[test]
fn a_refused_token_is_renewed_once() {
    for step in ["read", "request", "verify"] {
        let judge = |status, body| verdict("mannco-store", step, status, body);
        let not_supported = Some(Meaning::Refused(Code::NotSupported));
        for (status, body) in [
            (403, "{}"),
            (403, r#"{"error":"CSRF"}"#),
            (403, "<html>"),
            (200, r#"{"status":"forbidden"}"#),
        ] {
            let verdict = judge(status, body);
            assert_eq!(
                (verdict.meaning, verdict.again),
                (Some(Meaning::TokenRefused), not_supported),
                "{step} {status} {body}"
            );
        }
        let verdict = judge(401, r#"{"success":false,"content":"Unauthorized"}"#);
        assert_eq!(verdict.meaning, Some(Meaning::TokenRefused));
        assert_eq!(
            verdict.again,
            Some(Meaning::Refused(Code::CredentialsRefused))
        );
        check(
            "mannco-store",
            &[
                (step, 404, "", "not_supported"),
                (
                    step,
                    300,
                    r#"{"err":true,"success":false,"content":"Odd"}"#,
                    "request_refused",
                ),
                (
                    step,
                    300,
                    r#"{"err":true,"success":false,"content":{"x":1}}"#,
                    "request_refused",
                ),
                (
                    step,
                    200,
                    r#"{"err":true,"success":false,"content":"Odd"}"#,
                    "request_refused",
                ),
                (step, 300, "", "none"),
                (step, 200, "", "none"),
                (step, 500, r#"{"success":false,"content":"2FA"}"#, "none"),
                (step, 502, "<html>", "none"),
            ],
        );
    }
}
