//! No value, whatever it holds, breaks out of its place.

use proptest::prelude::*;
use readdress_core::error::Code;
use readdress_core::manifest::{Catalog, preview, render};
use url::Url;

use crate::Given;

/// Texts with what quotes, ends or separates things, among others.
fn nasty() -> impl Strategy<Value = String> {
    proptest::string::string_regex(
        "([ -~]|[\\n\\r\\t\u{0}\"'\\\\/?#%{}\\[\\]&=:;@.$`]|[¡-ÿ]|[🙂€]){1,24}",
    )
    .unwrap()
}

/// Single steps up and down a path are refused, see below.
fn segment() -> impl Strategy<Value = String> {
    nasty().prop_filter("a path step", |text| !matches!(text.as_str(), "." | ".."))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn in_the_path(id in segment().prop_filter("control", |text| !text.is_empty()), token in segment()) {
        let given = Given::new(&[("instance_id", &id)], &[("token", &token)], &[]);
        let manifest = Catalog::shipped().get("z-api").unwrap();
        let request = render(&manifest, "read", &given.inputs()).unwrap().request();
        let url = Url::parse(request.url.expose()).unwrap();
        prop_assert_eq!(url.origin().ascii_serialization(), "https://api.z-api.io");
        prop_assert!(url.query().is_none() && url.fragment().is_none());
        let segments: Vec<_> = url.path_segments().unwrap()
            .map(|part| percent_encoding::percent_decode_str(part).decode_utf8().unwrap().into_owned())
            .collect();
        prop_assert_eq!(segments, ["instances", &id, "token", &token, "security", "email"]);
    }

    #[test]
    fn in_json(password in nasty(), email in nasty()) {
        let given = Given::new(&[], &[("api_key", "k"), ("password", &password)], &[("new_email", &email)]);
        let manifest = Catalog::shipped().get("webshare").unwrap();
        let (_, body) = render(&manifest, "request", &given.inputs()).unwrap().request().body.unwrap();
        let body: serde_json::Value = serde_json::from_str(body.expose()).unwrap();
        prop_assert_eq!(body, serde_json::json!({"password": password, "new_email": email}));
    }

    #[test]
    fn in_a_header(key in nasty()) {
        let given = Given::new(&[], &[("api_key", &key)], &[]);
        let manifest = Catalog::shipped().get("webshare").unwrap();
        match render(&manifest, "read", &given.inputs()) {
            Ok(rendered) => {
                prop_assert!(!key.chars().any(char::is_control));
                let request = rendered.request();
                prop_assert_eq!(request.headers[0].1.expose(), format!("Token {key}"));
            }
            Err(problem) => {
                prop_assert!(key.chars().any(char::is_control));
                prop_assert_eq!(problem.code, Code::FieldInvalid);
            }
        }
    }

    #[test]
    fn masked_text_has_no_more_lines_than_the_call(email in nasty(), code in nasty()) {
        let given = Given::new(&[("instance_id", "I")], &[("token", "T"), ("client_token", "C")], &[("new_email", &email), ("code", &code)]);
        let manifest = Catalog::shipped().get("z-api").unwrap();
        for step in ["request", "verify"] {
            prop_assert_eq!(preview(&manifest, step, &given.inputs()).unwrap().masked().lines().count(), 3);
        }
    }
}

#[cfg(unix)]
proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn in_a_shell(id in segment(), email in nasty()) {
        let given = Given::new(&[("instance_id", &id)], &[("token", "T"), ("client_token", "C")], &[("new_email", &email)]);
        let manifest = Catalog::shipped().get("z-api").unwrap();
        let rendered = render(&manifest, "request", &given.inputs()).unwrap();
        let seen = crate::curl::arguments(&rendered.curl(), &[("TOKEN", "T"), ("CLIENT_TOKEN", "C")]);
        prop_assert_eq!(seen.len(), 10);
        let request = rendered.request();
        prop_assert_eq!(&seen[3], request.url.expose());
        prop_assert_eq!(&seen[9], request.body.as_ref().unwrap().1.expose());
    }
}

#[test]
fn a_step_up_the_path_is_refused() {
    let manifest = Catalog::shipped().get("z-api").unwrap();
    for text in [".", ".."] {
        let given = Given::new(&[("instance_id", text)], &[("token", "T")], &[]);
        let problem = render(&manifest, "read", &given.inputs()).unwrap_err();
        assert_eq!(
            (problem.code, problem.params["field"].as_str()),
            (Code::FieldInvalid, "instance_id")
        );
    }
}
