//! One test per row of the table in `docs/changes.md`.

use readdress_core::change::machine::{Do, Ending, Input, Outcome, Reading, Shape, Why};
use readdress_core::change::{EventKind, Proof, State};
use readdress_core::error::{Code, Problem};

use crate::{Play, answered, at, given, other, proved, read, read_before, refused, shape, shows};

fn step(id: &str) -> Do {
    Do::Step(id.into())
}

fn without_read() -> Shape {
    Shape {
        has_read: false,
        ..shape()
    }
}

#[test]
fn row_1_reads_before_the_first_step_and_commits_nothing_for_it() {
    let mut play = Play::new();
    let asked = play.try_put(Input::Send).expect("planned can be sent");
    assert!(asked.unchanged && asked.events.is_empty());
    assert_eq!(asked.next, Do::Read(Why::Before));

    let sent = Play::new().put(Input::Send).put(read_before(other()));
    sent.is(State::Requesting, &step("request"));
    assert_eq!(sent.change.from.as_deref(), Some("before@old.example"));
    assert_eq!(sent.change.owner, Some(crate::ME));
}

#[test]
fn row_1_refuses_the_address_that_the_service_already_proves() {
    let play = Play::new().put(Input::Send).put(read_before(proved()));
    play.is(State::Refused, &Do::Nothing);
    assert_eq!(play.problem(), Some(Code::EmailSame));
}

#[test]
fn row_1_sends_when_the_same_address_is_there_unverified() {
    let play = Play::new()
        .put(Input::Send)
        .put(read_before(shows(crate::TO, Some(false))));
    play.is(State::Requesting, &step("request"));
}

#[test]
fn row_1_sends_after_a_read_that_did_not_work() {
    let play = Play::new()
        .put(Input::Send)
        .put(read_before(Reading::Failed(
            Code::ServiceUnavailable.into(),
        )));
    play.is(State::Requesting, &step("request"));
}

#[test]
fn row_2_goes_on_to_a_step_that_waits_for_nothing() {
    let mut three = shape();
    three.steps.insert(
        1,
        readdress_core::change::machine::ShapeStep {
            id: "confirm".into(),
            waits: false,
        },
    );
    let play = Play::with(three)
        .put(Input::Send)
        .put(read_before(other()))
        .put(answered(Outcome::Ok));
    play.is(State::Requesting, &step("confirm"));
}

#[test]
fn row_3_waits_for_the_code_with_new_times() {
    let play = Play::awaiting();
    play.is(State::AwaitingCode, &Do::Nothing);
    assert_eq!(play.change.expires_at, Some(at(3600)));
    assert_eq!(play.change.resend_at, Some(at(300)));
    assert_eq!(play.change.requested_at, Some(at(0)));
    assert_eq!(play.change.owner, None);
}

#[test]
fn rows_17_and_3_keep_a_code_that_comes_before_the_answer_and_send_it_then() {
    let requesting = Play::new().put(Input::Send).put(read_before(other()));
    let kept = requesting.put(given("111222"));
    kept.is(State::Requesting, &Do::Nothing);
    kept.put(answered(Outcome::CodeSent))
        .is(State::Verifying, &step("verify"));
}

#[test]
fn row_4_reads_back_at_the_end_or_takes_the_answer_as_proof() {
    Play::verifying()
        .put(answered(Outcome::Ok))
        .is(State::Verifying, &Do::Read(Why::Closing));

    let blind = Play::with(without_read())
        .put(Input::Send)
        .put(answered(Outcome::CodeSent))
        .put(given("1"))
        .put(answered(Outcome::Ok));
    blind.is(State::Changed, &Do::Nothing);
    assert_eq!(blind.change.proof, Some(Proof::Answer));

    let gone = Play::verifying()
        .put(answered(Outcome::Ok))
        .put(read(Why::Closing, Reading::NotOffered));
    assert_eq!(
        (gone.change.state, gone.change.proof),
        (State::Changed, Some(Proof::Answer))
    );
}

#[test]
fn row_5_is_changed_only_when_the_service_shows_it() {
    let closing = || Play::verifying().put(answered(Outcome::Ok));
    let done = closing().put(read(Why::Closing, proved()));
    assert_eq!(
        (done.change.state, done.change.proof),
        (State::Changed, Some(Proof::ReadBack))
    );
    assert!(
        done.change.values.is_empty(),
        "codes are not kept after the end"
    );

    for reading in [
        other(),
        shows(crate::TO, Some(false)),
        Reading::Failed(Code::TimedOut.into()),
    ] {
        closing()
            .put(read(Why::Closing, reading))
            .is(State::Unknown, &Do::Nothing);
    }
}

#[test]
fn row_6_rests_where_it_can_be_tried_again() {
    let limited = Problem::new(Code::RateLimited).retry_at(at(300));
    let first = Play::new()
        .put(Input::Send)
        .put(read_before(other()))
        .put(answered(Outcome::NotSent(limited)));
    first.is(State::Planned, &Do::Nothing);
    assert_eq!(
        (first.problem(), first.change.retry_at),
        (Some(Code::RateLimited), Some(at(300)))
    );

    let second = Play::verifying().put(answered(Outcome::NotSent(Code::Unreachable.into())));
    second.is(State::AwaitingCode, &Do::Nothing);
    assert!(
        readdress_core::change::show::has_value(&second.change),
        "the value is kept"
    );
}

