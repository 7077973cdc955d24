//! Profiles against their manifest: complete, known, and bound to one origin.

use std::collections::{BTreeMap, BTreeSet};

use readdress_core::error::Code;
use readdress_core::manifest::{Catalog, Manifest};

fn fields(list: &[(&str, &str)]) -> BTreeMap<String, String> {
    list.iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}

fn check(
    service: &str,
    plain: &[(&str, &str)],
    secrets: &[&str],
    base_url: Option<&str>,
) -> Result<(), (Code, Option<String>)> {
    let secrets: BTreeSet<String> = secrets.iter().map(|name| (*name).to_owned()).collect();
    let manifest = Catalog::shipped().get(service).unwrap();
    let problem = manifest.check_profile(&fields(plain), &secrets, base_url);
    problem.map_err(|problem| (problem.code, problem.params.get("field").cloned()))
}

#[test]
fn complete_and_half_filled() {
    let missing = |field: &str| Err((Code::FieldMissing, Some(field.to_owned())));
    let id = ("instance_id", "3C4F");
    assert_eq!(check("z-api", &[id], &["token"], None), Ok(()));
    assert_eq!(
        check("z-api", &[id], &["token", "client_token"], None),
        Ok(())
    );
    assert_eq!(check("z-api", &[id], &[], None), missing("token"));
    assert_eq!(
        check("z-api", &[("instance_id", "  ")], &["token"], None),
        missing("instance_id")
    );
    assert_eq!(
        check("webshare", &[], &["api_key"], None),
        Ok(()),
        "the password is asked each time"
    );
    assert_eq!(
        check("webshare", &[], &["password"], None),
        missing("api_key")
    );
    assert_eq!(check("mannco-store", &[], &["api_key"], None), Ok(()));
    assert_eq!(check("mannco-store", &[], &["session_token"], None), Ok(()));
    assert_eq!(check("mannco-store", &[], &[], None), missing("api_key"));
}

#[test]
fn unknown_and_malformed() {
    let wrong = |code, field: &str| Err((code, Some(field.to_owned())));
    assert_eq!(
        check("webshare", &[("x", "1")], &["api_key"], None),
        wrong(Code::FieldUnknown, "x")
    );
    assert_eq!(
        check("webshare", &[], &["api_key", "x"], None),
        wrong(Code::FieldUnknown, "x")
    );
    assert_eq!(
        check(
            "webshare",
            &[("api_key", "in the open")],
            &["api_key"],
            None
        ),
        wrong(Code::FieldUnknown, "api_key")
    );
    for value in ["a\nb", "..", "."] {
        assert_eq!(
            check("z-api", &[("instance_id", value)], &["token"], None),
            wrong(Code::FieldInvalid, "instance_id")
        );
    }
}

#[test]
fn where_a_base_url_may_point() {
    for right in [
        "https://proxy.example",
        "https://proxy.example:8443/",
        "http://127.0.0.1:4100",
        "http://[::1]:1",
        "http://localhost:80",
        "",
    ] {
        assert_eq!(
            check("webshare", &[], &["api_key"], Some(right)),
            Ok(()),
            "{right}"
        );
    }
    for wrong in [
        "http://proxy.example",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "ftp://127.0.0.1",
        "https://user@proxy.example",
        "https://@proxy.example",
        "https://proxy.example/api",
        "https://proxy.example?x",
        "https://proxy.example/#x",
        "proxy.example",
        "file:///etc/passwd",
        "https://",
    ] {
        assert_eq!(
            check("webshare", &[], &["api_key"], Some(wrong)),
            Err((Code::BaseUrlInvalid, None)),
            "{wrong}"
        );
    }
}

#[test]
fn origins() {
    let webshare = Catalog::shipped().get("webshare").unwrap();
    let origin = |base_url| webshare.origin(&BTreeMap::new(), base_url).unwrap();
    assert_eq!(origin(None), "https://proxy.webshare.io");
    assert_eq!(
        origin(Some("https://EXAMPLE.com:443/")),
        "https://example.com"
    );
    assert_eq!(
        origin(Some("http://127.0.0.1:4100")),
        "http://127.0.0.1:4100"
    );
}

#[test]
fn a_plain_field_in_the_host() {
    let source = r#"
        schema = 1
        id = "example"
        name = "Example"
        docs = "https://example.com/"
        base_url = "https://{{region}}.example.com/v1"
        field = [{ id = "region", label = { en = "Region" } }]
        flow = { change = ["request"] }
        [step.request]
        method = "POST"
        path = "/e"
        answer = [{ status = 200, means = "ok" }]
    "#;
    let manifest = Manifest::parse(source, "example.toml").unwrap();
    assert_eq!(
        manifest
            .origin(&fields(&[("region", "EU-1")]), None)
            .unwrap(),
        "https://eu-1.example.com"
    );
    assert_eq!(manifest.host(), "{{region}}.example.com");
    for wrong in [
        "evil.example/",
        "a@b",
        "a:1",
        "a..b",
        ".a",
        "a%2f",
        "ä",
        "a?b",
    ] {
        let problem = manifest
            .origin(&fields(&[("region", wrong)]), None)
            .unwrap_err();
        assert_eq!(problem.code, Code::FieldInvalid, "{wrong}");
    }
}
