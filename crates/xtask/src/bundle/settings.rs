//! What tauri.conf.json says about the app that packages need and Tauri does not put there for us.

use crate::Outcome;
use crate::place::Place;
use serde_json::Value;
use std::fs;

pub struct Settings {
    /// Name and address of who makes the packages.
    pub publisher: String,
    pub homepage: String,
    pub licence: String,
    /// One line.
    pub summary: String,
    pub description: String,
}

/// # Errors
/// The file is not readable, or lacks one of these.
pub fn of(place: &Place) -> Outcome<Settings> {
    let path = place.root.join("tauri.conf.json");
    let text = fs::read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()))?;
    let all: Value =
        serde_json::from_str(&text).map_err(|why| format!("{}: {why}", path.display()))?;
    let told = |key: &str| {
        all["bundle"][key]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| format!("{} has no bundle.{key}.", path.display()))
    };
    Ok(Settings {
        publisher: told("publisher")?,
        homepage: told("homepage")?,
        licence: told("license")?,
        summary: told("shortDescription")?,
        description: told("longDescription")?,
    })
}
