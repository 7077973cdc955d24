//! A service file from wherever it lies, as text: read once, so that what was looked at is what is added.
//!
//! Not here: what it says (`parse`), the folder of those that are used (`catalog`).

use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::error::{Code, Problem, Result};

/// Largest manifest of the user's own, in bytes.
const LARGEST: u64 = 256 * 1024;

/// A file and its name; where it lies says nothing about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceFile {
    pub name: String,
    pub text: String,
}

/// Why a file has no text for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    Missing,
    /// A folder, a pipe, a device.
    NotPlain,
    Unreadable(ErrorKind),
    Large,
    NotText,
}

impl ServiceFile {
    /// # Errors
    /// `service_file_unreadable` with `file` and `reason`: `missing`, `not_plain`, `unreadable`, `large`, `not_text`.
    pub fn read(path: &Path) -> Result<Self> {
        let name = name_of(path);
        match read_text(path) {
            Ok(text) => Ok(Self { name, text }),
            Err(why) => Err(Problem::new(Code::ServiceFileUnreadable)
                .with("file", name)
                .with("reason", why.reason())),
        }
    }
}

impl Unread {
    fn reason(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotPlain => "not_plain",
            Self::Unreadable(_) => "unreadable",
            Self::Large => "large",
            Self::NotText => "not_text",
        }
    }

    /// What is so, and what to do, as a mistake of a manifest is told.
    pub(super) fn message(self) -> (String, &'static str) {
        match self {
            Self::Missing => (cannot(ErrorKind::NotFound), "check its permissions"),
            Self::Unreadable(kind) => (cannot(kind), "check its permissions"),
            Self::NotPlain => (
                "this is not a plain file".to_owned(),
                "a manifest is a text file",
            ),
            Self::Large => (
                "a manifest has at most 256 KiB".to_owned(),
                "one manifest describes one service",
            ),
            Self::NotText => ("the file is not UTF-8 text".to_owned(), "save it as UTF-8"),
        }
    }
}

fn cannot(kind: ErrorKind) -> String {
    format!("the file cannot be read: {kind}")
}

pub(super) fn read_text(path: &Path) -> std::result::Result<String, Unread> {
    let unread = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => Unread::Missing,
        kind => Unread::Unreadable(kind),
    };
    // Opening a pipe or a terminal waits for whoever is at its other end. A link to a plain file is as good as the file.
    if !std::fs::metadata(path).map_err(unread)?.is_file() {
        return Err(Unread::NotPlain);
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unread)?;
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(unread)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Unread::Large);
    }
    String::from_utf8(bytes).map_err(|_| Unread::NotText)
}

/// The last part of a path, for people.
pub(super) fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
