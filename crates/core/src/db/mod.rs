//! The database: profiles, sealed secrets, changes and their journal, mailboxes, in one SQLite file.
//!
//! One thread writes (`writer`), so that many jobs share one fsync; reads come from connections of their own and are
//! never held up by it. Not here: what a change may become (`change::machine`), the cipher (`vault`).

mod address;
mod apply;
mod changes;
mod clock;
mod code_mails;
mod column;
mod contents;
mod copies;
mod fail;
mod guard;
mod history;
mod job;
mod mailboxes;
mod migrate;
mod newer;
mod open;
mod profiles;
mod refill;
mod settings;
mod shift;
mod uses;
mod vault_row;
mod waits;
mod writer;

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use uuid::Uuid;

pub(crate) use code_mails::CodeMail;
pub(crate) use column::Id;
pub(crate) use contents::{Amounts, Contents};
pub(crate) use copies::{Copied, stamp};
pub(crate) use fail::Fail;
pub use job::{
    ChangeWrite, Expect, Guard, Job, ProfileWrite, Prune, Room, SealedValue, SecretWrite, Seen,
    StoredChange, Use, WaitWrite,
};
pub use mailboxes::MailboxRow;
pub(crate) use newer::refuse_newer;
pub(crate) use refill::{ACCEPTED, PENDING, Refill, is_here_only, is_readable};
pub(crate) use uses::free_at;
pub(crate) use vault_row::{VaultRow, refuse_orphans};

use crate::error::{Code, Problem, Result};
use crate::folder::{Folder, ProcessLock};
use writer::{Work, Writer};

/// Readers kept open between calls; more are opened when more are needed at once.
const READERS: usize = 4;

/// A handle to the open database. Cheap to clone; the last one closes it after what is queued is written.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    // Dropped in this order: the lock goes last, so that nobody takes our last intents for those of a dead process.
    writer: Writer,
    readers: Mutex<Vec<Connection>>,
    file: PathBuf,
    folder: Folder,
    data_version: Arc<AtomicI64>,
    options: open::Options,
    process: ProcessLock,
}

impl Db {
    /// Opens the folder's database, makes or upgrades it if needed, and locks this process into the folder.
    ///
    /// # Errors
    /// `database_damaged` (the file stays as it is), `database_newer`, `database_busy`, `disk_full`, `folder_read_only`;
    /// each names the `file`.
    pub fn open(folder: &Folder) -> Result<Self> {
        Self::open_with(folder, open::Options::default())
    }

    /// For tests: a database that may grow to `pages` pages only, as if the disk were full then.
    #[doc(hidden)]
    pub fn open_with_pages(folder: &Folder, pages: u32) -> Result<Self> {
        Self::open_with(
            folder,
            open::Options {
                max_pages: Some(pages),
                ..open::Options::default()
            },
        )
    }

    /// For tests: `busy` decides how often the write lock is asked for.
    #[doc(hidden)]
    pub fn open_with_busy(folder: &Folder, busy: fn(i32) -> bool) -> Result<Self> {
        Self::open_with(
            folder,
            open::Options {
                busy,
                ..open::Options::default()
            },
        )
    }

