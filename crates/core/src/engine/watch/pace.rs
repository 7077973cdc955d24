//! How long is waited: between tries of a mailbox that does not answer, between looks where the server does not tell. Pure.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// The spans of watching. Tests have shorter ones.
#[derive(Debug, Clone, Copy)]
pub struct Paces {
    /// Wait after the first failed try, and the longest one. It doubles in between.
    pub retry: (Duration, Duration),
    /// A connection that held so long was a good one: the next wait is the shortest again.
    pub steady: Duration,
    /// Wait between looks where the server does not tell what is new: the first, and the longest.
    pub poll: (Duration, Duration),
    /// Between looks at the folder for unwanted mail: at most once, and at least once, in so long.
    pub junk: (Duration, Duration),
    /// How long a connection is kept when nothing waits any more: a login costs more than a quiet connection, and the
    /// next request of a row of them comes at once.
    pub linger: Duration,
    /// Between questions to the database about what other programs committed.
    pub others: Duration,
    /// Waits before a code is given once more that did not leave this machine.
    pub again: [Duration; 3],
}

impl Default for Paces {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            retry: (seconds(1), seconds(5 * 60)),
            steady: seconds(60),
            poll: (seconds(5), seconds(60)),
            junk: (seconds(5), seconds(30)),
            linger: seconds(5),
            others: seconds(2),
            again: [seconds(5), seconds(30), seconds(120)],
        }
    }
}

/// Waits that grow from one bound to the other.
#[derive(Debug)]
pub(super) struct Growing {
    bounds: (Duration, Duration),
    next: Duration,
}

impl Growing {
    pub fn new(bounds: (Duration, Duration)) -> Self {
        Self {
            bounds,
            next: bounds.0,
        }
    }

    pub fn reset(&mut self) {
        self.next = self.bounds.0;
    }

    /// The next wait is the longest one.
    pub fn lengthen(&mut self) {
        self.next = self.bounds.1;
    }

    /// The next wait; `chance` from 0 to 1 spreads it by a fifth to both sides, so that many who were cut off
    /// together do not come back together.
    pub fn wait(&mut self, chance: f64) -> Duration {
        let wait = self.next;
        self.next = (self.next * 2).min(self.bounds.1);
        wait.mul_f64(0.8 + 0.4 * chance.clamp(0.0, 1.0))
    }
}

/// A number from 0 to 1 that differs from program to program.
pub(super) fn chance() -> f64 {
    let random = uuid::Uuid::now_v7().as_u128() & 0xffff_ffff;
    // 32 bits fit into an f64 exactly.
    f64::from(u32::try_from(random).unwrap_or_default()) / f64::from(u32::MAX)
}

/// Tells from two clocks that this machine has slept, or that its clock was moved: connections from before are most likely
/// gone without a word.
#[derive(Debug)]
pub(super) struct Sleep {
    wall: Timestamp,
    /// Since any moment, by a clock that does not run on while the machine sleeps.
    awake: Duration,
}

/// A busy machine is this much late at times.
const SLACK: SignedDuration = SignedDuration::from_secs(10);

impl Sleep {
    pub fn new(wall: Timestamp, awake: Duration) -> Self {
        Self { wall, awake }
    }

    /// Whether the wall's clock went on by more, or less, than the other one since the last time.
    pub fn passed(&mut self, wall: Timestamp, awake: Duration) -> bool {
        let on_the_wall = wall.duration_since(self.wall);
        let awake_for = SignedDuration::try_from(awake.saturating_sub(self.awake))
            .unwrap_or(SignedDuration::MAX);
        *self = Self { wall, awake };
        (on_the_wall - awake_for).abs() > SLACK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_begin_anew() {
        let seconds = Duration::from_secs;
        let mut growing = Growing::new((seconds(1), seconds(5)));
        let waits: Vec<Duration> = (0..5).map(|_| growing.wait(0.5)).collect();
        assert_eq!(waits, [1, 2, 4, 5, 5].map(seconds));
        growing.reset();
        growing.lengthen();
        assert_eq!(growing.wait(0.5), seconds(5));
        growing.reset();
        assert_eq!(growing.wait(0.0), Duration::from_millis(800));
        assert_eq!(growing.wait(1.0), Duration::from_millis(2400));
        assert!((0.0..=1.0).contains(&chance()));
    }

    #[test]
    fn a_sleep_is_where_the_clocks_part() {
        let at = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        let awake = Duration::from_secs;
        let mut sleep = Sleep::new(at(0), awake(100));
        assert!(!sleep.passed(at(2), awake(102)));
        assert!(!sleep.passed(at(12), awake(107)), "only late");
        assert!(sleep.passed(at(3600), awake(109)), "slept");
        assert!(!sleep.passed(at(3602), awake(111)), "told once");
        assert!(sleep.passed(at(0), awake(113)), "set back");
        assert!(!sleep.passed(at(2), awake(90)), "never less than nothing");
    }
}
