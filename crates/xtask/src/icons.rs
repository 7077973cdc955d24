//! `cargo xtask icons`: the icon files that the packages take, from one drawing.

use crate::bundle::tauri;
use crate::place::Place;
use crate::{Outcome, page, process};
use std::fs;

/// tauri.conf.json names the first five; `icon.png` is for desktops that scale themselves.
const KEPT: &[&str] = &[
    "32x32.png",
    "128x128.png",
    "128x128@2x.png",
    "icon.ico",
    "icon.icns",
    "icon.png",
];

pub fn draw(place: &Place) -> Outcome {
    page::install_packages(&place.ui())?;
    let icons = place.root.join("icons");
    let all = place.notes().join("icons");
    process::show_and_run(
        tauri(place)?
            .arg("icon")
            .arg(icons.join("readdress.svg"))
            .arg("--output")
            .arg(&all),
    )?;
    for name in KEPT {
        fs::copy(all.join(name), icons.join(name)).map_err(|why| format!("{name}: {why}"))?;
    }
    Ok(())
}
