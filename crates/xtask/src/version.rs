//! `cargo xtask version`: one number in every file that tells it, and what a tag needs beside it.
//!
//! Not here: the words of a release. A person writes them into `CHANGELOG.md`, and `bundle` makes of them what each
//! package tells (Debian's and rpm's changelogs, the releases of the metainfo).

use crate::place::Place;
use crate::run::cargo;
use crate::{Outcome, page, process};
use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

const CHANGELOG: &str = "CHANGELOG.md";
const TAURI: &str = "tauri.conf.json";
const PACKAGES: &[&str] = &["ui", "e2e"];
/// The page that is written by hand; the command line's is made by the program.
const MANUAL: &str = "src-tauri/packaging/readdress.1";

/// Nothing: says whether all agree. `--tag vX.Y.Z`: and whether this is ready to be that release. `X.Y.Z`: writes it.
pub fn version(place: &Place, words: &[String]) -> Outcome {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [] => print(&agree(&place.root)?),
        ["--tag", tag] => print(&ready(&place.root, tag)?),
        [next] if is_version(next) => return write(place, next),
        _ => {
            return Err(
                "`cargo xtask version`, `version X.Y.Z`, or `version --tag vX.Y.Z`.".to_owned(),
            );
        }
    }
    Ok(())
}

fn print(version: &str) {
    println!("{version}");
}

/// The version, if every file tells the same.
fn agree(root: &Path) -> Outcome<String> {
    let version = of_workspace(&read(root, "Cargo.toml")?)?;
    let mut other = Vec::new();
    let mut see = |file: String, told: Option<String>| {
        if told.as_deref() != Some(version.as_str()) {
            other.push(format!(
                "{file}: {}",
                told.as_deref().unwrap_or("tells no version")
            ));
        }
    };
    for folder in PACKAGES {
        for file in ["package.json", "package-lock.json"] {
            let name = format!("{folder}/{file}");
            let told = of_package(&read(root, &name)?);
            see(name, told);
        }
    }
    for lock in ["Cargo.lock", "fuzz/Cargo.lock"] {
        let told = between(
            &read(root, lock)?,
            "name = \"readdress-core\"\nversion = \"",
            "\"",
        );
        see(lock.to_owned(), told);
    }
    see(
        MANUAL.to_owned(),
        between(&read(root, MANUAL)?, "\"Readdress ", "\""),
    );
    let tauri = read(root, TAURI)?;
    // Without a version of its own it takes Cargo.toml's.
    if tauri.contains("\"version\":") {
        see(TAURI.to_owned(), of_package(&tauri));
    }
    let newest = between(&read(root, CHANGELOG)?, "## [", "]");
    if newest.as_deref() != Some("Unreleased") {
        see(CHANGELOG.to_owned(), newest);
    }
    if other.is_empty() {
        Ok(version)
    } else {
        Err(format!(
            "Cargo.toml says {version}, but\n{}",
            other.join("\n")
        ))
    }
}

/// What a tag stands for is written down: the same version everywhere, and a dated section that says what is new.
fn ready(root: &Path, tag: &str) -> Outcome<String> {
    let version = agree(root)?;
    if tag.strip_prefix('v') != Some(version.as_str()) {
        return Err(format!(
            "The tag is {tag}, the version {version}: it would have to be v{version}."
        ));
    }
    let changelog = read(root, CHANGELOG)?;
    let section = changelog
        .split("\n## ")
        .find_map(|section| section.strip_prefix(&format!("[{version}] - ")));
    let Some((date, words)) = section.and_then(|section| section.split_once('\n')) else {
        return Err(format!(
            "{CHANGELOG} has no `## [{version}] - YYYY-MM-DD`: `cargo xtask version {version}` writes it."
        ));
    };
    if date.len() != 10 || !date.chars().all(|c| c.is_ascii_digit() || c == '-') {
        return Err(format!("{CHANGELOG}: `{date}` is no date like 2026-11-20"));
    }
    if !words.lines().any(|line| line.starts_with("- ")) {
        return Err(format!(
            "{CHANGELOG}: the section of {version} says nothing"
        ));
    }
    let mut before_headings = words.lines().take_while(|line| !line.starts_with("### "));
    if let Some(line) = before_headings.find(|line| !line.trim().is_empty()) {
        return Err(format!(
            "{CHANGELOG}: `{line}` stands before the first `### ` of {version}: the release's page and the packages would leave it out"
        ));
    }
    Ok(version)
}

