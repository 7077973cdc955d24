//! Files that are made for a package: of the changelog, of the dependencies, and of what the programs say of themselves.

use super::notices;
use super::stage::Stage;
use crate::notes::{self, Day, Section};
use crate::place::Place;
use crate::{Outcome, process};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the metainfo file waits for the releases.
const RELEASES: &str = "<releases/>";
const METAINFO: &str = "app.readdress.Readdress.metainfo.xml";

/// When the package counts as made, in seconds since 1970: the last commit's time, so that the same commit gives the
/// same package (<https://reproducible-builds.org/specs/source-date-epoch/>).
pub fn epoch(place: &Place) -> u64 {
    let told = std::env::var("SOURCE_DATE_EPOCH").ok();
    let commit = || {
        let mut git = process::command("git", &["log", "-1", "--format=%ct"]);
        process::answer_of(git.current_dir(&place.root))
    };
    told.or_else(commit)
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or_else(|| {
            std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |since| since.as_secs())
        })
}

/// Which package the files are for.
pub struct For<'a> {
    pub version: &'a str,
    pub epoch: u64,
    /// Name and address, as in tauri.conf.json.
    pub maintainer: &'a str,
}

/// Makes all of them for Linux, in a folder of the stage, and says where.
pub fn linux(place: &Place, stage: &Stage, package: &For<'_>) -> Outcome<PathBuf> {
    let folder = stage.folder().join("made");
    fs::create_dir_all(&folder).map_err(|why| told(&folder, &why))?;
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(|why| told(&path, &why))
    };
    for (name, words) in [
        ("readdress-cli.1", &["man"][..]),
        ("readdress-cli.bash", &["completions", "bash"]),
        ("_readdress-cli", &["completions", "zsh"]),
        ("readdress-cli.fish", &["completions", "fish"]),
    ] {
        write(name, &says(Command::new(&stage.cli).args(words))?)?;
    }
    let by_hand = place.root.join("src-tauri/packaging");
    let copied = folder.join("readdress.1");
    fs::copy(by_hand.join("readdress.1"), &copied).map_err(|why| told(&copied, &why))?;
    let sections = notes::of(place, package.version)?;
    let metainfo = by_hand.join(METAINFO);
    let text = fs::read_to_string(&metainfo).map_err(|why| told(&metainfo, &why))?;
    let releases = each(&sections, package, notes::appstream)?;
    write(METAINFO, with_releases(&text, &releases)?.as_bytes())?;
    let changelog = each(&sections, package, |section, day| {
        notes::debian(section, package.maintainer, day) + "\n"
    })?;
    write("changelog", changelog.trim_end().as_bytes())?;
    let changelog = each(&sections, package, |section, day| {
        notes::rpm(section, package.maintainer, day) + "\n"
    })?;
    write("changelog.rpm", changelog.as_bytes())?;
    write(
        "third-party.txt",
        notices::text(place, &stage.triple)?.as_bytes(),
    )?;
    for name in ["readdress.1", "readdress-cli.1", "changelog"] {
        // Without a name and a time inside, which would differ.
        process::quietly(process::command("gzip", &["-9nkf"]).arg(folder.join(name)))?;
    }
    // A megabyte of licences: half as big as by gzip, and what is compressed by gzip stays so inside the package.
    process::quietly(process::command("xz", &["-9kf"]).arg(folder.join("third-party.txt")))?;
    Ok(folder)
}

fn told(path: &Path, why: &std::io::Error) -> String {
    format!("{}: {why}", path.display())
}

fn says(command: &mut Command) -> Outcome<Vec<u8>> {
    let answer = command
        .output()
        .map_err(|why| format!("{} does not start: {why}", process::typed(command)))?;
    if answer.status.success() && !answer.stdout.is_empty() {
        Ok(answer.stdout)
    } else {
        Err(format!(
            "`{}` ended with {} and printed {} bytes.\n{}",
            process::typed(command),
            answer.status,
            answer.stdout.len(),
            String::from_utf8_lossy(&answer.stderr)
        ))
    }
}

/// Each section in one form; one without a date gets the package's.
fn each(
    sections: &[Section],
    package: &For<'_>,
    form: impl Fn(&Section, &Day<'_>) -> String,
) -> Outcome<String> {
    let mut text = String::new();
    for section in sections {
        let when = match &section.date {
            Some(date) => format!("{date} 12:00 UTC"),
            None => format!("@{}", package.epoch),
        };
        let iso = date(&when, "+%F")?;
        let mail = date(&when, "+%a, %d %b %Y %T +0000")?;
        let rpm = date(&when, "+%a %b %d %Y")?;
        let day = Day {
            iso: &iso,
            mail: &mail,
            rpm: &rpm,
        };
        text += &form(section, &day);
    }
    Ok(text)
}

fn date(when: &str, form: &str) -> Outcome<String> {
    let mut asked = process::command("date", &["--utc", "--date", when, form]);
    process::answer_of(asked.env("LC_ALL", "C")).ok_or_else(|| format!("`{when}` is no date."))
}

fn with_releases(metainfo: &str, releases: &str) -> Outcome<String> {
    if metainfo.matches(RELEASES).count() != 1 {
        return Err(format!("{METAINFO} must have {RELEASES} once."));
    }
    Ok(metainfo.replace(RELEASES, &format!("<releases>\n{releases}  </releases>")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_come_to_their_place() {
        let text = with_releases("<a>\n  <releases/>\n</a>\n", "    <release/>\n").unwrap();
        assert_eq!(
            text,
            "<a>\n  <releases>\n    <release/>\n  </releases>\n</a>\n"
        );
        assert!(with_releases("<a/>", "").is_err());
    }
}
