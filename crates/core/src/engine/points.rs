//! Which named points lie around the commit of a turn.
//!
//! Not here: dying at them (`kill`).

use crate::change::machine::{Do, Input, Why};

/// The names of the points before and after the commit of this turn.
pub(super) fn points_around(input: &Input, next: &Do) -> [&'static str; 2] {
    match (input, next) {
        (Input::Resend { .. }, _) => ["before_resend_intent", "after_resend_intent"],
        (Input::LoggedIn, _) => ["before_second_intent", "after_second_intent"],
        (Input::Answered(..), _) => ["before_answer", "after_answer"],
        (_, Do::Step(_)) => ["before_intent", "after_intent"],
        (Input::Read(Why::Closing, ..), _) => ["before_proof", "after_proof"],
        _ => ["before_turn", "after_turn"],
    }
}
