//! The table of a run, as markdown.

use std::collections::BTreeMap;
use std::fmt;

use crate::game::{Ended, Played};
use crate::targets::Target;

#[derive(Default)]
struct Row {
    kills: u32,
    restarts: u32,
    changed: u32,
    cancelled: u32,
    settled: u32,
    unknown: u32,
}

/// Any of these ends the run at once, so a whole run's table has none.
#[derive(Default)]
struct Broken {
    lost: u32,
    sent_twice: u32,
    false_changed: u32,
}

#[derive(Default)]
pub struct Table {
    rows: BTreeMap<Target, Row>,
    broken: Broken,
    changes: u32,
}

impl Table {
    pub fn add(&mut self, played: &Played) {
        self.changes += 1;
        for hit in &played.hits {
            let row = self.rows.entry(hit.target).or_default();
            row.kills += 1;
            row.restarts += hit.starts;
            match played.ended {
                Ended::Changed => row.changed += 1,
                Ended::Cancelled => row.cancelled += 1,
                Ended::Unknown => row.unknown += 1,
            }
            row.settled += u32::from(hit.was_unknown && played.ended != Ended::Unknown);
        }
    }

    pub fn broken(&mut self, why: &str) {
        let broken = &mut self.broken;
        broken.lost += u32::from(why.starts_with("LOST"));
        broken.sent_twice += u32::from(why.starts_with("SENT TWICE"));
        broken.false_changed += u32::from(why.starts_with("FALSE CHANGED"));
    }

    pub fn kills(&self) -> u32 {
        self.rows.values().map(|row| row.kills).sum()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = [
            "killed at",
            "kills",
            "restarts",
            "ended changed",
            "cancelled by the user",
            "unknown → settled",
            "still unknown",
            "lost",
            "sent twice",
            "false changed",
        ];
        writeln!(f, "| {} |", columns.join(" | "))?;
        writeln!(f, "| --- |{}", " ---: |".repeat(columns.len() - 1))?;
        let mut all = Row::default();
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by_key(|(target, _)| target.place());
        for (target, row) in rows {
            line(f, &target.row(), row, &Broken::default())?;
            all.kills += row.kills;
            all.restarts += row.restarts;
            all.changed += row.changed;
            all.cancelled += row.cancelled;
            all.settled += row.settled;
            all.unknown += row.unknown;
        }
        line(f, "**all**", &all, &self.broken)?;
        write!(f, "\n{} kills on {} changes", all.kills, self.changes)
    }
}

fn line(f: &mut fmt::Formatter<'_>, name: &str, row: &Row, broken: &Broken) -> fmt::Result {
    let numbers = [
        row.kills,
        row.restarts,
        row.changed,
        row.cancelled,
        row.settled,
        row.unknown,
        broken.lost,
        broken.sent_twice,
        broken.false_changed,
    ];
    writeln!(
        f,
        "| {name} | {} |",
        numbers.map(|number| number.to_string()).join(" | ")
    )
}
