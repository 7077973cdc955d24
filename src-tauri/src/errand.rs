//! What a start is for, besides the window: an action of the desktop entry, or a file that was opened with us. Pure.
//!
//! Not here: reading the arguments (`arguments`), keeping what waits for the page (`errands`).

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use tauri::Url;

/// More files at once than anybody means to look at.
const MOST: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// Try in practice.
    Practice,
    AddProfile,
    /// What waits.
    Pending,
    /// A service file, or a mail.
    File(PathBuf),
}

impl Errand {
    /// The action of that option.
    pub fn of_option(option: &str) -> Option<Self> {
        match option {
            "--practice" => Some(Self::Practice),
            "--add-profile" => Some(Self::AddProfile),
            "--pending" => Some(Self::Pending),
            _ => None,
        }
    }

    /// A file as a person or a file manager names it: a path, seen from `folder`, or a `file:` address.
    pub fn of_file(name: &OsStr, folder: &Path) -> Self {
        let address = name.to_str().and_then(path_of_address);
        Self::File(folder.join(address.unwrap_or_else(|| PathBuf::from(name))))
    }

    pub fn is_mail(file: &Path) -> bool {
        let end = file.extension();
        end.is_some_and(|end| end.eq_ignore_ascii_case("eml"))
    }
}

/// What the system says was opened with us (macOS tells it by an event, not by arguments).
// Tried on every system, needed on one.
#[cfg_attr(
    not(any(target_os = "macos", all(test, unix))),
    expect(dead_code, reason = "macOS alone asks")
)]
pub fn of_addresses(addresses: &[Url]) -> Vec<Errand> {
    let files = addresses
        .iter()
        .filter(|address| address.scheme() == "file");
    let paths = files.filter_map(|address| address.to_file_path().ok());
    at_most(paths.map(Errand::File).collect())
}

/// The first ones.
pub fn at_most(mut errands: Vec<Errand>) -> Vec<Errand> {
    errands.truncate(MOST);
    errands
}

fn path_of_address(text: &str) -> Option<PathBuf> {
    let scheme = text.get(..5)?;
    if !scheme.eq_ignore_ascii_case("file:") {
        return None;
    }
    Url::parse(text).ok()?.to_file_path().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn file(name: &str) -> PathBuf {
        match Errand::of_file(OsStr::new(name), Path::new("/home/ana")) {
            Errand::File(path) => path,
            other => panic!("{other:?}"),
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_named_by_path_or_address_and_seen_from_its_folder() {
        for (name, path) in [
            ("/tmp/a b.readdress", "/tmp/a b.readdress"),
            ("forge.readdress", "/home/ana/forge.readdress"),
            ("../x.toml", "/home/ana/../x.toml"),
            ("file:///tmp/a%20b.readdress", "/tmp/a b.readdress"),
            ("FILE:///tmp/%C3%A9.eml", "/tmp/\u{e9}.eml"),
            ("file://localhost/tmp/x.toml", "/tmp/x.toml"),
            // Names that are no addresses of files here: told as missing, not opened elsewhere.
            (
                "file://server/share/x.toml",
                "/home/ana/file://server/share/x.toml",
            ),
            (
                "https://example.com/x.toml",
                "/home/ana/https://example.com/x.toml",
            ),
            ("file:", "/"),
        ] {
            assert_eq!(file(name), PathBuf::from(path), "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_macos_opens_with_us_are_files_and_nothing_else() {
        let addresses = [
            "file:///Users/ana/forge.readdress",
            "https://example.com/x",
            "readdress:x",
        ];
        let addresses: Vec<Url> = addresses
            .iter()
            .map(|text| text.parse().expect("a URL"))
            .collect();
        let expected = [Errand::File("/Users/ana/forge.readdress".into())];
        assert_eq!(of_addresses(&addresses), expected);
        let many = vec![addresses[0].clone(); 500];
        assert_eq!(of_addresses(&many).len(), MOST);
    }

    #[test]
    fn a_mail_is_told_by_its_ending() {
        for (name, mail) in [
            ("a.eml", true),
            ("A.EML", true),
            ("eml", false),
            ("a.readdress", false),
            ("a.eml.toml", false),
        ] {
            assert_eq!(Errand::is_mail(Path::new(name)), mail, "{name}");
        }
    }
}
