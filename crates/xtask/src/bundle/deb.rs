//! The .deb: as Tauri packs it, then mended where a Debian package should be better.
//!
//! Tauri's is compressed with gzip, names its needs by a fixed list, and differs at each run. So it is unpacked, and
//! packed again with xz, with the needs that the programs really have, and with the last commit's time.

use super::contents::{self, Family};
use super::names::{self, Kind};
use super::stage::Stage;
use super::{Profile, made, tauri};
use crate::place::Place;
use crate::{Outcome, page, process};
use std::fs;
use std::path::{Path, PathBuf};

/// Makes the .deb of programs that are built already, and says where it is.
///
/// `version`: another one than the project's, for trying upgrades.
///
/// # Errors
/// The programs were not built, a tool is missing, or a tool fails.
pub fn deb(place: &Place, profile: Profile, version: Option<&str>) -> Outcome<PathBuf> {
    page::install_packages(&place.ui())?;
    let stage = Stage::fill(place, profile)?;
    let made_at = made::epoch(place);
    let mut config = tauri::config(&stage, version);
    tauri::add_files(
        &mut config,
        &contents::files(place, &stage.folder().join("made"), Family::Debian),
    );
    let version = match version {
        Some(version) => version.to_owned(),
        None => place.version()?,
    };
    let folder = stage.folder().join("bundle").join("deb");
    process::quietly(&mut tauri::bundle(place, &stage, profile, "deb", &config)?)?;
    let name = names::name(Kind::Deb, &version, std::env::consts::ARCH, true);
    let tree = stage.folder().join("deb-tree");
    fresh(&tree)?;
    process::quietly(
        process::command("dpkg-deb", &["--raw-extract"])
            .arg(folder.join(&name))
            .arg(&tree),
    )?;
    mend(&tree, &needs(&tree)?)?;
    set_times(&tree, made_at)?;
    let packages = place.packages(profile.folder());
    fs::create_dir_all(&packages).map_err(|why| format!("{}: {why}", packages.display()))?;
    let package = packages.join(&name);
    process::quietly(
        process::command("dpkg-deb", &["--root-owner-group", "--build"])
            .args(compression(profile))
            .arg(&tree)
            .arg(&package)
            .env("SOURCE_DATE_EPOCH", made_at.to_string()),
    )?;
    Ok(package)
}

/// A debug build is large and lives for minutes: nobody waits for its last kilobyte.
const fn compression(profile: Profile) -> [&'static str; 2] {
    match profile {
        Profile::Debug => ["-Zgzip", "-z1"],
        Profile::Release => ["-Zxz", "-z9"],
    }
}

/// The folder without what an earlier run left in it; it does not exist afterwards.
fn fresh(folder: &Path) -> Outcome {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    }
    Ok(())
}

/// What the two programs really need, by Debian's own tables of which library has which symbol since when.
fn needs(tree: &Path) -> Outcome<String> {
    let folder = tree.with_extension("needs");
    fresh(&folder)?;
    let control = folder.join("debian").join("control");
    fs::create_dir_all(folder.join("debian"))
        .and_then(|()| {
            fs::write(
                &control,
                "Source: readdress\n\nPackage: readdress\nArchitecture: any\n",
            )
        })
        .map_err(|why| format!("{}: {why}", control.display()))?;
    let mut asked = process::command("dpkg-shlibdeps", &["-O", "--warnings=0"]);
    asked.current_dir(&folder);
    for program in ["readdress", "readdress-cli"] {
        asked.arg("-e").arg(tree.join("usr/bin").join(program));
    }
    process::answer_of(&mut asked)
        .as_deref()
        .and_then(|said| said.strip_prefix("shlibs:Depends="))
        .map(str::to_owned)
        .ok_or_else(|| format!("`{}` did not answer.", process::typed(&asked)))
}

/// Beside the libraries: the authorities that the mail servers' and services' certificates are checked with.
const ALSO_NEEDED: &str = "ca-certificates";

