//! A compiler that brings the sources of Rust's own library: Debian's `rustc-web`, unpacked into a folder, so that the
//! system's own `rustc` is not touched. With them, cargo builds that library for systems for which there is none here.
//!
//! Nothing is pinned: Debian's security archive moves the version on, and offers no older one.

use crate::{Outcome, packages, process};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiler, lints, the sources of Rust's library. What they need besides is asked of apt.
const WANTED: &[&str] = &["rustc-web", "rust-web-clippy", "rust-web-src"];

/// Our own demand, from the workspace.
const AT_LEAST: &str = env!("CARGO_PKG_RUST_VERSION");

pub struct Compiler {
    root: PathBuf,
}

impl Compiler {
    pub fn clippy(&self) -> PathBuf {
        self.program("clippy-driver")
    }

    /// Lets cargo take this compiler.
    pub fn use_in(&self, cargo: &mut Command) {
        cargo
            .env("RUSTC", self.program("rustc"))
            // Building the library is for nightly compilers only, officially.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("LD_LIBRARY_PATH", libraries(&self.root));
    }

    fn program(&self, name: &str) -> PathBuf {
        self.root.join("usr/bin").join(name)
    }
}

/// The newest that apt offers, unpacked below `folder` at the first need.
///
/// # Errors
/// This is no Debian, or its archive has none that is new enough.
pub fn get(folder: &Path) -> Outcome<Compiler> {
    if !["apt-get", "apt-cache", "dpkg-deb", "dpkg-query"]
        .iter()
        .all(|program| process::on_path(program))
    {
        return Err(
            "This check takes its compiler from Debian's packages, and there is no apt here."
                .to_owned(),
        );
    }
    let version = offered(&apt_cache(&["policy", WANTED[0]]));
    let version = new_enough(version.as_deref())?;
    // Debian's `~` and `+` are plain characters in a path.
    let root = folder.join(format!("rustc-{version}"));
    if !root.is_dir() {
        unpack(folder, &root)?;
    }
    Ok(Compiler { root })
}

fn new_enough(version: Option<&str>) -> Outcome<&str> {
    let advice = "`apt-get update` may know a newer one; Debian's security archive has to be among the sources.";
    match version {
        Some(version) if number(version) >= number(AT_LEAST) => Ok(version),
        Some(version) => Err(format!(
            "Debian offers rustc-web {version} here; the workspace needs {AT_LEAST}. {advice}"
        )),
        None => Err(format!(
            "Debian offers no package rustc-web here, and this check needs one of {AT_LEAST} or newer. {advice}"
        )),
    }
}

fn unpack(folder: &Path, root: &Path) -> Outcome {
    let said = |why: std::io::Error| format!("{}: {why}", folder.display());
    let (debs, part) = (folder.join("debs"), folder.join("rustc.part"));
    for old in [&debs, &part] {
        if old.exists() {
            fs::remove_dir_all(old).map_err(said)?;
        }
        fs::create_dir_all(old).map_err(said)?;
    }
    let mut download = process::command("apt-get", &["--quiet", "download"]);
    process::show_and_run(download.args(all_packages()).current_dir(&debs))?;
    for deb in entries(&debs) {
        let mut command = process::command("dpkg-deb", &["--extract"]);
        process::show_and_run(command.arg(&deb).arg(&part))?;
    }
    let sources = entries(&part.join("usr/src"))
        .into_iter()
        .find_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
        .ok_or("rust-web-src holds no sources below /usr/src any more.")?;
    let place = part.join("usr/lib/rustlib/src");
    fs::create_dir_all(&place).map_err(said)?;
    let mut link = process::command("ln", &["-s", &format!("../../../src/{sources}"), "rust"]);
    process::show_and_run(link.current_dir(&place))?;
    fs::remove_dir_all(&debs).map_err(said)?;
    fs::rename(&part, root).map_err(said)
}

/// What is wanted, and what it needs and this system does not have.
fn all_packages() -> BTreeSet<String> {
    let mut found: BTreeSet<String> = WANTED.iter().map(|&name| name.to_owned()).collect();
    let mut next: Vec<String> = found.iter().cloned().collect();
    while let Some(package) = next.pop() {
        for needed in needs(&apt_cache(&["depends", "--important", &package])) {
            if !packages::is_installed(&needed) && found.insert(needed.clone()) {
                next.push(needed);
            }
        }
    }
    found
}

/// Where the compiler's own libraries lie: `usr/lib/x86_64-linux-gnu` on this machine.
fn libraries(root: &Path) -> PathBuf {
    entries(&root.join("usr/lib"))
        .into_iter()
        .find(|path| path.to_string_lossy().ends_with("-linux-gnu"))
        .unwrap_or_else(|| root.join("usr/lib"))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn apt_cache(words: &[&str]) -> String {
    let mut command = process::command("apt-cache", words);
    process::answer_of(command.env("LC_ALL", "C")).unwrap_or_default()
}

/// The version that `apt-cache policy` would install.
fn offered(policy: &str) -> Option<String> {
    let line = policy
        .lines()
        .find_map(|line| line.trim().strip_prefix("Candidate:"))?;
    Some(line.trim().to_owned()).filter(|version| version != "(none)")
}

/// The packages of `apt-cache depends`. A name in brackets is no package, and of alternatives (`|`) the last one counts.
fn needs(depends: &str) -> Vec<String> {
    depends
        .lines()
        .filter_map(|line| {
            let line = line.trim();
            line.strip_prefix("Depends: ")
                .or_else(|| line.strip_prefix("PreDepends: "))
        })
        .filter(|name| !name.starts_with('<'))
        .map(str::to_owned)
        .collect()
}

/// The first two numbers: `1.96.0+dfsg1-1~deb12u2` is (1, 96).
fn number(version: &str) -> (u32, u32) {
    let mut parts = version
        .split(|c: char| !c.is_ascii_digit())
        .map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = "rustc-web:\n  Installed: (none)\n  Candidate: 1.96.0+dfsg1-1~deb12u2\n  Version table:\n     1.96.0+dfsg1-1~deb12u2 500\n";

    #[test]
    fn the_offered_version_is_the_candidate() {
        assert_eq!(offered(POLICY).as_deref(), Some("1.96.0+dfsg1-1~deb12u2"));
        assert_eq!(offered("rustc-web:\n  Candidate: (none)\n"), None);
        assert_eq!(offered(""), None);
    }

    #[test]
    fn an_older_compiler_is_refused_with_both_numbers() {
        assert_eq!(number(AT_LEAST), (1, 95), "it says so in the workspace");
        new_enough(Some("1.95.0-1")).unwrap();
        new_enough(Some("2.0")).unwrap();
        let older = new_enough(Some("1.85.0+dfsg3-1~deb12u3")).unwrap_err();
        assert!(
            older.contains("1.85.0") && older.contains("1.95"),
            "{older}"
        );
        assert!(new_enough(None).unwrap_err().contains("apt-get update"));
    }

    #[test]
    fn what_a_package_needs_are_packages() {
        let said = "rustc-web\n  Depends: libc6\n |Depends: gcc\n  Depends: clang\n  Depends: <libc-dev>\n    libc6-dev\n  PreDepends: dpkg\n  Recommends: cargo\n";
        assert_eq!(needs(said), ["libc6", "clang", "dpkg"]);
    }
}
