//! What becomes of a change that comes from a backup. Pure.
//!
//! What happened after the backup is not known here: a code may have been used, the change may be done or cancelled. So
//! an open change that had been sent is *unknown*, and asked about like every other unknown one.

use jiff::Timestamp;

use crate::change::{Change, Event, EventKind, State};
use crate::error::Code;

/// The change as it stands after the restore, and what its journal gets; an ended one stays as it is.
pub(super) fn restored(mut change: Change, now: Timestamp) -> (Change, Option<Event>) {
    change.owner = None;
    if change.state.is_end() {
        return (change, None);
    }
    let event = Event {
        at: now,
        kind: EventKind::Restored,
        step: None,
        status: None,
        millis: None,
        meaning: Some(change.state.as_str().to_owned()),
        says: None,
    };
    if was_sent(&change) {
        change.state = State::Unknown;
        change.problem = Some(Code::Restored.into());
        change.retry_at = None;
    }
    change.resending = false;
    change.updated_at = now;
    (change, Some(event))
}

/// Something of it has left: not so only where it stands before its first step.
fn was_sent(change: &Change) -> bool {
    change.state != State::Planned
        || change.at > 0
        || change.code_used
        || change.requested_at.is_some()
}
