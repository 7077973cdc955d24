//! The database's versions, and the way from one to the next.
//!
//! An upgrade needs to be alone in the folder, and leaves a copy of what was there before.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use super::fail::{Fail, sql_problem};
use crate::error::{Code, Problem, Result};
use crate::folder::{Folder, ProcessLock, io_problem, private_file};

const STEPS: &[M<'_>] = &[M::up(include_str!("schema/1.sql"))];

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
        Err(Code::DatabaseNewer.into())
    }
}

/// Brings the database to this program's version and locks this process into the folder.
///
/// # Errors
/// `database_newer`, `database_busy` (an upgrade while others are open), `database_damaged`, `disk_full`, `folder_read_only`.
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
            copy_before(folder, db, version)?;
        }
        Migrations::from_slice(steps)
            .to_latest(db)
            .map_err(|error| migration_problem(error, folder))?;
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
        Ok(version) => Err(Problem::new(Code::DatabaseNewer)
            .with("file", file.display().to_string())
            .with("version", version.to_string())),
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

/// `readdress-before-v2.db`: the whole database as it was, made under another name until it is complete.
fn copy_before(folder: &Folder, db: &Connection, version: usize) -> Result<()> {
    let copy = folder
        .path()
        .join(format!("readdress-before-v{}.db", version + 1));
    let part = copy.with_extension("part");
    let file_problem = |error| io_problem(&error, &part);
    let file = private_file(
        &part,
        std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true),
    )
    .map_err(file_problem)?;
    db.execute("VACUUM INTO ?1", [path_text(&part)?])
        .map_err(|error| sql_problem(&error, &part))?;
    file.sync_all().map_err(file_problem)?;
    std::fs::rename(&part, &copy).map_err(file_problem)
}

fn path_text(path: &Path) -> Result<&str> {
    path.to_str()
        .ok_or_else(|| Problem::new(Code::FolderReadOnly).with("file", path.display().to_string()))
}

fn migration_problem(error: rusqlite_migration::Error, folder: &Folder) -> Problem {
    match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => {
            sql_problem(&err, &folder.db_path())
        }
        _ => Code::Internal.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(40);

    fn place() -> (tempfile::TempDir, Folder) {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        (dir, folder)
    }

    fn connect(folder: &Folder) -> Connection {
        Connection::open(folder.db_path()).unwrap()
    }

    const NEXT: &[M<'_>] = &[
        M::up("CREATE TABLE a (x TEXT); INSERT INTO a VALUES ('kept')"),
        M::up("CREATE TABLE b (y TEXT)"),
    ];

    #[test]
    fn the_schema_is_sound() {
        Migrations::from_slice(STEPS).validate().unwrap();
    }

    #[test]
    fn a_new_folder_gets_the_latest_without_a_copy() {
        let (_dir, folder) = place();
        let process = to_latest(&folder, &mut connect(&folder), NEXT, SHORT).unwrap();
        assert_eq!(known_version(&folder, &connect(&folder), 2).unwrap(), 2);
        assert!(folder.is_alive(process.id()));
        assert!(!folder.path().join("readdress-before-v2.db").exists());
    }

    #[test]
    fn an_upgrade_leaves_a_copy_of_what_was() {
        let (_dir, folder) = place();
        drop(to_latest(&folder, &mut connect(&folder), &NEXT[..1], SHORT).unwrap());
        let process = to_latest(&folder, &mut connect(&folder), NEXT, SHORT).unwrap();
        assert!(folder.is_alive(process.id()));
        let count = |db: &Connection, table: &str| {
            db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
                row.get::<_, i64>(0)
            })
        };
        assert_eq!(count(&connect(&folder), "b"), Ok(0));
        let copy = folder.path().join("readdress-before-v2.db");
        let old = Connection::open(&copy).unwrap();
        assert_eq!(count(&old, "a"), Ok(1));
        assert!(count(&old, "b").is_err());
        assert_eq!(known_version(&folder, &old, 1).unwrap(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
    }

    #[test]
    fn an_upgrade_waits_for_the_others_to_leave() {
        let (_dir, folder) = place();
        let neighbour = to_latest(&folder, &mut connect(&folder), &NEXT[..1], SHORT).unwrap();
        let problem = to_latest(&folder, &mut connect(&folder), NEXT, SHORT).unwrap_err();
        assert_eq!(
            problem,
            Problem::new(Code::DatabaseBusy).with("reason", "upgrade")
        );
        assert_eq!(known_version(&folder, &connect(&folder), 2).unwrap(), 1);
        std::thread::scope(|scope| {
            let upgrade = scope.spawn(|| to_latest(&folder, &mut connect(&folder), NEXT, PATIENCE));
            std::thread::sleep(SHORT);
            drop(neighbour);
            upgrade.join().unwrap().unwrap();
        });
        assert_eq!(known_version(&folder, &connect(&folder), 2).unwrap(), 2);
    }

    #[test]
    fn a_failed_upgrade_changes_nothing() {
        let (_dir, folder) = place();
        drop(to_latest(&folder, &mut connect(&folder), &NEXT[..1], SHORT).unwrap());
        let broken = [
            NEXT[0].clone(),
            M::up("CREATE TABLE b (y TEXT); CREATE TABLE a (x TEXT)"),
        ];
        to_latest(&folder, &mut connect(&folder), &broken, SHORT).unwrap_err();
        assert_eq!(known_version(&folder, &connect(&folder), 2).unwrap(), 1);
        drop(to_latest(&folder, &mut connect(&folder), NEXT, SHORT).unwrap());
    }

    #[test]
    fn a_newer_one_is_left_alone() {
        let (_dir, folder) = place();
        drop(to_latest(&folder, &mut connect(&folder), NEXT, SHORT).unwrap());
        let problem = to_latest(&folder, &mut connect(&folder), &NEXT[..1], SHORT).unwrap_err();
        assert_eq!(
            (problem.code, problem.params["version"].as_str()),
            (Code::DatabaseNewer, "2")
        );
    }
}
