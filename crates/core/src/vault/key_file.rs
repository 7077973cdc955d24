//! The data key in a file of its own, for servers: a header line, then 32 bytes in base64; for its owner only.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::cipher::{Key, random_bytes};
use crate::error::{Code, Problem, Result};
use crate::folder::{io_problem, private_file, sync_dir};

const HEADER: &str = "readdress-key-1";

/// Writes a new random key into a new file that only this user may read.
///
/// # Errors
/// `key_file_invalid` with `reason = exists` (a key is never overwritten), `disk_full`, `folder_read_only`.
pub fn new_key_file(path: &Path) -> Result<()> {
    write(
        path,
        &random_bytes(),
        OpenOptions::new().write(true).create_new(true),
    )
}

/// A new key in `<path>.new`, to take the place of `path` once the vault is sealed with it.
pub(super) fn write_successor(path: &Path) -> Result<()> {
    // One that is there already belongs to a change of keys that never was committed.
    write(
        &successor(path),
        &random_bytes(),
        OpenOptions::new().write(true).create(true).truncate(true),
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

fn write(path: &Path, key: &[u8; 32], options: &mut OpenOptions) -> Result<()> {
    let text = Zeroizing::new(format!(
        "{HEADER}\n{}\n",
        Zeroizing::new(STANDARD.encode(key)).as_str()
    ));
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
/// `key_file_invalid` with `file` and `reason`: `missing`, `unreadable`, `permissions`, `format`.
pub(super) fn read(id: Uuid, path: &Path) -> Result<Key> {
    let text = std::fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(|error| {
            invalid(
                path,
                match error.kind() {
                    ErrorKind::NotFound => "missing",
                    ErrorKind::InvalidData => "format",
                    _ => "unreadable",
                },
            )
        })?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let meta = std::fs::metadata(path).map_err(|_| invalid(path, "unreadable"))?;
        if meta.permissions().mode() & 0o077 != 0 {
            return Err(invalid(path, "permissions"));
        }
    }
    let mut lines = text.lines();
    let key = (lines.next() == Some(HEADER))
        .then(|| lines.next())
        .flatten()
        .filter(|_| lines.all(|line| line.is_empty()));
    let bytes = key
        .and_then(|key| STANDARD.decode(key.trim()).ok())
        .map(Zeroizing::new);
    let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
    let bytes = bytes.ok_or_else(|| invalid(path, "format"))?;
    Ok(Key::new(id, Zeroizing::new(bytes)))
}

pub(super) fn invalid(path: &Path, reason: &str) -> Problem {
    Problem::new(Code::KeyFileInvalid)
        .with("file", path.display().to_string())
        .with("reason", reason)
}
