//! What was asked for on the command line and in the environment. Pure but for the environment.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use readdress_core::vault::VaultEnv;

use crate::notices::Teller;

/// How the window is to start.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// `--data-dir`; `None`: `READDRESS_DATA_DIR`, else the system's folder.
    pub data_dir: Option<PathBuf>,
    /// `READDRESS_PASSPHRASE` and `READDRESS_KEY_FILE`.
    pub vault: VaultEnv,
    /// A second start raises the first window. Off under `READDRESS_E2E=1`: there the next window races the last one's end.
    pub single_instance: bool,
    /// `READDRESS_LOG`; `None`: info.
    pub log: Option<tracing::Level>,
    /// `READDRESS_REPORT_USABLE=1`: say on stdout when the first list is painted.
    pub report_usable: bool,
    /// Who shows notices in place of the system.
    pub teller: Option<Teller>,
    /// How long the page has to ask whether to close; `None`: ten seconds.
    pub patience: Option<Duration>,
    /// How WebKit was told to draw; `None`: it was told nothing.
    #[cfg(target_os = "linux")]
    pub drawn: Option<Box<crate::graphics::net::Drawn>>,
}

pub enum Asked {
    Window(Start),
    Print(String),
}

const HELP: &str = "\
Readdress: change the email address on your accounts, and know that it worked.

Usage: readdress [--data-dir DIR]

Options:
  --data-dir DIR   Keep everything in DIR instead of the system's folder for application data
  --version        Print the version
  --help           Print this

Environment:
  READDRESS_DATA_DIR     As --data-dir
  READDRESS_PASSPHRASE   Opens a vault that is kept by a passphrase
  READDRESS_KEY_FILE     Opens a vault that is kept by a key file
  READDRESS_LOG          error, warn, info, debug or trace: what is written to the log

Without a window: readdress-cli";

/// # Errors
/// A line that names the mistake.
pub fn read(arguments: impl Iterator<Item = OsString>) -> Result<Asked, String> {
    let mut start = Start {
        data_dir: None,
        // Somebody sits here who can be asked.
        vault: VaultEnv::from_env(false)
            .map_err(|_| "readdress: READDRESS_PASSPHRASE is not UTF-8 text".to_owned())?,
        single_instance: !is_set("READDRESS_E2E"),
        log: std::env::var("READDRESS_LOG")
            .ok()
            .and_then(|level| level.parse().ok()),
        report_usable: is_set("READDRESS_REPORT_USABLE"),
        teller: None,
        patience: None,
        #[cfg(target_os = "linux")]
        drawn: None,
    };
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--help" | "-h") => return Ok(Asked::Print(HELP.to_owned())),
            Some("--version" | "-V") => {
                return Ok(Asked::Print(format!(
                    "readdress {}",
                    env!("CARGO_PKG_VERSION")
                )));
            }
            Some("--data-dir") => match arguments.next() {
                Some(dir) if !dir.is_empty() => start.data_dir = Some(PathBuf::from(dir)),
                _ => return Err("readdress: --data-dir needs a folder (see --help)".to_owned()),
            },
            Some(joined) if joined.starts_with("--data-dir=") && joined.len() > 11 => {
                start.data_dir = Some(PathBuf::from(&joined[11..]));
            }
            // macOS gives its process serial number to an app that is opened from the Finder.
            Some(serial) if serial.starts_with("-psn_") => {}
            _ => {
                let shown = argument.to_string_lossy();
                return Err(format!(
                    "readdress: unknown argument {shown:?} (see --help)"
                ));
            }
        }
    }
    Ok(Asked::Window(start))
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| value == "1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(arguments: &[&str]) -> Result<Asked, String> {
        read(arguments.iter().map(OsString::from))
    }

    #[test]
    fn takes_the_folder_in_both_forms() {
        for form in [&["--data-dir", "a b"][..], &["--data-dir=a b"][..]] {
            let Ok(Asked::Window(start)) = asked(form) else {
                panic!("{form:?}")
            };
            assert_eq!(start.data_dir, Some(PathBuf::from("a b")));
        }
    }

    #[test]
    fn names_the_mistake() {
        for wrong in [
            &["--data-dir"][..],
            &["--data-dir", ""],
            &["--data-dir="],
            &["--verbose"],
            &["x"],
        ] {
            let Err(line) = asked(wrong) else {
                panic!("{wrong:?} was taken")
            };
            assert!(line.contains("--help"), "{line}");
        }
    }

    #[test]
    fn prints_version_and_help() {
        let Ok(Asked::Print(version)) = asked(&["--version"]) else {
            panic!()
        };
        assert_eq!(version, format!("readdress {}", env!("CARGO_PKG_VERSION")));
        let Ok(Asked::Print(help)) = asked(&["-h", "--unknown"]) else {
            panic!()
        };
        assert!(help.contains("readdress-cli"));
    }
}