fn write(place: &Place, next: &str) -> Outcome {
    let root = &place.root;
    let before = of_workspace(&read(root, "Cargo.toml")?)?;
    change(root, "Cargo.toml", |text| {
        text.replacen(
            &format!("\nversion = \"{before}\""),
            &format!("\nversion = \"{next}\""),
            1,
        )
    })?;
    for folder in PACKAGES {
        let words = [
            "version",
            next,
            "--no-git-tag-version",
            "--allow-same-version",
        ];
        process::show_and_run(&mut page::npm(&root.join(folder), &words))?;
    }
    change(root, CHANGELOG, |text| dated(text, next, &today()))?;
    change(root, MANUAL, |text| titled(text, next, &today()))?;
    cargo(place, &["update", "--workspace", "--offline"])?;
    cargo(
        place,
        &[
            "update",
            "--offline",
            "--manifest-path",
            "fuzz/Cargo.toml",
            "readdress-core",
        ],
    )?;
    println!(
        "Now read the section of {next} in {CHANGELOG} as a user would, and then: cargo xtask version --tag v{next}"
    );
    Ok(())
}

/// *Unreleased* becomes the section of this version, with an empty one above it.
fn dated(changelog: &str, version: &str, date: &str) -> String {
    let heading = format!("## [{version}] - {date}");
    if changelog.contains(&format!("## [{version}]")) {
        return changelog.to_owned();
    }
    changelog
        .replacen(
            "## [Unreleased]\n",
            &format!("## [Unreleased]\n\n{heading}\n"),
            1,
        )
        .replacen(
            "\n[Unreleased]: ",
            &format!("\n[{version}]: {}{version}\n[Unreleased]: ", RELEASES),
            1,
        )
}

/// The manual's title with another version and date.
fn titled(manual: &str, version: &str, date: &str) -> String {
    let line = |old: &str| {
        if old.starts_with(".TH ") {
            format!(".TH READDRESS 1 {date} \"Readdress {version}\" \"User Commands\"\n")
        } else {
            format!("{old}\n")
        }
    };
    manual.lines().map(line).collect()
}

const RELEASES: &str = "https://github.com/readdress/readdress/releases/tag/v";

fn of_workspace(manifest: &str) -> Outcome<String> {
    between(manifest, "[workspace.package]\nversion = \"", "\"")
        .ok_or_else(|| "Cargo.toml: no version below [workspace.package]".to_owned())
}

fn of_package(json: &str) -> Option<String> {
    let package: serde_json::Value = serde_json::from_str(json).ok()?;
    let told = package["version"].as_str()?;
    // A lock file tells it twice.
    let again = &package["packages"][""]["version"];
    (again.is_null() || again == told).then(|| told.to_owned())
}

fn is_version(word: &str) -> bool {
    let numbers: Vec<_> = word.split('.').collect();
    numbers.len() == 3
        && numbers.iter().all(|part| {
            part.parse::<u32>()
                .is_ok_and(|number| number.to_string() == *part)
        })
}

fn between(text: &str, start: &str, end: &str) -> Option<String> {
    Some(text.split_once(start)?.1.split_once(end)?.0.to_owned())
}

fn read(root: &Path, name: &str) -> Outcome<String> {
    fs::read_to_string(root.join(name)).map_err(|why| format!("{name}: {why}"))
}

fn change(root: &Path, name: &str, how: impl FnOnce(&str) -> String) -> Outcome {
    let text = how(&read(root, name)?);
    fs::write(root.join(name), text).map_err(|why| format!("{name}: {why}"))
}

fn today() -> String {
    let days = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs() / 86_400);
    date_of(days)
}

