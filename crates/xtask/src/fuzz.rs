//! `cargo xtask fuzz [TARGET…] [--minutes N]`: throws changed inputs at the parts that read what others wrote.
//!
//! Not part of the gate: an hour finds more than a minute. Runs on stable Rust and needs a C++ compiler; on Linux and
//! macOS only (libFuzzer). Not here: what is looked at (`fuzz/targets/looks`), the seeds (`fuzz/seeds` and the tests' fixtures).

use crate::place::Place;
use crate::{Outcome, process, tools};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A target, and where else than in `fuzz/seeds` good inputs lie.
struct Target {
    name: &'static str,
    fixtures: Option<&'static str>,
    /// Longest input, in bytes: of manifests and mails most are longer than libFuzzer would try.
    longest: u32,
}

const TARGETS: [Target; 3] = [
    Target {
        name: "manifest",
        fixtures: Some("services"),
        longest: 16 * 1024,
    },
    Target {
        name: "mail",
        fixtures: Some("crates/core/tests/fixtures/mail"),
        longest: 16 * 1024,
    },
    Target {
        name: "answers",
        fixtures: None,
        longest: 4096,
    },
];
const MINUTES: u32 = 10;
/// An input that takes longer is a defect, in seconds.
const SLOW: u32 = 5;
/// More memory than this is one too, in MiB.
const MOST_MEMORY: u32 = 1024;

pub fn fuzz(place: &Place, words: &[String]) -> Outcome {
    let asked = Asked::read(words)?;
    let program = tools::cargo_fuzz(place)?;
    for target in &asked.targets {
        process::show_and_run(&mut run(place, &program, target, asked.minutes)?)?;
    }
    println!("\nNothing was found.");
    Ok(())
}

struct Asked {
    targets: Vec<&'static Target>,
    minutes: u32,
}

impl Asked {
    fn read(words: &[String]) -> Outcome<Self> {
        let mut asked = Self {
            targets: Vec::new(),
            minutes: MINUTES,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if word == "--minutes" {
                let minutes = words.next().and_then(|word| word.parse().ok());
                asked.minutes = minutes
                    .filter(|&n| n > 0)
                    .ok_or("`--minutes` takes a number.")?;
            } else {
                let target = TARGETS.iter().find(|target| target.name == word);
                asked.targets.push(target.ok_or_else(|| {
                    let names = TARGETS.map(|target| target.name).join(", ");
                    format!("There is no fuzz target `{word}`; there are {names}.")
                })?);
            }
        }
        if asked.targets.is_empty() {
            asked.targets = TARGETS.iter().collect();
        }
        Ok(asked)
    }
}

/// What it finds new is kept under the target folder, and is where the next run goes on.
fn run(place: &Place, program: &Path, target: &Target, minutes: u32) -> Outcome<Command> {
    let fuzz = place.root.join("fuzz");
    let kept = place.notes().join("fuzz");
    let corpus = kept.join("corpus").join(target.name);
    let found = kept.join("found");
    for folder in [&corpus, &found] {
        fs::create_dir_all(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    }
    let seeds = fuzz.join("seeds").join(target.name);
    let fixtures = target.fixtures.map(|folder| place.root.join(folder));
    let mut command = Command::new(program);
    // Coverage needs no nightly compiler; only a sanitizer would, and no code of ours is unsafe. `--release` leaves the
    // assertions to fuzz/Cargo.toml, which has them on for all but one library.
    command
        .current_dir(&place.root)
        .args(["fuzz", "run", "--release", "--sanitizer", "none"])
        .args(["--fuzz-dir", "fuzz"])
        .arg("--target-dir")
        .arg(built_in(place))
        .arg(target.name)
        .arg(corpus)
        .args([Some(seeds), fixtures].into_iter().flatten())
        .arg("--")
        .arg(format!("-max_total_time={}", minutes * 60))
        .arg(format!("-max_len={}", target.longest))
        .arg(format!("-timeout={SLOW}"))
        .arg("-report_slow_units=1")
        .arg(format!("-rss_limit_mb={MOST_MEMORY}"))
        .arg(format!("-dict=fuzz/words/{}.dict", target.name))
        .arg(format!(
            "-artifact_prefix={}/{}-",
            found.display(),
            target.name
        ))
        .arg("-print_final_stats=1");
    Ok(command)
}

fn built_in(place: &Place) -> PathBuf {
    place.notes().join("fuzz").join("target")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(words: &[&str]) -> Outcome<(Vec<&'static str>, u32)> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let asked = Asked::read(&words)?;
        Ok((
            asked.targets.iter().map(|target| target.name).collect(),
            asked.minutes,
        ))
    }

    #[test]
    fn targets_and_minutes_are_read() {
        assert_eq!(asked(&[]), Ok((vec!["manifest", "mail", "answers"], 10)));
        assert_eq!(asked(&["mail", "--minutes", "1"]), Ok((vec!["mail"], 1)));
        assert_eq!(
            asked(&["--minutes", "2", "answers", "mail"]),
            Ok((vec!["answers", "mail"], 2))
        );
        for wrong in [
            &["male"][..],
            &["--minutes"],
            &["--minutes", "0"],
            &["--minutes", "x"],
        ] {
            assert!(asked(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn every_target_has_its_source_its_words_and_its_seeds() {
        let place = Place::find().expect("the project");
        let told = fs::read_to_string(place.root.join("fuzz/Cargo.toml")).expect("a manifest");
        for target in &TARGETS {
            let name = target.name;
            assert!(
                told.contains(&format!("path = \"targets/{name}.rs\"")),
                "{name}"
            );
            let words = place.root.join(format!("fuzz/words/{name}.dict"));
            assert!(words.is_file(), "{}", words.display());
            let seeds = place.root.join("fuzz/seeds").join(name);
            let folders = [
                Some(seeds),
                target.fixtures.map(|folder| place.root.join(folder)),
            ];
            for folder in folders.into_iter().flatten() {
                let files = fs::read_dir(&folder).expect("seeds").flatten();
                let sizes: Vec<u64> = files
                    .filter_map(|file| Some(file.metadata().ok()?.len()))
                    .collect();
                assert!(!sizes.is_empty(), "{}", folder.display());
                assert!(
                    sizes.iter().all(|&size| size <= u64::from(target.longest)),
                    "{}",
                    folder.display()
                );
            }
        }
    }
}
