//! Mails made to hurt: huge, endless, nested. Each is judged, and with what it says where it says anything.

use jiff::Timestamp;
use readdress_core::mail::arrived::{Envelope, Verdict, Waiting, WaitingList};
use readdress_core::mail::understand;
use uuid::Uuid;

use crate::table::waits;

fn now() -> Timestamp {
    "2026-11-20T10:15:30Z".parse().expect("a time")
}

fn list() -> WaitingList {
    let services = ["mannco-store", "webshare"].into_iter().enumerate();
    let changes = services.map(|(index, service)| Waiting {
        change: Uuid::from_u128(index as u128),
        waits: waits(service, "ana@new.example"),
        since: now(),
        senders: Vec::new(),
        refused: Vec::new(),
        tried: false,
    });
    WaitingList::new(changes.collect())
}

const HEAD: &str = "From: Mannco.store <a@mailer.example>\r\nTo: ana@new.example\r\nSubject: Confirm\r\nMIME-Version: 1.0\r\n";

/// Judged on a thread with a small stack, as a runtime's workers have: depth must not cost stack.
fn judge(raw: Vec<u8>) -> Verdict {
    let run = move || list().judge(&raw, now());
    let thread = std::thread::Builder::new().stack_size(1 << 20);
    thread
        .spawn(run)
        .expect("a thread")
        .join()
        .expect("no panic")
}

fn used(verdict: &Verdict) -> Option<&str> {
    match verdict {
        Verdict::Use { value, .. } => Some(value.expose()),
        _ => None,
    }
}

#[test]
fn a_20_mb_mail_is_understood_from_its_first_part() {
    let code = "Content-Type: text/plain\r\n\r\nYour Mannco.store verification code for the email: 482 913\r\n";
    let start = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{code}--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n"
    );
    let mut raw = start.into_bytes();
    while raw.len() < 20 << 20 {
        raw.extend_from_slice(
            b"JVBERi0xLjQKJcfsj6IKNSAwIG9iago8PC9MZW5ndGggNiAwIFIvRmlsdGVyIC9GbGF0ZURlY29kZT4+\r\n",
        );
    }
    raw.truncate(512 << 10);
    assert_eq!(used(&judge(raw)), Some("482913"));
}

/// Of a mail that is longer than a text may be, the first part is read; any other text is refused.
#[test]
fn a_pasted_mail_of_11_mb() {
    let line =
        "JVBERi0xLjQKJcfsj6IKNSAwIG9iago8PC9MZW5ndGggNiAwIFIvRmlsdGVyIC9GbGF0ZURlY29kZT4+\r\n";
    let attached = line.repeat((11 << 20) / line.len());
    let mail = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nYour verification code: 482 913\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{attached}"
    );
    let waits = waits("mannco-store", "ana@new.example");
    assert_eq!(understand(&mail, &waits).value.as_deref(), Some("482913"));
    let text = understand(&attached, &waits);
    assert_eq!(text.problem.expect("refused").params["reason"], "too_long");
}

#[test]
fn one_line_of_10_mb() {
    let mut raw = format!("{HEAD}Content-Type: text/plain\r\n\r\n").into_bytes();
    raw.resize(10 << 20, b'7');
    assert!(matches!(judge(raw), Verdict::Nothing { .. }));
    let mut raw = format!("{HEAD}Content-Type: text/html\r\n\r\n<p>code ").into_bytes();
    raw.extend(b"123456 ".repeat((5 << 20) / 7));
    assert_eq!(used(&judge(raw)), Some("123456"), "one value, many times");
}

#[test]
fn a_hundred_thousand_candidates() {
    let mut text = format!("{HEAD}Content-Type: text/plain\r\n\r\n");
    for number in 100_000..200_000 {
        text.push_str("verification code ");
        text.push_str(&number.to_string());
        text.push_str("\r\n");
    }
    match judge(text.into_bytes()) {
        Verdict::Ask { choices, .. } => assert!(choices.len() <= 6),
        other => panic!("{other:?}"),
    }
}

/// As many levels as fit into what is fetched of a mail, of each way to nest.
#[test]
fn nested_without_end() {
    let ways: [fn(usize) -> String; 4] = [
        |_| "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".to_owned(),
        |level| format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"),
        |_| "Content-Type: message/rfc822\r\n\r\n".to_owned(),
        |level| {
            format!("Content-Type: multipart/digest; boundary=d{level}\r\n\r\n--d{level}\r\n\r\n")
        },
    ];
    for (index, way) in ways.iter().enumerate() {
        for levels in [3, 100, 5_000] {
            let mut text = HEAD.to_owned();
            (0..levels).for_each(|level| text.push_str(&way(level)));
            text.push_str("Content-Type: text/plain\r\n\r\nYour verification code for the email is 482913\r\n");
            let verdict = judge(text.into_bytes());
            let is_mail_in_mail = index >= 2;
            if levels == 3 && !is_mail_in_mail {
                assert_eq!(used(&verdict), Some("482913"), "{index}");
            } else if is_mail_in_mail {
                assert!(used(&verdict).is_none(), "{index}: {verdict:?}");
            }
        }
    }
}

#[test]
fn headers_without_end() {
    let many = "Delivered-To: x@y.example\r\n".repeat(9_000) + "To: ana@new.example\r\n";
    let envelope = Envelope::read(format!("{many}\r\nhello").as_bytes());
    assert!(envelope.recipients.len() <= 2_000);
    assert!(list().concerns(&envelope, now()), "To comes first");
    let long = format!("{HEAD}X-Long: {}\r\n\r\n", "x".repeat(8 << 20));
    assert!(list().concerns(&Envelope::read(long.as_bytes()), now()));
    for nothing in ["", "\r\n", "\n\n", "no header at all", ":::", "\0\0\0"] {
        assert!(!list().concerns(&Envelope::read(nothing.as_bytes()), now()));
        assert!(matches!(
            list().judge(nothing.as_bytes(), now()),
            Verdict::NotOurs
        ));
    }
}