/// Rewrites what Tauri wrote about the package.
fn mend(tree: &Path, needs: &str) -> Outcome {
    let about = tree.join("DEBIAN");
    rewrite(&about.join("control"), |text| {
        let depends = format!("Depends: {needs}, {ALSO_NEEDED}");
        let text = with_line(text, "Depends", &depends);
        let size = format!("Installed-Size: {}", installed_kilobytes(tree));
        with_line(&text, "Installed-Size", &size)
    })?;
    // As Tauri found them in the folder, which is another order on another disk.
    rewrite(&about.join("md5sums"), sorted_by_path)
}

fn rewrite(path: &Path, change: impl FnOnce(&str) -> String) -> Outcome {
    let text = fs::read_to_string(path).map_err(|why| format!("{}: {why}", path.display()))?;
    fs::write(path, change(&text)).map_err(|why| format!("{}: {why}", path.display()))
}

/// The control file with one field's line in place of what it was, or at the end of the fields before the description.
fn with_line(control: &str, field: &str, line: &str) -> String {
    let start = format!("{field}: ");
    control
        .lines()
        .map(|old| if old.starts_with(&start) { line } else { old })
        .fold(String::new(), |text, line| text + line + "\n")
}

/// The lines of `md5sums`, by the path in them.
fn sorted_by_path(sums: &str) -> String {
    let mut lines: Vec<&str> = sums.lines().collect();
    lines.sort_by_key(|line| line.split_once("  ").map(|(_, path)| path));
    lines
        .into_iter()
        .fold(String::new(), |text, line| text + line + "\n")
}

/// As Debian counts it: each file in whole kilobytes, one for each folder
/// (<https://www.debian.org/doc/debian-policy/ch-controlfields.html#installed-size>).
fn installed_kilobytes(tree: &Path) -> u64 {
    fs::read_dir(tree)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name() != "DEBIAN")
        .map(|entry| match entry.metadata() {
            Ok(about) if about.is_dir() => 1 + installed_kilobytes(&entry.path()),
            Ok(about) => about.len().div_ceil(1024),
            Err(_) => 0,
        })
        .sum()
}

/// Every file and folder, to the same time.
fn set_times(folder: &Path, epoch: u64) -> Outcome {
    let then = std::time::UNIX_EPOCH + std::time::Duration::from_secs(epoch);
    let tell = |path: &Path, why: std::io::Error| format!("{}: {why}", path.display());
    for entry in fs::read_dir(folder)
        .map_err(|why| tell(folder, why))?
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            set_times(&path, epoch)?;
        } else {
            fs::File::open(&path)
                .and_then(|file| file.set_modified(then))
                .map_err(|why| tell(&path, why))?;
        }
    }
    fs::File::open(folder)
        .and_then(|file| file.set_modified(then))
        .map_err(|why| tell(folder, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_replaced_and_nothing_else() {
        let control = "Package: readdress\nDepends: a\nDescription: it\n Depends: is a word here\n";
        assert_eq!(
            with_line(control, "Depends", "Depends: b (>= 2)"),
            "Package: readdress\nDepends: b (>= 2)\nDescription: it\n Depends: is a word here\n"
        );
    }

    #[test]
    fn sums_are_in_the_order_of_their_paths() {
        assert_eq!(
            sorted_by_path("aa  usr/share/b\nff  usr/bin/a\n"),
            "ff  usr/bin/a\naa  usr/share/b\n"
        );
    }

    #[test]
    fn sizes_are_counted_as_debian_does() {
        let tree = tempfile::tempdir().unwrap();
        fs::create_dir_all(tree.path().join("usr/bin")).unwrap();
        fs::create_dir(tree.path().join("DEBIAN")).unwrap();
        fs::write(tree.path().join("DEBIAN/control"), vec![0; 9000]).unwrap();
        fs::write(tree.path().join("usr/bin/a"), vec![0; 1025]).unwrap();
        assert_eq!(installed_kilobytes(tree.path()), 1 + 1 + 2);
    }
}
