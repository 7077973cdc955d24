//! What becomes of a change that comes from a backup: the machine says it. Pure.

use jiff::Timestamp;
use uuid::Uuid;

use crate::change::machine::{Input, Shape, turn};
use crate::change::{Change, Event};

/// The change as it stands after the restore, and what its journal gets; an ended one stays as it is.
pub(super) fn restored(change: Change, now: Timestamp) -> (Change, Option<Event>) {
    // Nobody's service is asked: the manifest may not even be here.
    let shape = Shape {
        steps: Vec::new(),
        has_read: false,
        expires_after: None,
        resend_after: None,
        resend_step: None,
    };
    match turn(&change, &shape, Input::Restored, Uuid::nil(), now) {
        Ok(mut turn) => (turn.change, turn.events.pop()),
        Err(_) => (change, None),
    }
}
