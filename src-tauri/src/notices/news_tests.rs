//! When something is told, and when not.

use readdress_core::error::{Code, Problem};
use serde_json::json;

use super::*;

const ID: Uuid = Uuid::from_u128(1);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).expect("a time")
}

fn view(state: State, open: bool, updated: i64) -> ChangeView {
    let view = json!({
        "id": ID, "profile_id": null, "profile": "Support line", "service": "a", "from": null, "to": "new@one.example",
        "state": state, "open": open, "step": "verify", "steps": [], "proof": null, "tries": 0, "waits_for": null,
        "requested_at": null, "expires_at": null, "resend_at": null, "retry_at": null, "problem": null,
        "has_value": false, "cancelled_there": null, "undo_of": null, "created_at": at(0), "updated_at": at(updated),
        "can": { "send": false, "submit": false, "resend": false, "cancel": false, "check": false, "settle": false, "change_back": false },
    });
    serde_json::from_value(view).expect("a change")
}

fn find() -> MailFindView {
    MailFindView {
        id: Uuid::from_u128(50),
        mailbox: Uuid::from_u128(51),
        change: ID,
        at: at(0),
        from: None,
        to: None,
        junk: false,
        why: Code::CodeAmbiguous.into(),
        choices: vec!["482913".to_owned()],
    }
}

/// What is told of one change that goes through these, a look every second.
fn told(stages: &[ChangeView], hand: bool) -> Vec<What> {
    let mut seen = Seen::default();
    seen.begin(vec![stages[0].clone()], &[], at(0));
    let mut all = Vec::new();
    for (second, stage) in (1..).zip(&stages[1..]) {
        all.extend(seen.look(vec![stage.clone()], |_| hand, at(second)));
        all.extend(seen.tick(at(second)));
    }
    all.into_iter().map(|news| news.what).collect()
}

#[test]
fn an_end_is_told_once_and_not_to_the_hand_that_made_it() {
    for (state, what) in [
        (State::Changed, vec![What::Changed]),
        (State::Refused, vec![What::Refused]),
        (State::Expired, vec![What::Expired]),
        (State::Cancelled, vec![]),
    ] {
        let stages = [
            view(State::AwaitingCode, true, 0),
            view(State::Verifying, true, 1),
            view(state, false, 2),
            view(state, false, 2),
        ];
        assert_eq!(told(&stages, false), what, "{state:?}");
        assert_eq!(told(&stages, true), [], "{state:?} by hand");
    }
}

#[test]
fn a_code_that_is_used_is_told_by_what_comes_of_it_or_when_that_takes_long() {
    let verifies = view(State::Verifying, true, 1);
    let waits = view(State::AwaitingCode, true, 0);
    let mut long = vec![waits.clone()];
    long.extend(std::iter::repeat_n(verifies.clone(), 20));
    assert_eq!(told(&long, false), [What::Used]);
    assert_eq!(told(&long, true), []);

    let mut wrong = view(State::AwaitingCode, true, 2);
    wrong.problem = Some(Problem::new(Code::CodeWrong));
    assert_eq!(
        told(&[waits.clone(), verifies.clone(), wrong.clone()], false),
        [What::CodeRefused]
    );
    assert_eq!(told(&[waits.clone(), verifies, wrong.clone()], true), []);
    assert_eq!(
        told(&[waits, wrong], false),
        [],
        "no code of a mail was tried"
    );
}

#[test]
fn not_known_is_told_when_it_becomes_so() {
    let (before, unknown) = (
        view(State::Verifying, true, 0),
        view(State::Unknown, true, 1),
    );
    assert_eq!(
        told(&[before, unknown.clone(), unknown.clone()], false),
        [What::Unknown]
    );
    assert_eq!(told(&[unknown.clone(), unknown], false), []);
}

#[test]
fn what_lay_there_at_the_start_is_no_news() {
    let mut seen = Seen::default();
    seen.begin(vec![view(State::AwaitingCode, true, 0)], &[find()], at(0));
    assert!(seen.asked(&[find()]).is_empty());
    // Ended long before anybody looked, and heard of only now.
    let mut old = view(State::Changed, false, 0);
    old.id = Uuid::from_u128(2);
    assert!(seen.look(vec![old.clone()], |_| false, at(3600)).is_empty());
    old.id = Uuid::from_u128(3);
    old.updated_at = at(3599);
    assert_eq!(
        seen.look(vec![old], |_| false, at(3600)).len(),
        1,
        "ended between two looks"
    );
}

#[test]
fn a_mail_to_be_decided_about_is_told_once() {
    let mut seen = Seen::default();
    seen.begin(vec![view(State::AwaitingCode, true, 0)], &[], at(0));
    let told = seen.asked(&[find()]);
    assert!(matches!(told.as_slice(), [News { what: What::Asks, change }] if change.id == ID));
    assert!(seen.asked(&[find()]).is_empty() && seen.asked(&[]).is_empty());
}

#[test]
fn a_flood_of_mails_for_one_change_is_told_once() {
    let mut seen = Seen::default();
    seen.begin(vec![view(State::AwaitingCode, true, 0)], &[], at(0));
    let another = |n: u128| MailFindView {
        id: Uuid::from_u128(n),
        ..find()
    };
    let first: Vec<_> = (100..104).map(another).collect();
    assert_eq!(seen.asked(&first).len(), 1, "one change has news, not four");
    for n in 104..200 {
        assert!(seen.asked(&[another(n)]).is_empty());
    }
    seen.asked(&[]);
    assert_eq!(
        seen.asked(&[another(200)]).len(),
        1,
        "after all were settled"
    );
}

#[test]
fn a_code_is_said_to_run_out_only_while_it_is_waited_for() {
    let expiring = |state, open| {
        let mut view = view(state, open, 0);
        view.expires_at = Some(at(7200));
        view
    };
    let mut seen = Seen::default();
    seen.begin(vec![expiring(State::AwaitingCode, true)], &[], at(0));
    let whats = |news: Vec<News>| news.into_iter().map(|one| one.what).collect::<Vec<_>>();
    assert_eq!(whats(seen.tick(at(3600))), [What::RunsOut(Reminder::Hour)]);
    assert_eq!(whats(seen.tick(at(3601))), []);
    seen.look(vec![expiring(State::Changed, false)], |_| true, at(3700));
    assert_eq!(whats(seen.tick(at(6700))), []);
}
