//! What is understood of whole mails, one line each: file, what was waited for, and what must come out.

use std::path::Path;

use readdress_core::mail::{Awaited, LinkPattern, Looks, RefusedLink, Waits, understand};
use readdress_core::view::{Found, Understood};

/// What a line of the table expects.
enum Is {
    Value(&'static str, Found),
    /// Code of the problem and its `reason` or `host`.
    Problem(&'static str, &'static str),
    Choices(&'static [&'static str]),
}
/// File, what is waited for, what must come out.
type Line = (&'static str, fn() -> Waits, Is);
use Found::{MailLink, MailText, Typed};
use Is::{Choices, Problem, Value};

fn digits() -> Waits {
    Waits {
        what: Awaited::Code,
        looks: Some(Looks::new(r"\d{6}").expect("a pattern")),
        address: Some("ana@new.example".to_owned()),
        ..Waits::default()
    }
}

fn link() -> Waits {
    let pattern = |path: &str| LinkPattern::new("*.webshare.io", path).expect("a pattern");
    let activation = pattern("/activation/*/confirm/");
    Waits {
        what: Awaited::Link,
        looks: Some(Looks::new(r"[A-Za-z0-9_-]+").expect("a pattern")),
        link: vec![pattern("/changeemail/{code}/confirm/")],
        refuse: vec![RefusedLink {
            host: activation.host,
            path: activation.path,
            reason: "activation".to_owned(),
        }],
        address: Some("ana@new.example".to_owned()),
        ..Waits::default()
    }
}

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/mail")
        .join(file);
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    String::from_utf8_lossy(&bytes).into_owned()
}

#[track_caller]
fn check(name: &str, understood: &Understood, expected: &Is) {
    let problem = understood.problem.as_ref();
    let reason = problem
        .and_then(|p| p.params.get("reason").or(p.params.get("host")))
        .map(String::as_str);
    match expected {
        Value(value, found) => {
            assert_eq!(
                (understood.value.as_deref(), understood.found),
                (Some(*value), *found),
                "{name}: {understood:?}"
            );
            assert!(problem.is_none() && understood.choices.is_empty(), "{name}");
        }
        Problem(code, why) => {
            assert_eq!(
                (problem.map(|p| p.code.as_str()).as_deref(), reason),
                (Some(*code), Some(*why)),
                "{name}: {understood:?}"
            );
            assert_eq!(understood.value, None, "{name}");
        }
        Choices(values) => {
            assert_eq!(
                problem.map(|p| p.code.as_str()).as_deref(),
                Some("code_ambiguous"),
                "{name}: {understood:?}"
            );
            assert_eq!(understood.choices, *values, "{name}");
            assert_eq!(understood.value, None, "{name}");
        }
    }
}

