//! The services' general limits: so many calls of one kind in a window of time.

use crate::clock::seconds_between;
use jiff::Timestamp;
use std::collections::HashMap;

/// How a window stands after a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    /// Seconds until the window ends.
    pub reset_in: i64,
    pub exceeded: bool,
}

/// Open windows by key (service, account, route).
#[derive(Debug, Default)]
pub(crate) struct Limits {
    windows: HashMap<String, (Timestamp, u32)>,
}

impl Limits {
    /// Counts one call of `key` against `most` in `per` seconds.
    pub(crate) fn count(&mut self, key: String, most: u32, per: i64, now: Timestamp) -> Standing {
        let window = self.windows.entry(key).or_insert((now, 0));
        let age = seconds_between(window.0, now);
        if age >= per || age < 0 {
            *window = (now, 0);
        }
        window.1 = window.1.saturating_add(1);
        Standing {
            reset_in: per - seconds_between(window.0, now),
            exceeded: window.1 > most,
        }
    }
}
