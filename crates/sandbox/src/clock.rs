//! The sandbox's own clock: it runs like the real one and can be moved.
//!
//! Limits, expiry and mail dates follow it; delays of faults are real time.

use jiff::{SignedDuration, Timestamp};
use std::time::{Duration, Instant};

/// A clock that starts anywhere and can be moved forward or set.
#[derive(Debug)]
pub(crate) struct Clock {
    base: Timestamp,
    since: Instant,
}

impl Clock {
    /// Starts at `start`, or at the real time.
    pub(crate) fn new(start: Option<Timestamp>) -> Self {
        Self {
            base: start.unwrap_or_else(Timestamp::now),
            since: Instant::now(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        later(self.base, self.since.elapsed())
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.base = later(self.base, by);
    }

    pub(crate) fn set(&mut self, to: Timestamp) {
        self.base = to;
        self.since = Instant::now();
    }
}

/// `at` moved by `by`; stays at the last representable moment rather than overflow.
pub(crate) fn later(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by)
        .ok()
        .and_then(|by| at.checked_add(by).ok())
        .unwrap_or(Timestamp::MAX)
}

/// Whole seconds from `from` to `to`; negative when `to` is earlier.
pub(crate) fn seconds_between(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_secs()
}
