//! The data key in a file of its own, for servers: a header line, then 32 bytes in base64; for its owner only.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::cipher::{Key, key_of_text, key_text, random_bytes};
use crate::error::{Code, Problem, Result};
use crate::folder::{io_problem, private_file, sync_dir};

const HEADER: &str = "readdress-key-1";

/// A key file has 61 bytes; what is much longer is something else.
const LONGEST: u64 = 1024;

/// Writes a new random key into a new file that only this user may read.
///
/// # Errors
/// `key_file_invalid` with `reason = exists` (a key is never overwritten), `disk_full`, `folder_read_only`.
pub fn new_key_file(path: &Path) -> Result<()> {
    write(path, OpenOptions::new().write(true).create_new(true))
}

/// A new key in `<path>.new`, to take the place of `path` once the vault is sealed with it.
pub(super) fn write_successor(path: &Path) -> Result<()> {
    // One that is there already belongs to a change of keys that never was committed. Never written through: it could be
    // a link that somebody has put there.
    match std::fs::remove_file(successor(path)) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(io_problem(&error, &successor(path)));
        }
        _ => {}
    }
    write(
        &successor(path),
        OpenOptions::new().write(true).create_new(true),
    )
}

/// Lets the successor take its place.
pub(super) fn succeed(path: &Path) -> Result<()> {
    std::fs::rename(successor(path), path).map_err(|error| io_problem(&error, path))?;
    sync_dir(path);
    Ok(())
}

pub(super) fn successor(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

fn write(path: &Path, options: &mut OpenOptions) -> Result<()> {
    let key = key_text(random_bytes().expose_secret());
    let text = Zeroizing::new(format!("{HEADER}\n{}\n", key.as_str()));
    let result = private_file(path, options).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        sync_dir(path);
        Ok(())
    });
    result.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => invalid(path, "exists"),
        _ => io_problem(&error, path),
    })
}

/// # Errors
/// `key_file_invalid` with `file` and `reason`: `missing`, `unreadable`, `link`, `permissions`, `format`.
pub(super) fn read(id: Uuid, path: &Path) -> Result<Key> {
    let refused = |error: &std::io::Error| {
        let reason = match error.kind() {
            ErrorKind::NotFound => "missing",
            ErrorKind::InvalidData => "format",
            _ => "unreadable",
        };
        invalid(path, reason)
    };
    let found = std::fs::symlink_metadata(path).map_err(|error| refused(&error))?;
    if found.is_symlink() {
        // Whoever may change the link chooses the key; and a new key would take the place of the link, not of the file.
        return Err(invalid(path, "link"));
    }
    // A pipe or a device would be waited for, perhaps for ever.
    if !found.is_file() || found.len() > LONGEST {
        return Err(invalid(path, "format"));
    }
    let file = File::open(path).map_err(|error| refused(&error))?;
    check_private(&file, &found, path)?;
    // No growing: a buffer that is too small would leave a copy behind.
    let mut text = Zeroizing::new(String::with_capacity(LONGEST as usize));
    file.take(LONGEST)
        .read_to_string(&mut text)
        .map_err(|error| refused(&error))?;
    let mut lines = text.lines();
    let key = (lines.next() == Some(HEADER))
        .then(|| lines.next())
        .flatten()
        .filter(|_| lines.all(|line| line.is_empty()));
    let bytes = key.and_then(key_of_text);
    Ok(Key::new(id, bytes.ok_or_else(|| invalid(path, "format"))?))
}

/// The open file is the one that was looked at, and only its owner may read it.
#[cfg(unix)]
fn check_private(file: &File, found: &std::fs::Metadata, path: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let open = file.metadata().map_err(|_| invalid(path, "unreadable"))?;
    if (open.dev(), open.ino()) != (found.dev(), found.ino()) {
        return Err(invalid(path, "unreadable"));
    }
    if open.mode() & 0o077 != 0 {
        return Err(invalid(path, "permissions"));
    }
    Ok(())
}

/// Windows gives a new file the rights of its folder; a person's own folders are theirs alone.
#[cfg(not(unix))]
fn check_private(_: &File, _: &std::fs::Metadata, _: &Path) -> Result<()> {
    Ok(())
}

pub(super) fn invalid(path: &Path, reason: &str) -> Problem {
    Problem::new(Code::KeyFileInvalid)
        .with("file", path.display().to_string())
        .with("reason", reason)
}
