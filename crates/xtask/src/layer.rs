//! One layer of the gate: runs a program or a check of our own, counts, times, and keeps its log.
//!
//! Not here: which layers there are (`test`, `check`).

use crate::process::{self, End};
use crate::tally::{self, Speaker, Tally};
use crate::{Outcome, place::Place};
use std::fs::{self, File};
use std::process::Command;
use std::time::{Duration, Instant};

/// How a layer is counted.
#[derive(Clone, Copy)]
pub enum Counted {
    /// It ends well or it does not: one check.
    AsOne,
    /// Its lines tell how many tests ran.
    By(Speaker),
}

pub struct Done {
    name: &'static str,
    tally: Tally,
    took: Duration,
    why: Option<String>,
}

impl Done {
    fn first_line_of_why(&self) -> String {
        let why = self.why.as_deref().unwrap_or_default();
        why.lines()
            .next()
            .map_or_else(String::new, |line| format!("  {line}"))
    }
}

/// The layers done so far. A layer that fails does not stop the next.
pub struct Gate<'a> {
    place: &'a Place,
    only: &'a [String],
    done: Vec<Done>,
}

impl<'a> Gate<'a> {
    /// `only`: beginnings of the names of the layers that are wanted; none means all.
    pub const fn new(place: &'a Place, only: &'a [String]) -> Self {
        Self {
            place,
            only,
            done: Vec::new(),
        }
    }

    /// A layer that is not wanted counts as passed for those that build on it, and is not told.
    pub fn wanted(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|start| name.starts_with(start))
    }

    /// Runs one program as a layer. Says whether all of it passed.
    pub fn program(
        &mut self,
        name: &'static str,
        counted: Counted,
        limit: Duration,
        command: &mut Command,
    ) -> bool {
        if !self.wanted(name) {
            return true;
        }
        println!("\n== {name}");
        let started = Instant::now();
        let mut tally = Tally::default();
        let end = self.log_of(name).and_then(|mut log| {
            process::watch(command, &mut log, limit, |line| match counted {
                Counted::AsOne => true,
                Counted::By(speaker) => {
                    tally.add(tally::read_line(speaker, line));
                    !tally::is_small_talk(speaker, line)
                }
            })
        });
        let trouble = match end {
            Ok(End::Status(status)) if status.success() => None,
            Ok(End::Status(status)) => Some(format!("ended with {status}")),
            Ok(End::TooLong(limit)) => Some(format!("not done after {}", clock(limit))),
            Err(why) => Some(why),
        };
        let (tally, why) = judge(counted, tally, trouble);
        self.close(name, tally, started.elapsed(), why)
    }

    /// Runs a check of our own as a layer.
    pub fn check(&mut self, name: &'static str, look: impl FnOnce() -> Outcome) -> bool {
        if !self.wanted(name) {
            return true;
        }
        println!("\n== {name}");
        let started = Instant::now();
        let trouble = look().err();
        let (tally, why) = judge(Counted::AsOne, Tally::default(), trouble);
        self.close(name, tally, started.elapsed(), why)
    }

    /// A layer that cannot be tried because what it needs did not come to be.
    pub fn missing(&mut self, name: &'static str, why: &str) {
        if !self.wanted(name) {
            return;
        }
        println!("\n== {name}\n{why}");
        let tally = Tally {
            passed: 0,
            failed: 1,
        };
        self.close(name, tally, Duration::ZERO, Some(why.to_owned()));
    }

    fn close(
        &mut self,
        name: &'static str,
        tally: Tally,
        took: Duration,
        why: Option<String>,
    ) -> bool {
        let well = tally.failed == 0;
        if let Some(why) = &why {
            println!("{why}");
        }
        println!(
            "-- {name}: {} in {}",
            if well { "passed" } else { "FAILED" },
            clock(took)
        );
        self.done.push(Done {
            name,
            tally,
            took,
            why,
        });
        well
    }

    fn log_of(&self, name: &str) -> Outcome<File> {
        let folder = self.place.notes();
        let path = folder.join(format!("{}.log", name.replace([' ', ':'], "-")));
        fs::create_dir_all(&folder)
            .and_then(|()| File::create(&path))
            .map_err(|why| format!("{} cannot be written: {why}", path.display()))
    }

    /// Prints the table and the closing line.
    ///
    /// # Errors
    /// Anything failed.
    pub fn finish(self) -> Outcome {
        let mut sum = Tally::default();
        let mut took = Duration::ZERO;
        println!(
            "\n{:<28} {:>8} {:>8} {:>8}",
            "layer", "passed", "failed", "time"
        );
        for layer in &self.done {
            sum.add(layer.tally);
            took += layer.took;
            println!(
                "{:<28} {:>8} {:>8} {:>8}{}",
                layer.name,
                layer.tally.passed,
                layer.tally.failed,
                clock(layer.took),
                layer.first_line_of_why()
            );
        }
        println!(
            "{:<28} {:>8} {:>8} {:>8}",
            "all",
            sum.passed,
            sum.failed,
            clock(took)
        );
        println!("logs: {}", self.place.notes().display());
        println!("\n{} passed, {} failed", sum.passed, sum.failed);
        if sum.ran() == 0 {
            return Err("No layer has such a name.".to_owned());
        }
        if sum.failed == 0 {
            Ok(())
        } else {
            Err(String::new())
        }
    }
}

/// What a layer counts for. A program that ends badly without naming a failed test (it did not compile, it
/// crashed) is one failure; so is one that ran no test.
fn judge(counted: Counted, told: Tally, trouble: Option<String>) -> (Tally, Option<String>) {
    match counted {
        Counted::AsOne => {
            let failed = u32::from(trouble.is_some());
            (
                Tally {
                    passed: 1 - failed,
                    failed,
                },
                trouble,
            )
        }
        Counted::By(_) => match trouble {
            Some(why) => {
                let failed = told.failed.max(1);
                (Tally { failed, ..told }, Some(why))
            }
            None if told.ran() == 0 => {
                let tally = Tally {
                    passed: 0,
                    failed: 1,
                };
                (tally, Some("no test ran".to_owned()))
            }
            None => (told, None),
        },
    }
}

/// Minutes and seconds, `m:ss`.
pub fn clock(took: Duration) -> String {
    let seconds = took.as_secs_f64().round() as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TESTS: Counted = Counted::By(Speaker::Cargo);

    fn tally(passed: u32, failed: u32) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn a_check_counts_as_one() {
        assert_eq!(judge(Counted::AsOne, tally(0, 0), None).0, tally(1, 0));
        let broken = judge(Counted::AsOne, tally(0, 0), Some("ended".into()));
        assert_eq!(broken.0, tally(0, 1));
    }

    #[test]
    fn a_layer_without_a_test_has_failed() {
        let (counted, why) = judge(TESTS, tally(0, 0), None);
        assert_eq!(counted, tally(0, 1));
        assert_eq!(why.as_deref(), Some("no test ran"));
    }

    #[test]
    fn a_crash_after_good_tests_is_a_failure() {
        assert_eq!(
            judge(TESTS, tally(7, 0), Some("ended".into())).0,
            tally(7, 1)
        );
        assert_eq!(
            judge(TESTS, tally(7, 2), Some("ended".into())).0,
            tally(7, 2)
        );
    }

    #[test]
    fn times_are_minutes_and_seconds() {
        assert_eq!(clock(Duration::from_secs(125)), "2:05");
        assert_eq!(clock(Duration::from_millis(700)), "0:01");
    }
}
