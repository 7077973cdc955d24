//! Whatever comes in whatever order: what must hold.

use proptest::prelude::*;
use readdress_core::change::machine::{Do, Ending, Input, Outcome, Reading, Why, kept_value};
use readdress_core::change::{EventKind, Proof, State, show};
use readdress_core::error::{Code, Problem};

use crate::{Play, answered, given, other, proved, read, shows};

/// Inputs as plain numbers, so that proptest can shrink them.
fn input(kind: u8, detail: u8) -> Input {
    let codes = [
        Code::CodeWrong,
        Code::CodeExpired,
        Code::TooManyAttempts,
        Code::NothingPending,
        Code::RateLimited,
        Code::EmailTaken,
        Code::RequestRefused,
    ];
    let problem = || Problem::new(codes[usize::from(detail) % codes.len()]);
    let reading = match detail % 5 {
        0 => proved(),
        1 => other(),
        2 => shows(crate::TO, Some(false)),
        3 => Reading::NotOffered,
        _ => Reading::Failed(Code::Unreachable.into()),
    };
    let why =
        [Why::Before, Why::Closing, Why::AfterRefusal, Why::Check][usize::from(detail / 5) % 4];
    match kind % 11 {
        0 => Input::Send,
        1 => given(["111111", "222222", "333333"][usize::from(detail) % 3]),
        2 => answered(Outcome::CodeSent),
        3 => answered(Outcome::Ok),
        4 => answered(Outcome::Refused(problem())),
        5 => answered(match detail % 4 {
            0 => Outcome::NotSent(problem()),
            1 => Outcome::NoAnswer(problem()),
            2 => Outcome::CodeWrongOrExpired(problem()),
            _ => Outcome::ReadBack,
        }),
        6 => read(why, reading),
        7 => Input::Resend {
            anyway: detail.is_multiple_of(2),
        },
        8 => {
            Input::Cancel([Ending::Here, Ending::There, Ending::Replaced][usize::from(detail) % 3])
        }
        9 => {
            if detail.is_multiple_of(2) {
                Input::Worked
            } else {
                Input::SendAgain
            }
        }
        _ => Input::OwnerDied,
    }
}

/// How the clock moves between two inputs.
#[derive(Debug, Clone)]
enum Jump {
    By(i64),
    To(i64),
}

/// The years 1 and 9999, in the seconds of `at`: further than any clock can be set.
const EARLIEST: i64 = -63_000_000_000;
const LATEST: i64 = 251_700_000_000;

fn jump() -> impl Strategy<Value = Jump> {
    prop_oneof![
        4 => (0i64..2000).prop_map(Jump::By),
        1 => (-100_000i64..100_000).prop_map(Jump::By),
        1 => (EARLIEST..LATEST).prop_map(Jump::To),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_sent_silently_or_proved_by_nothing(
        moves in proptest::collection::vec((any::<u8>(), any::<u8>(), jump()), 1..40),
    ) {
        let mut play = Play::new();
        for (kind, detail, jump) in moves {
            // The clock goes on, back, or anywhere.
            play.seconds = match jump {
                Jump::By(seconds) => play.seconds + seconds,
                Jump::To(seconds) => seconds,
            }
            .clamp(EARLIEST, LATEST);
            let now = crate::at(play.seconds);
            let before = play.change.clone();
            let shown_before = show::shown_state(&before, now);
            if before.state.is_end() {
                prop_assert_eq!(shown_before, before.state, "an end is shown as it is at any time");
            }
            let shown = format!("{:?}", input(kind, detail));
            let Ok(done) = play.try_put(input(kind, detail)) else { continue };
            prop_assert!(!before.state.is_end(), "an ended change moved on {shown}");
            let intent = done.events.iter().any(|event| event.kind == EventKind::Intent);
            match &done.next {
                Do::Step(step) => {
                    prop_assert!(intent, "bytes would leave without an intent");
                    prop_assert!(done.change.state.is_sending() && done.change.owner == Some(crate::ME));
                    if step == "verify" {
                        prop_assert!(kept_value(&done.change, "verify").is_some(), "no unmarked code to send");
                    }
                }
                Do::Resend(_) => prop_assert!(intent && done.change.resending),
                _ => prop_assert!(!intent, "an intent without a call"),
            }
            if done.unchanged {
                prop_assert!(done.events.is_empty());
                continue;
            }
            if done.change.state == State::Changed {
                prop_assert!(done.change.proof.is_some());
                if done.change.proof == Some(Proof::ReadBack) {
                    prop_assert!(shown.contains("Read("), "a read-back proof needs a read: {shown}");
                }
            } else {
                prop_assert!(done.change.proof.is_none());
            }
            prop_assert_eq!(
                done.change.owner.is_some(),
                done.change.state.is_sending() || done.change.resending,
                "an owner exactly while a call is on its way"
            );
            prop_assert_eq!(&done.change.to, &before.to);
            // A deadline is new, and then as far off as the manifest says; or it is the one from before.
            for (after, before, span) in [
                (done.change.expires_at, before.expires_at, play.shape.expires_after),
                (done.change.resend_at, before.resend_at, play.shape.resend_after),
            ] {
                let fresh = after.zip(span).is_some_and(|(at, span)| now.checked_add(span).ok() == Some(at));
                prop_assert!(after == before || fresh || after.is_none() || now == crate::at(LATEST), "{after:?} at {now}");
            }
            prop_assert!(done.events.iter().all(|event| event.at == now));
            // Whatever the clock says, something can be done with an open change that no call holds.
            let can = show::can(&done.change, Some(&play.shape), now);
            if !done.change.state.is_end() && done.change.owner.is_none() {
                prop_assert!(can.cancel && (can.send || can.submit || can.settle || can.check));
            }
            play.change = done.change;
        }
    }
}
