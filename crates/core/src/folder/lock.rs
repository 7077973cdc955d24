//! Which processes are alive in a folder: each holds `locks/<uuid>` locked for life.
//!
//! The system lets go of the lock when the process ends in whatever way, so there is no lease and no heartbeat.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::{Folder, io_problem, private_file};
use crate::error::{Code, Problem, Result};

/// This process's sign of life. Dropping it takes the sign away.
#[derive(Debug)]
pub struct ProcessLock {
    id: Uuid,
    path: PathBuf,
    file: Mutex<File>,
}

impl ProcessLock {
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Puts the file back where somebody has removed it: without it, others take this process for a dead one.
    ///
    /// # Errors
    /// `folder_read_only`, `disk_full`.
    pub(crate) fn renew(&self) -> Result<()> {
        if self.path.exists() {
            return Ok(());
        }
        let mut held = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.path.exists() {
            *held = locked_file(&self.path)?;
        }
        Ok(())
    }
}

/// Locked under another name first: under its own, a neighbour could find it not yet locked and remove it.
fn locked_file(path: &Path) -> Result<File> {
    let early = path.with_file_name(format!("new-{}", Uuid::now_v7()));
    let file = private_file(&early, OpenOptions::new().write(true).create_new(true))
        .map_err(|error| io_problem(&error, &early))?;
    file.try_lock()
        .map_err(|error| io_problem(&error.into(), &early))?;
    std::fs::rename(&early, path).map_err(|error| io_problem(&error, path))?;
    Ok(file)
}

impl Drop for ProcessLock {
    fn drop(&mut self) {
        // If this fails, the next process to look finds the file unlocked and removes it.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Folder {
    /// Locks a new `locks/<uuid>` for this process and sweeps away those of dead ones.
    ///
    /// # Errors
    /// `folder_read_only`, `disk_full`.
    pub fn lock_process(&self) -> Result<ProcessLock> {
        self.living_processes();
        let id = Uuid::now_v7();
        let path = self.locks_dir().join(id.to_string());
        let file = Mutex::new(locked_file(&path)?);
        Ok(ProcessLock { id, path, file })
    }

    /// Whether the process of that lock still runs. A dead one's file is removed.
    pub fn is_alive(&self, process: Uuid) -> bool {
        let path = self.locks_dir().join(process.to_string());
        let Ok(file) = File::open(&path) else {
            return path.exists();
        };
        // Shared, so that two who look at the same time do not take each other for the living one.
        match file.try_lock_shared() {
            Ok(()) => {
                let _ = std::fs::remove_file(&path);
                false
            }
            Err(_) => true,
        }
    }

    /// The processes that hold a lock in this folder.
    pub fn living_processes(&self) -> Vec<Uuid> {
        let Ok(entries) = std::fs::read_dir(self.locks_dir()) else {
            return Vec::new();
        };
        entries
            .flatten()
            .filter_map(|entry| Uuid::try_parse(entry.file_name().to_str()?).ok())
            .filter(|process| self.is_alive(*process))
            .collect()
    }

    /// Keeps others from creating or upgrading the database meanwhile; waits up to `limit`.
    ///
    /// # Errors
    /// `database_busy`, `folder_read_only`, `disk_full`.
    pub(crate) fn lock_schema(&self, limit: Duration) -> Result<File> {
        let path = self.locks_dir().join("schema");
        let file = private_file(
            &path,
            OpenOptions::new().write(true).create(true).truncate(false),
        )
        .map_err(|error| io_problem(&error, &path))?;
        let end = Instant::now() + limit;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if Instant::now() < end => {
                    std::thread::sleep(Duration::from_millis(1))
                }
                Err(TryLockError::WouldBlock) => return Err(Problem::new(Code::DatabaseBusy)),
                Err(TryLockError::Error(error)) => return Err(io_problem(&error, &path)),
            }
        }
    }
}
