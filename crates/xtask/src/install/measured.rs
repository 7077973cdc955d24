//! The release package for the bench: installed where that can be done without asking anybody, else unpacked.

use super::{debian, guard::Guard};
use crate::place::Place;
use crate::{Outcome, packages, process};
use std::fs;
use std::path::{Path, PathBuf};

/// The packaged app, ready to be started. Dropping it removes what was installed.
pub struct Measured {
    pub app: PathBuf,
    /// `installed` or `unpacked`.
    pub how: &'static str,
    _guard: Option<Guard>,
}

impl Measured {
    /// `folder`: where it is unpacked, if it must be.
    pub fn get(place: &Place, package: &Path, folder: &Path) -> Outcome<Self> {
        match install(place, package) {
            Ok(guard) => Ok(Self {
                app: PathBuf::from(debian::APP),
                how: "installed",
                _guard: Some(guard),
            }),
            Err(why) => {
                println!("{why}\nThe package is unpacked and measured there.");
                unpack(package, folder)
            }
        }
    }
}

fn install(place: &Place, package: &Path) -> Outcome<Guard> {
    if !packages::is_debian() {
        return Err("This is no Debian.".to_owned());
    }
    // Nobody sits beside a bench to type a password.
    let free = || process::command("sudo", &["--non-interactive", "true"]);
    if !packages::is_root() && process::answer_of(&mut free()).is_none() {
        return Err("Installing needs root.".to_owned());
    }
    let notes = place.notes().join("install");
    fs::create_dir_all(&notes).map_err(|why| format!("{}: {why}", notes.display()))?;
    let guard = Guard::begin(&notes, &[package])?;
    debian::install(package)?;
    Ok(guard)
}

fn unpack(package: &Path, folder: &Path) -> Outcome<Measured> {
    process::show_and_run(
        process::command("dpkg-deb", &["--extract"])
            .arg(package)
            .arg(folder),
    )?;
    let inside = Path::new(debian::APP).strip_prefix("/");
    Ok(Measured {
        app: folder.join(inside.unwrap_or(Path::new(debian::APP))),
        how: "unpacked",
        _guard: None,
    })
}
