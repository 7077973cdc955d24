//! The folder in which a package comes to be: beside cargo's own, because the Tauri CLI writes into the program that
//! it packs (the kind of package, for an updater), and cargo's file shall stay what cargo made.

use super::Profile;
use crate::place::Place;
use crate::{Outcome, process};
use std::fs;
use std::path::{Path, PathBuf};

/// The two programs of one build, as they are packed.
pub struct Stage {
    /// What the Tauri CLI takes for cargo's target folder.
    pub target: PathBuf,
    pub app: PathBuf,
    pub cli: PathBuf,
    /// Of this system, e.g. `x86_64-unknown-linux-gnu`: the CLI's name ends with it, as `externalBin` wants it.
    pub triple: String,
}

/// What `externalBin` is told: Tauri adds the triple.
pub const CLI: &str = "readdress-cli";

impl Stage {
    /// Takes over what cargo has built; without its symbols, which a debug build has a hundred megabytes of.
    ///
    /// # Errors
    /// A program has not been built, or the folder cannot be written.
    pub fn fill(place: &Place, profile: Profile) -> Outcome<Self> {
        let stage = Self::of(place, profile)?;
        take(&place.built(profile.folder(), "readdress"), &stage.app)?;
        take(&place.built(profile.folder(), "readdress-cli"), &stage.cli)?;
        Ok(stage)
    }

    /// The same without looking whether anything is there.
    ///
    /// # Errors
    /// The compiler does not say what it builds for.
    pub fn of(place: &Place, profile: Profile) -> Outcome<Self> {
        let triple = host()?;
        let target = place.staging();
        let folder = target.join(profile.folder());
        Ok(Self {
            app: folder.join(file("readdress")),
            cli: folder.join(cli_name(&triple)),
            target,
            triple,
        })
    }

    pub fn folder(&self) -> &Path {
        self.app.parent().unwrap_or(&self.target)
    }
}

fn cli_name(triple: &str) -> String {
    file(&format!("{CLI}-{triple}"))
}

fn file(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

fn take(from: &Path, to: &Path) -> Outcome {
    if !from.is_file() {
        return Err(format!("{} has not been built.", from.display()));
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    }
    if cfg!(target_os = "linux") {
        // Debian's own sections: what its packages drop besides the symbols.
        let mut strip = process::command(
            "strip",
            &["--remove-section=.comment", "--remove-section=.note", "-o"],
        );
        return process::quietly(strip.arg(to).arg(from));
    }
    fs::copy(from, to)
        .map(|_| ())
        .map_err(|why| format!("{}: {why}", to.display()))
}

/// The triple that this machine's compiler builds for when nobody asks for another.
pub fn host() -> Outcome<String> {
    let said = process::answer_of(&mut process::command("rustc", &["-vV"]))
        .ok_or("rustc does not answer.")?;
    host_in(&said).ok_or_else(|| "rustc names no host.".to_owned())
}

fn host_in(said: &str) -> Option<String> {
    said.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_read_from_what_the_compiler_says() {
        let said = "rustc 1.95.0\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\nrelease: 1.95.0";
        assert_eq!(host_in(said).as_deref(), Some("x86_64-unknown-linux-gnu"));
        assert_eq!(host_in("rustc 1.95.0"), None);
    }
}
