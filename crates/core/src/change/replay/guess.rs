//! Which inputs of the machine an event can stand for.
//!
//! Not here: whether the machine agrees (`replay`).

use jiff::Timestamp;

use super::Path;
use crate::change::machine::{Do, Ending, Facts, Input, Outcome, Reading, Shape, Why};
use crate::change::{Change, Event, EventKind, State};
use crate::error::{Code, Problem};
use crate::secret::Secret;

/// Stands in for the new address, which the journal does not hold.
pub(super) const NEW: &str = "new@journal.invalid";
const OTHER: &str = "other@journal.invalid";

/// An input that may have written the next events.
pub(super) struct Guess {
    pub input: Input,
    /// When the code runs out, where the event tells: `None` leaves it as it is.
    pub expires_at: Option<Option<Timestamp>>,
    /// It came while a call was on its way, which goes on.
    pub keeps_call: bool,
}

impl From<Input> for Guess {
    fn from(input: Input) -> Self {
        Self {
            input,
            expires_at: None,
            keeps_call: false,
        }
    }
}

/// The inputs that `event`, the one of this `index`, can stand for.
pub(super) fn inputs(path: &Path, shape: &Shape, event: &Event, index: usize) -> Vec<Guess> {
    // Codes are not in the journal: each counts as another one, as the machine refuses one that was refused before.
    let given = || Input::Given(Secret::new(format!("code {index}")));
    let meaning = event.meaning.as_deref().unwrap_or_default();
    match event.kind {
        EventKind::Planned => Vec::new(),
        EventKind::Intent => {
            let mut guesses = vec![Input::Send, given()];
            if shape.resend_step == event.step {
                guesses.push(Input::Resend { anyway: true });
            }
            all(guesses)
        }
        EventKind::Answer | EventKind::NotSent | EventKind::NoAnswer => match path.next {
            Do::Step(_) | Do::Resend(_) | Do::Login => outcomes(event, meaning),
            // A limit had no room when the planned request was to leave.
            Do::Nothing if event.kind == EventKind::NotSent => {
                let problem = Code::from_name(meaning).map(Problem::new);
                all(problem.map(Input::TooSoon))
            }
            Do::Nothing | Do::Read(_) => Vec::new(),
        },
        EventKind::ReadBack => {
            let why = match path.next {
                Do::Read(why) => why,
                _ if path.change.state == State::Planned => Why::Before,
                _ => Why::Check,
            };
            let facts = facts(event);
            let reading = reading(meaning);
            reading
                .map(|reading| Input::Read(why, reading, facts).into())
                .into_iter()
                .collect()
        }
        EventKind::Login if path.next == Do::Login => all([Input::LoggedIn]),
        EventKind::Login => Vec::new(),
        EventKind::ValueKept => vec![Guess {
            keeps_call: true,
            ..given().into()
        }],
        EventKind::Recovered => all([Input::OwnerDied]),
        EventKind::Restored => all([Input::Restored]),
        EventKind::Settled => all([match meaning {
            "worked" => Input::Worked,
            "send_again" => Input::SendAgain,
            _ => given(),
        }]),
        EventKind::Cancelled if meaning == "ok" => all([Input::Cancel(Ending::There)]),
        EventKind::Cancelled => all([Input::Cancel(Ending::Here)]),
        // It was overdue, or it was not: the event tells.
        EventKind::Expired | EventKind::Replaced => vec![Guess {
            expires_at: Some((event.kind == EventKind::Expired).then_some(event.at)),
            ..Input::Cancel(Ending::Replaced).into()
        }],
    }
}

/// The service's own call for cancelling: its intent and answer stand in the journal of a change that rests.
pub(super) fn is_cancel_call(change: &Change, shape: &Shape, event: &Event) -> bool {
    let rests = matches!(change.state, State::AwaitingCode | State::Unknown) && !change.resending;
    let call = matches!(
        event.kind,
        EventKind::Intent | EventKind::Answer | EventKind::NoAnswer
    );
    let other_step = event.step.as_ref() != Some(&change.step) && event.step != shape.resend_step;
    rests && call && other_step && event.meaning.is_none()
}

fn all(inputs: impl IntoIterator<Item = Input>) -> Vec<Guess> {
    inputs.into_iter().map(Guess::from).collect()
}

/// One word may stand for several outcomes; what follows in the journal tells them apart.
fn outcomes(event: &Event, meaning: &str) -> Vec<Guess> {
    let outcomes = match (event.kind, meaning) {
        (EventKind::Answer, "ok") => vec![Outcome::Ok],
        (EventKind::Answer, "code_sent") => vec![Outcome::CodeSent],
        (EventKind::Answer, "read_back") => vec![Outcome::ReadBack],
        (EventKind::Answer, "token_refused") => vec![Outcome::TokenRefused],
        (kind, name) => {
            let Some(code) = Code::from_name(name) else {
                return Vec::new();
            };
            let problem = || Problem::new(code);
            match kind {
                EventKind::NotSent => vec![Outcome::NotSent(problem())],
                EventKind::NoAnswer => vec![Outcome::NoAnswer(problem())],
                // One word for a key and for a token that was refused twice, which ends nothing.
                _ if code == Code::CredentialsRefused => {
                    vec![Outcome::Refused(problem()), Outcome::NotSent(problem())]
                }
                _ => vec![Outcome::Refused(problem())],
            }
        }
    };
    let facts = facts(event);
    all(outcomes
        .into_iter()
        .map(|outcome| Input::Answered(outcome, facts.clone())))
}

fn reading(meaning: &str) -> Option<Reading> {
    let shows = |email: Option<&str>, verified| Reading::Shows {
        email: email.map(str::to_owned),
        verified,
    };
    Some(match meaning {
        "proved" => shows(Some(NEW), None),
        "unverified" => shows(Some(NEW), Some(false)),
        "other_address" => shows(Some(OTHER), None),
        "none_set" => shows(None, None),
        "not_supported" => Reading::NotOffered,
        name => Reading::Failed(Code::from_name(name)?.into()),
    })
}

fn facts(event: &Event) -> Facts {
    Facts {
        status: event.status,
        millis: event.millis,
        says: None,
    }
}
