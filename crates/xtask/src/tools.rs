//! Programs that the tests need and that cargo builds: put under the target folder, not into the user's home.

use crate::place::Place;
use crate::{Outcome, process};
use std::path::PathBuf;

/// The bridge between WebDriver and the app's window. 2.x belongs to Tauri 2.
const TAURI_DRIVER: &str = "^2";

/// Where tauri-driver is, built if it is not there yet.
pub fn tauri_driver(place: &Place) -> Outcome<PathBuf> {
    let folder = place.tools();
    let program = folder.join("bin").join("tauri-driver");
    if !program.is_file() {
        let words = [
            "install",
            "tauri-driver",
            "--version",
            TAURI_DRIVER,
            "--locked",
            "--root",
        ];
        process::show_and_run(process::command("cargo", &words).arg(&folder))?;
    }
    Ok(program)
}
