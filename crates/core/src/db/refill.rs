//! Empties the database and fills it anew, inside one transaction of the writer: a restore.
//!
//! Not here: where the rows come from (`backup`), what becomes of open changes (`backup::settle`).

use rusqlite::{Connection, ErrorCode, params};
use uuid::Uuid;

use super::apply::{apply, write_events};
use super::clock;
use super::code_mails::CodeMail;
use super::column::Id;
use super::contents::Contents;
use super::fail::Fail;
use super::job::{ChangeWrite, Job};
use super::mailboxes::MailboxRow;
use super::{code_mails, mailboxes, settings, vault_row, waits};
use crate::change::Event;
use crate::error::{Code, Problem};

type Done<T = ()> = std::result::Result<T, Fail>;

/// Manifest files that wait to take their places once a restore is committed.
pub(crate) const PENDING: &str = "restore";

/// Hosts of files of the user's own that somebody has looked at, by the service's id.
pub(crate) const ACCEPTED: &str = "accepted_host:";

/// A setting of this folder and machine, which no backup carries.
pub(crate) fn is_here_only(key: &str) -> bool {
    // A file that came out of a backup is looked at again: who made the backup need not be who restores it. Nor does a
    // backup say which keys this machine's keychain shall let go of.
    key == PENDING || key.starts_with(ACCEPTED) || STAYS.iter().any(|stays| key.starts_with(stays))
}

/// What tells of this machine stays where it is, whatever fills the folder.
const STAYS: [&str; 2] = [clock::HERE, vault_row::DOOMED];

/// Whether a setting means something here. One that cannot be read would keep the folder shut, or an answer from being
/// written down.
pub(crate) fn is_readable(key: &str, value: &str) -> bool {
    if key == settings::NETWORK {
        return settings::network_of(value).is_some();
    }
    !key.starts_with(waits::KEYS[0]) || waits::is_wait(value)
}

/// A version far over all that were given out: a program that still holds a change of before cannot write over the new one.
const HIGHEST: u64 = 1 << 40;

/// A database that is being filled.
pub(crate) struct Refill<'a> {
    db: &'a Connection,
    process: Uuid,
    /// Higher than the version of any change that was here.
    floor: u64,
}

impl<'a> Refill<'a> {
    /// Takes all profiles, changes, mailboxes and settings away; the vault stays.
    ///
    /// # Errors
    /// `folder_not_empty` without `replace` where something is here; `busy` while a call is on its way, whose answer
    /// would be lost, and where `key`, which seals what will be put, is no longer the vault's.
    pub fn begin(
        db: &'a Connection,
        process: Uuid,
        key: Option<Uuid>,
        replace: bool,
    ) -> Done<Self> {
        if key.is_some() && Contents::of(db).key()? != key {
            return Err(Code::Busy.into());
        }
        let has = |sql: &str| db.prepare(sql).and_then(|mut find| find.exists([]));
        if has("SELECT 1 FROM changes WHERE owner IS NOT NULL")? {
            return Err(Code::Busy.into());
        }
        let mut empty = true;
        for table in ["profiles", "changes", "mailboxes"] {
            empty &= !has(&format!("SELECT 1 FROM {table}"))?;
        }
        if !empty && !replace {
            return Err(Code::FolderNotEmpty.into());
        }
        let floor: i64 =
            db.query_row("SELECT coalesce(max(version), 0) FROM changes", [], |row| {
                row.get(0)
            })?;
        if !empty {
            remove_journal(db)?;
        }
        // In this order: a mail refers to its change, a change to its profile.
        for table in ["code_mails", "changes", "profiles", "uses", "mailboxes"] {
            db.execute(&format!("DELETE FROM {table}"), [])?;
        }
        let sql = "DELETE FROM meta WHERE substr(key, 1, length(?1)) <> ?1 AND substr(key, 1, length(?2)) <> ?2";
        db.execute(sql, STAYS)?;
        Ok(Self {
            db,
            process,
            floor: u64::try_from(floor).unwrap_or_default(),
        })
    }

    /// # Errors
    /// `backup_invalid` for what cannot stand beside what was put before: an id or a label twice, a reference to nothing.
    pub fn put(&self, job: impl Into<Job>) -> Done {
        apply(self.db, self.process, &job.into()).map_err(contradiction)
    }

    pub fn put_change(&self, write: ChangeWrite) -> Done {
        let id = write.change.id;
        let version = self.floor + 1 + write.change.version.min(HIGHEST);
        self.put(write)?;
        self.db
            .prepare_cached("UPDATE changes SET version = ?2 WHERE id = ?1")?
            .execute(params![Id(id), i64::try_from(version).unwrap_or(i64::MAX)])?;
        Ok(())
    }

    pub fn put_event(&self, change: Uuid, event: &Event) -> Done {
        write_events(self.db, change, std::slice::from_ref(event)).map_err(contradiction)
    }

    pub fn put_mailbox(&self, row: &MailboxRow) -> Done {
        mailboxes::insert(self.db, row).map_err(contradiction)
    }

    pub fn put_code_mail(&self, change: Uuid, mail: &CodeMail) -> Done {
        code_mails::put(self.db, change, mail).map_err(contradiction)
    }

    pub fn put_setting(&self, key: &str, value: &str) -> Done {
        self.db
            .prepare_cached("INSERT INTO meta (key, value) VALUES (?1, ?2)")?
            .execute([key, value])
            .map_err(|error| contradiction(error.into()))?;
        Ok(())
    }
}

fn contradiction(fail: Fail) -> Fail {
    let invalid = || Problem::new(Code::BackupInvalid).with("reason", "content");
    match &fail {
        Fail::Problem(problem) => match problem.code {
            // `busy` is an id that is there already: the key was looked at before.
            Code::Busy
            | Code::LabelTaken
            | Code::ChangeOpen
            | Code::ProfileUnknown
            | Code::MailboxTwice
            | Code::ChangeUnknown => invalid().into(),
            _ => fail,
        },
        Fail::Sql(rusqlite::Error::SqliteFailure(failure, _))
            if failure.code == ErrorCode::ConstraintViolation =>
        {
            invalid().into()
        }
        Fail::Sql(_) => fail,
    }
}

/// The journal only grows; here it goes as a whole, and its guards are back before anybody else sees it.
fn remove_journal(db: &Connection) -> Done {
    let guards: Vec<(String, String)> = db
        .prepare(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'events'",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (name, _) in &guards {
        db.execute_batch(&format!("DROP TRIGGER {name}"))?;
    }
    db.execute("DELETE FROM events", [])?;
    for (_, sql) in &guards {
        db.execute_batch(sql)?;
    }
    Ok(())
}
