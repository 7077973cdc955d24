//! Whether a newer program wrote the database, before anything of it is touched.
//!
//! SQLite cannot be asked: to open a database with a log beside it makes files, and may bring the log into the database. So the version
//! is read from the bytes (<https://www.sqlite.org/fileformat2.html>, sections 1.3 and 4): `user_version`, in the database's head or in
//! the newest copy of the head that was committed to the log. Not here: what becomes of other versions (`migrate`).

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::migrate::VERSION;
use crate::error::{Code, Problem, Result};

/// Where `user_version` stands in the first page, big-endian.
const AT: usize = 60;
const HEAD: usize = 100;
const MAGIC: &[u8] = b"SQLite format 3\0";

/// Refuses a newer one. What cannot be read is left for those who come later to tell.
///
/// # Errors
/// `database_newer` with `file`, `version` (of the database) and `newest` (the newest that this program knows).
pub(crate) fn refuse_newer(file: &Path) -> Result<()> {
    let Some(mut version) = in_database(file) else {
        return Ok(());
    };
    if let Some(newer) = in_log(&log_of(file)) {
        version = newer;
    }
    if usize::try_from(version).is_ok_and(|version| version > VERSION) {
        let problem = newer_problem(version.into());
        return Err(problem.with("file", file.display().to_string()));
    }
    Ok(())
}

pub(super) fn newer_problem(version: i64) -> Problem {
    Problem::new(Code::DatabaseNewer)
        .with("version", version.to_string())
        .with("newest", VERSION.to_string())
        .with("releases", crate::link::RELEASES)
}

pub(super) fn log_of(file: &Path) -> PathBuf {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

fn in_database(file: &Path) -> Option<i32> {
    let mut head = [0; HEAD];
    File::open(file).ok()?.read_exact(&mut head).ok()?;
    version_in(&head)
}

fn version_in(page: &[u8]) -> Option<i32> {
    if !page.starts_with(MAGIC) {
        return None;
    }
    let bytes = page.get(AT..AT + 4)?.try_into().ok()?;
    Some(i32::from_be_bytes(bytes))
}

/// Of the last first page that a commit follows. A frame of an earlier use of the log has other salts.
fn in_log(log: &Path) -> Option<i32> {
    let file = File::open(log).ok()?;
    let length = file.metadata().ok()?.len();
    let mut file = BufReader::new(file);
    let mut head = [0; 32];
    file.read_exact(&mut head).ok()?;
    let page_size = number(&head, 8)?;
    let salts = head.get(16..24)?.to_owned();
    let frame_size = 24 + u64::from(page_size);
    let (mut version, mut committed) = (None, None);
    for at in 0..length.saturating_sub(32) / frame_size {
        file.seek(SeekFrom::Start(32 + at * frame_size)).ok()?;
        let mut frame = [0; 24 + HEAD];
        file.read_exact(&mut frame).ok()?;
        if frame.get(8..16) != Some(&salts[..]) {
            break;
        }
        if number(&frame, 0) == Some(1) {
            version = version_in(&frame[24..]).or(version);
        }
        if number(&frame, 4).is_some_and(|pages| pages > 0) {
            committed = version;
        }
    }
    committed
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(u32::from_be_bytes(four))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    fn with_version(file: &Path, version: i64) -> Connection {
        let db = Connection::open(file).expect("a database");
        let wal = db.query_row("PRAGMA journal_mode = WAL", [], |row| {
            row.get::<_, String>(0)
        });
        assert_eq!(wal.as_deref(), Ok("wal"));
        db.pragma_update(None, "user_version", version)
            .expect("written");
        db
    }

    #[test]
    fn it_is_read_from_the_file_and_from_its_log() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.db");
        assert_eq!(in_database(&file), None, "not there");
        let newest = i64::try_from(VERSION).expect("small");
        drop(with_version(&file, newest));
        assert!(!log_of(&file).exists(), "all of it is in the file");
        assert_eq!(refuse_newer(&file), Ok(()));

        // A newer program that is open, or has died: its version is in the log only.
        let open = with_version(&file, newest + 1);
        open.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1);")
            .expect("written");
        assert_eq!(in_database(&file).map(i64::from), Some(newest));
        let problem = refuse_newer(&file).expect_err("newer");
        assert_eq!(problem.code, Code::DatabaseNewer);
        assert_eq!(problem.params["version"], (newest + 1).to_string());
        assert_eq!(problem.params["newest"], newest.to_string());
        drop(open);
        assert!(refuse_newer(&file).is_err(), "now it is in the file");
    }

    #[test]
    fn what_was_not_committed_does_not_count() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.db");
        let db = with_version(&file, 1);
        db.execute_batch("CREATE TABLE t (a)").expect("written");
        let log = log_of(&file);
        assert_eq!(in_log(&log), Some(1));
        let mut bytes = std::fs::read(&log).expect("a log");
        let page = usize::try_from(number(&bytes, 8).expect("a size")).expect("small");
        // One more first page of version 9, as a program wrote it that died before its commit.
        let mut frame = bytes[32..32 + 24 + page].to_owned();
        frame[4..8].fill(0);
        frame[24 + AT..24 + AT + 4].copy_from_slice(&9_i32.to_be_bytes());
        bytes.extend(frame);
        let copy = folder.path().join("b-wal");
        std::fs::write(&copy, bytes).expect("written");
        assert_eq!(in_log(&copy), Some(1));
    }

    #[test]
    fn what_is_no_database_is_for_others_to_tell() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.db");
        for bytes in [&b""[..], b"x", &[0xff; 4096], MAGIC] {
            std::fs::write(&file, bytes).expect("written");
            std::fs::write(log_of(&file), bytes).expect("written");
            assert_eq!(refuse_newer(&file), Ok(()));
        }
    }
}
