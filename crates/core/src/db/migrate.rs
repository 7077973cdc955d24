//! The database's versions, and the way from one to the next.
//!
//! An upgrade needs to be alone in the folder, and leaves a copy of what was there before.

use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use super::copies;
use super::fail::{Fail, sql_problem};
use super::newer::newer_problem;
use crate::error::{Code, Problem, Result};
use crate::folder::{Folder, ProcessLock};
use crate::kill;

const STEPS: &[M<'_>] = &[
    M::up(include_str!("schema/1.sql")),
    M::up(include_str!("schema/2.sql")),
];

/// How long a start waits for a neighbour that creates, upgrades or leaves.
const PATIENCE: Duration = Duration::from_secs(10);

/// The version of the database that this program writes.
pub(super) const VERSION: usize = STEPS.len();

/// Refuses a database that another program has upgraded since it was opened here.
pub(super) fn check_version(db: &Connection) -> std::result::Result<(), Fail> {
    let version: i64 = db
        .prepare_cached("PRAGMA user_version")?
        .query_row([], |row| row.get(0))?;
    if usize::try_from(version) == Ok(VERSION) {
        Ok(())
    } else {
        Err(newer_problem(version).into())
    }
}

/// Brings the database to this program's version and locks this process into the folder.
///
/// # Errors
/// `database_newer`, `database_busy` (an upgrade while others are open), `database_damaged`, `disk_full`,
/// `folder_read_only`, `upgrade_failed`: the database is as it was then.
pub(super) fn prepare(folder: &Folder, db: &mut Connection) -> Result<ProcessLock> {
    to_latest(folder, db, STEPS, PATIENCE)
}

fn to_latest(
    folder: &Folder,
    db: &mut Connection,
    steps: &[M<'_>],
    patience: Duration,
) -> Result<ProcessLock> {
    let latest = steps.len();
    let process = folder.lock_process()?;
    if known_version(folder, db, latest)? == latest {
        return Ok(process);
    }
    drop(process);
    let schema = folder.lock_schema(patience)?;
    let version = known_version(folder, db, latest)?;
    if version != latest {
        if version > 0 {
            wait_until_alone(folder, patience)?;
            upgrade(folder, db, version, steps)?;
        } else {
            migrate(folder, db, version, steps)?;
        }
    }
    let process = folder.lock_process()?;
    drop(schema);
    Ok(process)
}

fn known_version(folder: &Folder, db: &Connection, latest: usize) -> Result<usize> {
    let file = folder.db_path();
    let version: i64 = db
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(|error| sql_problem(&error, &file))?;
    match usize::try_from(version) {
        Ok(version) if version <= latest => Ok(version),
        Ok(_) => Err(newer_problem(version).with("file", file.display().to_string())),
        Err(_) => Err(Problem::new(Code::DatabaseDamaged).with("file", file.display().to_string())),
    }
}

fn wait_until_alone(folder: &Folder, patience: Duration) -> Result<()> {
    let end = Instant::now() + patience;
    while !folder.living_processes().is_empty() {
        if Instant::now() >= end {
            return Err(Problem::new(Code::DatabaseBusy).with("reason", "upgrade"));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// A copy first, then all steps in one transaction. What fails leaves the database as it was.
fn upgrade(folder: &Folder, db: &mut Connection, version: usize, steps: &[M<'_>]) -> Result<()> {
    let copy = copies::make(folder, db, &format!("before-v{}", steps.len()))?;
    kill::point("migrate: copied");
    // The copy of what still is there as it was would only push out an older one.
    migrate(folder, db, version, steps).inspect_err(|_| copies::discard(&copy))?;
    kill::point("migrate: done");
    copies::keep_newest(folder, &copy);
    Ok(())
}

fn migrate(folder: &Folder, db: &mut Connection, version: usize, steps: &[M<'_>]) -> Result<()> {
    let failed = || {
        Problem::new(Code::UpgradeFailed)
            .with("file", folder.db_path().display().to_string())
            .with("version", version.to_string())
    };
    Migrations::from_slice(steps)
        .to_latest(db)
        .map_err(|error| match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => {
                let problem = sql_problem(&err, &folder.db_path());
                match (problem.code, problem.params.get("sqlite")) {
                    (Code::Internal, Some(sqlite)) => failed().with("sqlite", sqlite),
                    (Code::Internal, None) => failed(),
                    _ => problem,
                }
            }
            _ => failed(),
        })
}

#[cfg(test)]
mod tests;
