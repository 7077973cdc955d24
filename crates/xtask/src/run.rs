//! `cargo xtask run`: from a fresh clone to a window, or to the demo where no window can be.

use crate::packages::{self, Scope};
use crate::place::Place;
use crate::{Outcome, display, page, process};

/// The app is built in the dev profile: it is there after minutes, while the release profile (one fat unit)
/// takes about half as long again at first and minutes at each change. The page is embedded, as in a package.
pub fn run(place: &Place, args: &[String]) -> Outcome {
    let args = args.strip_prefix(&["--".to_owned()]).unwrap_or(args);
    if !display::there_is_one() {
        println!("There is no display here, so the practice changes run in the terminal.");
        packages::ensure(Scope::Cli)?;
        cargo(place, &["build", "--package", "readdress-cli"])?;
        let mut demo = process::command(
            &place.built("debug", "readdress-cli").to_string_lossy(),
            &["demo"],
        );
        return process::show_and_run(&mut demo);
    }
    packages::ensure(Scope::App)?;
    page::build(place)?;
    cargo(
        place,
        &[
            "build",
            "--package",
            "readdress",
            "--features",
            "custom-protocol",
        ],
    )?;
    println!("Readdress opens. To try it, press Practice beside a service: no account is needed.");
    let mut app = process::command(&place.built("debug", "readdress").to_string_lossy(), &[]);
    process::show_and_run(app.args(args))
}

/// cargo in the root, with this terminal.
pub fn cargo(place: &Place, words: &[&str]) -> Outcome {
    process::show_and_run(process::command("cargo", words).current_dir(&place.root))
}
