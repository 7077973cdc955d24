//! `cargo xtask bundle`: this system's packages, with both programs inside.

use crate::packages::{self, Scope};
use crate::place::Place;
use crate::run::cargo;
use crate::{Outcome, page, process};
use std::fs;

pub fn bundle(place: &Place) -> Outcome {
    if !cfg!(target_os = "linux") {
        return Err("Packages are made on Linux so far (.deb and .rpm).".to_owned());
    }
    packages::ensure(Scope::App)?;
    page::install_packages(&place.ui())?;
    cargo(place, &["build", "--release", "--package", "readdress-cli"])?;
    // tauri builds the page and the app itself. The CLI's place depends on the target folder, so it is told here.
    let cli = place.built("release", "readdress-cli");
    let files = serde_json::json!({ "/usr/bin/readdress-cli": cli });
    let more = serde_json::json!({ "bundle": { "linux": { "deb": { "files": files }, "rpm": { "files": files } } } });
    process::show_and_run(
        tauri(place)?
            .args(["build", "--bundles", "deb,rpm", "--config"])
            .arg(more.to_string()),
    )?;
    for kind in ["deb", "rpm"] {
        for entry in fs::read_dir(place.release_bundles().join(kind))
            .into_iter()
            .flatten()
            .flatten()
        {
            let path = entry.path();
            if path.extension().is_some_and(|end| end == kind) {
                let bytes = entry.metadata().map_or(0, |about| about.len());
                println!("{:>6.2} MB  {}", bytes as f64 / 1e6, path.display());
            }
        }
    }
    Ok(())
}

/// The Tauri CLI from the page's packages, called in the root, where tauri.conf.json lies.
pub fn tauri(place: &Place) -> Outcome<std::process::Command> {
    let program = place.ui().join("node_modules").join(".bin").join("tauri");
    if !program.exists() {
        return Err(format!(
            "{} is missing: @tauri-apps/cli belongs to ui/package.json's devDependencies.",
            program.display()
        ));
    }
    let mut command = std::process::Command::new(program);
    command.current_dir(&place.root);
    Ok(command)
}
