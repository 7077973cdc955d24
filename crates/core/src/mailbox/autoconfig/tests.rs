//! Files of real shape, and hostile ones.

use proptest::prelude::*;

use super::*;

fn address() -> EmailAddress {
    EmailAddress::parse("Ana.B@Acme.example").unwrap()
}

fn of(xml: &str) -> Option<MailServerView> {
    read(xml.as_bytes(), &address())
}

fn server(inside: &str) -> String {
    format!("<incomingServer type=\"imap\">{inside}</incomingServer>")
}

fn file(inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<clientConfig version=\"1.1\">\n\
         <emailProvider id=\"acme.example\"><domain>acme.example</domain>{inside}</emailProvider></clientConfig>"
    )
}

const GOOD: &str = "<hostname>imap.acme.example</hostname><port>993</port><socketType>SSL</socketType>\
    <username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication>";

fn changed(from: &str, to: &str) -> Option<MailServerView> {
    assert!(GOOD.contains(from));
    of(&file(&server(&GOOD.replace(from, to))))
}

#[test]
fn the_usual_file_is_understood() {
    let found = of(&file(&format!(
        "<displayName>Acme &amp; Sons</displayName>
         <incomingServer type=\"pop3\"><hostname>pop.acme.example</hostname><port>995</port>
           <socketType>SSL</socketType><username>x</username></incomingServer>
         {}
         <outgoingServer type=\"smtp\"><hostname>smtp.acme.example</hostname><port>465</port>
           <socketType>SSL</socketType></outgoingServer>
         <documentation url=\"http://acme.example/help\"><descr>Help</descr></documentation>",
        server(GOOD)
    )))
    .unwrap();
    assert_eq!(found.source, MailServerSource::Autoconfig);
    assert_eq!(found.host.as_deref(), Some("imap.acme.example"));
    assert_eq!((found.port, found.tls), (993, MailTls::Implicit));
    assert_eq!(
        (found.user.as_str(), found.note, found.help),
        ("Ana.B@Acme.example", None, None)
    );
    let bom = format!("\u{feff}{}", file(&server(GOOD)));
    assert!(of(&bom).is_some());
    let parted = changed(
        "imap.acme.example",
        "\n <!-- ours --> imap.<![CDATA[acme.example]]>\n ",
    );
    assert_eq!(parted.unwrap().host, found.host);
}

#[test]
fn login_names_are_made_from_the_address() {
    let user = |pattern: &str| changed("%EMAILADDRESS%", pattern).unwrap().user;
    assert_eq!(user("%EMAILLOCALPART%"), "Ana.B");
    assert_eq!(user("%EMAILLOCALPART%.%EMAILDOMAIN%"), "Ana.B.Acme.example");
    // A name of somebody else's, or none, is not taken.
    for pattern in [
        "root",
        "",
        "%REALNAME%",
        "%EMAILADDRESS%&#10;x",
        "%EMAILLOCALPART%\u{202e}",
    ] {
        assert_eq!(user(pattern), "Ana.B@Acme.example", "{pattern}");
    }
    let hosted = changed("imap.acme.example", "mail.%EMAILDOMAIN%").unwrap();
    assert_eq!(hosted.host.as_deref(), Some("mail.acme.example"));
}

#[test]
fn never_in_the_clear_and_a_password_before_oauth() {
    for plain in ["plain", "", "ssl", "SSL ", "TLS"] {
        let found = changed("SSL", plain);
        // Outer spaces do not count.
        assert_eq!(found.is_some(), plain.trim() == "SSL", "{plain:?}");
    }
    let start = server(&GOOD.replace("SSL", "STARTTLS").replace("993", "143"));
    let alone = of(&file(&start)).unwrap();
    assert_eq!((alone.port, alone.tls), (143, MailTls::Starttls));
    let both = of(&file(&format!("{start}{}", server(GOOD)))).unwrap();
    assert_eq!((both.port, both.tls), (993, MailTls::Implicit));

    let oauth = GOOD.replace("password-cleartext", "OAuth2");
    let only = of(&file(&server(&oauth))).unwrap();
    assert_eq!(only.note, Some(MailServerNote::OauthOnly));
    let or_start = of(&file(&format!("{}{start}", server(&oauth)))).unwrap();
    assert_eq!((or_start.port, or_start.note), (143, None));
    let second = changed(
        "<authentication>",
        "<authentication>OAuth2</authentication><authentication>",
    );
    assert_eq!(second.unwrap().note, None);
    for way in ["GSSAPI", "NTLM", "none", "client-IP-address"] {
        assert_eq!(changed("password-cleartext", way), None, "{way}");
    }
    let unnamed = changed("<authentication>password-cleartext</authentication>", "");
    assert_eq!(unnamed.unwrap().note, None);
}

