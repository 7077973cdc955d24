//! Answers of Webshare: docs/services.md, "Webshare".

use readdress_core::manifest::Shown;

use crate::{check, verdict};

#[test]
fn documented_answers() {
    check(
        "webshare",
        &[
            ("request", 204, "", "code_sent"),
            ("verify", 204, "", "ok"),
            ("verify", 200, "{}", "ok"),
            (
                "request",
                200,
                "<html>Sign in to the hotel's network</html>",
                "none",
            ),
            ("verify", 200, "<html>", "none"),
            (
                "read",
                200,
                r#"{"id":1,"email":"a@b.example","first_name":"A"}"#,
                "ok",
            ),
            ("read", 200, r#"{"id":1}"#, "none"),
        ],
    );
    let shown = verdict("webshare", "read", 200, r#"{"email":"a@b.example"}"#).shows;
    assert_eq!(
        verdict(
            "webshare",
            "read",
            200,
            r#"{"first_name":"Ana","email":"a@b.example"}"#
        )
        .says,
        None,
        "a profile is not what the service says"
    );
    assert_eq!(
        shown,
        Some(Shown {
            email: Some("a@b.example".into()),
            verified: None,
            none_set: false
        })
    );
}

#[test]
fn the_three_shapes_of_a_refused_field() {
    for (step, field, meaning) in [
        ("request", "password", "password_refused"),
        ("request", "new_email", "request_refused"),
        ("verify", "confirmation_code", "code_wrong_or_expired"),
    ] {
        let objects =
            format!(r#"{{"{field}":[{{"message":"This field is required.","code":"required"}}]}}"#);
        let texts = format!(r#"{{"{field}":["This field is required."]}}"#);
        let bare = format!(r#"{{"{field}":"This field is required."}}"#);
        for body in [objects, texts, bare] {
            check("webshare", &[(step, 400, &body, meaning)]);
            assert_eq!(
                verdict("webshare", step, 400, &body).says.as_deref(),
                Some("This field is required."),
                "{body}"
            );
        }
    }
}

#[test]
fn the_new_address_is_taken_or_malformed() {
    check(
        "webshare",
        &[
            (
                "request",
                400,
                r#"{"new_email":[{"message":"This email is already in use.","code":"invalid"}]}"#,
                "email_taken",
            ),
            (
                "request",
                400,
                r#"{"new_email":[{"message":"No.","code":"unique"}]}"#,
                "email_taken",
            ),
            (
                "request",
                400,
                r#"{"new_email":["user with this email already exists."]}"#,
                "email_taken",
            ),
            (
                "request",
                400,
                r#"{"new_email":"Already taken"}"#,
                "email_taken",
            ),
            (
                "request",
                400,
                r#"{"new_email":[{"message":"Enter a valid email address.","code":"invalid"}]}"#,
                "email_invalid",
            ),
            (
                "request",
                400,
                r#"{"new_email":["Enter a valid email address."]}"#,
                "email_invalid",
            ),
            (
                "request",
                400,
                r#"{"new_email":[{"message":"Blocked.","code":"blocked"}]}"#,
                "request_refused",
            ),
            (
                "request",
                400,
                r#"{"non_field_errors":["Wrong password"]}"#,
                "password_refused",
            ),
            (
                "request",
                400,
                r#"{"non_field_errors":["Odd"]}"#,
                "request_refused",
            ),
            ("request", 400, "Bad Request", "request_refused"),
            (
                "verify",
                400,
                r#"{"non_field_errors":[{"message":"Code expired","code":"x"}]}"#,
                "code_wrong_or_expired",
            ),
            ("verify", 400, r#"{"detail":"No."}"#, "request_refused"),
        ],
    );
}

#[test]
fn refusals_of_the_account() {
    for step in ["read", "request", "verify"] {
        check(
            "webshare",
            &[
                (
                    step,
                    401,
                    r#"{"detail":"Invalid token."}"#,
                    "credentials_refused",
                ),
                (
                    step,
                    403,
                    r#"{"detail":"Cannot query this API endpoint with an API key.","code":"api_key_not_allowed"}"#,
                    "login_token_needed",
                ),
                (
                    step,
                    403,
                    r#"{"detail":"Cannot query this API endpoint with an API key."}"#,
                    "login_token_needed",
                ),
                (
                    step,
                    403,
                    r#"{"detail":"Two factor authentication is needed.","code":"2fa_needed"}"#,
                    "two_factor_required",
                ),
                (
                    step,
                    403,
                    r#"{"detail":"Your registerandlogin is suspended.","code":"account_suspended"}"#,
                    "account_suspended",
                ),
                (
                    step,
                    403,
                    r#"{"detail":"Your account is deleted.","code":"account_deleted"}"#,
                    "account_deleted",
                ),
                (step, 403, r#"{"detail":"No."}"#, "request_refused"),
                (
                    step,
                    429,
                    r#"{"detail":"Request was throttled."}"#,
                    "rate_limited",
                ),
                (step, 404, r#"{"detail":"Not found."}"#, "none"),
                (step, 405, "", "none"),
                (step, 406, "", "none"),
                (step, 500, "oops", "none"),
                (step, 502, "<html>", "none"),
                (step, 301, "", "none"),
            ],
        );
    }
}
