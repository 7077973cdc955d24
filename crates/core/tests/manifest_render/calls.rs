//! Each step of the three services: the exact call, and its masked text.

use readdress_core::error::Code;
use readdress_core::manifest::{Catalog, Rendered, preview, render};

use crate::Given;

fn rendered(service: &str, step: &str, given: &Given) -> Rendered {
    render(
        &Catalog::shipped().get(service).unwrap(),
        step,
        &given.inputs(),
    )
    .unwrap()
}

/// Method, URL, headers and body, as they leave.
fn wire(rendered: &Rendered) -> String {
    let request = rendered.request();
    let mut text = format!("{:?} {}", request.method, request.url.expose());
    for (name, value) in &request.headers {
        text.push_str(&format!("\n{name}: {}", value.expose()));
    }
    if let Some((kind, body)) = &request.body {
        text.push_str(&format!("\n({kind}) {}", body.expose()));
    }
    text
}

fn z_api(client_token: Option<&str>) -> Given {
    let mut secrets = vec![("token", "T0K")];
    secrets.extend(client_token.map(|token| ("client_token", token)));
    Given::new(
        &[("instance_id", "3C4FAA")],
        &secrets,
        &[("new_email", "ana+x@new.example"), ("code", "012345")],
    )
}

#[test]
fn z_api_calls() {
    let given = z_api(Some("CT"));
    let call = |step| wire(&rendered("z-api", step, &given));
    assert_eq!(
        call("read"),
        "Get https://api.z-api.io/instances/3C4FAA/token/T0K/security/email\nClient-Token: CT"
    );
    assert_eq!(
        call("request"),
        "Post https://api.z-api.io/instances/3C4FAA/token/T0K/security/email\nClient-Token: CT\n(application/json) {\"email\":\"ana+x@new.example\"}"
    );
    assert_eq!(
        call("verify"),
        "Post https://api.z-api.io/instances/3C4FAA/token/T0K/security/verify-email\nClient-Token: CT\n(application/json) {\"verificationCode\":\"012345\"}"
    );
}

#[test]
fn an_empty_client_token_is_left_out() {
    for given in [z_api(None), z_api(Some(""))] {
        assert!(!wire(&rendered("z-api", "request", &given)).contains("Client-Token"));
    }
}

#[test]
fn webshare_calls() {
    let given = Given::new(
        &[],
        &[("api_key", "KEY"), ("password", "p\"w\\")],
        &[("new_email", "ana@new.example"), ("code", "AbC")],
    );
    let call = |step| wire(&rendered("webshare", step, &given));
    assert_eq!(
        call("read"),
        "Get https://proxy.webshare.io/api/v2/profile/\nAuthorization: Token KEY"
    );
    assert_eq!(
        call("request"),
        "Post https://proxy.webshare.io/api/v2/changeemail/\nAuthorization: Token KEY\n(application/json) {\"password\":\"p\\\"w\\\\\",\"new_email\":\"ana@new.example\"}"
    );
    assert_eq!(
        call("verify"),
        "Post https://proxy.webshare.io/api/v2/changeemail/complete/\nAuthorization: Token KEY\n(application/json) {\"confirmation_code\":\"AbC\"}"
    );
}

#[test]
fn mannco_store_calls() {
    let given = Given::new(
        &[],
        &[("api_key", "KEY"), ("session_token", "h.p.s")],
        &[("new_email", "ana@new.example"), ("code", "012345")],
    );
    let call = |step| wire(&rendered("mannco-store", step, &given));
    assert_eq!(
        call("login"),
        "Post https://api.mannco.store/user/login\n(application/json) {\"apiKey\":\"KEY\"}"
    );
    assert_eq!(
        call("read"),
        "Get https://api.mannco.store/user/getContactMail\nAuthorization: Bearer h.p.s"
    );
    assert_eq!(
        call("request"),
        "Post https://api.mannco.store/user/email/change/request\nAuthorization: Bearer h.p.s\n(application/json) {\"email\":\"ana@new.example\"}"
    );
    assert_eq!(
        call("verify"),
        "Post https://api.mannco.store/user/email/change/validate\nAuthorization: Bearer h.p.s\n(application/json) {\"code\":\"012345\"}"
    );
}

