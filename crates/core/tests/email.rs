//! Addresses as people type them, and what each mistake is called.

use readdress_core::email::EmailAddress;
use readdress_core::error::Code;

fn reason(text: &str) -> String {
    match EmailAddress::parse(text) {
        Ok(address) => panic!("{text:?} was taken as {address}"),
        Err(problem) => {
            assert_eq!(problem.code, Code::EmailInvalid);
            problem.params["reason"].clone()
        }
    }
}

#[test]
fn good_ones_are_kept_as_typed() {
    for (typed, kept, ascii) in [
        ("ana@new.example", "ana@new.example", "new.example"),
        (
            "  Ana.Maria+Z-API@New.Example\t\n",
            "Ana.Maria+Z-API@New.Example",
            "new.example",
        ),
        (
            "o'neill_{x}#1@a-b.c0.example",
            "o'neill_{x}#1@a-b.c0.example",
            "a-b.c0.example",
        ),
        (
            "ana@münchen.example",
            "ana@münchen.example",
            "xn--mnchen-3ya.example",
        ),
        (
            "ana@xn--mnchen-3ya.example",
            "ana@xn--mnchen-3ya.example",
            "xn--mnchen-3ya.example",
        ),
        (
            "ana@例え.テスト",
            "ana@例え.テスト",
            "xn--r8jz45g.xn--zckzah",
        ),
        (
            "josé@correo.example",
            "josé@correo.example",
            "correo.example",
        ),
        ("a@b.co", "a@b.co", "b.co"),
        ("1@2.example", "1@2.example", "2.example"),
    ] {
        let address =
            EmailAddress::parse(typed).unwrap_or_else(|problem| panic!("{typed}: {problem:?}"));
        assert_eq!((address.as_str(), address.domain_ascii()), (kept, ascii));
        assert_eq!(format!("{}@{}", address.local(), address.domain()), kept);
    }
}

#[test]
fn each_mistake_has_its_name() {
    let local = "a".repeat(65);
    let label = "b".repeat(64);
    let long = format!("a@{}example", "abcdefgh.".repeat(28));
    for (text, expected) in [
        ("", "empty"),
        ("  \n", "empty"),
        ("ana", "no_at"),
        ("new.example", "no_at"),
        ("@new.example", "no_local"),
        ("ana@", "no_domain"),
        ("ana@localhost", "no_tld"),
        ("ana@new.e", "no_tld"),
        ("ana@new.123", "no_tld"),
        ("ana@[192.0.2.1]", "domain_literal"),
        ("ana@[IPv6:2001:db8::1]", "domain_literal"),
        ("ana@192.0.2.1", "domain_literal"),
        ("ana maria@new.example", "spaces"),
        ("ana@new example", "spaces"),
        ("ana@\u{a0}new.example", "spaces"),
        ("ana@new.example, bob@new.example", "several"),
        ("ana@new.example;bob@new.example", "several"),
        ("ana@new.example bob@new.example", "several"),
        ("ana@@new.example", "bad_character"),
        ("a@b@new.example", "bad_character"),
        (".ana@new.example", "dots"),
        ("ana.@new.example", "dots"),
        ("an..a@new.example", "dots"),
        ("ana@.new.example", "dots"),
        ("ana@new..example", "dots"),
        ("ana@new.example.", "dots"),
        ("ana,maria@new.example", "bad_character"),
        ("\"ana maria\"@new.example", "spaces"),
        ("\"ana\"@new.example", "bad_character"),
        ("ana(x)@new.example", "bad_character"),
        ("ana@new_host.example", "bad_character"),
        ("ana@new/.example", "bad_character"),
        ("ana@-new.example", "bad_domain"),
        ("ana@new-.example", "bad_domain"),
        ("ana@xn--a.example", "bad_idn"),
        ("ana@ü_x.example", "bad_idn"),
        ("an\u{200b}a@new.example", "bad_character"),
        ("ana@new\u{202e}.example", "bad_character"),
        ("ana@new.example\u{feff}x", "bad_character"),
        ("ana\0@new.example", "bad_character"),
        ("ana@new.ex\nample", "bad_character"),
        (&format!("{local}@new.example"), "local_too_long"),
        (&format!("ana@{label}.example"), "bad_domain"),
        (&long, "too_long"),
    ] {
        assert_eq!(reason(text), expected, "{text:?}");
    }
}

#[test]
fn an_address_in_its_coat_is_offered_bare() {
    for text in [
        "Ana Maria <ana@new.example>",
        "<ana@new.example>",
        "mailto:ana@new.example",
        "MAILTO:ana@new.example?subject=hi",
        "\"Ana, M.\" <ana@new.example>;",
        "mailto:ana%40new.example",
    ] {
        let problem = EmailAddress::parse(text).expect_err(text);
        let params = (
            problem.params["reason"].as_str(),
            problem.params.get("suggestion").map(String::as_str),
        );
        assert_eq!(params, ("display_name", Some("ana@new.example")), "{text}");
    }
    // What is inside must be an address itself.
    for text in [
        "Ana <ana>",
        "<>",
        "mailto:",
        "<<ana@new.example>>",
        "mailto:mailto:ana@new.example",
    ] {
        assert_ne!(reason(text), "display_name", "{text}");
    }
}

#[test]
fn lengths_count_in_octets_and_in_ascii() {
    let exact = format!(
        "{}@{}.{}.{}.example",
        "a".repeat(64),
        "b".repeat(63),
        "c".repeat(63),
        "d".repeat(53)
    );
    assert_eq!(exact.len(), 254);
    assert!(EmailAddress::parse(&exact).is_ok());
    assert_eq!(reason(&exact.replace(".example", "d.example")), "too_long");
    assert_eq!(
        reason(&format!("{}@new.example", "é".repeat(33))),
        "local_too_long"
    );
}

#[test]
fn comparison_forgets_case_and_script() {
    let ana = EmailAddress::parse("Ana+x@München.Example").expect("an address");
    for same in ["ana+x@münchen.example", " ANA+X@XN--MNCHEN-3YA.EXAMPLE "] {
        assert!(ana.same_as(same), "{same}");
    }
    for other in [
        "ana@münchen.example",
        "ana+x@munchen.example",
        "",
        "ana+x",
        "Ana <ana+x@münchen.example>",
    ] {
        assert!(!ana.same_as(other), "{other}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn anything_is_judged_without_panic(text in "(\\PC|@|\\.|<|>|mailto:|%| ){0,60}") {
        if let Ok(address) = EmailAddress::parse(&text) {
            proptest::prop_assert_eq!(address.as_str(), text.trim());
            proptest::prop_assert!(address.same_as(&text));
            proptest::prop_assert!(address.as_str().len() <= 254 && address.domain_ascii().is_ascii());
            proptest::prop_assert!(!address.as_str().contains(['<', '>', ' ', '"', ',']));
        }
    }

    #[test]
    fn ordinary_addresses_survive(local in "[A-Za-z0-9][A-Za-z0-9+_-]{0,20}", domain in "[a-z][a-z0-9]{1,10}(\\.[a-z]{2,6}){1,2}") {
        let text = format!("{local}@{domain}");
        let address = EmailAddress::parse(&text).expect("an address");
        proptest::prop_assert_eq!(address.as_str(), &text);
        proptest::prop_assert_eq!(address.domain_ascii(), &domain);
        proptest::prop_assert!(address.same_as(&text.to_uppercase()));
    }
}
