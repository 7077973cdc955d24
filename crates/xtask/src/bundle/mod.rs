//! `cargo xtask bundle`: this system's packages, with both programs inside.
//!
//! What each package is made of is one file per kind; the order of the steps is here.
//! Not here: building the AppImage (`appimage`), installing a package and trying it (`install`).

mod contents;
mod deb;
mod made;
mod names;
mod notices;
mod rpm;
mod settings;
mod stage;
mod tauri;
mod tree;

use crate::packages::{self, Scope};
use crate::place::Place;
use crate::run::cargo;
use crate::{Outcome, page};
use std::path::{Path, PathBuf};

pub use deb::deb;
pub use tauri::tauri;

/// Which of cargo's two builds a package is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Profile {
    /// For the gate: minutes quicker to build, and stripped in the package.
    Debug,
    Release,
}

impl Profile {
    /// cargo's name of the folder.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

/// How the task was asked.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    profile: Profile,
    /// Pack what is built already.
    built: bool,
}

fn asked(words: &[String]) -> Outcome<Asked> {
    let mut asked = Asked {
        profile: Profile::Release,
        built: false,
    };
    for word in words {
        match word.as_str() {
            "--debug" => asked.profile = Profile::Debug,
            "--built" => asked.built = true,
            other => {
                return Err(format!(
                    "`bundle` knows --debug and --built, not `{other}`."
                ));
            }
        }
    }
    Ok(asked)
}

pub fn bundle(place: &Place, words: &[String]) -> Outcome {
    let asked = asked(words)?;
    if !cfg!(target_os = "linux") {
        return Err("Packages are made on Linux so far (.deb and .rpm).".to_owned());
    }
    packages::ensure(Scope::App)?;
    if !asked.built {
        build(place, asked.profile)?;
    }
    let deb = deb(place, asked.profile, None)?;
    let rpm = rpm::rpm(place, asked.profile, &place.version()?)?;
    tell(&[deb, rpm]);
    Ok(())
}

/// The page and both programs.
pub fn build(place: &Place, profile: Profile) -> Outcome {
    page::build(place)?;
    let mut words = vec![
        "build",
        "--package",
        "readdress",
        "--package",
        "readdress-cli",
    ];
    words.extend(["--features", "readdress/custom-protocol"]);
    if profile == Profile::Release {
        words.push("--release");
    }
    cargo(place, &words)
}

fn tell(packages: &[PathBuf]) {
    for path in packages {
        println!("{:>6.2} MB  {}", size(path) as f64 / 1e6, path.display());
    }
}

fn size(path: &Path) -> u64 {
    path.metadata().map_or(0, |about| about.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_task_reads_its_words() {
        let of = |words: &[&str]| asked(&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            of(&[]),
            Ok(Asked {
                profile: Profile::Release,
                built: false
            })
        );
        assert_eq!(
            of(&["--built", "--debug"]),
            Ok(Asked {
                profile: Profile::Debug,
                built: true
            })
        );
        assert!(of(&["--release"]).is_err());
    }
}
