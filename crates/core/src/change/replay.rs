//! What the journal alone says of a change: its events are played through the machine again.
//!
//! The row of a change and its journal are written in one commit, so they agree, unless a defect of ours, a damaged
//! file or a foreign hand came between. Not here: reading journals (`db`), who is told (`engine::diagnostics`).

mod guess;

use jiff::Timestamp;
use uuid::Uuid;

use super::machine::{Do, Shape, Turn, turn};
use super::{Change, Event, EventKind, Proof, State};
use guess::Guess;

/// What of a change follows from its journal. Times do not: practice moves them, and addresses and codes are not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    pub state: State,
    pub at: u32,
    pub step: String,
    pub code_used: bool,
    pub proof: Option<Proof>,
    pub tries: u32,
    pub resending: bool,
    pub cancelled_there: Option<bool>,
}

impl Stand {
    /// Where the row of a change says that it stands.
    pub fn of(change: &Change) -> Self {
        Self {
            state: change.state,
            at: change.at,
            step: change.step.clone(),
            code_used: change.code_used,
            proof: change.proof,
            tries: change.tries,
            resending: change.resending,
            cancelled_there: change.cancelled_there,
        }
    }
}

/// Where these events, oldest first, lead; none where the machine of this shape cannot have written them.
///
/// More than one where the last event leaves it open: the same word for a key and for a token that was refused, say,
/// of which the first ends a change and the second does not.
pub fn replay(shape: &Shape, events: &[Event]) -> Vec<Stand> {
    let Some((first, rest)) = events.split_first() else {
        return Vec::new();
    };
    if first.kind != EventKind::Planned {
        return Vec::new();
    }
    let start = Path {
        change: planned(shape, first.at),
        next: Do::Nothing,
    };
    // Where each path is, by the number of events that it has explained: a turn explains one or two.
    let mut open: Vec<Vec<Path>> = vec![Vec::new(); rest.len() + 1];
    open[0].push(start);
    for index in 0..rest.len() {
        for path in std::mem::take(&mut open[index]) {
            for (length, after) in path.go_on(shape, &rest[index..], index) {
                let reached = &mut open[index + length];
                if !reached.iter().any(|other| other.is_like(&after)) {
                    reached.push(after);
                }
            }
        }
    }
    let mut stands: Vec<Stand> = Vec::new();
    for path in &open[rest.len()] {
        let stand = Stand::of(&path.change);
        if !stands.contains(&stand) {
            stands.push(stand);
        }
    }
    stands
}

/// One way to understand the events so far, and what the engine did next.
#[derive(Clone)]
struct Path {
    change: Change,
    next: Do,
}

impl Path {
    /// The ways to understand the next events: how many of them each one explains, and where it leads.
    fn go_on(&self, shape: &Shape, events: &[Event], index: usize) -> Vec<(usize, Self)> {
        let guesses = guess::inputs(self, shape, &events[0], index);
        let mut ways: Vec<(usize, Self)> = guesses
            .into_iter()
            .filter_map(|guess| self.take(shape, guess, events))
            .collect();
        if guess::is_cancel_call(&self.change, shape, &events[0]) {
            ways.push((1, self.clone()));
        }
        ways
    }

    /// This input, if the machine then writes what stands in the journal.
    fn take(&self, shape: &Shape, guess: Guess, events: &[Event]) -> Option<(usize, Self)> {
        let mut before = self.change.clone();
        if let Some(expires_at) = guess.expires_at {
            before.expires_at = expires_at;
        }
        let Turn {
            change,
            events: written,
            next,
            unchanged,
        } = turn(&before, shape, guess.input, Uuid::nil(), events[0].at).ok()?;
        let fits = !unchanged
            && !written.is_empty()
            && written.len() <= events.len()
            && written.iter().zip(events).all(|(one, other)| {
                (one.kind, &one.step, &one.meaning) == (other.kind, &other.step, &other.meaning)
            });
        // A code that comes during a call leaves the call on its way.
        let next = if guess.keeps_call {
            self.next.clone()
        } else {
            next
        };
        fits.then_some((written.len(), Self { change, next }))
    }

    fn is_like(&self, other: &Self) -> bool {
        let values = |path: &Self| {
            let list = path.change.values.iter();
            list.map(|value| (value.step.clone(), value.marked))
                .collect::<Vec<_>>()
        };
        Stand::of(&self.change) == Stand::of(&other.change)
            && self.next == other.next
            && values(self) == values(other)
    }
}

/// A change as it was when it was planned, with addresses of nobody.
fn planned(shape: &Shape, at: Timestamp) -> Change {
    Change {
        id: Uuid::nil(),
        profile_id: None,
        label: String::new(),
        service: String::new(),
        from: None,
        to: guess::NEW.to_owned(),
        state: State::Planned,
        at: 0,
        step: shape
            .steps
            .first()
            .map_or_else(String::new, |step| step.id.clone()),
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
        created_at: at,
        updated_at: at,
    }
}