#[test]
fn row_7_logs_in_and_sends_the_same_step_with_a_new_intent() {
    let mut refused = Play::verifying().put(answered(Outcome::TokenRefused));
    refused.is(State::Verifying, &Do::Login);
    let again = refused.try_put(Input::LoggedIn).expect("logged in");
    assert!(
        again
            .events
            .iter()
            .any(|event| event.kind == EventKind::Intent)
    );
    assert_eq!(again.next, step("verify"));
}

#[test]
fn row_9_ends_at_a_step_without_code_and_says_why() {
    let play = Play::new()
        .put(Input::Send)
        .put(read_before(other()))
        .put(refused(Code::EmailTaken));
    play.is(State::Refused, &Do::Nothing);
    assert_eq!(play.problem(), Some(Code::EmailTaken));
}

#[test]
fn row_10_counts_a_wrong_code_marks_it_and_waits_on() {
    let mut play = Play::verifying().put(refused(Code::CodeWrong));
    play.is(State::AwaitingCode, &Do::Nothing);
    assert_eq!(
        (play.change.tries, play.problem()),
        (1, Some(Code::CodeWrong))
    );
    assert!(!readdress_core::change::show::has_value(&play.change));
    let same = play
        .try_put(given("123456"))
        .expect_err("the same code is not sent again");
    assert_eq!(same.code, Code::CodeRefusedBefore);
    play.put(given("654321"))
        .is(State::Verifying, &step("verify"));
}

#[test]
fn row_10_takes_wrong_or_expired_as_wrong_before_the_time_and_as_expired_after() {
    let both = || answered(Outcome::CodeWrongOrExpired(Code::CodeWrong.into()));
    assert_eq!(
        Play::verifying().put(both()).problem(),
        Some(Code::CodeWrong)
    );
    let late = Play::verifying().later(4000).put(both());
    late.is(State::Verifying, &Do::Read(Why::AfterRefusal));
    let ended = late.put(read(Why::AfterRefusal, other()));
    assert_eq!(
        (ended.change.state, ended.problem()),
        (State::Expired, Some(Code::CodeExpired))
    );
}

#[test]
fn row_11_asks_the_service_before_it_ends() {
    for (code, state) in [
        (Code::CodeExpired, State::Expired),
        (Code::TooManyAttempts, State::Refused),
        (Code::NothingPending, State::Refused),
    ] {
        let asking = || Play::verifying().put(refused(code));
        asking().is(State::Verifying, &Do::Read(Why::AfterRefusal));
        asking()
            .put(read(Why::AfterRefusal, other()))
            .is(state, &Do::Nothing);
        let done = asking().put(read(Why::AfterRefusal, proved()));
        assert_eq!(
            (done.change.state, done.problem()),
            (State::Changed, Some(code))
        );
    }
}

#[test]
fn row_12_keeps_the_value_after_any_other_refusal() {
    let play = Play::verifying().put(refused(Code::RequestRefused));
    play.is(State::AwaitingCode, &Do::Nothing);
    assert!(readdress_core::change::show::has_value(&play.change));
}

#[test]
fn row_13_is_unknown_when_no_answer_came_or_the_owner_died() {
    let cut = Play::new()
        .put(Input::Send)
        .put(read_before(other()))
        .put(answered(Outcome::NoAnswer(Code::TimedOut.into())));
    cut.is(State::Unknown, &Do::Nothing);
    let died = Play::verifying().put(Input::OwnerDied);
    died.is(State::Unknown, &Do::Nothing);
    assert_eq!(died.problem(), Some(Code::Interrupted));
}

#[test]
fn row_15_resends_when_the_time_has_come_and_is_never_unknown() {
    let mut early = Play::awaiting();
    let refusal = early
        .try_put(Input::Resend { anyway: false })
        .expect_err("too soon");
    assert_eq!(
        (refusal.code, refusal.retry_at),
        (Code::RateLimited, Some(at(300)))
    );

    let resending = || {
        Play::awaiting()
            .later(301)
            .put(Input::Resend { anyway: false })
    };
    resending().is(State::AwaitingCode, &Do::Resend("request".into()));
    let fresh = resending().put(answered(Outcome::CodeSent));
    assert_eq!(fresh.change.expires_at, Some(at(3901)));
    for outcome in [
        Outcome::NoAnswer(Code::TimedOut.into()),
        Outcome::NotSent(Code::Unreachable.into()),
        Outcome::Refused(Code::RateLimited.into()),
    ] {
        let stays = resending().put(answered(outcome));
        stays.is(State::AwaitingCode, &Do::Nothing);
        assert!(stays.change.problem.is_some());
    }
    let died = resending().put(Input::OwnerDied);
    assert_eq!(
        (died.change.state, died.problem()),
        (State::AwaitingCode, Some(Code::Interrupted))
    );
    let turn = resending().try_put(Input::OwnerDied).expect("a turn");
    let told = turn.events.first().expect("an event");
    assert_eq!(told.kind, EventKind::Recovered);
    // Not the step that waits for its code.
    assert_eq!(told.step.as_deref(), Some("request"));
}

