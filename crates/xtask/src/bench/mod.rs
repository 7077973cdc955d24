//! `cargo xtask bench`: start, memory, one call, mailed codes, sizes; printed as a table beside what each is compared with.
//!
//! Ratios within one run, because machines are noisy. Nothing is asserted: a test that measures time fails for
//! the neighbours' reasons.

mod call;
mod mail;
mod samples;
mod sizes;
mod table;
mod window;

use crate::packages::{self, Scope};
use crate::place::Place;
use crate::{Outcome, bundle, page, process};
use std::fs;
use std::path::{Path, PathBuf};
use table::Table;

pub fn bench(place: &Place) -> Outcome {
    if !packages::is_debian() {
        return Err("The bench reads /proc, draws on Xvfb and measures the .deb: it runs on Debian and its kin only.".to_owned());
    }
    packages::ensure(Scope::Tests)?;
    page::build(place)?;
    build(place)?;
    let folder = fresh_folder(&place.notes().join("bench"))?;
    let mut table = Table::default();
    let practice = call::Practice::start(place, &folder)?;
    call::measure(&practice, &mut table)?;
    window::measure(place, &practice, &folder, &mut table)?;
    mail::measure(place, &mut table)?;
    sizes::measure(place, &mut table)?;
    println!("\n{}", machine());
    print!("{table}");
    Ok(())
}

/// As `cargo xtask bundle` builds them, so that nothing is built twice.
fn build(place: &Place) -> Outcome {
    let mut words = vec!["build", "--release"];
    for package in ["readdress", "readdress-cli", mail::PACKAGE] {
        words.extend(["--package", package]);
    }
    words.extend(["--features", "readdress/custom-protocol"]);
    let mut build = process::command("cargo", &words);
    bundle::leave_paths_out(place, build.current_dir(&place.root));
    process::show_and_run(&mut build)
}

/// An empty folder; what an earlier run left there is removed.
fn fresh_folder(path: &Path) -> Outcome<PathBuf> {
    if path.exists() {
        fs::remove_dir_all(path).map_err(|why| format!("{}: {why}", path.display()))?;
    }
    fs::create_dir_all(path).map_err(|why| format!("{}: {why}", path.display()))?;
    Ok(path.to_path_buf())
}

/// What the numbers were measured on, and how busy it was: a loaded machine makes them worthless.
fn machine() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = load.split_whitespace().next().unwrap_or("?").to_owned();
    format!("{cores} cores, load {load}, {}", std::env::consts::ARCH)
}
