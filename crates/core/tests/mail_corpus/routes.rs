//! Many changes that wait at once, and the mails of practice.

use jiff::{SignedDuration, Timestamp};
use readdress_core::mail::arrived::{Envelope, Verdict, Waiting, WaitingList};
use uuid::Uuid;

use crate::table::waits;

const SERVICES: [&str; 3] = ["z-api", "webshare", "mannco-store"];

fn since() -> Timestamp {
    "2026-11-20T10:15:00Z".parse().expect("a time")
}

fn waiting(index: usize, service: &str, address: &str) -> Waiting {
    Waiting {
        change: Uuid::from_u128(index as u128),
        waits: waits(service, address),
        since: since(),
        senders: Vec::new(),
        refused: Vec::new(),
        tried: false,
    }
}

fn address(index: usize) -> String {
    match index % 3 {
        0 => format!("ana+{index}@new.example"),
        1 => format!("Box{index}@catch.example"),
        _ => format!("a.{index}@münchen.example"),
    }
}

#[test]
fn a_thousand_mails_go_to_a_thousand_changes() {
    let changes = (0..1_000).map(|index| waiting(index, SERVICES[index % 3], &address(index)));
    let list = WaitingList::new(changes.collect());
    let at = since() + SignedDuration::from_secs(30);
    for index in 0..1_000 {
        let value = format!("{:06}", index * 997 % 1_000_000);
        let says = match SERVICES[index % 3] {
            "webshare" => format!("https://dashboard.webshare.io/changeemail/{value}/confirm/"),
            _ => format!("Your verification code for this email: {value}"),
        };
        let to = address(index)
            .to_lowercase()
            .replace("münchen", "xn--mnchen-3ya");
        let raw = format!(
            "From: x@mailer.example\r\nTo: <{to}>\r\nSubject: Confirm your email\r\n\r\n{says}\r\n"
        );
        assert!(list.concerns(&Envelope::read(raw.as_bytes()), at));
        match list.judge(raw.as_bytes(), at) {
            Verdict::Use {
                change,
                value: used,
                sender,
            } => {
                assert_eq!(
                    (change, used.expose()),
                    (Uuid::from_u128(index as u128), value.as_str())
                );
                assert_eq!(sender.as_deref(), Some("x@mailer.example"));
            }
            other => panic!("{index}: {other:?}"),
        }
    }
    let stranger = "To: nobody@new.example\r\n\r\ncode 123456";
    assert!(!list.concerns(&Envelope::read(stranger.as_bytes()), at));
}

#[test]
fn nothing_waits_and_no_address() {
    let empty = WaitingList::new(Vec::new());
    assert!(empty.is_empty());
    let raw = b"To: ana@new.example\r\n\r\nYour code is 123456\r\n";
    assert!(matches!(empty.judge(raw, since()), Verdict::NotOurs));
    let mut nowhere = waiting(1, "z-api", "ana@new.example");
    nowhere.waits.address = None;
    let list = WaitingList::new(vec![nowhere]);
    assert!(!list.is_empty());
    assert!(matches!(list.judge(raw, since()), Verdict::NotOurs));
}

#[test]
fn hints_of_a_manifest_ask_about_other_senders() {
    let mut change = waiting(1, "mannco-store", "ana@new.example");
    change.waits.hints.from = vec!["*@mannco.example".to_owned().try_into().expect("a sender")];
    let list = WaitingList::new(vec![change]);
    let mail = |from: &str| {
        format!(
            "From: {from}\r\nTo: ana@new.example\r\n\r\nYour verification code for the email: 123456\r\n"
        )
    };
    let right = list.judge(mail("Codes <NoReply@Mannco.example>").as_bytes(), since());
    assert!(matches!(right, Verdict::Use { .. }), "{right:?}");
    match list.judge(mail("x@mannco.example.evil.example").as_bytes(), since()) {
        Verdict::Ask { why, .. } => {
            assert_eq!(why.code.as_str(), "sender_new");
            assert_eq!(why.params["known"], "*@mannco.example");
            assert_eq!(why.params["from"], "x@mannco.example.evil.example");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_subject_hint_tells_two_services_apart() {
    let mut one = waiting(1, "z-api", "ana@new.example");
    one.waits.hints.subject = vec!["two-step".to_owned()];
    let list = WaitingList::new(vec![one, waiting(2, "mannco-store", "ana@new.example")]);
    let raw = b"From: x@y.example\r\nTo: ana@new.example\r\nSubject: Your Two-Step email\r\n\r\nYour verification code: 123456\r\n";
    match list.judge(raw, since()) {
        Verdict::Use { change, .. } => assert_eq!(change, Uuid::from_u128(1)),
        other => panic!("{other:?}"),
    }
}
