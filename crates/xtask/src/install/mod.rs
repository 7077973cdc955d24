//! `cargo xtask try-package [--deb FILE] [--from OLDER.deb]`: the package on this very system. Installed by apt, used
//! through its window, upgraded, taken back, removed; and the system looked at afterwards.
//!
//! Not here: what is looked at (`e2e/install`), making the package (`bundle`).

mod debian;
mod guard;
mod measured;

use crate::display::Display;
use crate::layer::{Counted, Gate};
use crate::packages::{self, Scope};
use crate::place::Place;
use crate::tally::Speaker;
use crate::{Outcome, bundle, page, process, tools};
use guard::Guard;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

pub use measured::Measured;

/// Lower than any version there will be.
const OLDEST: &str = "0.0.0~older";
/// Of the whole layer. It takes about one minute on a quiet machine.
const LONGEST: Duration = Duration::from_secs(12 * 60);

/// How the task was asked.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    /// The package to try; none: made here, of the debug build.
    deb: Option<PathBuf>,
    /// An earlier one to upgrade from; none: the same with an older number.
    from: Option<PathBuf>,
}

fn asked(words: &[String]) -> Outcome<Asked> {
    let mut asked = Asked::default();
    for two in words.chunks(2) {
        let [name, file] = two else {
            return Err(format!("{} needs a file", two[0]));
        };
        match name.as_str() {
            "--deb" => asked.deb = Some(PathBuf::from(file)),
            "--from" => asked.from = Some(PathBuf::from(file)),
            _ => return Err(format!("{name} is unknown: --deb FILE, --from OLDER.deb")),
        }
    }
    Ok(asked)
}

pub fn try_package(place: &Place, words: &[String]) -> Outcome {
    let asked = asked(words)?;
    if !packages::is_debian() {
        return Err("A package is tried on Debian and its kin: it needs apt.".to_owned());
    }
    packages::ensure(Scope::Tests)?;
    let newer = match &asked.deb {
        Some(file) => whole_path(file)?,
        None => {
            bundle::programs(place, bundle::Profile::Debug, &[])?;
            bundle::deb(place, bundle::Profile::Debug, None)?
        }
    };
    if !packages::is_root() {
        println!("apt needs root. sudo may ask for your password; each command is shown.");
        process::show_and_run(&mut process::command("sudo", &["--validate"]))?;
    }
    let mut ready = Ready::make(place, &newer, asked.from.as_deref())?;
    process::show_and_run(&mut ready.tests)
}

/// The gate's layer. Everything was built before.
pub fn layer(place: &Place, gate: &mut Gate<'_>) {
    const NAME: &str = "install";
    if !gate.wanted(NAME) {
        return;
    }
    if !packages::is_debian() {
        println!(
            "\nThe package is installed on Debian and its kin only: layer `install` is left out."
        );
        return;
    }
    if !packages::is_root() {
        println!(
            "\nLayer `install` is left out: it needs root. `cargo xtask try-package` does the same with sudo, and shows each command."
        );
        return;
    }
    let made = bundle::deb(place, bundle::Profile::Debug, None)
        .and_then(|newer| Ready::make(place, &newer, None));
    match made {
        Ok(mut ready) => {
            gate.program(NAME, Counted::By(Speaker::Node), LONGEST, &mut ready.tests);
        }
        Err(why) => gate.missing(NAME, &why),
    }
}

/// The tests, a screen for them, and who takes the package away again, however they end.
struct Ready {
    tests: Command,
    _display: Display,
    _guard: Guard,
}

impl Ready {
    fn make(place: &Place, newer: &Path, from: Option<&Path>) -> Outcome<Self> {
        page::install_packages(&place.e2e())?;
        let driver = tools::tauri_driver(place)?;
        let notes = place.notes().join("install");
        fs::create_dir_all(&notes).map_err(|why| format!("{}: {why}", notes.display()))?;
        let older = match from {
            Some(file) => whole_path(file)?,
            None => debian::with_version(newer, OLDEST, &notes)?,
        };
        debian::check_order(&older, newer)?;
        let guard = Guard::begin(&notes, &[&older, newer])?;
        let display = Display::start(place)?;
        let mut tests = display.command(Path::new("node"));
        tests
            .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
            .args(files(place)?)
            .current_dir(place.e2e())
            .env("TAURI_DRIVER", driver)
            .env("READDRESS_APP", debian::APP)
            .env("READDRESS_CLI", debian::CLI)
            .env("READDRESS_OLDER_DEB", older)
            .env("READDRESS_NEWER_DEB", newer)
            .env("READDRESS_INSTALL_NOTES", notes);
        // What the developer has set for their own Readdress.
        for name in [
            "READDRESS_PASSPHRASE",
            "READDRESS_KEY_FILE",
            "READDRESS_LOG",
        ] {
            tests.env_remove(name);
        }
        Ok(Self {
            tests,
            _display: display,
            _guard: guard,
        })
    }
}

/// In the order of their names: each goes on where the one before has left the system.
fn files(place: &Place) -> Outcome<Vec<PathBuf>> {
    let folder = place.e2e().join("install");
    let entries = fs::read_dir(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(".test.js"))
        .collect();
    files.sort();
    Ok(files)
}

/// apt takes a file for one only by its whole path.
fn whole_path(file: &Path) -> Outcome<PathBuf> {
    file.canonicalize()
        .map_err(|why| format!("{}: {why}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_files_with_names() {
        let of = |words: &[&str]| asked(&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&[]), Ok(Asked::default()));
        let both = of(&["--from", "a.deb", "--deb", "b.deb"]).unwrap();
        assert_eq!(both.deb, Some(PathBuf::from("b.deb")));
        assert_eq!(both.from, Some(PathBuf::from("a.deb")));
        assert!(of(&["--deb"]).is_err());
        assert!(of(&["--version", "1"]).is_err());
    }
}
