//! `cargo xtask`: everything that is done with this project, with nothing but cargo and node.
//!
//! Not here: what a task does (one file each), and what the tests look at (they lie beside what they test).
#![expect(clippy::print_stdout, reason = "a task runner talks to its terminal")]

mod appimage;
mod bench;
mod bundle;
mod check;
mod cross;
mod display;
mod fuzz;
mod icons;
mod install;
mod layer;
mod links;
mod notes;
mod packages;
mod page;
mod place;
mod process;
mod run;
mod sbom;
mod shots;
mod supply;
mod tally;
mod test;
mod tools;
mod torture;
mod tree;
mod version;
mod workflows;

use place::Place;
use std::process::ExitCode;

/// What a task ends with: nothing, or a sentence that says what to do.
type Outcome<T = ()> = Result<T, String>;

const FACE: &str = "\
cargo xtask TASK

  run [-- ARG…]  install what is missing, build, and open Readdress (without a display: the demo in the terminal)
  test [LAYER…]  every check and test, the real window too; ends with `N passed, N failed`
  check          the quick part of it: format, lints, types, the core's tests
  fuzz [TARGET…] [--minutes N]
                 changed inputs for what reads manifests, mails and answers: 10 minutes each, on stable Rust
  bench          start, memory, one call, sizes: measured and printed beside what they are compared with
  bundle [--built]
                 the packages of this system; --built: of the programs that are there already
  notes [VERSION] what CHANGELOG.md says about a version, as a release's page shows it
  try-package [--deb FILE] [--from OLDER.deb]
                 installs, uses, upgrades, takes back and removes the package on this system (Debian; sudo)
  cross windows [--link] | macos
                 does it compile for the other systems? On Debian, with its own compiler; nothing of it is run
  torture [--kills N] [--seed S] [--app N]
                 kills the programs anywhere, 1,000 times and the window 20 times, and compares with the services
  shots [FOLDER] pictures of the real window, into FOLDER or e2e/shots
  icons          every icon again from icons/readdress.svg
  version [X.Y.Z | --tag vX.Y.Z]
                 says whether one version is told everywhere (and is ready for the tag), or writes the next one
  sbom           what is inside, as CycloneDX: the crates of both programs and the packages of the page";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (task, rest) = words
        .split_first()
        .map_or(("", &[][..]), |(task, rest)| (task.as_str(), rest));
    let outcome = Place::find().and_then(|place| match task {
        "run" => run::run(&place, rest),
        "test" => test::test(&place, rest),
        "check" => check::check(&place),
        "fuzz" => fuzz::fuzz(&place, rest),
        "bench" => bench::bench(&place),
        "bundle" => bundle::bundle(&place, rest),
        "try-package" => install::try_package(&place, rest),
        "notes" => notes::print(&place, rest.first()),
        "cross" => cross::cross(&place, rest),
        "shots" => shots::shoot(&place, rest.first()),
        "torture" => torture::torture(&place, rest),
        "icons" => icons::draw(&place),
        "version" => version::version(&place, rest),
        "sbom" => sbom::sbom(&place),
        "help" | "--help" | "-h" => {
            println!("{FACE}");
            Ok(())
        }
        _ => Err(format!("There is no task `{task}`.\n\n{FACE}")),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            if !why.is_empty() {
                eprintln!("{why}");
            }
            ExitCode::FAILURE
        }
    }
}
