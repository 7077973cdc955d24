//! Opens connections, and tells a damaged, a foreign and a missing file apart before SQLite may touch them.

use std::io::ErrorKind;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use super::fail::sql_problem;
use super::migrate;
use super::newer::log_of;
use crate::error::{Code, Problem, Result};
use crate::folder::{Folder, ProcessLock, io_problem, private_file, sync_dir};

#[derive(Clone, Copy)]
pub(super) struct Options {
    /// Called with the number of tries so far while another process holds the write lock; `false` gives up.
    pub busy: fn(i32) -> bool,
    pub max_pages: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            busy: poll,
            max_pages: None,
        }
    }
}

/// How long another program is waited for.
const LONGEST: Duration = Duration::from_secs(10);

/// Polls of 1 ms for 10 s: SQLite's own back-off grows to 100 ms and loses against a busy neighbour.
fn poll(tries: i32) -> bool {
    std::thread::sleep(Duration::from_millis(1));
    tries < 10_000
}

/// The writer's connection, to a database of this program's version.
pub(super) fn first(folder: &Folder, options: Options) -> Result<(Connection, ProcessLock)> {
    let file = folder.db_path();
    refuse_torn(&file)?;
    if !file.exists() {
        private_file(&file, std::fs::OpenOptions::new().append(true).create(true))
            .map_err(|error| io_problem(&error, &file))?;
        sync_dir(&file);
    }
    let mut db = connect(&file, options)?;
    let process = migrate::prepare(folder, &mut db)?;
    let pragma = |name, value: &str| {
        db.pragma_update(None, name, value)
            .map_err(|error| sql_problem(&error, &file))
    };
    // A power cut after COMMIT must not take back an intent whose call has left.
    pragma("synchronous", "FULL")?;
    pragma("foreign_keys", "ON")?;
    // What is deleted is overwritten in the file, and not only forgotten.
    pragma("secure_delete", "ON")?;
    pragma("journal_size_limit", "67108864")?;
    if let Some(pages) = options.max_pages {
        pragma("max_page_count", &pages.to_string())?;
    }
    #[cfg(target_os = "macos")]
    for name in ["fullfsync", "checkpoint_fullfsync"] {
        pragma(name, "ON")?;
    }
    Ok((db, process))
}

/// A connection that only reads.
pub(super) fn reader(file: &Path, options: Options) -> Result<Connection> {
    let db = connect(file, options)?;
    db.pragma_update(None, "query_only", "ON")
        .map_err(|error| sql_problem(&error, file))?;
    Ok(db)
}

fn connect(file: &Path, options: Options) -> Result<Connection> {
    let open = || {
        // NO_MUTEX: each connection is used by one thread at a time.
        let db = Connection::open_with_flags(
            file,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        db.busy_handler(Some(options.busy))?;
        db.set_prepared_statement_cache_capacity(64);
        let mode = use_log(&db, options)?;
        Ok((db, mode))
    };
    let (db, mode) = open().map_err(|error| sql_problem(&error, file))?;
    if mode == "wal" {
        Ok(db)
    } else {
        Err(Problem::new(Code::FolderReadOnly).with("file", file.display().to_string()))
    }
}

/// The mode lasts in the file; asking again is cheap, and reads the header. Where two programs make the same database at
/// once, SQLite tells one of them "busy" without asking its handler: neither could get the file alone while both look.
fn use_log(db: &Connection, options: Options) -> rusqlite::Result<String> {
    let begun = Instant::now();
    let mut tries = 0;
    loop {
        match db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)) {
            Err(rusqlite::Error::SqliteFailure(error, _))
                if error.code == rusqlite::ErrorCode::DatabaseBusy
                    && begun.elapsed() < LONGEST
                    && (options.busy)(tries) =>
            {
                tries += 1;
            }
            mode => return mode,
        }
    }
}

/// SQLite takes an empty file for a new database and throws away the log beside it. With a log in it, it is a torn one.
fn refuse_torn(file: &Path) -> Result<()> {
    let length = |path: &Path| match std::fs::metadata(path) {
        Ok(meta) => Ok(meta.len()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
        Err(error) => Err(io_problem(&error, path)),
    };
    // The log first: who makes the database now writes the file's head before the log.
    if length(&log_of(file))? > 0 && length(file)? == 0 {
        return Err(Problem::new(Code::DatabaseDamaged).with("file", file.display().to_string()));
    }
    Ok(())
}
