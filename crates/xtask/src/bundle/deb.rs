//! The .deb: as Tauri packs it, then mended where a Debian package should be better.
//!
//! Tauri's is compressed with gzip, names its needs by a fixed list, and differs at each run. So it is unpacked, and
//! packed again with xz, with the needs that the programs really have, and with the last commit's time.

use super::contents::{self, Family};
use super::made::{self, For};
use super::names::{self, Kind};
use super::stage::Stage;
use super::{Profile, settings, tauri, tree};
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
    let mut config = tauri::config(&stage, version);
    let version = match version {
        Some(version) => version.to_owned(),
        None => place.version()?,
    };
    let package = For {
        version: &version,
        epoch: made::epoch(place),
        maintainer: &settings::of(place)?.publisher,
    };
    let made = made::linux(place, &stage, &package)?;
    let files = contents::files(place, &made, Family::Debian);
    tauri::add_files(&mut config, &files);
    process::quietly(&mut tauri::bundle(place, &stage, profile, "deb", &config)?)?;
    let name = names::name(Kind::Deb, &version, std::env::consts::ARCH, true);
    let tree = tree_of(&stage);
    tree::remove(&tree)?;
    process::quietly(
        process::command("dpkg-deb", &["--raw-extract"])
            .arg(
                stage
                    .folder()
                    .join("bundle/deb")
                    .join(tauris_name(&version)),
            )
            .arg(&tree),
    )?;
    mend(&tree, &needs(&tree)?)?;
    tree::set_times(&tree, package.epoch)?;
    let packages = place.packages(profile.folder());
    fs::create_dir_all(&packages).map_err(|why| format!("{}: {why}", packages.display()))?;
    let finished = packages.join(&name);
    process::quietly(
        process::command("dpkg-deb", &["--root-owner-group", "--build"])
            .args(compression(profile))
            .arg(&tree)
            .arg(&finished)
            .env("SOURCE_DATE_EPOCH", package.epoch.to_string()),
    )?;
    Ok(finished)
}

/// What Tauri calls it: the version as it is.
fn tauris_name(version: &str) -> String {
    let arch = names::debian(std::env::consts::ARCH);
    format!("readdress_{version}_{arch}.deb")
}

/// Where the package's files lie unpacked; the .rpm takes what Tauri made from there.
pub fn tree_of(stage: &Stage) -> PathBuf {
    stage.folder().join("deb-tree")
}

/// A debug build is large and lives for minutes: nobody waits for its last kilobyte.
const fn compression(profile: Profile) -> [&'static str; 2] {
    match profile {
        Profile::Debug => ["-Zgzip", "-z1"],
        Profile::Release => ["-Zxz", "-z9"],
    }
}

/// What the two programs really need, by Debian's own tables of which library has which symbol since when.
fn needs(tree: &Path) -> Outcome<String> {
    let folder = tree.with_extension("needs");
    tree::remove(&folder)?;
    let control = folder.join("debian").join("control");
    let least = "Source: readdress\n\nPackage: readdress\nArchitecture: any\n";
    fs::create_dir_all(folder.join("debian"))
        .and_then(|()| fs::write(&control, least))
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

/// Beside the libraries: the authorities that the certificates of services and mail servers are checked with, and the drivers
/// without which WebKit's process ends before it draws anything (its own package only recommends them).
const ALSO_NEEDED: &str = "ca-certificates, libgl1-mesa-dri";
/// What keeps the data key (any program with the Secret Service), and what opens a page in the browser. A passphrase
/// or a key file does without the former.
const RECOMMENDED: &str = "gnome-keyring | libkf5wallet-bin | keepassxc, xdg-utils";

/// Rewrites what Tauri wrote about the package.
fn mend(tree: &Path, needs: &str) -> Outcome {
    let about = tree.join(tree::CONTROL);
    rewrite(&about.join("control"), |text| {
        mended(text, needs, tree::kilobytes(tree))
    })?;
    // As Tauri found them in the folder, which is another order on another disk.
    rewrite(&about.join("md5sums"), sorted_by_path)
}

fn rewrite(path: &Path, change: impl FnOnce(&str) -> String) -> Outcome {
    let text = fs::read_to_string(path).map_err(|why| format!("{}: {why}", path.display()))?;
    fs::write(path, change(&text)).map_err(|why| format!("{}: {why}", path.display()))
}

/// The control file with our own lines for what is needed, what is recommended, and the size.
fn mended(control: &str, needs: &str, kilobytes: u64) -> String {
    let ours = format!(
        "Installed-Size: {kilobytes}\nDepends: {needs}, {ALSO_NEEDED}\nRecommends: {RECOMMENDED}\n"
    );
    let mut text = String::new();
    for line in control.lines() {
        match line.split_once(": ") {
            Some(("Installed-Size" | "Depends" | "Recommends", _)) => continue,
            Some(("Version", version)) => {
                text += &format!("Version: {}\n", names::sortable(version));
                continue;
            }
            // The last field.
            Some(("Description", _)) => text += &ours,
            _ => {}
        }
        text += line;
        text.push('\n');
    }
    text
}

/// The lines of `md5sums`, by the path in them.
fn sorted_by_path(sums: &str) -> String {
    let mut lines: Vec<&str> = sums.lines().collect();
    lines.sort_by_key(|line| line.split_once("  ").map(|(_, path)| path));
    lines
        .into_iter()
        .fold(String::new(), |text, line| text + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_and_size_are_ours_and_the_rest_stays() {
        let control = "Package: readdress\nVersion: 0.2.0-rc.1\nInstalled-Size: 1\nDepends: a\nDescription: it\n Depends: is a word here\n";
        assert_eq!(
            mended(control, "b (>= 2)", 77),
            "Package: readdress\nVersion: 0.2.0~rc.1\nInstalled-Size: 77\nDepends: b (>= 2), ca-certificates, libgl1-mesa-dri\n\
             Recommends: gnome-keyring | libkf5wallet-bin | keepassxc, xdg-utils\n\
             Description: it\n Depends: is a word here\n"
        );
    }

    #[test]
    fn sums_are_in_the_order_of_their_paths() {
        assert_eq!(
            sorted_by_path("aa  usr/share/b\nff  usr/bin/a\n"),
            "ff  usr/bin/a\naa  usr/share/b\n"
        );
    }
}
