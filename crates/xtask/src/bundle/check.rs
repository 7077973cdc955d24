//! What the gate looks at in the packages of its own debug build: what they hold, with which rights, and what the
//! tools of Debian and the desktops say about it.
//!
//! Not here: installing one and using it (`install`).

use super::contents::{self, Family};
use super::stage::Stage;
use super::{Profile, deb, rpm};
use crate::place::Place;
use crate::{Outcome, process};
use std::path::Path;
use std::process::Command;

const PROFILE: Profile = Profile::Debug;

/// Makes the .deb and the .rpm of the programs that are built, and looks.
///
/// # Errors
/// The first thing that is not as it should be.
pub fn packages(place: &Place) -> Outcome {
    let deb = deb::deb(place, PROFILE, None)?;
    let rpm = rpm::rpm(place, PROFILE, &place.version()?)?;
    let contents_of_deb = answer(process::command("dpkg-deb", &["--contents"]).arg(&deb))?;
    look(Family::Debian, &entries_of_tar(&contents_of_deb))?;
    let form = "[%{FILEMODES:perms} %{FILEUSERNAME}/%{FILEGROUPNAME} %{FILENAMES}\n]";
    let contents_of_rpm = answer(
        process::command("rpm", &["--query", "--queryformat", form, "--package"]).arg(&rpm),
    )?;
    look(Family::Rpm, &entries_of_rpm(&contents_of_rpm))?;
    look_at_needs(&answer(
        process::command("rpm", &["--query", "--requires", "--package"]).arg(&rpm),
    )?)?;
    let stage = Stage::of(place, PROFILE)?;
    let tree = deb::tree_of(&stage).join("usr/share");
    says_nothing(
        process::command("desktop-file-validate", &[])
            .arg(tree.join("applications/readdress.desktop")),
    )?;
    process::show_and_run(
        process::command("appstreamcli", &["validate", "--no-net"])
            .arg(tree.join("metainfo/app.readdress.Readdress.metainfo.xml")),
    )?;
    lintian(&deb)
}

fn answer(command: &mut Command) -> Outcome<String> {
    println!("$ {}", process::typed(command));
    process::answer_of(command).ok_or_else(|| format!("`{}` failed.", process::typed(command)))
}

fn says_nothing(command: &mut Command) -> Outcome {
    println!("$ {}", process::typed(command));
    let said = command
        .output()
        .map_err(|why| format!("{} does not start: {why}", process::typed(command)))?;
    if said.status.success() && said.stdout.is_empty() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).into_owned())
}

/// Errors and warnings, no overrides. To root it says, on the other output, that root should not; that is no finding.
fn lintian(package: &Path) -> Outcome {
    says_nothing(process::command("lintian", &["--fail-on", "error,warning"]).arg(package))
}

/// A file or folder in a package.
#[derive(Debug, PartialEq, Eq)]
struct Entry<'a> {
    /// As `ls -l` writes it.
    rights: &'a str,
    owner: &'a str,
    /// `/usr/bin/readdress`; a folder's has no slash at its end.
    place: &'a str,
}

/// `drwxr-xr-x root/root 0 2026-11-20 17:14 ./usr/`
fn entries_of_tar(listed: &str) -> Vec<Entry<'_>> {
    entries(listed, 3)
}

/// `drwxr-xr-x root/root /usr`
fn entries_of_rpm(listed: &str) -> Vec<Entry<'_>> {
    entries(listed, 0)
}

/// One a line: rights, owner, so many words that say nothing here, place.
fn entries(listed: &str, between: usize) -> Vec<Entry<'_>> {
    listed
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some(Entry {
                rights: words.next()?,
                owner: words.next()?,
                place: words
                    .nth(between)?
                    .trim_start_matches('.')
                    .trim_end_matches('/'),
            })
        })
        .collect()
}

