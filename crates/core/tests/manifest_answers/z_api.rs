//! Answers of Z-API: docs/services.md, "Z-API".

use readdress_core::manifest::Shown;

use crate::{check, verdict};

#[test]
fn documented_answers() {
    check(
        "z-api",
        &[
            (
                "request",
                200,
                r#"{"success":true,"message":"VERIFY_EMAIL"}"#,
                "code_sent",
            ),
            ("request", 200, r#"{"success":true}"#, "read_back"),
            (
                "request",
                200,
                r#"{"success":true,"message":"SAVED"}"#,
                "read_back",
            ),
            (
                "request",
                200,
                r#"{"success":false,"message":"Invalid email"}"#,
                "request_refused",
            ),
            ("verify", 200, r#"{"success":true}"#, "ok"),
            (
                "verify",
                200,
                r#"{"success":false}"#,
                "code_wrong_or_expired",
            ),
            (
                "verify",
                200,
                r#"{"success":false,"message":"wrong code"}"#,
                "code_wrong_or_expired",
            ),
            (
                "read",
                200,
                r#"{"success":true,"hasEmail":true,"email":"a@b.example","verified":true}"#,
                "ok",
            ),
            ("read", 200, r#"{"success":true,"hasEmail":false}"#, "ok"),
            (
                "read",
                200,
                r#"{"success":false,"message":"not a mobile instance"}"#,
                "request_refused",
            ),
        ],
    );
}

#[test]
fn refusals_are_told_by_their_text_at_any_status() {
    for step in ["read", "request", "verify"] {
        check(
            "z-api",
            &[
                (
                    step,
                    404,
                    r#"{"error":"Instance not found"}"#,
                    "account_not_found",
                ),
                (
                    step,
                    400,
                    r#"{"error":"Instance not found"}"#,
                    "account_not_found",
                ),
                (
                    step,
                    200,
                    r#"{"error":"Instance not found"}"#,
                    "account_not_found",
                ),
                (
                    step,
                    404,
                    r#"{"error":"Instância não encontrada"}"#,
                    "account_not_found",
                ),
                (
                    step,
                    400,
                    r#"{"error":"your client-token is not configured"}"#,
                    "credentials_refused",
                ),
                (
                    step,
                    403,
                    r#"{"error":"Client-Token F00F not allowed"}"#,
                    "credentials_refused",
                ),
                (
                    step,
                    200,
                    r#"{"error":"null not allowed"}"#,
                    "credentials_refused",
                ),
                (
                    step,
                    403,
                    r#"{"error":"null not allowed"}"#,
                    "credentials_refused",
                ),
                (
                    step,
                    403,
                    r#"{"error":"[IP request] not allowed"}"#,
                    "place_blocked",
                ),
                (
                    step,
                    200,
                    r#"{"error":"[203.0.113.7] not allowed"}"#,
                    "place_blocked",
                ),
                (
                    step,
                    200,
                    r#"{"error":"NOT_FOUND","message":"Unable to find matching target resource method"}"#,
                    "not_supported",
                ),
                (
                    step,
                    404,
                    r#"{"error":"NOT_FOUND","message":"Unable to find matching target resource method"}"#,
                    "not_supported",
                ),
                (step, 401, "{}", "credentials_refused"),
                (step, 403, "<html>", "credentials_refused"),
                (step, 429, "", "rate_limited"),
                (
                    step,
                    200,
                    r#"{"error":"something else"}"#,
                    "request_refused",
                ),
                (
                    step,
                    400,
                    r#"{"error":"invalid request"}"#,
                    "request_refused",
                ),
                (
                    step,
                    200,
                    r#"{"success":true,"error":"odd","message":"VERIFY_EMAIL"}"#,
                    "request_refused",
                ),
            ],
        );
    }
}

#[test]
fn what_no_rule_fits() {
    for step in ["request", "verify"] {
        check(
            "z-api",
            &[
                (step, 200, "", "none"),
                (step, 200, "null", "none"),
                (step, 200, "[]", "none"),
                (step, 200, "OK", "none"),
                (step, 200, r#"{"success":"true"}"#, "none"),
                (step, 302, "", "none"),
                (step, 405, "", "none"),
                (step, 415, "Unsupported Media Type", "none"),
                (step, 500, r#"{"error":"internal"}"#, "none"),
                (step, 503, "<html>", "none"),
            ],
        );
    }
}

#[test]
fn a_read_shows_the_address_and_whether_it_is_verified() {
    let shown = |body| verdict("z-api", "read", 200, body).shows;
    let email = |verified| {
        Some(Shown {
            email: Some("a@b.example".into()),
            verified,
            none_set: false,
        })
    };
    assert_eq!(
        shown(r#"{"success":true,"hasEmail":true,"email":"a@b.example","verified":true}"#),
        email(Some(true))
    );
    assert_eq!(
        shown(r#"{"success":true,"hasEmail":true,"email":"a@b.example","verified":false}"#),
        email(Some(false))
    );
    assert_eq!(
        shown(r#"{"success":true,"hasEmail":true,"email":"a@b.example"}"#),
        email(None)
    );
    assert_eq!(
        shown(r#"{"success":true,"hasEmail":false}"#),
        Some(Shown {
            none_set: true,
            ..Shown::default()
        })
    );
    assert_eq!(shown(r#"{"success":true,"hasEmail":true}"#), None);
}

#[test]
fn its_own_words_are_kept() {
    let says = |body| verdict("z-api", "request", 200, body).says;
    assert_eq!(
        says(r#"{"error":"NOT_FOUND","message":"Unable"}"#).as_deref(),
        Some("NOT_FOUND")
    );
    assert_eq!(
        says(r#"{"success":false,"message":"Try later"}"#).as_deref(),
        Some("Try later")
    );
    assert_eq!(says("Try later"), None);
    let long = verdict(
        "z-api",
        "request",
        200,
        &format!(r#"{{"error":"{}"}}"#, "é".repeat(100_000)),
    )
    .says
    .unwrap();
    // Cut to what is kept only once the secrets are out of it.
    assert_eq!(long.chars().count(), 16 * 1024);
}
