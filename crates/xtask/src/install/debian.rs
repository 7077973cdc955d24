//! What dpkg and apt know of our package, and asking them for it.

use crate::{Outcome, packages, process};
use std::fs;
use std::path::{Path, PathBuf};

const NAME: &str = "readdress";
/// Where the package puts its programs.
pub const APP: &str = "/usr/bin/readdress";
pub const CLI: &str = "/usr/bin/readdress-cli";

/// The installed version; one that was interrupted half-way counts too.
pub fn installed() -> Option<String> {
    let format = "${db:Status-Status} ${Version}";
    let asked = ["--show", "--showformat", format, NAME];
    version_in(&process::answer_of(&mut process::command(
        "dpkg-query",
        &asked,
    ))?)
}

/// Out of a status and a version, as dpkg-query(1) writes them.
fn version_in(told: &str) -> Option<String> {
    match told.split_once(' ') {
        None | Some(("not-installed" | "config-files", _)) => None,
        Some((_, version)) => Some(version.to_owned()),
    }
}

/// The sums of the installed package's files, which tell one build from another.
pub fn installed_sums() -> Option<String> {
    let path = Path::new("/var/lib/dpkg/info").join(format!("{NAME}.md5sums"));
    fs::read_to_string(path)
        .ok()
        .map(|text| text.trim().to_owned())
}

/// The same of a package's file.
pub fn sums_of(package: &Path) -> Outcome<String> {
    process::answer_of(
        process::command("dpkg-deb", &["--info"])
            .arg(package)
            .arg("md5sums"),
    )
    .ok_or_else(|| format!("{} is no Debian package.", package.display()))
}

pub fn install(package: &Path) -> Outcome {
    let words = ["install", "-y", "--no-remove", "--no-install-recommends"];
    process::show_and_run(packages::apt(&words).arg(package))
}

pub fn purge() -> Outcome {
    process::show_and_run(&mut packages::apt(&["purge", "-y", NAME]))
}

/// The same package under another version's number, in `folder`.
pub fn with_version(package: &Path, version: &str, folder: &Path) -> Outcome<PathBuf> {
    let tree = folder.join("tree");
    if tree.exists() {
        fs::remove_dir_all(&tree).map_err(|why| format!("{}: {why}", tree.display()))?;
    }
    process::quietly(
        process::command("dpkg-deb", &["--raw-extract"])
            .arg(package)
            .arg(&tree),
    )?;
    let control = tree.join("DEBIAN/control");
    let told = |why: std::io::Error| format!("{}: {why}", control.display());
    let text = fs::read_to_string(&control).map_err(told)?;
    fs::write(&control, renumbered(&text, version)).map_err(told)?;
    let other = folder.join(format!("{NAME}-{version}.deb"));
    process::quietly(
        process::command(
            "dpkg-deb",
            &["--root-owner-group", "-Zgzip", "-z1", "--build"],
        )
        .arg(&tree)
        .arg(&other),
    )?;
    let _ = fs::remove_dir_all(&tree);
    Ok(other)
}

fn renumbered(control: &str, version: &str) -> String {
    let line = |old: &str| {
        if old.starts_with("Version: ") {
            format!("Version: {version}\n")
        } else {
            format!("{old}\n")
        }
    };
    control.lines().map(line).collect()
}

/// # Errors
/// `older` is not older: nothing would be upgraded.
pub fn check_order(older: &Path, newer: &Path) -> Outcome {
    let version = |package: &Path| {
        process::answer_of(
            process::command("dpkg-deb", &["--field"])
                .arg(package)
                .arg("Version"),
        )
        .ok_or_else(|| format!("{} is no Debian package.", package.display()))
    };
    let (before, after) = (version(older)?, version(newer)?);
    let asked = ["--compare-versions", &before, "lt", &after];
    if process::answer_of(&mut process::command("dpkg", &asked)).is_some() {
        Ok(())
    } else {
        Err(format!(
            "{} has version {before}, which is not older than {after} of {}.",
            older.display(),
            newer.display()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_installed_is_installed() {
        assert_eq!(version_in("installed 0.1.0"), Some("0.1.0".to_owned()));
        assert_eq!(
            version_in("half-configured 0.1.0"),
            Some("0.1.0".to_owned())
        );
        assert_eq!(version_in("config-files 0.1.0"), None);
        assert_eq!(version_in(""), None);
    }

    #[test]
    fn only_the_number_changes() {
        let control = "Package: readdress\nVersion: 0.1.0\nDescription: it\n Version: no\n";
        assert_eq!(
            renumbered(control, "0.0.9"),
            "Package: readdress\nVersion: 0.0.9\nDescription: it\n Version: no\n"
        );
    }
}
