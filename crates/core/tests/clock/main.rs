//! What a moved clock does to limits, deadlines and order, and whether a wrong one is told. The clock belongs to the
//! whole process, so these tests run one after the other.

mod deadlines;
mod limits;
mod told;

#[path = "../engine/support.rs"]
#[expect(dead_code, reason = "shared with the tests of the engine")]
mod support;

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use readdress_core::clock;

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The process's clock, for one test; right again when it is dropped.
pub struct Clock(#[expect(dead_code, reason = "held for life")] MutexGuard<'static, ()>);

impl Clock {
    pub fn take() -> Self {
        Self(ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on it is this far from the right time.
    pub fn off_by(&self, offset: SignedDuration) {
        clock::move_to(offset);
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        clock::move_to(SignedDuration::ZERO);
    }
}

/// Seconds from now, by the moved clock.
pub fn seconds_until(at: Option<Timestamp>) -> i64 {
    at.expect("a time").duration_since(clock::now()).as_secs()
}

pub const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// How far a clock is set back by an accident, and by an empty battery.
pub const BACK: [SignedDuration; 4] = [
    SignedDuration::from_mins(-4),
    SignedDuration::from_hours(-1),
    SignedDuration::from_hours(-72),
    SignedDuration::from_hours(-24 * 365 * 20),
];