/// Days since 1970-01-01, in UTC, as a date (Howard Hinnant's `civil_from_days`, from year 0 on).
fn date_of(days: u64) -> String {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_project_tells_one_version() {
        let place = Place::find().unwrap();
        assert!(is_version(&agree(&place.root).unwrap()));
    }

    /// A project of the files that tell it.
    fn project(version: &str, changelog: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text.replace("V", version)).unwrap();
        };
        put("Cargo.toml", "[workspace.package]\nversion = \"V\"\n");
        for lock in ["Cargo.lock", "fuzz/Cargo.lock"] {
            put(lock, "name = \"readdress-core\"\nversion = \"V\"\n");
        }
        for package in PACKAGES {
            put(&format!("{package}/package.json"), "{\"version\": \"V\"}");
            put(
                &format!("{package}/package-lock.json"),
                "{\"version\": \"V\", \"packages\": {\"\": {\"version\": \"V\"}}}",
            );
        }
        put(TAURI, "{\"version\": \"V\"}");
        put(MANUAL, "\"Readdress V\"");
        fs::write(folder.path().join(CHANGELOG), changelog).unwrap();
        folder
    }

    #[test]
    fn a_tag_needs_the_version_and_a_dated_section_with_words() {
        let good = "# Changelog\n\n## [1.2.3] - 2026-11-20\n\n### Added\n\n- New.\n";
        let of = |changelog: &str, tag: &str| ready(project("1.2.3", changelog).path(), tag);
        assert_eq!(of(good, "v1.2.3"), Ok("1.2.3".to_owned()));
        assert!(of(good, "v1.2.4").is_err() && of(good, "1.2.3").is_err());
        assert!(of(&good.replace(" - 2026-11-20", ""), "v1.2.3").is_err());
        assert!(of(&good.replace("2026-11-20", "today"), "v1.2.3").is_err());
        assert!(of(&good.replace("- New.", ""), "v1.2.3").is_err());
        assert!(of(&good.replace("### Added", "Much is new."), "v1.2.3").is_err());
    }

    #[test]
    fn each_file_that_tells_another_version_is_named() {
        let files = [
            "Cargo.toml",
            "Cargo.lock",
            "fuzz/Cargo.lock",
            "ui/package.json",
            "ui/package-lock.json",
            "e2e/package.json",
            TAURI,
            MANUAL,
        ];
        for name in files {
            let folder = project("1.2.3", "## [Unreleased]\n");
            change(folder.path(), name, |text| {
                text.replacen("1.2.3", "1.2.2", 1)
            })
            .unwrap();
            let why = agree(folder.path()).unwrap_err();
            assert!(why.contains(name), "{name}: {why}");
        }
    }

    #[test]
    fn unreleased_becomes_the_section_of_the_version() {
        let before = "## [Unreleased]\n\n- New.\n\n[Unreleased]: https://x\n";
        let after = dated(before, "1.2.3", "2026-11-20");
        assert!(
            after.starts_with("## [Unreleased]\n\n## [1.2.3] - 2026-11-20\n\n- New.\n"),
            "{after}"
        );
        assert!(after.contains(
            "\n[1.2.3]: https://github.com/readdress/readdress/releases/tag/v1.2.3\n[Unreleased]: "
        ));
        assert_eq!(dated(&after, "1.2.3", "2026-11-21"), after);
    }

    #[test]
    fn the_manual_tells_version_and_date() {
        let page = include_str!("../../../src-tauri/packaging/readdress.1");
        let next = titled(page, "1.2.3", "2027-01-02");
        let told: Vec<&str> = next
            .lines()
            .zip(page.lines())
            .filter(|(now, was)| now != was)
            .map(|(now, _)| now)
            .collect();
        assert_eq!(
            told,
            [".TH READDRESS 1 2027-01-02 \"Readdress 1.2.3\" \"User Commands\""]
        );
        assert_eq!(next.lines().count(), page.lines().count());
    }

    #[test]
    fn days_are_dates_and_versions_have_three_numbers() {
        assert_eq!(date_of(0), "1970-01-01");
        assert_eq!(date_of(20_777), "2026-11-20");
        assert_eq!(date_of(19_782), "2024-02-29");
        assert!(
            is_version("1.20.3")
                && !is_version("1.2")
                && !is_version("01.2.3")
                && !is_version("1.2.x")
        );
    }
}
