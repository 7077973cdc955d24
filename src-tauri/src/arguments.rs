//! What was asked for on the command line and in the environment. Pure but for the environment.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use readdress_core::vault::VaultEnv;

use crate::errand::{self, Errand};
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
    /// What it is started for.
    pub errands: Vec<Errand>,
    /// How WebKit was told to draw; `None`: it was told nothing.
    #[cfg(target_os = "linux")]
    pub drawn: Option<Box<crate::graphics::net::Drawn>>,
}

pub enum Asked {
    Window(Start),
    Print(String),
}

/// What the arguments alone say: those of a second start come from another process, without its environment.
#[derive(Debug, PartialEq, Eq)]
pub enum Given {
    Window {
        data_dir: Option<PathBuf>,
        errands: Vec<Errand>,
    },
    Print(String),
}

const HELP: &str = "\
Readdress: change the email address on your accounts, and know that it worked.

Usage: readdress [--data-dir DIR] [--practice | --add-profile | --pending] [FILE]...

A FILE is a service of your own (.readdress or .toml): it is shown before anything is added. Or a mail (.eml).
Where a window is open already, it does what is asked.

Options:
  --data-dir DIR   Keep everything in DIR instead of the system's folder for application data
  --practice       Show practice: the services played on this computer
  --add-profile    Open the form of a new profile
  --pending        Show what waits
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
    let folder = std::env::current_dir().unwrap_or_default();
    let (data_dir, errands) = match parse(arguments, &folder)? {
        Given::Window { data_dir, errands } => (data_dir, errands),
        Given::Print(text) => return Ok(Asked::Print(text)),
    };
    Ok(Asked::Window(Start {
        data_dir,
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
        errands,
        #[cfg(target_os = "linux")]
        drawn: None,
    }))
}

/// Pure. `folder`: where the start was typed; files are seen from there.
///
/// # Errors
/// A line that names the mistake.
pub fn parse(
    mut arguments: impl Iterator<Item = OsString>,
    folder: &Path,
) -> Result<Given, String> {
    let (mut data_dir, mut action, mut files) = (None, None, Vec::new());
    let mut only_files = false;
    while let Some(argument) = arguments.next() {
        let text = argument.to_str().filter(|_| !only_files);
        match text {
            Some("--help" | "-h") => return Ok(Given::Print(HELP.to_owned())),
            Some("--version" | "-V") => {
                let version = env!("CARGO_PKG_VERSION");
                return Ok(Given::Print(format!("readdress {version}")));
            }
            Some("--data-dir") => match arguments.next() {
                Some(dir) if !dir.is_empty() => data_dir = Some(PathBuf::from(dir)),
                _ => return Err("readdress: --data-dir needs a folder (see --help)".to_owned()),
            },
            Some(joined) if joined.starts_with("--data-dir=") && joined.len() > 11 => {
                data_dir = Some(PathBuf::from(&joined[11..]));
            }
            // macOS gives its process serial number to an app that is opened from the Finder.
            Some(serial) if serial.starts_with("-psn_") => {}
            Some("--") => only_files = true,
            Some(option) if option.starts_with('-') => match Errand::of_option(option) {
                Some(asked) if action.as_ref().is_none_or(|one| *one == asked) => {
                    action = Some(asked);
                }
                Some(_) => {
                    let all = "--practice, --add-profile and --pending";
                    return Err(format!("readdress: only one of {all} (see --help)"));
                }
                None => return Err(unknown(&argument)),
            },
            Some("") => return Err(unknown(&argument)),
            _ => files.push(Errand::of_file(&argument, folder)),
        }
    }
    let errands = errand::at_most(action.into_iter().chain(files).collect());
    Ok(Given::Window { data_dir, errands })
}

fn unknown(argument: &OsString) -> String {
    let shown = argument.to_string_lossy();
    format!("readdress: unknown argument {shown:?} (see --help)")
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
            &["--practice", "--pending"],
            &["-"],
            &[""],
            &["a.readdress", "--verbose"],
        ] {
            let Err(line) = asked(wrong) else {
                panic!("{wrong:?} was taken")
            };
            assert!(line.contains("--help"), "{line}");
        }
    }

    fn errands(arguments: &[&str]) -> Vec<Errand> {
        let given = parse(arguments.iter().map(OsString::from), Path::new("/here"));
        match given {
            Ok(Given::Window { errands, .. }) => errands,
            other => panic!("{arguments:?}: {other:?}"),
        }
    }

    #[test]
    fn says_what_the_start_is_for() {
        let file = |path: &str| Errand::File(PathBuf::from(path));
        assert_eq!(errands(&[]), []);
        assert_eq!(errands(&["--practice"]), [Errand::Practice]);
        assert_eq!(
            errands(&["--data-dir", "d", "--add-profile"]),
            [Errand::AddProfile]
        );
        assert_eq!(errands(&["--pending", "--pending"]), [Errand::Pending]);
        if cfg!(unix) {
            assert_eq!(
                errands(&[
                    "/a.readdress",
                    "--pending",
                    "b.toml",
                    "file:///c%20d.readdress"
                ]),
                [
                    Errand::Pending,
                    file("/a.readdress"),
                    file("/here/b.toml"),
                    file("/c d.readdress")
                ]
            );
            assert_eq!(errands(&["--", "--pending"]), [file("/here/--pending")]);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_is_a_file_too() {
        use std::os::unix::ffi::OsStrExt as _;
        let name = OsString::from(std::ffi::OsStr::from_bytes(b"/tmp/\xff.readdress"));
        let given = parse([name.clone()].into_iter(), Path::new("/here"));
        let errands = vec![Errand::File(PathBuf::from(name))];
        assert_eq!(
            given,
            Ok(Given::Window {
                data_dir: None,
                errands
            })
        );
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