/// Both programs and what belongs to them, nothing else; everything root's, nothing that gives rights.
fn look(family: Family, found: &[Entry<'_>]) -> Outcome {
    for entry in found {
        let program = entry.place.starts_with("/usr/bin/");
        let right = match entry.rights {
            "drwxr-xr-x" => true,
            "-rwxr-xr-x" => program,
            "-rw-r--r--" => !program,
            _ => false,
        };
        if !right || entry.owner != "root/root" {
            return Err(format!(
                "{family:?}: {entry:?} has other rights than it should."
            ));
        }
    }
    let mut files: Vec<&str> = found
        .iter()
        .filter(|entry| !entry.rights.starts_with('d'))
        .map(|entry| entry.place)
        .collect();
    files.sort_unstable();
    let planned = contents::contents(family);
    let mut wanted: Vec<&str> = planned.iter().map(|(to, _)| to.as_str()).collect();
    wanted.extend(contents::BY_TAURI);
    wanted.sort_unstable();
    let missing: Vec<_> = wanted.iter().filter(|file| !files.contains(file)).collect();
    let more: Vec<_> = files.iter().filter(|file| !wanted.contains(file)).collect();
    if missing.is_empty() && more.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "{family:?}: missing {missing:?}, too much {more:?}."
        ))
    }
}

/// What the programs were found to need, besides what nothing can find.
fn look_at_needs(needs: &str) -> Outcome {
    for need in [
        "ca-certificates",
        "libc.so.6(GLIBC_2.34)(64bit)",
        "libwebkit2gtk-4.1.so.0()(64bit)",
        "libgtk-3.so.0()(64bit)",
    ] {
        if !needs.lines().any(|line| line == need) {
            return Err(format!("The .rpm does not require {need}."));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(family: Family) -> Vec<(String, &'static str)> {
        let files = contents::contents(family);
        let files = files.into_iter().map(|(to, _)| (to, "-rw-r--r--"));
        let made = contents::BY_TAURI.iter().map(|to| {
            let program = to.starts_with("/usr/bin/");
            (
                (*to).to_owned(),
                if program { "-rwxr-xr-x" } else { "-rw-r--r--" },
            )
        });
        files.chain(made).collect()
    }

    fn entries<'a>(all: &'a [(String, &'a str)]) -> Vec<Entry<'a>> {
        all.iter()
            .map(|(place, rights)| Entry {
                rights,
                owner: "root/root",
                place,
            })
            .collect()
    }

    #[test]
    fn lists_are_read() {
        let tar = "drwxr-xr-x root/root         0 2026-11-20 17:14 ./usr/\n-rwxr-xr-x root/root 5 2026-11-20 17:14 ./usr/bin/readdress\n";
        assert_eq!(entries_of_tar(tar)[0].place, "/usr");
        assert_eq!(entries_of_tar(tar)[1].place, "/usr/bin/readdress");
        let rpm = "-rwxr-xr-x root/root /usr/bin/readdress\n";
        assert_eq!(entries_of_rpm(rpm), entries_of_tar(tar)[1..]);
    }

    #[test]
    fn what_is_too_much_or_missing_is_named() {
        let mut files = all(Family::Debian);
        assert_eq!(look(Family::Debian, &entries(&files)), Ok(()));
        files.push(("/usr/bin/readdress-canary".to_owned(), "-rwxr-xr-x"));
        assert!(
            look(Family::Debian, &entries(&files))
                .unwrap_err()
                .contains("readdress-canary")
        );
        let files = all(Family::Rpm);
        assert!(
            look(Family::Rpm, &entries(&files[1..]))
                .unwrap_err()
                .contains("missing")
        );
    }

    #[test]
    fn rights_and_owners_are_looked_at() {
        let files = all(Family::Debian);
        for (rights, owner) in [
            ("-rwsr-xr-x", "root/root"),
            ("-rwxrwxr-x", "root/root"),
            ("-rwxr-xr-x", "ada/ada"),
        ] {
            let mut found = entries(&files);
            let program = found
                .iter_mut()
                .find(|one| one.place == "/usr/bin/readdress");
            *program.unwrap() = Entry {
                rights,
                owner,
                place: "/usr/bin/readdress",
            };
            assert!(look(Family::Debian, &found).is_err(), "{rights} {owner}");
        }
    }
}
