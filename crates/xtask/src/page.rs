//! npm packages and the built page.

use crate::place::Place;
use crate::{Outcome, process};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The lock file that `node_modules` was made from, kept inside it.
const STAMP: &str = "node_modules/.made-from-lock";

/// `npm ci` in `folder`, unless its packages were made from the same lock file.
pub fn install_packages(folder: &Path) -> Outcome {
    let lock = fs::read(folder.join("package-lock.json"))
        .map_err(|why| format!("{}: package-lock.json: {why}", folder.display()))?;
    let stamp = folder.join(STAMP);
    if fs::read(&stamp).is_ok_and(|made_from| made_from == lock) {
        return Ok(());
    }
    process::show_and_run(&mut npm(folder, &["ci", "--no-audit", "--no-fund"]))?;
    fs::write(&stamp, lock).map_err(|why| format!("{}: {why}", stamp.display()))
}

/// Makes `ui/dist`.
pub fn build(place: &Place) -> Outcome {
    install_packages(&place.ui())?;
    process::show_and_run(&mut npm(&place.ui(), &["run", "--silent", "build"]))
}

pub fn npm(folder: &Path, words: &[&str]) -> Command {
    let mut command = process::command("npm", words);
    command.current_dir(folder);
    command
}
