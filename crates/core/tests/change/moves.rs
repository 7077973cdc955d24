//! Any shape, and any sequence of inputs at any time: as numbers, so that proptest can shrink them.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use readdress_core::change::Change;
use readdress_core::change::machine::{
    Do, Ending, Facts, Input, Outcome, Reading, Shape, ShapeStep, Why,
};
use readdress_core::error::{Code, Problem};

use crate::{TO, given, other, planned, proved, read, shows};

/// One to six steps of which the first waits for nothing (no manifest may say otherwise), and all that varies beside.
pub fn any_shape() -> impl Strategy<Value = Shape> {
    let span = || {
        prop_oneof![
            Just(None),
            (1i64..4000).prop_map(|seconds| Some(SignedDuration::from_secs(seconds))),
            Just(Some(SignedDuration::MAX)),
        ]
    };
    (
        proptest::collection::vec(any::<bool>(), 0..6),
        any::<bool>(),
        span(),
        span(),
        0u8..3,
    )
        .prop_map(|(waits, has_read, expires_after, resend_after, resend)| {
            let later = waits.iter().enumerate();
            let steps = std::iter::once(ShapeStep {
                id: "request".into(),
                waits: false,
            })
            .chain(later.map(|(index, &waits)| ShapeStep {
                id: format!("step_{}", index + 1),
                waits,
            }));
            Shape {
                steps: steps.collect(),
                has_read,
                expires_after,
                resend_after,
                resend_step: match resend {
                    0 => None,
                    1 => Some("request".into()),
                    _ => Some("again".into()),
                },
            }
        })
}

/// Kind, detail, and by how many seconds the clock moves before it: mostly on, at times back or to its end.
pub type Move = (u8, u8, i64);

pub fn any_moves() -> impl Strategy<Value = Vec<Move>> {
    let jump = prop_oneof![
        8 => 0i64..2000,
        1 => -100_000i64..100_000,
        1 => prop_oneof![Just(i64::MIN), Just(i64::MAX)],
    ];
    proptest::collection::vec((any::<u8>(), any::<u8>(), jump), 1..40)
}

/// A change, what the machine asked for last, and the time.
pub struct World {
    pub shape: Shape,
    pub change: Change,
    pub next: Do,
    pub now: Timestamp,
}

impl World {
    pub fn new(shape: Shape) -> Self {
        Self {
            shape,
            change: planned(),
            next: Do::Nothing,
            now: crate::at(0),
        }
    }

    pub fn pass(&mut self, seconds: i64) {
        let later = self
            .now
            .checked_add(SignedDuration::from_secs(seconds))
            .ok();
        self.now = later.unwrap_or(if seconds < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        });
    }
}

const CODES: [Code; 9] = [
    Code::CodeWrong,
    Code::CodeExpired,
    Code::TooManyAttempts,
    Code::NothingPending,
    Code::RateLimited,
    Code::EmailTaken,
    Code::RequestRefused,
    Code::CredentialsRefused,
    Code::NotSupported,
];

fn problem(detail: u8) -> Problem {
    Problem::new(CODES[usize::from(detail) % CODES.len()])
}

/// What a person, a mailbox or a dying process does: at any time.
pub fn from_outside(kind: u8, detail: u8) -> Input {
    match kind % 11 {
        10 => Input::Restored,
        9 => Input::TooSoon(Code::RateLimited.into()),
        0 => Input::Send,
        1 | 2 => given(["111111", "222222", "333333"][usize::from(detail) % 3]),
        3 => Input::Resend {
            anyway: detail.is_multiple_of(2),
        },
        4 => {
            Input::Cancel([Ending::Here, Ending::There, Ending::Replaced][usize::from(detail) % 3])
        }
        5 => Input::Worked,
        6 => Input::SendAgain,
        7 => read(Why::Check, reading(detail)),
        _ => Input::OwnerDied,
    }
}

/// How a call can end.
pub fn outcome(detail: u8) -> (Outcome, Facts) {
    let answered = Facts {
        status: Some(200),
        ..Facts::default()
    };
    let kept = detail / 9;
    match detail % 9 {
        0 | 1 => (Outcome::CodeSent, answered),
        2 => (Outcome::Ok, answered),
        3 => (Outcome::ReadBack, answered),
        4 => (Outcome::TokenRefused, answered),
        // With an answer where a token is refused twice, else without one.
        5 if kept.is_multiple_of(2) => {
            (Outcome::NotSent(Code::CredentialsRefused.into()), answered)
        }
        5 => (Outcome::NotSent(Code::Unreachable.into()), Facts::default()),
        6 => (Outcome::Refused(problem(kept)), answered),
        7 => (
            Outcome::CodeWrongOrExpired(Code::CodeWrong.into()),
            answered,
        ),
        _ => (Outcome::NoAnswer(Code::TimedOut.into()), Facts::default()),
    }
}

pub fn reading(detail: u8) -> Reading {
    match detail % 6 {
        0 => proved(),
        1 => other(),
        2 => shows(TO, Some(false)),
        3 => Reading::NotOffered,
        4 => Reading::Shows {
            email: None,
            verified: None,
        },
        _ => Reading::Failed(Code::Unreachable.into()),
    }
}

/// What the engine puts in after it did what was asked.
pub fn from_the_call(next: &Do, detail: u8) -> Option<Input> {
    match next {
        Do::Nothing => None,
        Do::Step(_) | Do::Resend(_) => {
            let (outcome, facts) = outcome(detail);
            Some(Input::Answered(outcome, facts))
        }
        Do::Login if detail.is_multiple_of(2) => Some(Input::LoggedIn),
        Do::Login => Some(Input::Answered(
            Outcome::NotSent(problem(detail)),
            Facts::default(),
        )),
        Do::Read(why) => Some(read(*why, reading(detail))),
    }
}

/// Every input there is, in no order that an engine would keep.
pub fn anything(kind: u8, detail: u8) -> Input {
    let whys = [Why::Before, Why::Closing, Why::AfterRefusal, Why::Check];
    match kind % 4 {
        0 => from_outside(kind / 4, detail),
        1 => {
            let (outcome, facts) = outcome(detail);
            Input::Answered(outcome, facts)
        }
        2 => read(whys[usize::from(kind / 4) % 4], reading(detail)),
        _ => Input::LoggedIn,
    }
}
