//! Whole copies of the database, made before something big happens to it: an upgrade, a restore that replaces all.
//!
//! Not here: backups that leave this machine (`backup`). A copy is sealed as its original is, and opens with the same vault.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;

use super::Db;
use super::fail::{Fail, sql_problem};
use crate::error::{Code, Problem, Result};
use crate::folder::{Folder, io_problem, make_dir, private_file, sync_dir};
use crate::kill;

/// Copies that are kept; older ones go when a newer one has served.
const KEEP: usize = 3;

/// A copy under way; a program that died left it at most.
const PART: &str = "copy.part";

/// `copies/readdress-<time>-<why>.db`: all that is committed, also what is still in the log (0600, on disk).
///
/// # Errors
/// `disk_full`, `folder_read_only`, `database_damaged`: nothing is left of the copy then.
pub(super) fn make(folder: &Folder, db: &Connection, why: &str) -> Result<PathBuf> {
    let dir = folder.copies_dir();
    make_dir(&dir)?;
    let part = dir.join(PART);
    let copy = dir.join(format!("readdress-{}-{why}.db", stamp()));
    let done = write(db, &part).and_then(|()| {
        kill::point("copy: written");
        std::fs::rename(&part, &copy).map_err(|error| io_problem(&error, &copy))
    });
    match done {
        Ok(()) => {
            sync_dir(&copy);
            Ok(copy)
        }
        Err(problem) => {
            discard(&part);
            Err(problem)
        }
    }
}

fn write(db: &Connection, part: &Path) -> Result<()> {
    let file_problem = |error| io_problem(&error, part);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    let file = private_file(part, &mut options).map_err(file_problem)?;
    let path = part.to_str().ok_or_else(|| {
        Problem::new(Code::FolderReadOnly).with("file", part.display().to_string())
    })?;
    // Not a copy of files: what is committed may still be in the log.
    db.execute("VACUUM INTO ?1", [path])
        .map_err(|error| sql_problem(&error, part))?;
    file.sync_all().map_err(file_problem)
}

/// A copy that has not been needed after all.
pub(super) fn discard(copy: &Path) {
    // What cannot be removed is no more than a file too many.
    let _ = std::fs::remove_file(copy);
}

/// Removes all but `made`, which has just served, and the newest before it. A clock that was set back makes `made` look
/// older than those: it stays all the same.
pub(super) fn keep_newest(folder: &Folder, made: &Path) {
    let Ok(entries) = std::fs::read_dir(folder.copies_dir()) else {
        return;
    };
    let is_copy = |name: &str| name.starts_with("readdress-") && name.ends_with(".db");
    let mut copies: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(is_copy))
        .map(|entry| entry.path())
        .filter(|copy| copy != made)
        .collect();
    // Their names begin with the time.
    copies.sort();
    let old = copies.len().saturating_sub(KEEP - 1);
    copies[..old].iter().for_each(|copy| discard(copy));
}

/// Now, to the millisecond, as a part of a file's name that sorts by time.
pub(crate) fn stamp() -> String {
    Timestamp::now().strftime("%Y%m%dT%H%M%S%.3fZ").to_string()
}

/// A copy, and what the database was when it was made.
pub(crate) struct Copied {
    pub path: PathBuf,
    version: (i64, u64),
}

impl Copied {
    /// # Errors
    /// `busy` if something was committed since: the copy does not have it.
    pub fn check(&self, db: &Connection) -> std::result::Result<(), Fail> {
        if version(db)? == self.version {
            Ok(())
        } else {
            Err(Code::Busy.into())
        }
    }
}

/// Changes when anybody commits: others, or this connection.
fn version(db: &Connection) -> rusqlite::Result<(i64, u64)> {
    let others = db.query_row("PRAGMA data_version", [], |row| row.get(0))?;
    Ok((others, db.total_changes()))
}

impl Db {
    /// A copy of all that is here now.
    ///
    /// # Errors
    /// `disk_full`, `folder_read_only`, `database_damaged`.
    pub(crate) fn copy(&self, why: &'static str) -> Result<Copied> {
        let (reply, answer) = std::sync::mpsc::channel();
        let (folder, file) = (self.inner.folder.clone(), self.inner.file.clone());
        self.inner.writer.look(Box::new(move |db| {
            let copied = version(db)
                .map_err(|error| sql_problem(&error, &file))
                .and_then(|version| {
                    let path = make(&folder, db, why)?;
                    Ok(Copied { path, version })
                });
            let _ = reply.send(copied);
        }))?;
        answer.recv().unwrap_or_else(|_| Err(Code::Internal.into()))
    }

    /// What has been copied is replaced: old copies go.
    pub(crate) fn keep_copy(&self, copied: &Copied) {
        keep_newest(&self.inner.folder, &copied.path);
    }

    /// Nothing was replaced: the copy was for nothing.
    pub(crate) fn discard_copy(&self, copied: &Copied) {
        discard(&copied.path);
    }
}
