//! The mails: what they carry, in every shape, as a mail reader sees them; and how the list is filtered.

use crate::common::{Bench, bench, told};
use mail_parser::MessageParser;
use readdress_sandbox::{CodeForm, Language, Mail, Shape};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

/// Requests a change at Webshare (a link) or Z-API (a code) and answers the mail.
async fn mailed(bench: &Bench, service: &str, to: &str) {
    let urls = bench.sandbox.urls();
    let request = match service {
        "webshare" => bench
            .call("POST", &format!("{}/api/v2/changeemail/", urls.webshare))
            .header("Authorization", "Token any")
            .json(&json!({ "password": "any", "new_email": to })),
        _ => bench
            .call(
                "POST",
                &format!("{}/instances/A/token/B/security/email", urls.z_api),
            )
            .json(&json!({ "email": to })),
    };
    let status = request.send().await.expect("an answer").status();
    assert!(status.is_success(), "{status}");
}

async fn link_mail(shape: Shape) -> Mail {
    let bench = bench().await;
    bench
        .sandbox
        .change_settings(|settings| settings.mail.shape = Some(shape));
    mailed(&bench, "webshare", "new@example.org").await;
    bench.only_mail("new@example.org")
}

#[tokio::test]
async fn a_mail_reader_finds_the_link_in_every_shape() {
    for shape in [
        Shape::Plain,
        Shape::Html,
        Shape::Alternative,
        Shape::QuotedPrintable,
        Shape::Base64,
    ] {
        let mail = link_mail(shape).await;
        let link = mail.link.as_deref().expect("a link");
        let parsed = MessageParser::default()
            .parse(mail.raw.as_bytes())
            .expect("a message");
        assert_eq!(parsed.subject(), Some(mail.subject.as_str()));
        assert!(
            parsed.date().is_some() && parsed.message_id().is_some() && parsed.from().is_some()
        );
        let to = parsed
            .to()
            .and_then(|to| to.first())
            .and_then(|to| to.address());
        assert_eq!(to, Some("new@example.org"));
        let html = parsed
            .html_bodies()
            .next()
            .and_then(|part| part.text_contents())
            .expect("a body");
        assert!(html.contains(link), "{shape:?}: {html}");
        assert_eq!(mail.html.is_some(), shape != Shape::Plain);
        // A plain mail has no HTML part, an HTML mail no text part; the others have both.
        let parts = if matches!(shape, Shape::Plain | Shape::Html) {
            1
        } else {
            3
        };
        assert_eq!(parsed.parts.len(), parts, "{shape:?}");
        let whole_in_raw = !matches!(shape, Shape::QuotedPrintable | Shape::Base64);
        assert_eq!(mail.raw.contains(link), whole_in_raw, "{shape:?}");
        assert!(mail.raw.lines().all(|line| line.len() < 998));
    }
    let broken = link_mail(Shape::QuotedPrintable).await;
    let from_link = broken
        .raw
        .split("https://dashboard")
        .nth(1)
        .expect("the link's start");
    let until_break = from_link.split("=\r\n").next().expect("a soft break");
    assert!(
        until_break.len() < 76 && !until_break.contains("confirm/"),
        "the break lies inside the link"
    );
}

#[tokio::test]
async fn codes_are_written_in_three_ways_and_told_in_one() {
    for (form, written) in [
        (CodeForm::Joined, "204617"),
        (CodeForm::Spaced, "204 617"),
        (CodeForm::Dashed, "204-617"),
    ] {
        let bench = bench().await;
        bench.sandbox.change_settings(|settings| {
            settings.mail.code_form = Some(form);
            settings.mail.shape = Some(Shape::Alternative);
        });
        bench.sandbox.next_code("204617");
        mailed(&bench, "z-api", "new@example.org").await;
        let mail = bench.only_mail("new@example.org");
        assert_eq!(mail.code.as_deref(), Some("204617"));
        assert!(mail.text.contains(written) && mail.html.expect("HTML").contains(written));
        assert!(mail.link.is_none());
    }
}

#[tokio::test]
async fn three_languages_with_their_letters() {
    for (language, word) in [
        (Language::En, "code"),
        (Language::PtBr, "código"),
        (Language::Es, "código"),
    ] {
        let bench = bench().await;
        bench
            .sandbox
            .change_settings(|settings| settings.mail.language = Some(language));
        mailed(&bench, "z-api", "new@example.org").await;
        let mail = bench.only_mail("new@example.org");
        let head = mail.raw.split("\r\n\r\n").next().expect("a head");
        assert!(head.is_ascii(), "headers are encoded");
        assert!(mail.text.contains(word) && mail.subject.contains(word));
    }
}

#[tokio::test]
async fn what_is_not_chosen_rotates() {
    let bench = bench().await;
    for _ in 0..15 {
        mailed(&bench, "z-api", "new@example.org").await;
    }
    let mails = bench.sandbox.mails(None, None);
    let encodings: BTreeSet<&str> = mails
        .iter()
        .filter_map(|mail| mail.raw.split("Content-Transfer-Encoding: ").nth(1))
        .filter_map(|rest| rest.split("\r\n").next())
        .collect();
    assert_eq!(
        encodings,
        BTreeSet::from(["8bit", "base64", "quoted-printable"])
    );
    let subjects: BTreeSet<&str> = mails.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(subjects.len(), 3, "one subject for each language");
}

#[tokio::test]
async fn mails_can_be_late_or_lost() {
    let bench = bench().await;
    bench
        .sandbox
        .change_settings(|settings| settings.mail.late_seconds = 60);
    mailed(&bench, "z-api", "new@example.org").await;
    assert!(bench.sandbox.last_mail("new@example.org").is_none());
    bench.sandbox.advance(Duration::from_secs(60));
    assert!(bench.sandbox.last_mail("new@example.org").is_some());
    bench.sandbox.clear_mails();
    bench
        .sandbox
        .change_settings(|settings| settings.mail.lost = true);
    mailed(&bench, "z-api", "new@example.org").await;
    bench.sandbox.advance(Duration::from_secs(3600));
    assert!(bench.sandbox.mails(None, None).is_empty());
}

#[tokio::test]
async fn the_list_over_http_needs_no_token_and_filters() {
    let bench = bench().await;
    mailed(&bench, "z-api", "one@example.org").await;
    mailed(&bench, "z-api", "two+tag@example.org").await;
    let list = bench.sandbox.urls().mailbox.clone();
    let ids = async |query: &str| {
        let (status, body) = told(bench.call("GET", &format!("{list}{query}"))).await;
        assert_eq!(status, 200);
        let mails = body.as_array().expect("a list").clone();
        mails
            .iter()
            .map(|mail| mail["id"].as_u64().expect("an id"))
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("").await, [1, 2]);
    assert_eq!(ids("?to=ONE@example.org").await, [1]);
    assert_eq!(ids("?to=two%2Btag%40example.org").await, [2]);
    assert_eq!(ids("?since=1").await, [2]);
    assert_eq!(ids("?to=one@example.org&since=1").await, [0_u64; 0]);
    let (_, body) = told(bench.call("GET", &list)).await;
    for name in [
        "id", "at", "service", "to", "from", "subject", "raw", "text", "code",
    ] {
        assert!(body[0].get(name).is_some(), "{name}");
    }
    assert_eq!(body[0]["service"], "z-api");
}
