//! `cargo xtask shots [FOLDER]`: pictures of the real window on a screen of our own, into e2e/shots or FOLDER.

use crate::display::Display;
use crate::packages::{self, Scope};
use crate::place::Place;
use crate::run::cargo;
use crate::{Outcome, page, process, tools};
use std::path::Path;

pub fn shoot(place: &Place, folder: Option<&String>) -> Outcome {
    packages::ensure(Scope::Tests)?;
    page::build(place)?;
    page::install_packages(&place.e2e())?;
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
    let driver = tools::tauri_driver(place)?;
    let folder = std::path::absolute(folder.map_or_else(|| place.e2e().join("shots"), Into::into))
        .map_err(|why| why.to_string())?;
    let display = Display::start(place)?;
    process::show_and_run(
        display
            .command(Path::new("node"))
            .arg("shots.mjs")
            .arg(folder)
            .current_dir(place.e2e())
            .env("TAURI_DRIVER", driver)
            .env("READDRESS_APP", place.built("debug", "readdress")),
    )
}
