//! Which libraries go into the `AppDir`: all that its programs lead to, but what the system brings (`host`).

use super::{elf, host, standins, webkit};
use crate::{Outcome, process};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Copies every library that something in the `AppDir` needs. `from`: where else to look for what those need, which
/// the loader finds only by the original files. Answers with the files that were taken.
///
/// # Errors
/// A library is not on this system, or a tool fails.
pub fn take(appdir: &Path, from: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    let mut places = BTreeMap::new();
    let inside = elf::below(appdir)?;
    for path in inside.iter().chain(from) {
        places.extend(elf::found_by_loader(path)?);
    }
    let mut roots = Vec::new();
    for path in &inside {
        roots.extend(elf::needed(path)?);
    }
    let names = closure(roots, |name| {
        let place = places
            .get(name)
            .ok_or_else(|| format!("{name} is needed, and the loader does not find it."))?;
        elf::needed(place)
    })?;
    let folder = appdir.join(elf::LIBRARIES);
    let mut taken = Vec::new();
    for name in &names {
        let place = &places[name];
        let to = folder.join(name);
        if standins::stands_in_for(name) {
            standins::make(name, place, &places[webkit::LIBRARY], &to)?;
        } else {
            elf::copy(place, &to)?;
            taken.push(place.clone());
        }
    }
    Ok(taken)
}

/// All that the roots lead to. What the system brings, and what has a stand-in, leads nowhere further.
fn closure(
    roots: Vec<String>,
    mut needed: impl FnMut(&str) -> Outcome<Vec<String>>,
) -> Outcome<BTreeSet<String>> {
    let mut open = roots;
    let mut names = BTreeSet::new();
    while let Some(name) = open.pop() {
        if host::brings(&name) || !names.insert(name.clone()) {
            continue;
        }
        if !standins::stands_in_for(&name) {
            open.extend(needed(&name)?);
        }
    }
    Ok(names)
}

/// Lets every program find the libraries beside it, and by it all that is loaded into it (that is the difference
/// between RPATH and RUNPATH). No variable is needed for it, which what it opens would inherit.
pub fn bind(appdir: &Path) -> Outcome {
    for path in elf::below(appdir)? {
        let below = path.strip_prefix(appdir).unwrap_or(&path);
        let mut patch = Command::new("patchelf");
        if below.starts_with(elf::LIBRARIES) {
            // Its own word on where to look would count instead of the program's.
            if elf::ask(process::command("patchelf", &["--print-rpath"]).arg(&path))?
                .trim()
                .is_empty()
            {
                continue;
            }
            patch.arg("--remove-rpath");
        } else {
            patch.args(["--force-rpath", "--set-rpath", &way_to_libraries(below)]);
        }
        elf::ask(patch.arg(&path))?;
    }
    Ok(())
}

/// From a program's folder to the libraries: `usr/bin/readdress` gets `$ORIGIN/../lib`.
fn way_to_libraries(below: &Path) -> String {
    let folders = below.components().count().saturating_sub(2);
    format!("$ORIGIN/{}lib", "../".repeat(folders))
}

/// Every program and library in the `AppDir` has all that it needs: inside, or the system's by `host`.
///
/// # Errors
/// Names all that is missing.
pub fn check(appdir: &Path) -> Outcome {
    let all = elf::below(appdir)?;
    let folder = appdir.join(elf::LIBRARIES);
    let mut missing = BTreeSet::new();
    for path in &all {
        for name in elf::needed(path)? {
            if !host::brings(&name) && !folder.join(&name).is_file() {
                missing.insert(format!("{name} (for {})", path.display()));
            }
        }
    }
    let too_much: Vec<_> = all
        .iter()
        .filter_map(|path| path.file_name()?.to_str())
        .filter(|name| host::brings(name))
        .collect();
    if missing.is_empty() && too_much.is_empty() && !all.is_empty() {
        return Ok(());
    }
    Err(format!(
        "The AppImage lacks {missing:?} and has {too_much:?}, which must be the system's, among {} programs and libraries.",
        all.len()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_goes_up_to_usr() {
        let way = |path| way_to_libraries(Path::new(path));
        assert_eq!(way("usr/bin/readdress"), "$ORIGIN/../lib");
        assert_eq!(
            way("usr/libexec/webkit/WebKitWebProcess"),
            "$ORIGIN/../../lib"
        );
    }

    #[test]
    fn what_the_system_brings_leads_nowhere() {
        let needs = |name: &str| {
            Ok(match name {
                "libgtk-3.so.0" => vec!["libgdk-3.so.0".to_owned(), "libX11.so.6".to_owned()],
                "libgdk-3.so.0" => vec!["libgtk-3.so.0".to_owned(), "libavif.so.15".to_owned()],
                other => return Err(format!("{other} was asked for")),
            })
        };
        let names = closure(vec!["libgtk-3.so.0".to_owned()], needs).unwrap();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        assert_eq!(names, ["libavif.so.15", "libgdk-3.so.0", "libgtk-3.so.0"]);
    }
}
