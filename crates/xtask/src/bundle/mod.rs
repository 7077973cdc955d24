//! `cargo xtask bundle`: this system's packages, with both programs inside.
//!
//! What each package is made of is one file per kind; the order of the steps is here.
//! Not here: building the AppImage (`appimage`), installing a package and trying it (`install`).

pub mod check;
mod compile;
mod contents;
mod deb;
mod desktop;
mod finished;
mod made;
mod names;
mod notices;
mod rpm;
mod settings;
mod signing;
mod stage;
mod sums;
mod tauri;
mod tree;

use crate::packages::{self, Scope};
use crate::place::Place;
use crate::{Outcome, appimage, process};
use std::path::{Path, PathBuf};

pub use compile::{leave_paths_out, programs};
pub use deb::deb;
pub use finished::{Sizes, sizes};
pub use made::epoch;
pub use names::{Kind, name, sortable};
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

/// Whose packages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum System {
    Linux,
    Windows,
    MacOs,
}

impl System {
    const fn this() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            Self::Linux
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

const ONLY_DEBIAN: &str = "Packages for Linux are made on Debian or one of its kin: what they need is read out of its lists. \
     A container of Debian 12 will do; what is made in it runs on other systems too.";

pub fn bundle(place: &Place, words: &[String]) -> Outcome {
    let asked = asked(words)?;
    if cfg!(target_os = "linux") && !packages::is_debian() {
        return Err(ONLY_DEBIAN.to_owned());
    }
    packages::ensure(Scope::Bundle)?;
    let folder = place.packages(asked.profile.folder());
    tree::remove(&folder)?;
    let system = System::this();
    let made = match system {
        System::Linux => linux(place, &asked)?,
        System::Windows | System::MacOs => {
            if !asked.built {
                desktop::build(place, system)?;
            }
            desktop::packages(place, system)?
        }
    };
    sums::write(&folder)?;
    for path in made {
        println!("{:>6.2} MB  {}", size(&path) as f64 / 1e6, path.display());
    }
    Ok(())
}

fn linux(place: &Place, asked: &Asked) -> Outcome<Vec<PathBuf>> {
    if !asked.built {
        compile::programs(place, asked.profile, &[])?;
    }
    if asked.profile == Profile::Release {
        tell_own_paths(place);
    }
    let deb = deb(place, asked.profile, None)?;
    let rpm = rpm::rpm(place, asked.profile, &place.version()?)?;
    let appimage = appimage::build(place, asked.profile, &deb)?;
    if process::on_path("Xvfb") && process::on_path("dbus-daemon") {
        appimage::prove(place, &appimage)?;
    }
    Ok(vec![deb, rpm, appimage])
}

/// Told, not refused: it is about the privacy of who builds, and they may not mind.
fn tell_own_paths(place: &Place) {
    for name in ["readdress", "readdress-cli"] {
        let times = compile::own_paths_in(place, &place.built("release", name));
        if times > 0 {
            println!(
                "{name} names folders of this machine {times} times: it was not built by this task."
            );
        }
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
