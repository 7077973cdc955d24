//! `cargo xtask torture`: the programs killed anywhere, started again, and compared with what the services counted.
//!
//! Not here: what is killed when, and what must hold (`crates/torture`, `e2e/torture.mjs`).

use crate::display::Display;
use crate::packages::{self, Scope};
use crate::place::Place;
use crate::run::cargo;
use crate::{Outcome, page, process, tools};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How much of it.
struct Ask {
    kills: String,
    seed: String,
    /// Kills of the window.
    app: String,
}

fn ask(words: &[String]) -> Outcome<Ask> {
    let mut ask = Ask {
        kills: "1000".to_owned(),
        seed: "1".to_owned(),
        app: "20".to_owned(),
    };
    for two in words.chunks(2) {
        let [name, value] = two else {
            return Err(format!("{} needs a number", two[0]));
        };
        if value.parse::<u64>().is_err() {
            return Err(format!("{name} needs a number"));
        }
        match name.as_str() {
            "--kills" => ask.kills.clone_from(value),
            "--seed" => ask.seed.clone_from(value),
            "--app" => ask.app.clone_from(value),
            _ => return Err(format!("{name} is unknown: --kills N, --seed S, --app N")),
        }
    }
    Ok(ask)
}

pub fn torture(place: &Place, words: &[String]) -> Outcome {
    let ask = ask(words)?;
    let app = ask.app != "0" && cfg!(target_os = "linux");
    packages::ensure(if app { Scope::Tests } else { Scope::Cli })?;
    build(place)?;
    process::show_and_run(&mut command(place, &ask.kills, &ask.seed))?;
    if app {
        window(place, &ask)?;
    }
    Ok(())
}

/// The harness on the program that can be killed at its points; both built by [`build`].
pub fn command(place: &Place, kills: &str, seed: &str) -> Command {
    let mut command = Command::new(built(place, "readdress-torture"));
    command
        .args(["--kills", kills, "--seed", seed, "--cli"])
        .arg(built(place, "readdress-cli"));
    command
}

/// The command line's program with its points, and the harness.
pub fn build(place: &Place) -> Outcome {
    build_apart(
        place,
        &["readdress-cli", "readdress-torture"],
        "readdress-cli/kill-points",
    )
}

fn window(place: &Place, ask: &Ask) -> Outcome {
    page::build(place)?;
    page::install_packages(&place.e2e())?;
    build_apart(
        place,
        &["readdress"],
        "readdress/custom-protocol,readdress/kill-points",
    )?;
    let driver = tools::tauri_driver(place)?;
    let display = Display::start(place)?;
    process::show_and_run(
        display
            .command(Path::new("node"))
            .args(["torture.mjs", &ask.app, &ask.seed])
            .current_dir(place.e2e())
            .env("TAURI_DRIVER", driver)
            .env("READDRESS_APP", built(place, "readdress"))
            .env("READDRESS_CLI", built(place, "readdress-cli")),
    )
}

/// Builds these programs with `features`, and moves them out of the way: what lies in `target/debug` stays, or comes
/// back, as a build without features made it. All that they depend on is shared with the gate's build: with `--workspace`
/// and a test among what is built, cargo chooses the same features for it.
fn build_apart(place: &Place, programs: &[&str], features: &str) -> Outcome {
    let told = |why: std::io::Error| why.to_string();
    fs::create_dir_all(place.apart()).map_err(told)?;
    let aside = |name: &str| built(place, &format!("{name}-usual"));
    for name in programs {
        let _ = fs::remove_file(aside(name));
        let _ = fs::hard_link(place.built("debug", name), aside(name));
    }
    let mut words = vec!["build", "--workspace", "--test", "kill_points"];
    for name in programs {
        words.extend(["--bin", name]);
    }
    words.extend(["--features", features]);
    let done = cargo(place, &words);
    for name in programs {
        let usual = place.built("debug", name);
        if done.is_ok() {
            fs::rename(&usual, built(place, name)).map_err(told)?;
        }
        // There may have been none.
        let _ = fs::rename(aside(name), &usual);
    }
    done
}

fn built(place: &Place, name: &str) -> PathBuf {
    place
        .apart()
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_numbers_with_names() {
        let asked = |text: &str| {
            ask(&text
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>())
        };
        assert_eq!(asked("").map(|ask| ask.kills), Ok("1000".to_owned()));
        assert_eq!(
            asked("--kills 7 --seed 3").map(|ask| ask.kills + &ask.seed),
            Ok("73".to_owned())
        );
        for wrong in ["--kills", "--kills many", "--more 1"] {
            assert!(asked(wrong).is_err(), "{wrong}");
        }
    }
}
