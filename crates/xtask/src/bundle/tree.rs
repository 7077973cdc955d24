//! A package's files as they will lie on the user's disk, under a folder: set to one time, counted, listed.

use crate::Outcome;
use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

/// What dpkg keeps beside the files.
pub const CONTROL: &str = "DEBIAN";

fn told(path: &Path, why: &std::io::Error) -> String {
    format!("{}: {why}", path.display())
}

/// Removes what an earlier run left; the folder does not exist afterwards.
pub fn remove(folder: &Path) -> Outcome {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|why| told(folder, &why))?;
    }
    Ok(())
}

/// Copies a file to its place (`/usr/…`) in the tree.
pub fn put(tree: &Path, to: &str, from: &Path) -> Outcome {
    let to = tree.join(to.trim_start_matches('/'));
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(|why| told(folder, &why))?;
    }
    fs::copy(from, &to)
        .map(|_| ())
        .map_err(|why| told(from, &why))
}

/// Every file's place, e.g. `/usr/bin/readdress`, sorted; [`CONTROL`] is none.
pub fn list(tree: &Path) -> Outcome<Vec<String>> {
    let mut all = Vec::new();
    gather(tree, "", &mut all)?;
    all.sort();
    Ok(all)
}

fn gather(folder: &Path, place: &str, all: &mut Vec<String>) -> Outcome {
    for entry in fs::read_dir(folder)
        .map_err(|why| told(folder, &why))?
        .flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        let place = format!("{place}/{name}");
        if !entry.path().is_dir() {
            all.push(place);
        } else if place != format!("/{CONTROL}") {
            gather(&entry.path(), &place, all)?;
        }
    }
    Ok(())
}

/// As Debian counts it: each file in whole kilobytes, one for each folder
/// (<https://www.debian.org/doc/debian-policy/ch-controlfields.html#installed-size>).
pub fn kilobytes(tree: &Path) -> u64 {
    fs::read_dir(tree)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name() != CONTROL)
        .map(|entry| match entry.metadata() {
            Ok(about) if about.is_dir() => 1 + kilobytes(&entry.path()),
            Ok(about) => about.len().div_ceil(1024),
            Err(_) => 0,
        })
        .sum()
}

/// Every file and folder, to the same time.
pub fn set_times(folder: &Path, epoch: u64) -> Outcome {
    for entry in fs::read_dir(folder)
        .map_err(|why| told(folder, &why))?
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            set_times(&path, epoch)?;
        } else {
            set_time(&path, epoch)?;
        }
    }
    set_time(folder, epoch)
}

fn set_time(path: &Path, epoch: u64) -> Outcome {
    let then = UNIX_EPOCH + Duration::from_secs(epoch);
    fs::File::open(path)
        .and_then(|file| file.set_modified(then))
        .map_err(|why| told(path, &why))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> tempfile::TempDir {
        let tree = tempfile::tempdir().unwrap();
        fs::create_dir_all(tree.path().join("usr/bin")).unwrap();
        fs::create_dir(tree.path().join(CONTROL)).unwrap();
        fs::write(tree.path().join("DEBIAN/control"), vec![0; 9000]).unwrap();
        fs::write(tree.path().join("usr/bin/a"), vec![0; 1025]).unwrap();
        tree
    }

    #[test]
    fn sizes_are_counted_as_debian_does() {
        assert_eq!(kilobytes(tree().path()), 1 + 1 + 2);
    }

    #[test]
    fn files_are_listed_by_their_place() {
        let tree = tree();
        put(tree.path(), "/etc/b", &tree.path().join("usr/bin/a")).unwrap();
        assert_eq!(list(tree.path()).unwrap(), ["/etc/b", "/usr/bin/a"]);
    }

    #[cfg(unix)]
    #[test]
    fn everything_gets_one_time() {
        let tree = tree();
        set_times(tree.path(), 1_000_000_000).unwrap();
        let of = |path: &str| {
            tree.path()
                .join(path)
                .metadata()
                .unwrap()
                .modified()
                .unwrap()
        };
        let then = UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        assert_eq!((of(""), of("usr"), of("usr/bin/a")), (then, then, then));
    }
}