#[test]
fn another_origin_keeps_the_path() {
    let mut given = z_api(None);
    given.base_url = Some("http://127.0.0.1:4100".to_owned());
    let rendered = rendered("z-api", "read", &given);
    assert_eq!(
        rendered.request().url.expose(),
        "http://127.0.0.1:4100/instances/3C4FAA/token/T0K/security/email"
    );
    assert_eq!(rendered.origin(), "http://127.0.0.1:4100");
}

#[test]
fn masked() {
    let mut given = z_api(Some("CT"));
    assert_eq!(
        rendered("z-api", "verify", &given).masked(),
        "POST /instances/3C4FAA/token/••••••/security/verify-email\nClient-Token: ••••••\n{\"verificationCode\":\"••••••\"}"
    );
    given.fields.insert(
        "instance_id".to_owned(),
        "3C4F0123456789ABCDEF0123456789A1".to_owned(),
    );
    assert!(
        rendered("z-api", "verify", &given)
            .masked()
            .starts_with("POST /instances/3C4F…A1/token/")
    );
    let given = Given::new(
        &[],
        &[("api_key", "KEY"), ("password", "x")],
        &[("new_email", "ana@new.example")],
    );
    assert_eq!(
        rendered("webshare", "request", &given).masked(),
        "POST /api/v2/changeemail/\nAuthorization: Token ••••••\n{\"password\":\"••••••\",\"new_email\":\"ana@new.example\"}"
    );
    assert_eq!(
        Vec::from_iter(rendered("webshare", "request", &given).secret_names()),
        ["api_key", "password"]
    );
}

#[test]
fn what_is_missing_is_named() {
    let catalog = Catalog::shipped();
    let missing = |service: &str, step: &str, given: &Given| {
        let problem = render(&catalog.get(service).unwrap(), step, &given.inputs()).unwrap_err();
        assert_eq!(problem.code, Code::FieldMissing);
        problem.params["field"].clone()
    };
    let none = Given::default();
    assert_eq!(missing("webshare", "request", &none), "password");
    assert_eq!(
        missing(
            "mannco-store",
            "request",
            &Given::new(&[], &[("api_key", "K")], &[("new_email", "a@b.example")])
        ),
        "session_token"
    );
    assert_eq!(missing("z-api", "read", &none), "instance_id");
    assert_eq!(
        missing(
            "z-api",
            "verify",
            &Given::new(&[("instance_id", "I")], &[("token", "T")], &[])
        ),
        "code"
    );
}

#[test]
fn a_preview_needs_no_secret() {
    let catalog = Catalog::shipped();
    let mannco = catalog.get("mannco-store").unwrap();
    let sketch = preview(&mannco, "verify", &Given::default().inputs()).unwrap();
    assert_eq!(
        sketch.masked(),
        "POST /user/email/change/validate\nAuthorization: Bearer ••••••\n{\"code\":\"…\"}"
    );
    assert!(
        sketch
            .curl()
            .contains("'Authorization: Bearer '\"$SESSION_TOKEN\"")
    );
    assert_eq!(sketch.origin(), "https://api.mannco.store");
}

#[test]
fn nothing_of_a_secret_prints() {
    let rendered = rendered(
        "webshare",
        "request",
        &Given::new(
            &[],
            &[("api_key", "s3cr3t"), ("password", "s3cr3t")],
            &[("new_email", "a@b.example")],
        ),
    );
    for text in [
        rendered.masked(),
        rendered.curl(),
        format!("{rendered:?}"),
        format!("{:?}", rendered.request()),
    ] {
        assert!(!text.contains("s3cr3t"), "{text}");
    }
}
