//! The shipped manifests' links and codes, read from what people paste.

use readdress_core::error::Code;
use readdress_core::mail::understand;
use readdress_core::manifest::{Catalog, Manifest};
use readdress_core::view::Understood;

fn read(service: &str, text: &str) -> Understood {
    let manifest = Catalog::shipped().get(service).unwrap();
    let waits = manifest.step("verify").unwrap().waits_for.as_ref().unwrap();
    understand(text, &waits.for_address(Some("new@a.example".to_owned())))
}

#[track_caller]
fn value(service: &str, text: &str, expected: &str) {
    let read = read(service, text);
    assert_eq!(
        (read.value.as_deref(), read.problem),
        (Some(expected), None),
        "{text}"
    );
}

#[track_caller]
fn problem(service: &str, text: &str, expected: Code) {
    let read = read(service, text);
    assert_eq!(
        read.problem.map(|problem| problem.code),
        Some(expected),
        "{text}"
    );
}

#[test]
fn webshare_by_link_or_bare() {
    value(
        "webshare",
        "https://dashboard.webshare.io/changeemail/AbC-1_2/confirm/",
        "AbC-1_2",
    );
    value(
        "webshare",
        "https://proxy2.webshare.io/changeemail/AbC/confirm?utm=1#top",
        "AbC",
    );
    value(
        "webshare",
        "https://dashboard.webshare.io/changeemail/a%2Bb%252F/confirm/",
        "a+b%2F",
    );
    value("webshare", "AbC12", "AbC12");
    problem(
        "webshare",
        "https://dashboard.webshare.io/activation/tok/confirm/",
        Code::LinkWrongKind,
    );
    problem(
        "webshare",
        "https://proxy2.webshare.io/activation/tok/confirm",
        Code::LinkWrongKind,
    );
    problem(
        "webshare",
        "https://dashboard.webshare.io.evil.example/changeemail/a/confirm/",
        Code::LinkOtherService,
    );
    problem(
        "webshare",
        "https://evilwebshare.io/changeemail/a/confirm/",
        Code::LinkOtherService,
    );
}

#[test]
fn six_digits_with_what_people_add() {
    for service in ["z-api", "mannco-store"] {
        value(service, " 012-345\n", "012345");
        value(service, "012 345", "012345");
        assert!(!read(service, "012345").unusual);
        assert!(read(service, "1234567").unusual);
    }
}

#[test]
fn what_the_page_is_told_to_wait_for() {
    let waits = |service: &str, step: &str| {
        let manifest = Catalog::shipped().get(service).unwrap();
        Manifest::waits_for(&manifest, step, Some("old@a.example"), "new@a.example")
    };
    let view = waits("webshare", "verify").unwrap();
    assert_eq!(
        (
            view.what.as_str(),
            view.sent_to.as_str(),
            view.address.as_deref()
        ),
        ("link", "new", Some("new@a.example"))
    );
    let view = waits("z-api", "verify").unwrap();
    assert_eq!(
        (view.what.as_str(), view.looks.as_deref()),
        ("code", Some(r"\d{6}"))
    );
    assert_eq!(waits("webshare", "request"), None);
}