#[test]
fn row_18_takes_a_code_that_comes_as_sign_that_the_request_was_taken() {
    let unknown = Play::new()
        .put(Input::Send)
        .put(read_before(other()))
        .put(answered(Outcome::NoAnswer(Code::TimedOut.into())));
    unknown
        .put(given("777888"))
        .is(State::Verifying, &step("verify"));
}

#[test]
fn rows_19_and_20_settle_an_unknown_by_what_the_service_shows() {
    let at_request = || {
        Play::new()
            .put(Input::Send)
            .put(read_before(other()))
            .put(answered(Outcome::NoAnswer(Code::TimedOut.into())))
    };
    let at_verify = || Play::verifying().put(answered(Outcome::NoAnswer(Code::TimedOut.into())));
    for make in [&at_request as &dyn Fn() -> Play, &at_verify] {
        let done = make().put(read(Why::Check, proved()));
        assert_eq!(
            (done.change.state, done.change.proof),
            (State::Changed, Some(Proof::ReadBack))
        );
        let waiting = make().put(read(Why::Check, shows(crate::TO, Some(false))));
        assert_eq!(
            (waiting.change.state, waiting.change.step.as_str()),
            (State::AwaitingCode, "verify")
        );
        make()
            .put(read(Why::Check, Reading::Failed(Code::Unreachable.into())))
            .is(State::Unknown, &Do::Nothing);
    }
    at_request()
        .put(read(Why::Check, other()))
        .is(State::Unknown, &Do::Nothing);
    let offered = at_verify().put(read(Why::Check, other()));
    offered.is(State::AwaitingCode, &Do::Nothing);
    assert!(
        readdress_core::change::show::has_value(&offered.change),
        "its value is offered again"
    );
}

#[test]
fn row_21_is_changed_when_the_link_was_opened_in_a_browser() {
    Play::awaiting()
        .put(read(Why::Check, proved()))
        .is(State::Changed, &Do::Nothing);
    Play::awaiting()
        .put(read(Why::Check, other()))
        .is(State::AwaitingCode, &Do::Nothing);
}

#[test]
fn row_22_cancels_anything_but_a_call_on_its_way() {
    let cancel = || Input::Cancel(Ending::Here);
    Play::new().put(cancel()).is(State::Cancelled, &Do::Nothing);
    let here = Play::awaiting().put(cancel());
    assert_eq!(here.change.cancelled_there, Some(false));
    let busy = Play::verifying()
        .try_put(cancel())
        .expect_err("a call is on its way");
    assert_eq!(busy.code, Code::Busy);
    Play::awaiting()
        .later(4000)
        .put(Input::Cancel(Ending::Replaced))
        .is(State::Expired, &Do::Nothing);
}

#[test]
fn row_23_lets_the_user_settle_an_unknown() {
    let at_request = || {
        Play::new()
            .put(Input::Send)
            .put(read_before(other()))
            .put(answered(Outcome::NoAnswer(Code::TimedOut.into())))
    };
    at_request()
        .put(Input::Worked)
        .is(State::AwaitingCode, &Do::Nothing);
    at_request()
        .put(Input::SendAgain)
        .is(State::Requesting, &step("request"));
    let said = Play::verifying()
        .put(answered(Outcome::NoAnswer(Code::TimedOut.into())))
        .put(Input::Worked);
    assert_eq!(
        (said.change.state, said.change.proof),
        (State::Changed, Some(Proof::User))
    );
}

#[test]
fn a_success_that_only_a_read_settles_is_settled_by_it() {
    let asked = || {
        Play::new()
            .put(Input::Send)
            .put(read_before(other()))
            .put(answered(Outcome::ReadBack))
    };
    asked().is(State::Requesting, &Do::Read(Why::Closing));
    asked()
        .put(read(Why::Closing, proved()))
        .is(State::Changed, &Do::Nothing);
    asked()
        .put(read(Why::Closing, shows(crate::TO, Some(false))))
        .is(State::AwaitingCode, &Do::Nothing);
    asked()
        .put(read(Why::Closing, other()))
        .is(State::Unknown, &Do::Nothing);
}

/// A backup does not know what came after it.
#[test]
fn what_comes_from_a_backup_is_unknown_where_anything_had_been_sent() {
    let planned = Play::new().put(Input::Restored);
    planned.is(State::Planned, &Do::Nothing);
    for sent in [
        Play::new().put(Input::Send).put(read_before(other())),
        Play::awaiting(),
        Play::awaiting()
            .later(301)
            .put(Input::Resend { anyway: false }),
        Play::verifying(),
    ] {
        let back = sent.put(Input::Restored);
        back.is(State::Unknown, &Do::Nothing);
        assert_eq!(back.problem(), Some(Code::Restored));
        assert_eq!((back.change.owner, back.change.resending), (None, false));
    }
}
