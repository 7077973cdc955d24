//! The user's own manifest files: into a backup, and back to their places.
//!
//! A restore commits its rows first; the files wait beside their places as `NAME.toml.restored` until then, and a program
//! that starts later finishes what one that died has left. Not here: what a manifest says (`manifest`).

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Wrong;
use super::record::Manifest;
use crate::error::{Code, Problem, Result};
use crate::folder::{Folder, io_problem, make_dir, private_file, sync_dir};

/// Largest file that the catalog reads, in bytes.
const LARGEST: u64 = 256 * 1024;
/// More would be no set of services, but a way to fill memory.
const MOST: usize = 1000;
const LONGEST_NAME: usize = 120;
const WAITING: &str = "restored";

/// Every `*.toml` of the folder that could be a manifest. What the catalog cannot read either is left out.
pub(crate) fn collect(folder: &Folder) -> Vec<Manifest> {
    files(&folder.services_dir())
        .into_iter()
        .filter_map(|path| {
            let file = path.file_name()?.to_str()?.to_owned();
            let text = read(&path)?;
            Some(Manifest { file, text })
        })
        .take(MOST)
        .collect()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(is_plain_name)
        })
        .collect();
    files.sort();
    files
}

/// As the catalog reads: no link to another file, and no pipe that would be waited for.
fn read(path: &Path) -> Option<String> {
    let plain = std::fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file());
    plain.then_some(())?;
    let mut text = String::new();
    let file = std::fs::File::open(path).ok()?;
    file.take(LARGEST + 1).read_to_string(&mut text).ok()?;
    (text.len() as u64 <= LARGEST).then_some(text)
}

/// A file's name and nothing else, on every system: no way out of the folder.
fn is_plain_name(name: &str) -> bool {
    name.len() <= LONGEST_NAME
        && name.ends_with(".toml")
        && !name.starts_with('.')
        && !name
            .chars()
            .any(|c| c.is_control() || "/\\:*?\"<>|".contains(c))
}

/// Looks at one file of a backup.
pub(super) fn check(manifest: &Manifest, before: &[Manifest]) -> Result<()> {
    let twice = |other: &Manifest| other.file.eq_ignore_ascii_case(&manifest.file);
    let fits = is_plain_name(&manifest.file)
        && manifest.text.len() as u64 <= LARGEST
        && before.len() < MOST
        && !before.iter().any(twice);
    fits.then_some(()).ok_or_else(|| Wrong::Content.into())
}

/// Whether a file of the same name, and another text, is here.
pub(crate) fn in_the_way(folder: &Folder, manifests: &[Manifest]) -> bool {
    manifests.iter().any(|manifest| {
        let path = folder.services_dir().join(&manifest.file);
        path.exists() && read(&path).as_deref() != Some(manifest.text.as_str())
    })
}

/// What is still to be done once the rows are committed. Kept with them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Pending {
    put: BTreeSet<String>,
    /// A folder below `copies` for all files of before.
    aside: Option<String>,
}

/// Writes the files beside their places.
///
/// # Errors
/// `disk_full`, `folder_read_only`: what was written is removed.
pub(crate) fn stage(folder: &Folder, manifests: &[Manifest], replace: bool) -> Result<Pending> {
    let pending = Pending {
        put: manifests
            .iter()
            .map(|manifest| manifest.file.clone())
            .collect(),
        aside: replace.then(|| format!("services-{}", crate::db::stamp())),
    };
    for manifest in manifests {
        let path = waiting(folder, &manifest.file);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        let written = private_file(&path, &mut options)
            .and_then(|mut file| {
                file.write_all(manifest.text.as_bytes())?;
                file.sync_all()
            })
            .map_err(|error| io_problem(&error, &path));
        if let Err(problem) = written {
            unstage(folder, &pending);
            return Err(problem);
        }
        sync_dir(&path);
    }
    Ok(pending)
}

/// The rows were not committed: the files go.
pub(crate) fn unstage(folder: &Folder, pending: &Pending) {
    for file in &pending.put {
        let _ = std::fs::remove_file(waiting(folder, file));
    }
}

/// Brings the files to their places; what was done before is not done again.
///
/// # Errors
/// `folder_read_only`, `disk_full`: it can be tried again.
pub(crate) fn finish(folder: &Folder, pending: &Pending) -> Result<()> {
    // It may come from a hand that edited the database.
    let plain = |name: &str| !name.contains(['/', '\\']) && !name.starts_with('.');
    if !pending.put.iter().all(|file| is_plain_name(file))
        || !pending.aside.as_deref().is_none_or(plain)
    {
        return Err(Problem::new(Code::DatabaseDamaged)
            .with("file", folder.db_path().display().to_string()));
    }
    if let Some(aside) = &pending.aside {
        put_aside(folder, pending, aside)?;
    }
    for file in &pending.put {
        let path = folder.services_dir().join(file);
        rename(&waiting(folder, file), &path)?;
    }
    sync_dir(&folder.services_dir().join("x"));
    Ok(())
}

fn put_aside(folder: &Folder, pending: &Pending, aside: &str) -> Result<()> {
    let dir = folder.copies_dir().join(aside);
    for path in files(&folder.services_dir()) {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let in_its_place = pending.put.contains(name) && !waiting(folder, name).exists();
        if !in_its_place {
            make_dir(&dir)?;
            rename(&path, &dir.join(name))?;
        }
    }
    Ok(())
}

/// A file that is gone was moved already.
fn rename(from: &Path, to: &Path) -> Result<()> {
    match std::fs::rename(from, to) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io_problem(&error, to)),
        _ => Ok(()),
    }
}

fn waiting(folder: &Folder, file: &str) -> PathBuf {
    folder.services_dir().join(format!("{file}.{WAITING}"))
}

#[cfg(test)]
mod tests {
    use super::is_plain_name;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        assert!(is_plain_name("my service.toml"));
        for wrong in [
            "../x.toml",
            "a/b.toml",
            "a\\b.toml",
            "C:x.toml",
            ".toml",
            "..toml",
            "x.toml\n",
            "x\0.toml",
            "x.txt",
            "",
            &format!("{}.toml", "x".repeat(200)),
        ] {
            assert!(!is_plain_name(wrong), "{wrong:?}");
        }
    }
}