#[test]
fn a_host_is_judged_as_if_it_was_typed_and_is_on_the_net() {
    for host in [
        "",
        "127.0.0.1",
        "::1",
        "[::1]",
        "192.168.0.1",
        "localhost",
        "mail",
        "https://imap.acme.example",
        "imap.acme.example/x",
        "imap.acme.example:993",
        "ana@imap.acme.example",
        "imap.acme .example",
        "0x7f.1",
        "imap.acme.example&#46;evil.example",
        "imap.acme.&amp;example",
        "&evil;",
    ] {
        assert_eq!(changed("imap.acme.example", host), None, "{host}");
    }
    for port in ["0", "-1", "65536", "993x", "", "9 93"] {
        assert_eq!(changed("993", port), None, "{port}");
    }
    let idn = changed("imap.acme.example", "IMAP.Bücher.example.").unwrap();
    assert_eq!(idn.host.as_deref(), Some("imap.xn--bcher-kva.example"));
    let second = changed(
        "</hostname>",
        "</hostname><hostname>imap.evil.example</hostname>",
    );
    assert_eq!(second.unwrap().host.as_deref(), Some("imap.acme.example"));
}

#[test]
fn what_is_no_such_file_says_nothing() {
    let good = file(&server(GOOD));
    assert!(of(&good).is_some());
    for other in [
        "",
        "hello",
        "<html><body>404</body></html>",
        "{\"error\":404}",
        &good[..good.len() - 1],
        &good.replace("</port>", "</prt>"),
        &good
            .replace("<clientConfig", "<config")
            .replace("</clientConfig", "</config"),
        // Somewhere else in the file it is something else.
        &good.replace("emailProvider", "webMail"),
        &good.replace("type=\"imap\"", ""),
        &good.replace("type=\"imap\"", "type=\"pop3\""),
        &file(&format!("<deeper>{}</deeper>", server(GOOD))),
        &file(&server(&format!("<deeper>{GOOD}</deeper>"))),
        &file(&format!(
            "<outgoingServer type=\"imap\">{GOOD}</outgoingServer>"
        )),
    ] {
        assert_eq!(of(other), None, "{other}");
    }
    assert_eq!(read(&[0xff, 0xfe, b'<', 0], &address()), None);
    let latin = good.replace("acme.example</hostname>", "acm\u{e9}.example</hostname>");
    let latin: Vec<u8> = latin.chars().map(|c| c as u8).collect();
    assert_eq!(read(&latin, &address()), None);
}

#[test]
fn entities_are_not_followed_and_bombs_are_put_away() {
    let with_type = |declared: &str, host: &str| {
        let good = file(&server(&GOOD.replace("imap.acme.example", host)));
        good.replacen(
            "<clientConfig",
            &format!("<!DOCTYPE clientConfig [{declared}]><clientConfig"),
            1,
        )
    };
    let laughs: String = (1..30)
        .map(|n| format!("<!ENTITY l{n} \"&l{};&l{};\">", n - 1, n - 1))
        .collect();
    for bomb in [
        with_type(
            "<!ENTITY x SYSTEM \"file:///etc/hostname\">",
            "&x;.acme.example",
        ),
        with_type("<!ENTITY x \"imap.evil.example\">", "&x;"),
        with_type(&format!("<!ENTITY l0 \"ha\">{laughs}"), "&l29;"),
        with_type("", "imap.acme.example"),
        file(&format!(
            "{}{}",
            "<a>".repeat(50_000),
            "</a>".repeat(50_000)
        )),
        file(&server(GOOD).repeat(100)),
        file(&"<a/>".repeat(30_000)),
        file(&server(&GOOD.replace("imap", &"a".repeat(200_000)))),
        format!("{}{}", file(&server(GOOD)), " ".repeat(300 << 10)),
    ] {
        assert_eq!(of(&bomb), None, "{}", &bomb[..200]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any pieces in any order: what comes out can be shown, and typed again as it is.
    #[test]
    fn what_is_understood_is_tidy(pieces in prop::collection::vec(prop_oneof![
        Just("<incomingServer type=\"imap\">".to_owned()), Just("</incomingServer>".to_owned()),
        Just("<hostname>".to_owned()), Just("</hostname>".to_owned()),
        Just("<port>".to_owned()), Just("</port>".to_owned()), Just("993".to_owned()),
        Just("<socketType>SSL</socketType>".to_owned()), Just("<username>%EMAILADDRESS%</username>".to_owned()),
        Just("<![CDATA[".to_owned()), Just("]]>".to_owned()), Just("<!--".to_owned()), Just("-->".to_owned()),
        Just("&amp;".to_owned()), Just("&#x2e;".to_owned()), Just("imap.acme.example".to_owned()),
        "\\PC{0,6}", Just(server(GOOD)),
    ], 0..12), wrapped in any::<bool>()) {
        let inside = pieces.concat();
        let xml = if wrapped { file(&server(&format!("{inside}{GOOD}"))) } else { file(&inside) };
        if let Some(found) = of(&xml) {
            let host = found.host.unwrap();
            prop_assert_eq!(typed::host(&host), Ok(host.clone()));
            prop_assert!(host.contains('.') && host.parse::<std::net::IpAddr>().is_err());
            prop_assert!(found.port != 0);
            prop_assert_eq!(typed::user(&found.user), Ok(found.user.clone()));
            prop_assert!(found.user.contains("Ana.B"));
        }
    }

    #[test]
    fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), cut in any::<bool>()) {
        let mut xml = file(&server(GOOD)).into_bytes();
        let at = at.index(xml.len());
        if cut { xml.truncate(at) }
        let at = at.min(xml.len());
        xml.splice(at..at, bytes.clone());
        let _ = read(&xml, &address());
        prop_assert_eq!(read(&bytes, &address()), None);
    }
}
