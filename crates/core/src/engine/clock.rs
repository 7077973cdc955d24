//! Clocks that are wrong: this machine's that was moved, and one that differs from a service's by more than a minute.
//!
//! Not here: what happens to the times on disk (`db::clock`).

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::context::Context;
use super::{Engine, lock};
use crate::error::{Code, Problem, Result};
use crate::http::Answer;
use crate::view::Changed;

/// From here on a difference is told.
const TOLD: SignedDuration = SignedDuration::from_mins(1);
/// So long an answer vouches for this machine: it may have been moved since.
const TRUSTED: Duration = Duration::from_secs(300);
/// A clock that goes back by less is a correction, not a person.
const SLACK: SignedDuration = SignedDuration::from_secs(2);

#[derive(Default)]
pub(super) struct Clocks {
    /// The latest time this engine has seen, in milliseconds.
    latest: AtomicI64,
    /// By origin: what the last answer said.
    differences: Mutex<BTreeMap<String, Difference>>,
}

#[derive(Clone)]
struct Difference {
    service: String,
    host: String,
    /// The service's clock is ahead by so much; zero where they agree.
    ahead: SignedDuration,
    /// The least that the disk was told.
    noted: SignedDuration,
    told: Instant,
}

impl Engine {
    /// At the start: whether the clock was set back since anything was written here.
    pub(super) fn begin_clock(&self) -> Result<()> {
        if let Some(seen) = self.0.db.clock_seen()? {
            let latest = &self.0.clocks.latest;
            latest.fetch_max(seen.as_millisecond(), Ordering::Relaxed);
        }
        // Where it cannot be written now, the folder opens all the same, and the next call tries again.
        let _ = self.mind_clock();
        Ok(())
    }

    /// Finds out whether the clock was set back, and lets the waits that are on disk keep their spans then.
    pub(super) fn mind_clock(&self) -> Result<()> {
        let now = super::now();
        let latest = &self.0.clocks.latest;
        let before = latest.fetch_max(now.as_millisecond(), Ordering::Relaxed);
        let before = Timestamp::from_millisecond(before).unwrap_or(now);
        if now.duration_since(before) >= -SLACK {
            return Ok(());
        }
        self.0.db.clock_set_back(now)?;
        latest.store(now.as_millisecond(), Ordering::Relaxed);
        lock(&self.0.clocks.differences).clear();
        // Nobody may be listening: that is fine.
        let _ = self.0.changed.send(Changed {
            all: true,
            ..Changed::default()
        });
        Ok(())
    }

    /// Takes the time from an answer.
    pub(super) async fn compare_clock(&self, context: &Context, answer: &Answer) {
        let Some(ahead) = answer.ahead() else { return };
        let origin = &context.profile.origin;
        let before = lock(&self.0.clocks.differences).get(origin).cloned();
        let known = before.as_ref().map(|before| before.noted);
        // Only a step forward of this clock needs the disk: the service seems further behind than ever before.
        let step = known.is_none_or(|noted| noted.saturating_sub(ahead) > TOLD);
        let noted = if step && context.stored {
            let told = self.0.db.clock_compared(origin, ahead, answer.at).await;
            // An answer is not lost over a clock: the next one tries again.
            told.ok().map(|()| ahead)
        } else {
            known
        };
        let host = url::Url::parse(origin).ok();
        let difference = Difference {
            service: context.manifest.name.clone(),
            host: host
                .and_then(|url| url.host_str().map(str::to_owned))
                .unwrap_or_default(),
            ahead,
            noted: noted.unwrap_or(SignedDuration::MAX),
            told: Instant::now(),
        };
        lock(&self.0.clocks.differences).insert(origin.clone(), difference);
    }

    /// Clocks that differ by more than a minute, as the last answers told: `clock_off`, with `service`, `host`, `seconds`
    /// (by how much), and as `reason` whose clock it is. Gone with the next answer that tells the right time.
    pub fn clock_notices(&self) -> Vec<Problem> {
        let differences = lock(&self.0.clocks.differences);
        // Another service agrees with this machine: then it is not this machine.
        let trusted = differences
            .values()
            .any(|one| one.ahead.abs() <= TOLD && one.told.elapsed() < TRUSTED);
        differences
            .values()
            .filter(|one| one.ahead.abs() > TOLD)
            .map(|one| notice(one, trusted))
            .collect()
    }
}

fn notice(difference: &Difference, trusted: bool) -> Problem {
    let reason = match (trusted, difference.ahead.is_positive()) {
        (false, false) => "here_ahead",
        (false, true) => "here_behind",
        (true, true) => "there_ahead",
        (true, false) => "there_behind",
    };
    let by = difference.ahead.unsigned_abs().as_secs();
    Problem::new(Code::ClockOff)
        .with("reason", reason)
        .with("service", difference.service.clone())
        .with("host", difference.host.clone())
        .with("span", span(by))
        .with("seconds", by.to_string())
}

/// `4 min`, `2 h 5 min`, `3 d 4 h`: abbreviations that the three languages share.
fn span(seconds: u64) -> String {
    let minutes = seconds.div_ceil(60).max(1);
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let parts = [(days, "d"), (hours, "h"), (rest, "min")];
    let told: Vec<String> = parts
        .iter()
        .skip_while(|(count, _)| *count == 0)
        .take(2)
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    told.join(" ")
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn spans_are_told_in_two_units() {
        let told = [
            61,
            120,
            3600,
            7500,
            86_400,
            86_400 * 3 + 4 * 3600 + 60,
            60 * 60 * 24 * 366,
        ];
        let told = told.map(span);
        assert_eq!(
            told,
            [
                "2 min",
                "2 min",
                "1 h",
                "2 h 5 min",
                "1 d",
                "3 d 4 h",
                "366 d"
            ]
        );
    }
}
