//! Backups: everything of one folder in one file, encrypted with a passphrase (`age`, scrypt). Format: `docs/backup.md`.
//!
//! ```text
//! Contents ─► export ─► record (a JSON line) ─► file (age) ─► NAME.age     never plain on a disk, never whole in memory
//! Refill   ◄─ restore ◄─ read (checks all of it first) ◄─ file ◄─ NAME.age
//! ```
//!
//! Not here: the rows themselves (`db`), the key that seals them in this folder (`vault`), who asks for it (`engine`).

pub(crate) mod export;
mod file;
pub(crate) mod manifests;
pub(crate) mod read;
mod record;
pub(crate) mod restore;
mod settle;

use std::sync::Arc;

use crate::error::{Code, Problem, Result};
use crate::secret::Secret;
use crate::view::BackupProgress;

pub use file::WORK_FACTOR;

/// The version of the format. Grows with every new kind of record and every new field: a program refuses what it does
/// not know, since leaving it out would be a loss that nobody sees. Older ones are read: 1 had no mailboxes, and no mails
/// whose codes were given.
pub const FORMAT: u32 = 2;

/// The first format with mailboxes and the mails of codes.
const WITH_MAIL: u32 = 2;

/// Told now and then how far it is.
pub type Tell = Arc<dyn Fn(BackupProgress) + Send + Sync>;

/// How many rows pass until somebody is told.
const TELL_EVERY: u64 = 200;

/// The file's passphrase, and what it costs to try one.
#[derive(Debug, Clone)]
pub struct Lock {
    pub passphrase: Secret,
    /// scrypt's log2(N).
    pub work_factor: u8,
}

impl Lock {
    /// # Errors
    /// `passphrase_too_short` with `min`.
    pub fn new(passphrase: Secret) -> Result<Self> {
        crate::vault::check_passphrase(&passphrase)?;
        Ok(Self {
            passphrase,
            work_factor: WORK_FACTOR,
        })
    }
}

/// Counts rows, and tells.
struct Counter<'a> {
    tell: &'a Tell,
    progress: BackupProgress,
}

impl<'a> Counter<'a> {
    fn new(tell: &'a Tell, done: u64, total: u64) -> Self {
        let progress = BackupProgress { done, total };
        tell(progress);
        Self { tell, progress }
    }

    fn count(&mut self) {
        self.progress.done = (self.progress.done + 1).min(self.progress.total);
        if self.progress.done.is_multiple_of(TELL_EVERY) {
            (self.tell)(self.progress);
        }
    }
}

/// Why a file is no backup that can be restored.
#[derive(Debug, Clone, Copy)]
enum Wrong {
    /// It is not there, or may not be read.
    Unreadable,
    /// Something else, or a backup for another kind of key.
    NotABackup,
    /// It ends too early.
    Cut,
    /// Its bytes are not those that were written.
    Altered,
    /// It opens, and what is in it does not fit together.
    Content,
    /// Opening it would take minutes and gigabytes: no program of ours writes such a file.
    Work,
}

impl From<Wrong> for Problem {
    fn from(wrong: Wrong) -> Self {
        let reason = match wrong {
            Wrong::Unreadable => "unreadable",
            Wrong::NotABackup => "not_a_backup",
            Wrong::Cut => "cut",
            Wrong::Altered => "altered",
            Wrong::Content => "content",
            Wrong::Work => "work",
        };
        Problem::new(Code::BackupInvalid).with("reason", reason)
    }
}
