//! Programs and libraries as files: what they need, what they offer, copying them.
//!
//! Not here: which of them belong into the AppImage (`libraries`).

use crate::{Outcome, process};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the libraries lie in the AppDir.
pub const LIBRARIES: &str = "usr/lib";

pub fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|why| format!("{}: {why}", path.display()))
}

/// Copies a file (what a link points to), with the folders above it.
pub fn copy(from: &Path, to: &Path) -> Outcome {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    }
    fs::copy(from, to)
        .map(drop)
        .map_err(|why| format!("{} cannot be copied: {why}", from.display()))
}

/// The names of the libraries that it asks for itself.
pub fn needed(path: &Path) -> Outcome<Vec<String>> {
    let said = ask(Command::new("patchelf").arg("--print-needed").arg(path))?;
    Ok(said.lines().map(str::to_owned).collect())
}

/// The functions that it offers, or those that it looks for elsewhere.
pub fn functions(path: &Path, which: Side) -> Outcome<BTreeSet<String>> {
    let word = match which {
        Side::Offered => "--defined-only",
        Side::Wanted => "--undefined-only",
    };
    let said = ask(Command::new("nm").args(["-D", word]).arg(path))?;
    Ok(said.lines().filter_map(function).collect())
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Offered,
    Wanted,
}

/// The name at the end of a line of `nm -D`, without its version.
fn function(line: &str) -> Option<String> {
    let mut words = line.split_whitespace().rev();
    let name = words.next()?;
    let kind = words.next()?;
    matches!(kind, "T" | "W" | "i" | "U" | "w")
        .then(|| name.split('@').next().unwrap_or(name).to_owned())
}

/// Where the loader finds each library that a program or library leads to, by name.
///
/// # Errors
/// One of them is not on this system.
pub fn found_by_loader(path: &Path) -> Outcome<Vec<(String, PathBuf)>> {
    let said = ask(Command::new("ldd").arg(path))?;
    let mut found = Vec::new();
    for line in said.lines() {
        match line.trim().split_once(" => ") {
            Some((name, "not found")) => {
                return Err(format!(
                    "{} needs {name}, which is not here.",
                    path.display()
                ));
            }
            Some((name, place)) => {
                let place = place.rsplit_once(" (").map_or(place, |(place, _)| place);
                found.push((name.to_owned(), PathBuf::from(place)));
            }
            // The kernel's own page, and the loader.
            None => {}
        }
    }
    Ok(found)
}

/// Every program and library below a folder; links are not followed.
pub fn below(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let entries =
            fs::read_dir(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
        for entry in entries.flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(path),
                Ok(kind) if kind.is_file() && is_elf(&path) => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    Ok(found)
}

pub fn is_elf(path: &Path) -> bool {
    let mut head = [0; 4];
    fs::File::open(path)
        .and_then(|mut file| std::io::Read::read_exact(&mut file, &mut head))
        .is_ok()
        && head == *b"\x7fELF"
}

/// What a program of the system answers.
pub fn ask(command: &mut Command) -> Outcome<String> {
    let answer = command
        .env("LC_ALL", "C")
        .output()
        .map_err(|why| format!("{} does not start: {why}", process::typed(command)))?;
    if answer.status.success() {
        Ok(String::from_utf8_lossy(&answer.stdout).into_owned())
    } else {
        Err(format!(
            "`{}` ended with {}: {}",
            process::typed(command),
            answer.status,
            String::from_utf8_lossy(&answer.stderr).trim()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_lose_their_version_and_data_is_left_out() {
        let names = |line| function(line);
        assert_eq!(
            names("0000000000012340 T flite_init").as_deref(),
            Some("flite_init")
        );
        assert_eq!(
            names("                 U memcpy@GLIBC_2.14").as_deref(),
            Some("memcpy")
        );
        assert_eq!(names("0000000000012340 D some_table"), None);
        assert_eq!(names(""), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn only_programs_and_libraries_are_found() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("text"), "\u{7f}ELSE").unwrap();
        fs::create_dir(folder.path().join("bin")).unwrap();
        let copied = folder.path().join("bin").join("one");
        copy(&std::env::current_exe().unwrap(), &copied).unwrap();
        assert_eq!(below(folder.path()).unwrap(), [copied]);
    }
}
