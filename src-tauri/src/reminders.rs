//! Which codes are about to run out, and have not been told of. Pure: `now` is handed in.
//!
//! Each reminder is told once for a change and its time. One whose moment had passed when the change was first seen is not told: the
//! window that just opened shows it, and so does a request for a code that lives shorter. After a sleep only the
//! last one that was missed is told, and none for a time that is up.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reminder {
    Hour,
    TenMinutes,
}

impl Reminder {
    const ALL: [Self; 2] = [Self::Hour, Self::TenMinutes];

    fn before(self) -> SignedDuration {
        match self {
            Self::Hour => SignedDuration::from_hours(1),
            Self::TenMinutes => SignedDuration::from_mins(10),
        }
    }
}

#[derive(Debug, Default)]
pub struct Reminders(BTreeMap<Uuid, Told>);

#[derive(Debug)]
struct Told {
    expires_at: Timestamp,
    /// The last one that was told, or whose moment had passed before.
    last: Option<Reminder>,
}

impl Reminders {
    /// A change waits for a code until then. Another time than before (a new code was sent) begins anew.
    pub fn see(&mut self, id: Uuid, expires_at: Timestamp, now: Timestamp) {
        if self
            .0
            .get(&id)
            .is_some_and(|told| told.expires_at == expires_at)
        {
            return;
        }
        let last = reached(expires_at, now);
        self.0.insert(id, Told { expires_at, last });
    }

    /// It waits no longer.
    pub fn forget(&mut self, id: Uuid) {
        self.0.remove(&id);
    }

    /// Those to be told now.
    pub fn due(&mut self, now: Timestamp) -> Vec<(Uuid, Reminder)> {
        let mut due = Vec::new();
        for (id, told) in &mut self.0 {
            let reached = reached(told.expires_at, now);
            if let Some(reminder) = reached
                && reached > told.last
            {
                told.last = reached;
                if now < told.expires_at {
                    due.push((*id, reminder));
                }
            }
        }
        due
    }
}

/// The last one whose moment has come.
fn reached(expires_at: Timestamp, now: Timestamp) -> Option<Reminder> {
    let left = expires_at.duration_since(now);
    let come = |one: &Reminder| left <= one.before();
    Reminder::ALL.into_iter().rfind(come)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(7);

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minute * 60).expect("a time")
    }

    /// Those that are told at these minutes.
    fn told(
        reminders: &mut Reminders,
        minutes: impl IntoIterator<Item = i64>,
    ) -> Vec<(i64, Reminder)> {
        let due = |minute| {
            let due = reminders.due(at(minute)).into_iter();
            due.map(move |(id, reminder)| {
                assert_eq!(id, ID);
                (minute, reminder)
            })
            .collect::<Vec<_>>()
        };
        minutes.into_iter().flat_map(due).collect()
    }

    #[test]
    fn each_is_told_once_and_none_after_the_end() {
        let mut reminders = Reminders::default();
        reminders.see(ID, at(120), at(0));
        let all = told(&mut reminders, 0..300);
        assert_eq!(all, [(60, Reminder::Hour), (110, Reminder::TenMinutes)]);
        reminders.see(ID, at(120), at(200));
        assert_eq!(told(&mut reminders, 200..300), []);
    }

    #[test]
    fn a_code_that_lives_shorter_is_not_said_to_run_out_when_it_is_sent() {
        let mut reminders = Reminders::default();
        reminders.see(ID, at(15), at(0));
        assert_eq!(told(&mut reminders, 0..60), [(5, Reminder::TenMinutes)]);
        let mut short = Reminders::default();
        short.see(ID, at(5), at(0));
        assert_eq!(told(&mut short, 0..60), []);
    }

    #[test]
    fn what_had_passed_at_the_start_is_not_told() {
        let mut reminders = Reminders::default();
        reminders.see(ID, at(40), at(0));
        assert_eq!(told(&mut reminders, 0..60), [(30, Reminder::TenMinutes)]);
        let mut over = Reminders::default();
        over.see(ID, at(-5), at(0));
        assert_eq!(told(&mut over, 0..60), []);
    }

    #[test]
    fn after_a_sleep_one_is_told_while_there_is_time_left() {
        for (woke, expected) in [
            (70, vec![(70, Reminder::Hour)]),
            (115, vec![(115, Reminder::TenMinutes)]),
            (120, vec![]),
            (900, vec![]),
        ] {
            let mut reminders = Reminders::default();
            reminders.see(ID, at(120), at(0));
            assert_eq!(told(&mut reminders, [0, woke]), expected, "{woke}");
        }
        // Asleep for the first only: the second comes in its time.
        let mut reminders = Reminders::default();
        reminders.see(ID, at(120), at(0));
        let all = told(&mut reminders, (80..130).chain(80..130));
        assert_eq!(all, [(80, Reminder::Hour), (110, Reminder::TenMinutes)]);
    }

    #[test]
    fn a_new_code_begins_anew_and_an_ended_change_says_nothing() {
        let mut reminders = Reminders::default();
        reminders.see(ID, at(120), at(0));
        assert_eq!(told(&mut reminders, [61]), [(61, Reminder::Hour)]);
        reminders.see(ID, at(200), at(62));
        assert_eq!(told(&mut reminders, 62..150), [(140, Reminder::Hour)]);
        reminders.forget(ID);
        assert_eq!(told(&mut reminders, 150..210), []);
    }
}
