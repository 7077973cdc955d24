//! The transitions of a change: a pure function from (change, input, now) to (change, events, what to do next).
//!
//! Not here: calls, storage, what an answer means. The table is in `docs/changes.md`; the numbers in the
//! comments are its rows. W is a step that waits for a code, N one that does not, S a step whose call is on its way.

mod answers;
mod reads;
mod user;

use jiff::{SignedDuration, Timestamp};

use super::{Change, Event, EventKind, Proof, State, Value};
use crate::email;
use crate::error::{Code, Problem};
use crate::secret::Secret;

/// What the machine knows of a service: its steps in order, and what it documents.
#[derive(Debug, Clone)]
pub struct Shape {
    pub steps: Vec<ShapeStep>,
    pub has_read: bool,
    /// How long a code holds.
    pub expires_after: Option<SignedDuration>,
    /// How long until a request may be repeated.
    pub resend_after: Option<SignedDuration>,
    /// The step that a resend sends; `None` where the service has no way.
    pub resend_step: Option<String>,
}

#[derive(Debug, Clone)]
pub struct ShapeStep {
    pub id: String,
    pub waits: bool,
}

impl Shape {
    pub(super) fn waits(&self, at: u32) -> bool {
        self.steps.get(at as usize).is_some_and(|step| step.waits)
    }

    pub(super) fn end(&self) -> u32 {
        u32::try_from(self.steps.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn name(&self, at: u32) -> &str {
        self.steps.get(at as usize).map_or("read", |step| &step.id)
    }

    /// The first waiting step at or after `at`.
    fn waiting_from(&self, at: u32) -> Option<u32> {
        (at..self.end()).find(|&index| self.waits(index))
    }
}

/// What happened, or what the user wants.
#[derive(Debug, Clone)]
pub enum Input {
    /// Send the planned request.
    Send,
    /// A code was pasted or mailed.
    Given(Secret),
    /// The call under way came to an end.
    Answered(Outcome, Facts),
    /// The token was refused and a fresh one is there: the same step again.
    LoggedIn,
    Read(Why, Reading, Facts),
    Resend {
        /// Although `resend_at` has not come.
        anyway: bool,
    },
    Cancel(Ending),
    /// The user says that the unknown call worked.
    Worked,
    SendAgain,
    /// The process that sent it is gone.
    OwnerDied,
    /// It comes from a backup: what happened after that is not known here.
    Restored,
    /// The limit had no room any more when the planned request was to leave.
    TooSoon(Problem),
}

/// How the user ends a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Here only: a code that comes may still work.
    Here,
    /// The service's own call for it was taken too.
    There,
    /// Another change takes its place.
    Replaced,
}

/// How a call of an effect step ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    Ok,
    CodeSent,
    /// A success that only a read can settle.
    ReadBack,
    /// First refusal of the token in this step, and a login is possible.
    TokenRefused,
    /// Certainly without effect, and worth another try later: nothing left, rate limited, login refused.
    NotSent(Problem),
    Refused(Problem),
    /// The service does not tell which: before `expires_at` it is wrong.
    CodeWrongOrExpired(Problem),
    /// It left, and what came back tells nothing.
    NoAnswer(Problem),
}

/// What the journal notes of a call.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub status: Option<u16>,
    pub millis: Option<u32>,
    pub says: Option<String>,
}

/// Why the service is asked which address it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Before the first step.
    Before,
    /// After the last step, or after a success that only a read can settle.
    Closing,
    /// After a refusal that may hide a change done elsewhere.
    AfterRefusal,
    /// The user asks.
    Check,
}

/// What a read showed.
#[derive(Debug, Clone)]
pub enum Reading {
    Shows {
        email: Option<String>,
        verified: Option<bool>,
    },
    /// The manifest has no read, or the service no longer offers it.
    NotOffered,
    Failed(Problem),
}

impl Reading {
    fn new_address(&self, to: &str) -> bool {
        matches!(self, Self::Shows { email: Some(email), .. } if email::same(email, to))
    }

