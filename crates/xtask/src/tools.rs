//! Programs that checks need and that cargo builds: put under the target folder, not into the user's home, and built
//! once. Each is pinned: another version may find something else, and a gate that changes by itself is none.

use crate::place::Place;
use crate::{Outcome, process};
use std::path::PathBuf;
use std::process::Command;

/// A program on crates.io.
struct Tool {
    name: &'static str,
    /// As cargo reads it: `=1.2.3`, or a range where any of it will do.
    version: &'static str,
    /// Nobody waits for it to compute: built without optimising, which is far quicker.
    quick_build: bool,
}

/// The bridge between WebDriver and the app's window. 2.x belongs to Tauri 2.
const TAURI_DRIVER: Tool = Tool {
    name: "tauri-driver",
    version: "^2",
    quick_build: false,
};
const CARGO_DENY: Tool = Tool {
    name: "cargo-deny",
    version: "=0.20.2",
    quick_build: true,
};
const CARGO_MACHETE: Tool = Tool {
    name: "cargo-machete",
    version: "=0.9.2",
    quick_build: true,
};
const CARGO_FUZZ: Tool = Tool {
    name: "cargo-fuzz",
    version: "=0.13.2",
    quick_build: true,
};
const CARGO_CYCLONEDX: Tool = Tool {
    name: "cargo-cyclonedx",
    version: "=0.5.9",
    quick_build: true,
};
/// Draws SVG, the same to the pixel on every system.
const RESVG: Tool = Tool {
    name: "resvg",
    version: "=0.49.0",
    quick_build: false,
};

/// Where tauri-driver is, built if it is not there yet.
pub fn tauri_driver(place: &Place) -> Outcome<PathBuf> {
    get(place, &TAURI_DRIVER)
}

/// Looks at licences, sources and banned crates.
pub fn cargo_deny(place: &Place) -> Outcome<PathBuf> {
    get(place, &CARGO_DENY)
}

/// Finds dependencies that nothing uses.
pub fn cargo_machete(place: &Place) -> Outcome<PathBuf> {
    get(place, &CARGO_MACHETE)
}

/// Builds and runs the fuzz targets.
pub fn cargo_fuzz(place: &Place) -> Outcome<PathBuf> {
    get(place, &CARGO_FUZZ)
}

/// Lists what a program is made of.
pub fn cargo_cyclonedx(place: &Place) -> Outcome<PathBuf> {
    get(place, &CARGO_CYCLONEDX)
}

/// Draws the icons.
pub fn resvg(place: &Place) -> Outcome<PathBuf> {
    get(place, &RESVG)
}

fn get(place: &Place, tool: &Tool) -> Outcome<PathBuf> {
    let program = program(place, tool);
    if !program.is_file() {
        process::show_and_run(&mut install(place, tool))?;
    }
    Ok(program)
}

/// Each version has its folder, so that a new pin builds a new program.
fn folder(place: &Place, tool: &Tool) -> PathBuf {
    match tool.version.strip_prefix('=') {
        Some(exact) => place.tools().join(format!("{}-{exact}", tool.name)),
        None => place.tools(),
    }
}

fn program(place: &Place, tool: &Tool) -> PathBuf {
    let file = format!("{}{}", tool.name, std::env::consts::EXE_SUFFIX);
    folder(place, tool).join("bin").join(file)
}

fn install(place: &Place, tool: &Tool) -> Command {
    let words = ["install", tool.name, "--version", tool.version, "--locked"];
    let mut command = process::command("cargo", &words);
    if tool.quick_build {
        command.args(["--debug", "--no-default-features"]);
        command.env("CARGO_PROFILE_DEV_DEBUG", "false");
    }
    command.arg("--root").arg(folder(place, tool));
    command
}
