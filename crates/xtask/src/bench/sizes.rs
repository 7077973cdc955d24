//! How much is shipped.

use super::table::{Table, Unit};
use crate::place::Place;
use crate::{Outcome, bundle, process};
use std::fs;
use std::path::Path;
use std::process::Command;

/// How the files of the languages begin that an English window never reads.
const OTHER_LANGUAGES: &[&str] = &["es-", "pt-BR-"];

pub fn measure(place: &Place, table: &mut Table) -> Outcome {
    for name in ["readdress", "readdress-cli"] {
        let path = place.built("release", name);
        let bytes = fs::metadata(&path)
            .map_err(|why| format!("{}: {why}", path.display()))?
            .len();
        table.limit(
            &format!("{name}, release"),
            Unit::Megabytes,
            bytes as f64 / 1e6,
            "",
            15.0,
        );
    }
    packages(&bundle::sizes(place)?, table);
    let dist = place.ui().join("dist");
    let one = gzipped(&dist, &|name| {
        !OTHER_LANGUAGES.iter().any(|start| name.starts_with(start))
    })?;
    table.limit(
        "page, gzip, one language",
        Unit::Kilobytes,
        one as f64 / 1e3,
        "",
        80.0,
    );
    table.plain(
        "  with all languages",
        Unit::Kilobytes,
        gzipped(&dist, &|_| true)? as f64 / 1e3,
    );
    Ok(())
}

fn packages(sizes: &bundle::Sizes, table: &mut Table) {
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    table.limit(".deb", Unit::Megabytes, megabytes(sizes.deb), "", 8.0);
    table.plain("  installed", Unit::Megabytes, megabytes(sizes.installed));
    if let Some(rpm) = sizes.rpm {
        table.plain(".rpm", Unit::Megabytes, megabytes(rpm));
    }
    if let Some(appimage) = sizes.appimage {
        table.limit("AppImage", Unit::Megabytes, megabytes(appimage), "", 90.0);
    }
}

/// Bytes of every file under `folder` that is wanted, each compressed by itself as a server would.
fn gzipped(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Outcome<u64> {
    let mut sum = 0;
    let entries = fs::read_dir(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            sum += gzipped(&path, wanted)?;
            continue;
        }
        if !wanted(&entry.file_name().to_string_lossy()) {
            continue;
        }
        let mut gzip: Command = process::command("gzip", &["-9", "-n", "-c"]);
        let answer = gzip
            .arg(&path)
            .output()
            .map_err(|why| format!("gzip does not start: {why}"))?;
        if !answer.status.success() {
            return Err(format!("gzip cannot read {}", path.display()));
        }
        sum += answer.stdout.len() as u64;
    }
    Ok(sum)
}