    /// The read-back shows the new address and not `verified: false`.
    pub fn proves(&self, to: &str) -> bool {
        self.new_address(to)
            && !matches!(
                self,
                Self::Shows {
                    verified: Some(false),
                    ..
                }
            )
    }

    /// The new address is there, and the service calls it unverified.
    fn unverified(&self, to: &str) -> bool {
        self.new_address(to)
            && matches!(
                self,
                Self::Shows {
                    verified: Some(false),
                    ..
                }
            )
    }
}

/// What the engine does after the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Do {
    Nothing,
    /// Send the step; its intent is among the events.
    Step(String),
    /// Send the resend step; its intent is among the events.
    Resend(String),
    Login,
    Read(Why),
}

/// One transition: commit `change` and `events` together, then do `next`.
#[derive(Debug)]
pub struct Turn {
    pub change: Change,
    pub events: Vec<Event>,
    pub next: Do,
    /// Nothing to commit: only `next` matters.
    pub unchanged: bool,
}

/// The next state of a change. `me` is this process's lock, written into intents.
///
/// # Errors
/// A problem that leaves the change as it is: `busy`, `change_not_open`, `code_refused_before`, `rate_limited`
/// (a resend too soon), `not_supported` (no way to resend).
pub fn turn(
    change: &Change,
    shape: &Shape,
    input: Input,
    me: uuid::Uuid,
    now: Timestamp,
) -> Result<Turn, Problem> {
    let mut step = Stepping {
        change: change.clone(),
        shape,
        me,
        now,
        events: Vec::new(),
    };
    step.change.updated_at = now;
    match input {
        Input::Send => step.send_planned(),
        Input::Given(value) => step.given(value),
        Input::Answered(outcome, facts) => step.answered(outcome, &facts),
        Input::LoggedIn => step.logged_in(),
        Input::Read(why, reading, facts) => step.read(why, &reading, &facts),
        Input::Resend { anyway } => step.resend(anyway),
        Input::Cancel(ending) => step.cancel(ending),
        Input::Worked => step.worked(),
        Input::SendAgain => step.send_again(),
        Input::OwnerDied => step.owner_died(),
        Input::Restored => step.restored(),
        Input::TooSoon(problem) => step.too_soon(problem),
    }
}

type Stepped = Result<Turn, Problem>;

/// One transition in the making.
struct Stepping<'a> {
    change: Change,
    shape: &'a Shape,
    me: uuid::Uuid,
    now: Timestamp,
    events: Vec<Event>,
}

