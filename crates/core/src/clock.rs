//! This machine's clock, as the core reads it.
//!
//! Not here: what a moved clock means for what is on disk (`db::clock`, `engine::clock`); pure files get `now` handed in.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// Milliseconds that tests have moved it by.
static MOVED: AtomicI64 = AtomicI64::new(0);

/// Now, in whole milliseconds: what the database keeps and scripts compare.
pub fn now() -> Timestamp {
    let millis = Timestamp::now().as_millisecond() + MOVED.load(Ordering::Relaxed);
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// For tests: from now on the whole process reads a clock that is this far from the system's.
#[doc(hidden)]
pub fn move_to(offset: SignedDuration) {
    let millis = i64::try_from(offset.as_millis()).unwrap_or(i64::MAX);
    MOVED.store(millis, Ordering::Relaxed);
}
