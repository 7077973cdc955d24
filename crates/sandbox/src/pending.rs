//! A change that waits for its code, and the judgement of a code.
//!
//! Only the newest request counts: a new one replaces the old, whose code is then wrong.

use crate::clock::seconds_between;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A requested address whose code has not been used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The requested address.
    pub to: String,
    /// The only code that counts.
    pub code: String,
    /// When it was requested.
    pub at: Timestamp,
    /// Wrong codes so far.
    #[serde(default)]
    pub tries: u32,
}

/// How a code was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Right,
    Wrong,
    Expired,
    TooMany,
}

impl Pending {
    /// Judges a code, and counts it when it is wrong. Seconds for `valid_for`.
    pub(crate) fn judge(
        &mut self,
        given: &str,
        now: Timestamp,
        valid_for: i64,
        most: u32,
    ) -> Verdict {
        if self.tries >= most {
            return Verdict::TooMany;
        }
        if seconds_between(self.at, now) >= valid_for {
            return Verdict::Expired;
        }
        if given == self.code {
            return Verdict::Right;
        }
        self.tries += 1;
        Verdict::Wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending() -> Pending {
        Pending {
            to: "new@example.org".to_owned(),
            code: "012345".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            tries: 0,
        }
    }

    #[test]
    fn the_last_second_counts_and_the_next_does_not() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        assert_eq!(pending().judge("012345", at(59), 60, 3), Verdict::Right);
        assert_eq!(pending().judge("012345", at(60), 60, 3), Verdict::Expired);
    }

    #[test]
    fn the_right_code_is_refused_after_too_many_wrong_ones() {
        let mut pending = pending();
        for _ in 0..3 {
            assert_eq!(
                pending.judge("000000", Timestamp::UNIX_EPOCH, 60, 3),
                Verdict::Wrong
            );
        }
        assert_eq!(
            pending.judge("012345", Timestamp::UNIX_EPOCH, 60, 3),
            Verdict::TooMany
        );
    }
}