impl Stepping<'_> {
    fn done(self, next: Do) -> Stepped {
        Ok(Turn {
            change: self.change,
            events: self.events,
            next,
            unchanged: false,
        })
    }

    /// Nothing to commit, not even an event.
    fn only(self, next: Do) -> Stepped {
        Ok(Turn {
            change: self.change,
            events: Vec::new(),
            next,
            unchanged: true,
        })
    }

    fn note(&mut self, kind: EventKind, meaning: Option<String>, facts: &Facts) {
        let step = match kind {
            EventKind::ReadBack => Some("read".to_owned()),
            EventKind::Answer
            | EventKind::NotSent
            | EventKind::NoAnswer
            | EventKind::Intent
            | EventKind::Recovered
                if self.change.resending =>
            {
                self.shape.resend_step.clone()
            }
            EventKind::Planned
            | EventKind::Cancelled
            | EventKind::Expired
            | EventKind::Replaced
            | EventKind::Restored => None,
            _ => Some(self.change.step.clone()),
        };
        self.events.push(Event {
            at: self.now,
            kind,
            step,
            status: facts.status,
            millis: facts.millis,
            meaning,
            says: facts.says.clone(),
        });
    }

    fn stand_at(&mut self, at: u32) {
        self.change.at = at;
        self.shape.name(at).clone_into(&mut self.change.step);
    }

    fn sending(&mut self) {
        if self.shape.waits(self.change.at) {
            self.change.code_used = true;
        }
        self.change.state = if self.change.code_used {
            State::Verifying
        } else {
            State::Requesting
        };
        self.change.owner = Some(self.me);
    }

    /// S(at): the intent goes to disk before the first byte leaves.
    fn send(mut self, at: u32) -> Stepped {
        self.stand_at(at);
        self.sending();
        self.change.problem = None;
        self.change.retry_at = None;
        self.note(EventKind::Intent, None, &Facts::default());
        let id = self.change.step.clone();
        self.done(Do::Step(id))
    }

    /// S(read).
    fn read_closing(mut self) -> Stepped {
        self.sending();
        self.done(Do::Read(Why::Closing))
    }

    fn rest(&mut self, state: State) {
        self.change.state = state;
        self.change.owner = None;
        self.change.resending = false;
    }

    /// Back to where the step at `at` can be tried again: `planned`, or `awaiting_code` where it waits.
    fn rest_at(&mut self) {
        let state = if self.shape.waits(self.change.at) {
            State::AwaitingCode
        } else {
            State::Planned
        };
        self.rest(state);
    }

    fn problem(&mut self, problem: Problem) {
        self.change.retry_at = problem.retry_at;
        self.change.problem = Some(problem);
    }

    fn end_changed(mut self, proof: Proof) -> Stepped {
        self.rest(State::Changed);
        self.change.proof = Some(proof);
        self.change.retry_at = None;
        self.change.values.clear();
        self.done(Do::Nothing)
    }

    fn end_refused(mut self, problem: Problem) -> Stepped {
        let state = if problem.code == Code::CodeExpired {
            State::Expired
        } else {
            State::Refused
        };
        self.rest(state);
        self.problem(problem);
        self.change.values.clear();
        self.done(Do::Nothing)
    }

    fn unknown(mut self, problem: Option<Problem>) -> Stepped {
        self.rest(State::Unknown);
        if let Some(problem) = problem {
            self.problem(problem);
        }
        self.done(Do::Nothing)
    }

    /// Rows 2 to 4: the step at `at` has worked; `proof` is what shows it if it was the last.
    fn worked_at(mut self, at: u32, proof: Proof) -> Stepped {
        self.change.problem = None;
        self.change.retry_at = None;
        self.change.resending = false;
        if at == 0 || self.change.requested_at.is_none() {
            self.change.requested_at = Some(self.now);
        }
        let next = at + 1;
        if next >= self.shape.end() {
            if proof == Proof::User || !self.shape.has_read {
                return self.end_changed(proof);
            }
            self.stand_at(self.shape.end());
            return self.read_closing();
        }
        if !self.shape.waits(next) {
            return self.send(next);
        }
        self.await_code(next);
        if self.kept_value(next).is_some() {
            return self.send(next);
        }
        self.done(Do::Nothing)
    }

    /// `awaiting_code` at the step `at`, with new times.
    fn await_code(&mut self, at: u32) {
        self.stand_at(at);
        self.rest(State::AwaitingCode);
        self.new_times();
    }

    fn new_times(&mut self) {
        // A clock that stands at the end of time must not stop an answer from being kept.
        let now = self.now;
        let after = |span: SignedDuration| now.checked_add(span).unwrap_or(Timestamp::MAX);
        self.change.tries = 0;
        self.change.expires_at = self.shape.expires_after.map(after);
        self.change.resend_at = self.shape.resend_after.map(after);
    }

    /// The newest value for the step `at` that the service has not refused.
    fn kept_value(&self, at: u32) -> Option<&Value> {
        kept_value(&self.change, self.shape.name(at))
    }
}

/// The newest value for `step` that the service has not refused.
pub fn kept_value<'a>(change: &'a Change, step: &str) -> Option<&'a Value> {
    change
        .values
        .iter()
        .rev()
        .find(|value| value.step == step && !value.marked)
}
