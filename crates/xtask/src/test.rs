//! `cargo xtask test`: the whole gate, in layers.
//!
//! Quick layers come first. The Rust tests and the window's tests share one build: with `--tests` cargo unifies
//! the dev-dependencies' features (tauri's `test` only adds a module), so tauri is compiled once and not twice.

use crate::display::Display;
use crate::layer::{Counted, Gate};
use crate::packages::{self, Scope};
use crate::place::Place;
use crate::tally::Speaker;
use crate::{
    Outcome, appimage, bundle, install, links, page, process, supply, tools, torture, workflows,
};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
/// Building and testing with all programs, as the window's tests need them.
const SHARED: &[&str] = &["--workspace", "--features", "readdress/custom-protocol"];

/// `only`: see [`Gate::new`]. What these layers build on must have been built before.
pub fn test(place: &Place, only: &[String]) -> Outcome {
    packages::ensure(Scope::Tests)?;
    let mut gate = Gate::new(place, only);
    quick_layers(place, &mut gate);
    let page = page_layers(place, &mut gate);
    rust_layers(place, &mut gate, page);
    supply::layers(place, &mut gate);
    gate.finish()
}

pub fn quick_layers(place: &Place, gate: &mut Gate<'_>) {
    gate.program(
        "format",
        Counted::AsOne,
        2 * MINUTE,
        &mut cargo(place, &["fmt", "--all", "--check"]),
    );
    gate.check("links", || links::check(&place.root));
    workflows::layers(place, gate);
}

/// Says whether there is a built page.
fn page_layers(place: &Place, gate: &mut Gate<'_>) -> bool {
    if !gate.check("page: packages", || page::install_packages(&place.ui())) {
        return false;
    }
    page_lints(place, gate);
    let built = gate.program(
        "page: build",
        Counted::AsOne,
        5 * MINUTE,
        &mut npm(place, "build"),
    );
    gate.program(
        "page: tests",
        Counted::By(Speaker::Vitest),
        10 * MINUTE,
        &mut npm(place, "test"),
    );
    built
}

pub fn page_lints(place: &Place, gate: &mut Gate<'_>) {
    gate.program(
        "page: types",
        Counted::AsOne,
        5 * MINUTE,
        &mut npm(place, "check"),
    );
    gate.program(
        "page: lint",
        Counted::AsOne,
        5 * MINUTE,
        &mut npm(place, "lint"),
    );
}

fn rust_layers(place: &Place, gate: &mut Gate<'_>, page: bool) {
    gate.program("clippy", Counted::AsOne, 20 * MINUTE, &mut clippy(place));
    if !page {
        gate.missing(
            "rust: tests",
            "not tried: the page they embed was not built",
        );
        return;
    }
    let mut build = cargo(place, &["build", "--bins", "--tests"]);
    if gate.program(
        "rust: build",
        Counted::AsOne,
        30 * MINUTE,
        build.args(SHARED),
    ) {
        let mut tests = cargo(place, &["test", "--no-fail-fast"]);
        gate.program(
            "rust: tests",
            Counted::By(Speaker::Cargo),
            20 * MINUTE,
            tests.args(SHARED),
        );
        packages_layer(place, gate);
        window_layer(place, gate);
        install::layer(place, gate);
        torture_layer(place, gate);
    } else {
        gate.missing("rust: tests", "not tried: the build above failed");
    }
}

/// Of the programs that were just built: the release profile would take longer than all the rest.
fn packages_layer(place: &Place, gate: &mut Gate<'_>) {
    if packages::is_debian() {
        gate.check("packages", || bundle::check::packages(place));
        gate.check("packages: AppImage", || appimage::look(place));
    } else if gate.wanted("packages") {
        println!(
            "\nPackages for Linux are made on Debian and its kin only: layer `packages` is left out."
        );
    }
}

/// The short form: each named point once, held calls and random moments for the rest.
fn torture_layer(place: &Place, gate: &mut Gate<'_>) {
    if gate.check("torture: build", || torture::build(place)) {
        gate.program(
            "torture",
            Counted::AsOne,
            5 * MINUTE,
            &mut torture::command(place, "50", "1"),
        );
    } else {
        gate.missing("torture", "not tried: the build above failed");
    }
}

pub fn clippy(place: &Place) -> Command {
    cargo(
        place,
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    )
}

/// tauri-driver speaks to WebKitGTK; macOS has no driver at all, and Windows' one is another story.
fn window_layer(place: &Place, gate: &mut Gate<'_>) {
    if !gate.wanted("window") {
        return;
    }
    if !cfg!(target_os = "linux") {
        println!("\nThe window's tests run on Linux only.");
        return;
    }
    let ready = || -> Outcome<_> {
        page::install_packages(&place.e2e())?;
        Ok((
            flows(place)?,
            tools::tauri_driver(place)?,
            Display::start(place)?,
        ))
    };
    let (flows, driver, display) = match ready() {
        Ok(ready) => ready,
        Err(why) => return gate.missing("window", &why),
    };
    let mut tests = display.command(Path::new("node"));
    tests
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(flows)
        .current_dir(place.e2e())
        .env("TAURI_DRIVER", driver)
        .env("READDRESS_APP", place.built("debug", "readdress"))
        .env("READDRESS_CLI", place.built("debug", "readdress-cli"))
        .env(
            "READDRESS_DOVECOT",
            place.built("debug", "readdress-dovecot"),
        )
        .env("READDRESS_CANARY", place.built("debug", "readdress-canary"));
    gate.program(
        "window",
        Counted::By(Speaker::Node),
        10 * MINUTE,
        &mut tests,
    );
}

/// Named one by one: what node makes of a folder's name differs from version to version.
fn flows(place: &Place) -> Outcome<Vec<PathBuf>> {
    let folder = place.e2e().join("flows");
    let entries = fs::read_dir(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let mut flows: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(".test.js"))
        .collect();
    flows.sort();
    Ok(flows)
}

pub fn cargo(place: &Place, words: &[&str]) -> Command {
    let mut command = process::command("cargo", words);
    command.current_dir(&place.root);
    command
}

fn npm(place: &Place, script: &str) -> Command {
    page::npm(&place.ui(), &["run", "--silent", script])
}
