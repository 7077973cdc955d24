//! One value in every place that a manifest can name: it comes out of each as it went in, and of no other.

use proptest::prelude::*;
use readdress_core::error::Code;
use readdress_core::manifest::{Manifest, render};
use url::Url;

use crate::Given;

const EVERYWHERE: &str = r#"schema = 1
id = "everywhere"
name = "Everywhere"
docs = "https://one.example/docs"
base_url = "https://{{place}}.one.example:8443/v1/a-{{text}}-b/"

[[field]]
id = "place"
label = { en = "Place" }
[[field]]
id = "text"
label = { en = "Text" }
[[field]]
id = "header"
label = { en = "Header" }

[flow]
change = ["form", "json"]

[step.form]
method = "POST"
path = "/x/{{text}}/"
query = { one = "{{text}}", "a&b=c" = "1{{text}}{{text}}2" }
headers = { X-One = "<{{header}}>" }
form = { one = "{{text}}", "k&y" = "({{text}})" }
answer = [{ means = "ok" }]

[step.json]
method = "PUT"
path = "/x"
json = { one = "{{text}}", "k\"ey" = ["-{{text}}-", { deep = "{{text}}{{text}}" }], n = 1 }
answer = [{ means = "ok" }]
"#;

fn given(place: &str, text: &str, header: &str) -> Given {
    Given::new(
        &[("place", place), ("text", text), ("header", header)],
        &[],
        &[],
    )
}

/// Anything but the two that would climb the path: they are refused (`properties`).
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "([ -~]|[\\n\\r\\t\u{0}\"'\\\\/?#%{}\\[\\]&=:;@.+$`]|[¡-ÿ]|[🙂€\u{2028}]){1,24}",
        any::<String>(),
    ]
    .prop_filter("a value", |text| {
        !text.is_empty() && text != "." && text != ".."
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_path_query_and_form(text in text()) {
        let manifest = Manifest::parse(EVERYWHERE, "everywhere.toml").expect("a manifest");
        let given = given("eu", &text, "h");
        let request = render(&manifest, "form", &given.inputs()).expect("a call").request();
        let url = Url::parse(request.url.expose()).expect("a URL");
        prop_assert_eq!(url.origin().ascii_serialization(), "https://eu.one.example:8443");
        prop_assert!(url.fragment().is_none() && url.username().is_empty());
        let segments: Vec<String> = url.path_segments().expect("a path")
            .map(|part| percent_encoding::percent_decode_str(part).decode_utf8().expect("UTF-8").into_owned())
            .collect();
        prop_assert_eq!(segments, ["v1", &format!("a-{text}-b"), "x", &text, ""]);
        let pairs = |text: &[u8]| url::form_urlencoded::parse(text).into_owned().collect::<Vec<_>>();
        let pair = |name: &str, value: String| (name.to_owned(), value);
        prop_assert_eq!(pairs(url.query().expect("a query").as_bytes()), [
            pair("a&b=c", format!("1{text}{text}2")),
            pair("one", text.clone()),
        ]);
        let (kind, body) = request.body.expect("a body");
        prop_assert_eq!(kind, "application/x-www-form-urlencoded");
        prop_assert_eq!(pairs(body.expose().as_bytes()), [pair("one", text.clone()), pair("k&y", format!("({text})"))]);
    }

    #[test]
    fn in_json(text in text()) {
        let manifest = Manifest::parse(EVERYWHERE, "everywhere.toml").expect("a manifest");
        let given = given("eu", &text, "h");
        let request = render(&manifest, "json", &given.inputs()).expect("a call").request();
        let (_, body) = request.body.expect("a body");
        let body: serde_json::Value = serde_json::from_str(body.expose()).expect("JSON");
        prop_assert_eq!(body, serde_json::json!({
            "one": text, "k\"ey": [format!("-{text}-"), {"deep": format!("{text}{text}")}], "n": 1,
        }));
    }

    #[test]
    fn in_a_header(header in text()) {
        let manifest = Manifest::parse(EVERYWHERE, "everywhere.toml").expect("a manifest");
        let given = given("eu", "t", &header);
        match render(&manifest, "form", &given.inputs()) {
            Ok(call) => {
                prop_assert!(!header.chars().any(char::is_control));
                let headers = call.request().headers;
                prop_assert_eq!(headers.len(), 1);
                prop_assert_eq!(headers[0].1.expose(), format!("<{header}>"));
            }
            Err(problem) => {
                prop_assert!(header.chars().any(char::is_control), "{header:?} was refused");
                prop_assert_eq!((problem.code, problem.params["field"].as_str()), (Code::FieldInvalid, "header"));
            }
        }
    }

    /// A field may be part of the host, and never makes another host of it.
    #[test]
    fn in_the_host(place in prop_oneof![text(), "[a-zA-Z0-9.-]{1,20}"]) {
        let manifest = Manifest::parse(EVERYWHERE, "everywhere.toml").expect("a manifest");
        let given = given(&place, "t", "h");
        match render(&manifest, "form", &given.inputs()) {
            Ok(call) => {
                let url = Url::parse(call.request().url.expose()).expect("a URL");
                let host = url.host_str().expect("a host");
                prop_assert_eq!(host, format!("{}.one.example", place.trim().to_lowercase()));
                prop_assert_eq!((url.port(), url.username()), (Some(8443), ""));
                prop_assert_eq!(url.origin().ascii_serialization(), call.origin());
            }
            Err(problem) => prop_assert!(matches!(problem.code, Code::FieldInvalid | Code::FieldMissing), "{problem:?}"),
        }
    }
}

/// The manifest's own text goes over the wire as it is written, so dots may be written as `%2e` there.
#[test]
fn no_value_completes_a_step_up_the_path() {
    for (segment, value) in [
        (".{{text}}", "."),
        ("%2e{{text}}", "."),
        ("{{text}}%2E", "."),
        ("%2{{text}}", "e"),
        ("{{text}}{{text}}", "."),
    ] {
        let source = EVERYWHERE.replace("a-{{text}}-b", segment);
        let manifest = Manifest::parse(&source, "own.toml").expect("a manifest");
        let given = given("eu", value, "h");
        let call = render(&manifest, "json", &given.inputs());
        let problem = call.expect_err("it climbs");
        assert_eq!(
            (problem.code, problem.params["field"].as_str()),
            (Code::FieldInvalid, "text"),
            "{segment}"
        );
    }
}
