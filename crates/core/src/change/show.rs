//! How a change is shown: the state with its overdue code, the steps, and what can be done now. Pure.

use jiff::Timestamp;

use super::machine::{Shape, kept_value};
use super::{Change, Event, EventKind, State};
use crate::view::{Can, StepState, StepView};

/// The state as shown: an overdue `awaiting_code` reads `expired`, but the service has the last word.
pub fn shown_state(change: &Change, now: Timestamp) -> State {
    match (change.state, change.expires_at) {
        (State::AwaitingCode, Some(at)) if now >= at => State::Expired,
        (state, _) => state,
    }
}

/// What can be done with it now. `shape` is missing where the manifest is gone.
pub fn can(change: &Change, shape: Option<&Shape>, now: Timestamp) -> Can {
    let open = !change.state.is_end();
    let busy = change.state.is_sending() || change.resending;
    let Some(shape) = shape.filter(|_| change.profile_id.is_some()) else {
        return Can {
            cancel: open && !busy,
            ..Can::default()
        };
    };
    let waiting = change.state == State::AwaitingCode;
    let unknown = change.state == State::Unknown;
    Can {
        send: change.state == State::Planned && change.retry_at.is_none_or(|at| now >= at),
        submit: !busy && (waiting || unknown && code_may_come(change, shape)),
        resend: waiting
            && !busy
            && shape.resend_step.is_some()
            && change.resend_at.is_none_or(|at| now >= at),
        cancel: open && !busy,
        check: shape.has_read && open && !busy,
        settle: unknown,
        change_back: change.state == State::Changed && change.from.is_some(),
    }
}

fn code_may_come(change: &Change, shape: &Shape) -> bool {
    shape
        .steps
        .iter()
        .skip(change.at as usize)
        .any(|step| step.waits)
}

/// A value is kept that could be sent.
pub fn has_value(change: &Change) -> bool {
    kept_value(change, &change.step).is_some()
}

/// The steps of the flow and the closing read, with the time each was done.
pub fn steps(change: &Change, shape: &Shape, events: &[Event]) -> Vec<StepView> {
    let mut ids: Vec<&str> = shape.steps.iter().map(|step| step.id.as_str()).collect();
    if shape.has_read {
        ids.push("read");
    }
    let done = change.state == State::Changed;
    ids.iter()
        .enumerate()
        .map(|(index, id)| {
            let state = match usize::try_from(change.at).unwrap_or(usize::MAX).cmp(&index) {
                std::cmp::Ordering::Greater => StepState::Done,
                _ if done => StepState::Done,
                std::cmp::Ordering::Less => StepState::ToCome,
                std::cmp::Ordering::Equal => here(change.state),
            };
            StepView {
                id: (*id).to_owned(),
                state,
                at: time_of(id, state, events),
            }
        })
        .collect()
}

fn here(state: State) -> StepState {
    match state {
        State::Changed => StepState::Done,
        State::Unknown => StepState::Unknown,
        State::Refused => StepState::Refused,
        State::Expired | State::Cancelled => StepState::Void,
        State::Planned | State::Requesting | State::AwaitingCode | State::Verifying => {
            StepState::Now
        }
    }
}

fn time_of(id: &str, state: StepState, events: &[Event]) -> Option<Timestamp> {
    if state == StepState::ToCome {
        return None;
    }
    events
        .iter()
        .rev()
        .find(|event| {
            event.step.as_deref() == Some(id)
                && matches!(
                    event.kind,
                    EventKind::Answer
                        | EventKind::ReadBack
                        | EventKind::NoAnswer
                        | EventKind::NotSent
                )
        })
        .map(|event| event.at)
}
