//! Links that carry a code, and those that do not; codes as people copy them.

use readdress_core::manifest::{Catalog, LinkMatch};
use url::Url;

fn webshare(link: &str) -> LinkMatch {
    let manifest = Catalog::shipped().get("webshare").unwrap();
    manifest
        .step("verify")
        .unwrap()
        .waits_for
        .as_ref()
        .unwrap()
        .match_link(&Url::parse(link).unwrap())
}

#[test]
fn the_code_is_a_segment_of_one_kind_of_link() {
    let code = |text: &str| LinkMatch::Code(text.to_owned());
    assert_eq!(
        webshare("https://dashboard.webshare.io/changeemail/AbC-1_2/confirm/"),
        code("AbC-1_2")
    );
    assert_eq!(
        webshare("https://dashboard.webshare.io/changeemail/AbC/confirm"),
        code("AbC")
    );
    assert_eq!(
        webshare("https://proxy2.webshare.io/changeemail/AbC/confirm/?utm=1#top"),
        code("AbC")
    );
    assert_eq!(
        webshare("https://DASHBOARD.webshare.io/changeemail/a%2Bb%252F/confirm/"),
        code("a+b%2F"),
        "decoded once"
    );
}

#[test]
fn an_activation_link_is_of_the_wrong_kind() {
    let activation = LinkMatch::WrongKind("activation".to_owned());
    assert_eq!(
        webshare("https://dashboard.webshare.io/activation/tok/confirm/"),
        activation
    );
    assert_eq!(
        webshare("https://proxy2.webshare.io/activation/tok/confirm"),
        activation
    );
}

#[test]
fn other_links() {
    assert_eq!(
        webshare("https://dashboard.webshare.io/changeemail//confirm/"),
        LinkMatch::Unknown
    );
    assert_eq!(
        webshare("https://dashboard.webshare.io/"),
        LinkMatch::Unknown
    );
    assert_eq!(
        webshare("https://dashboard.webshare.io/changeemail/a/b/confirm/"),
        LinkMatch::Unknown
    );
    for link in [
        "https://dashboard.webshare.io.evil.example/changeemail/a/confirm/",
        "https://evilwebshare.io/changeemail/a/confirm/",
        "https://webshare.io/changeemail/a/confirm/",
        "http://dashboard.webshare.io/changeemail/a/confirm/",
        "https://dashboard.webshare.io:8443/changeemail/a/confirm/",
        "https://user@dashboard.webshare.io/changeemail/a/confirm/",
        "mailto:a@dashboard.webshare.io",
    ] {
        assert_eq!(webshare(link), LinkMatch::OtherService, "{link}");
    }
    let z_api = Catalog::shipped().get("z-api").unwrap();
    let waits = z_api.step("verify").unwrap().waits_for.as_ref().unwrap();
    assert_eq!(
        waits.match_link(&Url::parse("https://dashboard.webshare.io/").unwrap()),
        LinkMatch::NoLinks
    );
}

#[test]
fn codes_as_people_copy_them() {
    let catalog = Catalog::shipped();
    let z_api = catalog.get("z-api").unwrap();
    let waits = z_api.step("verify").unwrap().waits_for.as_ref().unwrap();
    assert_eq!(waits.clean(" 012-345\n"), ("012345".to_owned(), true));
    assert_eq!(waits.clean("012\u{a0}345"), ("012345".to_owned(), true));
    assert_eq!(waits.clean("\t012345 "), ("012345".to_owned(), false));
    assert!(waits.is_usual("012345") && !waits.is_usual("1234567") && !waits.is_usual("12345a"));
    let webshare = catalog.get("webshare").unwrap();
    let waits = webshare.step("verify").unwrap().waits_for.as_ref().unwrap();
    assert_eq!(waits.clean(" Ab-1 "), ("Ab-1".to_owned(), false));
    assert!(waits.is_usual("anything"));
    let view = webshare
        .waits_for("verify", Some("old@a.example"), "new@a.example")
        .unwrap();
    assert_eq!(
        (
            view.what.as_str(),
            view.sent_to.as_str(),
            view.address.as_deref()
        ),
        ("link", "new", Some("new@a.example"))
    );
    assert_eq!(webshare.waits_for("request", None, "new@a.example"), None);
}
