//! Finding a mail server: nobody is asked unless somebody agrees, and then only for the domain.

use std::collections::BTreeMap;

use readdress_core::error::Code;
use readdress_core::view::{MailServerNote, MailServerSource, MailTls};

use crate::stage::Stage;
use crate::web::{Page, Web};

const OWN: &str = "autoconfig.acme.example";
const DOMAIN: &str = "acme.example";
const LIST: &str = "autoconfig.thunderbird.net";
const ADDRESS: &str = "Secret.Name+x@Acme.example";

fn settings(host: &str, way: &str) -> Page {
    let body = format!(
        "<clientConfig version=\"1.1\"><emailProvider id=\"x\"><incomingServer type=\"imap\">\
         <hostname>{host}</hostname><port>993</port><socketType>SSL</socketType>\
         <username>%EMAILADDRESS%</username><authentication>{way}</authentication>\
         </incomingServer></emailProvider></clientConfig>"
    );
    (200, "", body)
}

fn nothing() -> Page {
    (404, "", "no such page".to_owned())
}

#[tokio::test]
async fn the_table_answers_without_a_word_to_anybody() {
    let stage = Stage::new();
    let web = Web::new(BTreeMap::new()).await;
    web.around(&stage.engine);
    for ask in [false, true] {
        let found = stage.engine.find_mail_server("ana@hotmail.com", ask).await;
        let found = found.unwrap();
        assert_eq!(found.source, MailServerSource::Table);
        assert_eq!(found.note, Some(MailServerNote::OauthOnly));
        assert!(found.asks.is_empty());
    }
    assert_eq!(web.called(), [""; 0]);
}

#[tokio::test]
async fn nobody_is_asked_before_it_is_said_who_that_would_be() {
    let stage = Stage::new();
    let web = Web::new(BTreeMap::from([(
        OWN,
        settings("imap.acme.example", "plain"),
    )]))
    .await;
    web.around(&stage.engine);
    let found = stage.engine.find_mail_server(ADDRESS, false).await.unwrap();
    assert_eq!(found.source, MailServerSource::Unknown);
    assert_eq!(
        (found.host, found.port, found.tls),
        (None, 993, MailTls::Implicit)
    );
    assert_eq!(found.user, ADDRESS);
    assert_eq!(found.asks, [OWN, DOMAIN, LIST]);
    assert_eq!(web.called(), [""; 0]);
    for (address, reason) in [("acme.example", "no_at"), ("", "empty")] {
        for ask in [false, true] {
            let problem = stage
                .engine
                .find_mail_server(address, ask)
                .await
                .unwrap_err();
            assert_eq!(problem.code, Code::EmailInvalid);
            assert_eq!(problem.params["reason"], reason);
        }
    }
    assert_eq!(web.called(), [""; 0]);
}

#[tokio::test]
async fn who_is_asked_hears_the_domain_and_nobody_after_the_one_that_knows() {
    for (pages, host, called) in [
        (
            BTreeMap::from([(OWN, settings("imap.one.example", "plain"))]),
            "imap.one.example",
            &[OWN][..],
        ),
        (
            BTreeMap::from([
                (OWN, nothing()),
                (DOMAIN, settings("imap.two.example", "plain")),
            ]),
            "imap.two.example",
            &[OWN, DOMAIN],
        ),
        (
            BTreeMap::from([(LIST, settings("imap.three.example", "plain"))]),
            "imap.three.example",
            &[OWN, DOMAIN, LIST],
        ),
    ] {
        let stage = Stage::new();
        let web = Web::new(pages).await;
        web.around(&stage.engine);
        let found = stage.engine.find_mail_server(ADDRESS, true).await.unwrap();
        assert_eq!(found.source, MailServerSource::Autoconfig);
        assert_eq!(found.host.as_deref(), Some(host));
        assert_eq!((found.user.as_str(), found.note), (ADDRESS, None));
        assert!(found.asks.is_empty());
        assert_eq!(
            web.called(),
            called,
            "a proxy that refuses is asked once for each"
        );
        let requests = web.requests.lock().unwrap().concat();
        let last = requests.lines().rfind(|line| line.starts_with("GET "));
        let path = match called.len() {
            1 => "/mail/config-v1.1.xml",
            2 => "/.well-known/autoconfig/mail/config-v1.1.xml",
            _ => "/v1.1/acme.example",
        };
        assert_eq!(last, Some(format!("GET {path} HTTP/1.1").as_str()));
        let said = requests.to_lowercase();
        assert!(!said.contains("secret") && !said.contains('@'), "{said}");
        assert!(
            !said.contains("cookie") && !said.contains("referer"),
            "{said}"
        );
        assert_eq!(stage.engine.mailboxes().unwrap(), [], "it is only shown");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_passed_over() {
    let huge = (
        200,
        "",
        format!(
            "{}{}",
            settings("a.b.example", "plain").2,
            " ".repeat(2 << 20)
        ),
    );
    let moved = (
        302,
        "location: https://evil.example/mail/config-v1.1.xml\r\n",
        String::new(),
    );
    let plain = settings("127.0.0.1", "plain");
    for bad in [
        huge,
        moved,
        plain,
        nothing(),
        (200, "", "<html/>".to_owned()),
    ] {
        let stage = Stage::new();
        let pages = BTreeMap::from([
            (OWN, bad),
            (DOMAIN, (500, "", String::new())),
            (LIST, settings("imap.list.example", "OAuth2")),
        ]);
        let web = Web::new(pages).await;
        web.around(&stage.engine);
        let found = stage.engine.find_mail_server(ADDRESS, true).await.unwrap();
        assert_eq!(found.host.as_deref(), Some("imap.list.example"));
        assert_eq!(found.note, Some(MailServerNote::OauthOnly));
        assert!(!web.called().contains(&"evil.example".to_owned()));
    }
}

#[tokio::test]
async fn nobody_knows_is_another_thing_than_nobody_answers() {
    let stage = Stage::new();
    let web = Web::new(BTreeMap::from([(LIST, nothing())])).await;
    web.around(&stage.engine);
    let found = stage.engine.find_mail_server(ADDRESS, true).await.unwrap();
    assert_eq!(
        (found.source, found.host),
        (MailServerSource::Unknown, None)
    );
    assert!(found.asks.is_empty(), "all were asked");

    let cut_off = Web::new(BTreeMap::new()).await;
    cut_off.around(&stage.engine);
    let problem = stage
        .engine
        .find_mail_server(ADDRESS, true)
        .await
        .unwrap_err();
    assert_eq!(problem.code, Code::ProxyFailed);
    let said = serde_json::to_string(&problem).unwrap();
    assert!(!said.contains("Secret"), "{said}");
}