    fn open_with(folder: &Folder, options: open::Options) -> Result<Self> {
        let file = folder.db_path();
        let (connection, process) = open::first(folder, options)?;
        let writer = Writer::start(connection, file.clone()).map_err(|error| {
            Problem::new(Code::Internal).with("reason", error.kind().to_string())
        })?;
        let inner = Inner {
            writer,
            readers: Mutex::default(),
            file,
            folder: folder.clone(),
            data_version: Arc::default(),
            options,
            process,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The uuid of this process's lock: the owner of the intents it writes.
    pub fn process(&self) -> Uuid {
        self.inner.process.id()
    }

    /// Makes sure that other processes see this one alive.
    ///
    /// # Errors
    /// `folder_read_only`, `disk_full` where its lock file was removed and cannot be put back.
    pub fn stay_alive(&self) -> Result<()> {
        self.inner.process.renew()
    }

    /// Writes the job, all or nothing, and returns when it is on disk. Dropping the future does not stop it.
    ///
    /// # Errors
    /// Of this job only: `busy` (another version on disk, or a key that was replaced meanwhile), `change_open`,
    /// `label_taken`, `profile_unknown`. Of the whole group: `disk_full`, `database_busy`, `database_newer`,
    /// `database_damaged`, `folder_read_only`.
    pub async fn commit(&self, job: impl Into<Job>) -> Result<()> {
        let work = self.work_of(job.into());
        self.inner.writer.commit(work).await
    }

    /// As [`Db::commit`], for threads without a runtime.
    pub fn commit_blocking(&self, job: impl Into<Job>) -> Result<()> {
        self.inner.writer.commit_blocking(self.work_of(job.into()))
    }

    /// Keeps other programs from changing the schema or the key file while it is held.
    ///
    /// # Errors
    /// `database_busy` if one does so now.
    pub(crate) fn alone(&self) -> Result<std::fs::File> {
        self.inner.folder.lock_schema(Duration::ZERO)
    }

    fn work_of(&self, job: Job) -> Work {
        let process = self.process();
        Box::new(move |db| apply::apply(db, process, &job))
    }

    /// A transaction of its own kind, in the same queue.
    pub(crate) fn write(
        &self,
        work: impl FnOnce(&Connection) -> std::result::Result<(), Fail> + Send + 'static,
    ) -> Result<()> {
        self.inner.writer.commit_blocking(Box::new(work))
    }

    /// As [`Db::write`], for tasks.
    pub(crate) async fn write_async(
        &self,
        work: impl FnOnce(&Connection) -> std::result::Result<(), Fail> + Send + 'static,
    ) -> Result<()> {
        self.inner.writer.commit(Box::new(work)).await
    }

    /// Runs `read` on a connection of its own, in one snapshot per statement.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> std::result::Result<T, Fail>,
    ) -> Result<T> {
        let inner = &*self.inner;
        let idle = inner
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open::reader(&inner.file, inner.options)?,
        };
        let result = read(&connection).map_err(|fail| fail.into_problem(&inner.file));
        let mut readers = inner.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < READERS {
            readers.push(connection);
        }
        result
    }

    /// A number that changes when *another* process has committed. Not waited for longer than 250 ms: then the last one.
    pub fn data_version(&self) -> i64 {
        let (reply, answer) = std::sync::mpsc::channel();
        let seen = Arc::clone(&self.inner.data_version);
        // Asked on the writer's connection: there our own commits do not count.
        let look = self.inner.writer.look(Box::new(move |db| {
            let version = db
                .prepare_cached("PRAGMA data_version")
                .and_then(|mut ask| ask.query_row([], |row| row.get(0)));
            if let Ok(version) = version {
                seen.store(version, Ordering::Relaxed);
            }
            let _ = reply.send(());
        }));
        if look.is_ok() {
            let _ = answer.recv_timeout(Duration::from_millis(250));
        }
        self.inner.data_version.load(Ordering::Relaxed)
    }

    /// Takes what was deleted or written over out of the log too: after a change of keys the old ciphertext, and a key under
    /// an old passphrase, need not lie on. As far as it goes: a reader that looks on keeps the log for a while.
    pub(crate) fn forget_deleted(&self) {
        let busy = self.inner.options.busy;
        let look = self.inner.writer.look(Box::new(move |db| {
            let short = db.busy_timeout(Duration::from_millis(200));
            let _ = short
                .and_then(|()| db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
            let _ = db.busy_handler(Some(busy));
        }));
        // A writer that has ended has closed the database, and with it the log.
        drop(look);
    }

    /// Reads the whole file and says whether it is sound. Slow on a big one: for diagnostics.
    ///
    /// # Errors
    /// `database_damaged`.
    pub fn check(&self) -> Result<()> {
        let verdict: String =
            self.read(|db| Ok(db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?))?;
        if verdict == "ok" {
            return Ok(());
        }
        Err(Problem::new(Code::DatabaseDamaged).with("file", self.inner.file.display().to_string()))
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db")
            .field("file", &self.inner.file)
            .finish_non_exhaustive()
    }
}
