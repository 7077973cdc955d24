//! Reads how many tests passed and failed out of a test program's lines. Pure.

/// Passed and failed, so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u32,
    pub failed: u32,
}

impl Tally {
    pub const fn ran(self) -> u32 {
        self.passed + self.failed
    }

    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Whose lines are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// `test result: ok. 12 passed; 0 failed; …`, once for each test program.
    Cargo,
    /// `Tests  1 failed | 5 passed (6)`, once.
    Vitest,
    /// `ℹ pass 3`, `ℹ fail 0`, `ℹ cancelled 0` (or with `#`), once each.
    Node,
}

/// What this line adds to the count.
pub fn read_line(speaker: Speaker, line: &str) -> Tally {
    match speaker {
        Speaker::Cargo => line
            .strip_prefix("test result: ")
            .map_or_else(Tally::default, |said| Tally {
                passed: number_before(said, "passed"),
                failed: number_before(said, "failed"),
            }),
        Speaker::Vitest => {
            line.trim_start()
                .strip_prefix("Tests  ")
                .map_or_else(Tally::default, |said| Tally {
                    passed: number_before(said, "passed"),
                    failed: number_before(said, "failed"),
                })
        }
        Speaker::Node => {
            let mut words = line.split_whitespace();
            if !matches!(words.next(), Some("#" | "ℹ")) {
                return Tally::default();
            }
            let (Some(word), Some(Ok(count)), None) =
                (words.next(), words.next().map(str::parse), words.next())
            else {
                return Tally::default();
            };
            match word {
                "pass" => Tally {
                    passed: count,
                    failed: 0,
                },
                // A test that ran into its time limit is cancelled, which is no success.
                "fail" | "cancelled" => Tally {
                    passed: 0,
                    failed: count,
                },
                _ => Tally::default(),
            }
        }
    }
}

fn number_before(said: &str, word: &str) -> u32 {
    let words: Vec<&str> = said
        .split([' ', ';', '.', '|'])
        .filter(|w| !w.is_empty())
        .collect();
    words
        .windows(2)
        .find(|pair| pair[1] == word)
        .and_then(|pair| pair[0].parse().ok())
        .unwrap_or(0)
}

/// Whether this line only says that one more test is well: kept in the log, not shown.
pub fn is_small_talk(speaker: Speaker, line: &str) -> bool {
    match speaker {
        Speaker::Cargo => line.starts_with("test ") && line.ends_with("... ok"),
        Speaker::Vitest | Speaker::Node => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u32, failed: u32) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn cargo_closes_each_program_with_a_result() {
        let line = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.01s";
        assert_eq!(read_line(Speaker::Cargo, line), tally(12, 0));
        let line =
            "test result: FAILED. 2 passed; 10 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(read_line(Speaker::Cargo, line), tally(2, 10));
        assert_eq!(read_line(Speaker::Cargo, "test a::b ... ok"), tally(0, 0));
    }

    #[test]
    fn vitest_counts_tests_and_not_files() {
        assert_eq!(
            read_line(Speaker::Vitest, " Test Files  2 passed (2)"),
            tally(0, 0)
        );
        assert_eq!(
            read_line(Speaker::Vitest, "      Tests  5 passed (5)"),
            tally(5, 0)
        );
        let line = "      Tests  1 failed | 4 passed | 2 skipped (7)";
        assert_eq!(read_line(Speaker::Vitest, line), tally(4, 1));
    }

    #[test]
    fn node_speaks_in_two_ways() {
        assert_eq!(read_line(Speaker::Node, "# pass 3"), tally(3, 0));
        assert_eq!(read_line(Speaker::Node, "ℹ fail 1"), tally(0, 1));
        assert_eq!(read_line(Speaker::Node, "ℹ cancelled 2"), tally(0, 2));
        assert_eq!(read_line(Speaker::Node, "ℹ skipped 4"), tally(0, 0));
        assert_eq!(
            read_line(Speaker::Node, "# pass 3 of something"),
            tally(0, 0)
        );
    }

    #[test]
    fn only_good_news_of_one_test_is_small_talk() {
        assert!(is_small_talk(
            Speaker::Cargo,
            "test email::keeps_plus ... ok"
        ));
        assert!(!is_small_talk(
            Speaker::Cargo,
            "test email::keeps_plus ... FAILED"
        ));
        assert!(!is_small_talk(Speaker::Cargo, "test result: ok. 1 passed"));
    }
}