#[test]
fn whole_mails() {
    let table: &[Line] = &[
        ("zapi-en-plain.eml", digits, Value("482913", MailText)),
        ("zapi-pt-html-qp.eml", digits, Value("012345", MailText)),
        ("zapi-es-base64.eml", digits, Value("739204", MailText)),
        ("zapi-en-digit-spans.eml", digits, Value("601827", MailText)),
        ("zapi-en-digit-cells.eml", digits, Value("007193", MailText)),
        ("zapi-pt-latin1.eml", digits, Value("905118", MailText)),
        (
            "zapi-en-subject-only.eml",
            digits,
            Value("318642", MailText),
        ),
        (
            "zapi-en-pin-recovery.eml",
            digits,
            Problem("code_not_found", "nothing"),
        ),
        ("zapi-en-invisible.eml", digits, Value("482913", MailText)),
        (
            "webshare-en-html.eml",
            link,
            Value("Qm9iLTAwNy1YWVo", MailLink),
        ),
        (
            "webshare-en-plain-wrapped.eml",
            link,
            Value("0f8fad5b-d9cb-469f-a165-70867728950e", MailLink),
        ),
        (
            "webshare-es-html-base64.eml",
            link,
            Value("ABCDEF", MailLink),
        ),
        (
            "webshare-en-activation.eml",
            link,
            Problem("link_wrong_kind", "activation"),
        ),
        (
            "webshare-en-both-links.eml",
            link,
            Value("chg-55", MailLink),
        ),
        ("webshare-en-tracked.eml", link, Value("tRk+9", MailLink)),
        (
            "webshare-en-two-changes.eml",
            link,
            Choices(&["one", "two"]),
        ),
        (
            "webshare-en-lookalike.eml",
            link,
            Problem("code_not_found", "nothing"),
        ),
        (
            "webshare-pt-outlook-safelink.eml",
            link,
            Value("SAFE-1", MailLink),
        ),
        (
            "mannco-en-plain-busy.eml",
            digits,
            Value("550731", MailText),
        ),
        (
            "mannco-en-html-decoy.eml",
            digits,
            Value("604417", MailText),
        ),
        (
            "mannco-en-two-codes.eml",
            digits,
            Choices(&["111222", "333444"]),
        ),
        (
            "mannco-pt-windows1252.eml",
            digits,
            Value("228476", MailText),
        ),
        (
            "mannco-en-newsletter.eml",
            digits,
            Problem("code_not_found", "nothing"),
        ),
        (
            "mannco-en-boundaries.eml",
            digits,
            Value("770012", MailText),
        ),
        (
            "mannco-en-attached-forward.eml",
            digits,
            Value("431907", MailText),
        ),
        (
            "mannco-es-inline-forward.eml",
            digits,
            Value("867530", MailText),
        ),
        (
            "mannco-en-someone-else.eml",
            digits,
            Value("640028", MailText),
        ),
        (
            "mannco-en-broken-mime.eml",
            digits,
            Value("774411", MailText),
        ),
        ("mannco-en-plus.eml", digits, Value("190764", MailText)),
        ("pasted-window-pt.txt", digits, Value("220814", MailText)),
        (
            "pasted-body-without-headers.txt",
            digits,
            Value("556677", MailText),
        ),
        ("pasted-html-source.txt", digits, Value("041556", MailText)),
        (
            "pasted-encoded-lines.txt",
            digits,
            Problem("code_not_found", "nothing"),
        ),
        ("pasted-two-lines.txt", digits, Value("007007", MailText)),
    ];
    for (file, waits, expected) in table {
        check(file, &understand(&read(file), &waits()), expected);
        // Other line ends and a blank start change nothing.
        check(
            file,
            &understand(
                &format!("\u{feff}\n{}\n\n", read(file).replace("\r\n", "\n")),
                &waits(),
            ),
            expected,
        );
    }
}

/// The sources of mails are in a table of their own (`mail_corpus`).
#[test]
fn every_text_is_in_the_table() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mail");
    for file in std::fs::read_dir(folder).expect("a folder") {
        let name = file
            .expect("a file")
            .file_name()
            .to_string_lossy()
            .into_owned();
        assert!(
            !name.ends_with(".txt") || include_str!("code.rs").contains(&format!("\"{name}\"")),
            "{name}"
        );
    }
}

#[test]
fn the_recipient_is_told() {
    for (file, address, to, other) in [
        (
            "zapi-en-plain.eml",
            "ANA@New.Example",
            "ana@new.example",
            false,
        ),
        (
            "mannco-en-someone-else.eml",
            "ana@new.example",
            "bob@new.example",
            true,
        ),
        (
            "mannco-en-plus.eml",
            "ana+mannco@new.example",
            "Ana+Mannco@NEW.example",
            false,
        ),
        (
            "mannco-en-plus.eml",
            "ana@new.example",
            "Ana+Mannco@NEW.example",
            true,
        ),
        (
            "pasted-window-pt.txt",
            "ana@new.example",
            "ana@new.example",
            false,
        ),
    ] {
        let waits = Waits {
            address: Some(address.to_owned()),
            ..digits()
        };
        let understood = understand(&read(file), &waits);
        assert_eq!(
            (understood.mail_to.as_deref(), understood.other_recipient),
            (Some(to), other),
            "{file}"
        );
    }
    let understood = understand("123456", &digits());
    assert_eq!(
        (understood.mail_to, understood.other_recipient),
        (None, false)
    );
}

