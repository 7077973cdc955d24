//! The licences of what is taken from the system, beside the program's own, as each of them asks for.

use super::elf;
use crate::{Outcome, process};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Built into the runtime (`runtime`).
const IN_RUNTIME: &[&str] = &[
    "libc6-dev",
    "libfuse-dev",
    "liblzma-dev",
    "libsquashfuse-dev",
    "libzstd-dev",
    "zlib1g-dev",
];

/// Copies the licence of every package that a taken file belongs to.
///
/// # Errors
/// A file belongs to no package, or a package tells no licence.
pub fn take(files: &[PathBuf], appdir: &Path) -> Outcome {
    let mut packages = owners(files)?;
    packages.extend(IN_RUNTIME.iter().map(|name| (*name).to_owned()));
    let documents = Path::new("usr/share/doc");
    for package in packages {
        let licence = documents.join(&package).join("copyright");
        elf::copy(&Path::new("/").join(&licence), &appdir.join(&licence))?;
    }
    Ok(())
}

/// Asked by name, because dpkg may know `/lib/…` where the loader says `/usr/lib/…`.
fn owners(files: &[PathBuf]) -> Outcome<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for file in files {
        let real = file
            .canonicalize()
            .map_err(|why| format!("{}: {why}", file.display()))?;
        names.extend(
            real.file_name()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    let mut ask = process::command("dpkg-query", &["--search"]);
    let said = elf::ask(ask.args(names.iter().map(|name| format!("*/{name}"))))?;
    let found: Vec<(&str, &str)> = said.lines().filter_map(owner).collect();
    let mut packages = BTreeSet::new();
    for name in &names {
        let owner = found
            .iter()
            .find(|(_, path)| path.rsplit('/').next() == Some(name))
            .ok_or_else(|| format!("{name} belongs to no package: whose licence is it under?"))?;
        packages.insert(owner.0.to_owned());
    }
    Ok(packages)
}

/// `libgtk-3-0:amd64: /usr/lib/…/libgtk-3.so.0`; a line on a diversion names no package.
fn owner(line: &str) -> Option<(&str, &str)> {
    let (packages, path) = line.split_once(": ")?;
    let package = packages.split([':', ',']).next()?;
    (!package.contains(' ')).then_some((package, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_stands_before_the_path() {
        assert_eq!(
            owner("libgtk-3-0:amd64: /usr/lib/x/libgtk-3.so.0"),
            Some(("libgtk-3-0", "/usr/lib/x/libgtk-3.so.0"))
        );
        assert_eq!(owner("diversion by dash from: /bin/sh"), None);
    }
}
