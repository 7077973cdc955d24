//! Where a change stands in a flow that may have been edited since. Pure.
//!
//! A change keeps the index of its step, and the step's name. A manifest of the user's own can be edited while the change is open; the
//! index may then be another step's, and sending that one would be a call that nobody asked for.

use super::machine::Shape;
use super::{Change, State};

/// The index of the change's step in this flow; `None` where it cannot be told, so that nothing may be sent.
pub fn aligned(change: &Change, shape: &Shape) -> Option<u32> {
    if change.state.is_end() {
        return Some(change.at);
    }
    // Nothing of the flow has been done: it begins where the flow begins now.
    if change.state == State::Planned && change.at == 0 {
        return Some(0);
    }
    let named = |at: &u32| shape.name(*at) == change.step;
    let at = if change.at <= shape.end() && named(&change.at) {
        change.at
    } else {
        // The closing read has its place behind the last step.
        let mut found = (0..=shape.end()).filter(named);
        match (found.next(), found.next()) {
            (Some(at), None) => at,
            _ => return None,
        }
    };
    match change.state {
        // A code is waited for where no step takes one, or the other way round: another flow under the same names.
        State::AwaitingCode => shape.waits(at).then_some(at),
        State::Planned => (!shape.waits(at)).then_some(at),
        _ => Some(at),
    }
}

/// The change at its place in this flow.
pub fn align(mut change: Change, shape: &Shape) -> Option<Change> {
    let at = aligned(&change, shape)?;
    if at != change.at || change.state == State::Planned {
        change.at = at;
        shape.name(at).clone_into(&mut change.step);
    }
    Some(change)
}
