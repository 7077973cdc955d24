//! Building what is packed: the page and both programs.

use super::Profile;
use crate::place::Place;
use crate::{Outcome, page, process};
use std::path::{Path, PathBuf};
use std::process::Command;

/// How cargo hands several flags over in one variable.
const SEPARATOR: char = '\u{1f}';
const FLAGS: &str = "CARGO_ENCODED_RUSTFLAGS";

/// `targets`: triples to build for; none means this machine's.
///
/// # Errors
/// npm or cargo says so.
pub fn programs(place: &Place, profile: Profile, targets: &[&str]) -> Outcome {
    page::build(place)?;
    let mut build = process::command("cargo", &words(profile, targets));
    build.current_dir(&place.root);
    if profile == Profile::Release {
        leave_paths_out(place, &mut build);
    }
    process::show_and_run(&mut build)
}

fn words<'a>(profile: Profile, targets: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec![
        "build",
        "--package",
        "readdress",
        "--package",
        "readdress-cli",
    ];
    words.extend(["--features", "readdress/custom-protocol"]);
    if profile == Profile::Release {
        words.push("--release");
    }
    for target in targets {
        words.extend(["--target", target]);
    }
    words
}

/// A released program does not tell whose home it was built in: the places of sources in it, for panics, begin at the
/// project, at cargo's folder or at the target folder.
pub fn leave_paths_out(place: &Place, cargo: &mut Command) {
    let told = |name: &str| std::env::var(name).ok();
    let before = told(FLAGS).unwrap_or_else(|| {
        let plain = told("RUSTFLAGS").unwrap_or_default();
        plain
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(&SEPARATOR.to_string())
    });
    cargo.env(FLAGS, flags(&before, &own_paths(place)));
}

fn flags(before: &str, paths: &[(PathBuf, &str)]) -> String {
    let ours = paths
        .iter()
        .map(|(path, name)| format!("--remap-path-prefix={}={name}", path.display()));
    let before = Some(before.to_owned()).filter(|flags| !flags.is_empty());
    let all: Vec<String> = before.into_iter().chain(ours).collect();
    all.join(&SEPARATOR.to_string())
}

/// Folders of this machine and what they are called in a program; of two that fit, the compiler takes the later.
fn own_paths(place: &Place) -> Vec<(PathBuf, &'static str)> {
    let mut paths = vec![
        (place.root.clone(), "/readdress"),
        (place.target().to_owned(), "/target"),
    ];
    if let Some(home) = cargo_home() {
        paths.push((home, "/cargo"));
    }
    paths
}

fn cargo_home() -> Option<PathBuf> {
    let told = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    told.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
}

/// How often a program names a folder of this machine: it should not at all.
pub fn own_paths_in(place: &Place, program: &Path) -> usize {
    let bytes = std::fs::read(program).unwrap_or_default();
    own_paths(place)
        .iter()
        .map(|(path, _)| count(&bytes, path.to_string_lossy().as_bytes()))
        .sum()
}

fn count(bytes: &[u8], part: &[u8]) -> usize {
    bytes
        .windows(part.len())
        .filter(|window| *window == part)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_for_each_system() {
        assert_eq!(
            words(
                Profile::Release,
                &["aarch64-apple-darwin", "x86_64-apple-darwin"]
            )
            .join(" "),
            "build --package readdress --package readdress-cli --features readdress/custom-protocol --release \
             --target aarch64-apple-darwin --target x86_64-apple-darwin"
        );
        assert!(!words(Profile::Debug, &[]).contains(&"--release"));
    }

    #[test]
    fn flags_of_others_stay_and_paths_may_have_blanks() {
        let paths = [(PathBuf::from("/home/a b/x"), "/readdress")];
        assert_eq!(
            flags("", &paths),
            "--remap-path-prefix=/home/a b/x=/readdress"
        );
        assert_eq!(
            flags("-Dwarnings", &paths),
            "-Dwarnings\u{1f}--remap-path-prefix=/home/a b/x=/readdress"
        );
    }

    #[test]
    fn names_of_folders_are_counted() {
        assert_eq!(count(b"x/home/ada/a/home/ada", b"/home/ada"), 2);
        assert_eq!(count(b"/home", b"/home/ada"), 0);
    }
}