#[test]
fn bare_codes_and_links() {
    let change = "https://dashboard.webshare.io/changeemail/AbC-1/confirm/";
    let activation = "https://dashboard.webshare.io/activation/AbC-1/confirm/";
    for (text, waits, expected) in [
        ("482913", digits as fn() -> Waits, Value("482913", Typed)),
        (" 048-291 ", digits, Value("048291", Typed)),
        ("Code: 482913", digits, Value("482913", MailText)),
        ("482913 é o seu código", digits, Value("482913", MailText)),
        ("my code is 4829", digits, Value("4829", MailText)),
        ("AbC-1", link, Value("AbC-1", Typed)),
        (change, link, Value("AbC-1", Found::Link)),
        (
            "dashboard.webshare.io/changeemail/AbC-1/confirm",
            link,
            Value("AbC-1", Found::Link),
        ),
        (
            "Link: https://dashboard.webshare.io/changeemail/AbC-1/confirm/.",
            link,
            Value("AbC-1", MailLink),
        ),
        (activation, link, Problem("link_wrong_kind", "activation")),
        (
            "https://mailer.example/changeemail/AbC-1/confirm/",
            link,
            Problem("link_other_service", "mailer.example"),
        ),
        (
            change,
            digits,
            Problem("link_other_service", "dashboard.webshare.io"),
        ),
        ("", digits, Problem("code_not_found", "empty")),
        (" \u{200b}\n ", digits, Problem("code_not_found", "empty")),
        ("hello there", digits, Problem("code_not_found", "nothing")),
        (
            "javascript:alert(1)",
            link,
            Problem("code_not_found", "nothing"),
        ),
        (
            "ref 12\nYour code:\nQWERTY",
            || Waits {
                looks: Looks::new("[A-Z0-9]{6}").ok(),
                ..Waits::default()
            },
            Value("QWERTY", MailText),
        ),
        (
            "The code is waiting for you",
            || Waits {
                looks: Looks::new("[A-Za-z0-9]{2,}").ok(),
                ..Waits::default()
            },
            Problem("code_not_found", "nothing"),
        ),
        (
            "Hi, your confirmation code: x7Kp-22Qa. Bye",
            link,
            Value("x7Kp-22Qa", MailText),
        ),
        ("G-482913 is your code", digits, Value("482913", MailText)),
        ("código 1 2 3 4 5 6.", digits, Value("123456", MailText)),
    ] {
        check(text, &understand(text, &waits()), &expected);
    }
}

#[test]
fn another_shape_is_told_and_not_refused() {
    let four = understand("4829", &digits());
    assert_eq!((four.value.as_deref(), four.unusual), (Some("4829"), true));
    let six = understand("482 913", &digits());
    assert_eq!((six.unusual, six.cleaned), (false, true));
    assert!(
        understand(
            "https://dashboard.webshare.io/changeemail/a%2Bb/confirm/",
            &link()
        )
        .unusual
    );
}

#[test]
fn a_paste_is_at_most_10_mib_and_costs_linear_time() {
    let waits = digits();
    let huge = "1".repeat(10 * 1024 * 1024 + 1);
    check(
        "huge",
        &understand(&huge, &waits),
        &Problem("code_not_found", "too_long"),
    );
    for piece in [
        "123456 ",
        "1 ",
        "code 123456\n",
        "a@",
        "<a href=\"https://x.example/?u=",
        "https://x.example/",
        "--b\nContent-Type: text/plain\n\n",
        "From: a\n",
        "From: a\nContent-Type: multipart/mixed; boundary=\"b\"\n\n--b\n",
        "-1",
        "\u{200b}",
        "é",
        "=?utf-8?B?",
    ] {
        let text = piece.repeat(400_000 / piece.len());
        let begun = std::time::Instant::now();
        understand(&text, &waits);
        understand(&text, &link());
        // A quadratic pass over this much takes hours; a linear one a moment, even unoptimised on a busy machine.
        assert!(
            begun.elapsed().as_secs() < 30,
            "{piece:?} took {:?}",
            begun.elapsed()
        );
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_is_understood_without_panic(text in "\\PC{0,300}") {
        understand(&text, &digits());
        understand(&text, &link());
    }

    #[test]
    fn pieces_of_mails_are_understood_without_panic(
        text in "((From|To|Subject|Content-Type|X): |text/html|multipart/mixed; boundary=b|\n|\r\n|--b|--b--|=\n|=C3|é|<a href=|\"|>|</|&#x|;|code|123456|1 |https://a.webshare.io/|changeemail/|\u{200b}){0,60}"
    ) {
        understand(&text, &digits());
        understand(&text, &link());
    }

    #[test]
    fn an_announced_code_is_found_in_any_dress(code in "[0-9]{6}", dress in 0usize..6) {
        let (a, b) = code.split_at(3);
        let shown = [code.clone(), format!("{a} {b}"), format!("{a}-{b}"), format!("{a}\u{a0}{b}"), format!("*{code}*"), format!("«{code}».")][dress].clone();
        let text = format!("Hello Ana,\n\nyour verification code is {shown}\n\nBye");
        let understood = understand(&text, &digits());
        proptest::prop_assert_eq!(understood.value, Some(code));
    }

    #[test]
    fn a_value_in_a_mail_link_comes_back(code in "[A-Za-z0-9_-]{1,40}") {
        let text = format!("Hi,\nopen https://dashboard.webshare.io/changeemail/{code}/confirm/?a=1 soon.\n");
        proptest::prop_assert_eq!(understand(&text, &link()).value, Some(code));
    }
}
