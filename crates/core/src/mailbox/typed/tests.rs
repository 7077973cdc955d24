//! What may be typed, and how it is kept.

use proptest::prelude::*;

use super::*;

fn new() -> NewMailbox {
    NewMailbox {
        user: "Ops@Acme.example".to_owned(),
        host: "imap.acme.example".to_owned(),
        port: 993,
        tls: MailTls::Implicit,
        ca_file: None,
        serves: Vec::new(),
        password: Some(Secret::new("an app password")),
    }
}

fn refused(new: &NewMailbox) -> (String, String) {
    let problem = Typed::check(new).unwrap_err();
    assert_eq!(problem.code, Code::MailboxInvalid);
    (
        problem.params["field"].clone(),
        problem.params["reason"].clone(),
    )
}

#[test]
fn a_host_is_a_name_or_an_address() {
    for (typed, kept) in [
        ("imap.gmail.com", "imap.gmail.com"),
        (" IMAP.Gmail.com. ", "imap.gmail.com"),
        ("mail", "mail"),
        ("localhost", "localhost"),
        (
            "posteingang.münchen.example",
            "posteingang.xn--mnchen-3ya.example",
        ),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("imap。gmail。com", "imap.gmail.com"),
    ] {
        assert_eq!(host(typed).as_deref(), Ok(kept), "{typed}");
    }
    let long = format!("{}.example", "a.".repeat(130));
    for (typed, reason) in [
        ("", "empty"),
        ("  ", "empty"),
        ("imaps://imap.gmail.com", "scheme"),
        ("https://imap.gmail.com/", "scheme"),
        ("ana@imap.gmail.com", "user_info"),
        ("imap.gmail.com/inbox", "path"),
        ("imap.gmail.com\\inbox", "path"),
        ("imap.gmail.com?x", "path"),
        ("imap.gmail.com#x", "path"),
        ("imap gmail.com", "spaces"),
        ("imap.gmail\n.com", "spaces"),
        ("imap.gmail.com:993", "port"),
        ("[::1]:993", "port"),
        ("fe80::1%eth0", "port"),
        ("imap..gmail.com", "bad_host"),
        (".", "bad_host"),
        ("-imap.gmail.com", "bad_host"),
        ("imap_.gmail.com", "bad_host"),
        ("imap.gmail.com\0", "bad_host"),
        ("127.1", "bad_host"),
        ("0x7f000001", "bad_host"),
        ("2130706433", "bad_host"),
        ("256.1.1.1", "bad_host"),
        ("[127.0.0.1]", "bad_host"),
        (&long, "too_long"),
    ] {
        assert_eq!(host(typed), Err(reason), "{typed:?}");
    }
}

#[test]
fn each_field_says_what_is_wrong_with_it() {
    let is = |field: &str, reason: &str| (field.to_owned(), reason.to_owned());
    let with = |change: fn(&mut NewMailbox)| {
        let mut new = new();
        change(&mut new);
        refused(&new)
    };
    assert_eq!(with(|new| new.user = " ".into()), is("user", "empty"));
    for bad in ["a\r\nb", "a\0b", "a\u{202e}b", "a\u{200b}b"] {
        let bad = NewMailbox {
            user: bad.to_owned(),
            ..new()
        };
        assert_eq!(refused(&bad), is("user", "bad_character"));
    }
    assert_eq!(
        with(|new| new.user = "a".repeat(321)),
        is("user", "too_long")
    );
    assert_eq!(
        with(|new| new.host = "imaps://x".into()),
        is("host", "scheme")
    );
    assert_eq!(with(|new| new.port = 0), is("port", "zero"));
    assert_eq!(
        with(|new| new.password = Some(Secret::new("a\r\nA2 DELETE"))),
        is("password", "bad_character")
    );
    assert_eq!(
        with(|new| new.password = Some(Secret::new("a".repeat(1025)))),
        is("password", "too_long")
    );
    assert_eq!(with(|new| new.user = "ops".into()), is("serves", "missing"));
    assert_eq!(
        with(|new| new.serves = vec!["acme.example".into()]),
        is("serves", "no_at")
    );
    assert_eq!(
        with(|new| new.serves = vec!["a@b.example".into(); 1001]),
        is("serves", "too_many")
    );
}

#[test]
fn it_serves_its_login_name_where_nothing_else_is_said() {
    let typed = Typed::check(&new()).unwrap();
    assert_eq!(typed.user, "Ops@Acme.example");
    assert_eq!(typed.serves, ["Ops@acme.example"]);
    let blank = NewMailbox {
        serves: vec![" ".to_owned(), String::new()],
        ca_file: Some("  ".to_owned()),
        ..new()
    };
    assert_eq!(Typed::check(&blank).unwrap(), typed);
    let all = NewMailbox {
        user: " ops ".to_owned(),
        serves: vec!["*@Acme.example".to_owned()],
        ..new()
    };
    let all = Typed::check(&all).unwrap();
    assert_eq!(
        (all.user.as_str(), &all.serves[..]),
        ("ops", &["*@acme.example".to_owned()][..])
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is kept can be put into a command, a name look-up and a log without saying anything else there.
    #[test]
    fn a_kept_host_is_plain(typed in prop_oneof!["\\PC{0,30}", "[a-z0-9.:@/\\[\\] -]{0,20}", "[a-zü]{1,5}\\.[a-z]{2,4}\\.?"]) {
        if let Ok(kept) = host(&typed) {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:".contains(c);
            prop_assert!(!kept.is_empty() && kept.chars().all(plain), "{typed:?} {kept:?}");
            prop_assert!(!kept.contains(':') || kept.parse::<Ipv6Addr>().is_ok(), "{}", kept);
            prop_assert_eq!(host(&kept), Ok(kept.clone()), "tidy is tidy");
        }
    }
}
