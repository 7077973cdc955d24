//! The state machine, row by row, and what must hold in any order of events.

mod invariants;
mod journal;
mod moved;
mod moves;
mod rows;
mod shown;

use jiff::{SignedDuration, Timestamp};
use readdress_core::change::machine::{
    Do, Facts, Input, Outcome, Reading, Shape, ShapeStep, Turn, turn,
};
use readdress_core::change::{Change, State};
use readdress_core::error::{Code, Problem};
use readdress_core::secret::Secret;
use uuid::Uuid;

pub const ME: Uuid = Uuid::from_u128(7);
pub const TO: &str = "after@new.example";

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).expect("a time")
}

/// request, then verify with a code; a read at the end; codes hold an hour, resend after five minutes.
pub fn shape() -> Shape {
    Shape {
        steps: vec![
            ShapeStep {
                id: "request".into(),
                waits: false,
            },
            ShapeStep {
                id: "verify".into(),
                waits: true,
            },
        ],
        has_read: true,
        expires_after: Some(SignedDuration::from_hours(1)),
        resend_after: Some(SignedDuration::from_mins(5)),
        resend_step: Some("request".into()),
    }
}

pub fn planned() -> Change {
    Change {
        id: Uuid::from_u128(1),
        profile_id: Some(Uuid::from_u128(2)),
        label: "Support".into(),
        service: "any".into(),
        from: None,
        to: TO.into(),
        state: State::Planned,
        at: 0,
        step: "request".into(),
        code_used: false,
        proof: None,
        tries: 0,
        requested_at: None,
        expires_at: None,
        resend_at: None,
        retry_at: None,
        problem: None,
        values: Vec::new(),
        cancelled_there: None,
        undo_of: None,
        owner: None,
        resending: false,
        version: 1,
        created_at: at(0),
        updated_at: at(0),
    }
}

/// A change and the last thing the machine asked for.
pub struct Play {
    pub shape: Shape,
    pub change: Change,
    pub next: Do,
    pub seconds: i64,
}

impl Default for Play {
    fn default() -> Self {
        Self {
            shape: shape(),
            change: planned(),
            next: Do::Nothing,
            seconds: 0,
        }
    }
}

impl Play {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn with(shape: Shape) -> Self {
        Self {
            shape,
            ..Self::new()
        }
    }

    pub fn try_put(&mut self, input: Input) -> Result<Turn, Problem> {
        turn(&self.change, &self.shape, input, ME, at(self.seconds))
    }

    pub fn put(mut self, input: Input) -> Self {
        let done = self.try_put(input).expect("the input is allowed here");
        if !done.unchanged {
            self.change = done.change;
        }
        self.next = done.next;
        self
    }

    pub fn later(mut self, seconds: i64) -> Self {
        self.seconds += seconds;
        self
    }

    /// Sent, and the service took the request: waiting for a code.
    pub fn awaiting() -> Self {
        Self::new()
            .put(Input::Send)
            .put(read_before(other()))
            .put(answered(Outcome::CodeSent))
    }

    /// The code was sent and its answer is awaited.
    pub fn verifying() -> Self {
        Self::awaiting().put(given("123456"))
    }

    pub fn is(&self, state: State, next: &Do) {
        assert_eq!((self.change.state, &self.next), (state, next));
    }

    pub fn problem(&self) -> Option<Code> {
        self.change.problem.as_ref().map(|problem| problem.code)
    }
}

pub fn answered(outcome: Outcome) -> Input {
    Input::Answered(
        outcome,
        Facts {
            status: Some(200),
            ..Facts::default()
        },
    )
}

pub fn refused(code: Code) -> Input {
    answered(Outcome::Refused(code.into()))
}

pub fn given(text: &str) -> Input {
    Input::Given(Secret::new(text))
}

pub fn read(why: readdress_core::change::machine::Why, reading: Reading) -> Input {
    Input::Read(why, reading, Facts::default())
}

pub fn read_before(reading: Reading) -> Input {
    read(readdress_core::change::machine::Why::Before, reading)
}

pub fn shows(email: &str, verified: Option<bool>) -> Reading {
    Reading::Shows {
        email: Some(email.into()),
        verified,
    }
}

pub fn other() -> Reading {
    shows("before@old.example", Some(true))
}

pub fn proved() -> Reading {
    shows("After@NEW.example", None)
}
