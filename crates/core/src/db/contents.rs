//! Reads all that a person would miss, row by row, from one snapshot: what a backup holds.
//!
//! Not here: the vault's own rows (a key belongs to one folder), what a backup looks like (`backup`).

use rusqlite::{Connection, OptionalExtension, Row};
use uuid::Uuid;

use super::Db;
use super::changes::{COLUMNS as CHANGE, change, event};
use super::code_mails::{COLUMNS as CODE_MAIL, CodeMail, code_mail};
use super::column::{Cells, Id};
use super::fail::Fail;
use super::job::{SealedValue, StoredChange, Use};
use super::mailboxes::{COLUMNS as MAILBOX, MailboxRow, mailbox};
use super::profiles::{COLUMNS as PROFILE, profile};
use super::refill::is_here_only;
use crate::change::Event;
use crate::error::Result;
use crate::profile::Profile;

type Done<T = ()> = std::result::Result<T, Fail>;

/// How many rows there are of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Amounts {
    pub mailboxes: u64,
    pub profiles: u64,
    /// Of profiles, and the passwords of mailboxes.
    pub secrets: u64,
    pub changes: u64,
    pub values: u64,
    pub code_mails: u64,
    pub events: u64,
    pub uses: u64,
}

/// The database at one moment.
pub(crate) struct Contents<'a> {
    db: &'a Connection,
}

impl<'a> Contents<'a> {
    /// `db` stands in a transaction.
    pub(super) fn of(db: &'a Connection) -> Self {
        Self { db }
    }

    /// The id of the key that seals it; `None` where the folder has no vault.
    pub fn key(&self) -> Done<Option<Uuid>> {
        let id = self
            .db
            .query_row("SELECT id FROM vault", [], |row| row.get::<_, Id>(0));
        Ok(id.optional()?.map(|id| id.0))
    }

    pub fn amounts(&self) -> Done<Amounts> {
        const COUNT: &str = "SELECT (SELECT count(*) FROM mailboxes), (SELECT count(*) FROM profiles), \
             (SELECT count(*) FROM secrets) + (SELECT count(password) FROM mailboxes), (SELECT count(*) FROM changes), \
             (SELECT count(*) FROM change_values), (SELECT count(*) FROM code_mails), (SELECT count(*) FROM events), \
             (SELECT count(*) FROM uses)";
        Ok(self.db.query_row(COUNT, [], |row| {
            let mut cells = Cells::new(row);
            Ok(Amounts {
                mailboxes: cells.count()?,
                profiles: cells.count()?,
                secrets: cells.count()?,
                changes: cells.count()?,
                values: cells.count()?,
                code_mails: cells.count()?,
                events: cells.count()?,
                uses: cells.count()?,
            })
        })?)
    }

    /// Settings by key; not those that tell of this machine.
    pub fn settings(&self, mut each: impl FnMut(String, String) -> Done) -> Done {
        let sql = "SELECT key, value FROM meta ORDER BY key";
        let read = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get(1)?));
        self.each(sql, &[], read, |(key, value)| {
            if is_here_only(&key) {
                return Ok(());
            }
            each(key, value)
        })
    }

    /// Mailboxes with their sealed passwords.
    pub fn mailboxes(&self, each: impl FnMut(MailboxRow) -> Done) -> Done {
        let sql = format!("SELECT {MAILBOX} ORDER BY id");
        self.each(&sql, &[], mailbox, each)
    }

    /// Profiles with their sealed secrets.
    pub fn profiles(&self, mut each: impl FnMut(Profile, Vec<(String, Vec<u8>)>) -> Done) -> Done {
        let sql = format!("SELECT {PROFILE} FROM profiles p ORDER BY p.id");
        self.each(&sql, &[], profile, |profile| {
            let mut secrets = Vec::new();
            self.each(
                "SELECT field, cipher FROM secrets WHERE profile_id = ?1 ORDER BY field",
                &[&Id(profile.id)],
                |row| Ok((row.get(0)?, row.get(1)?)),
                |secret| {
                    secrets.push(secret);
                    Ok(())
                },
            )?;
            each(profile, secrets)
        })
    }

    /// Changes with their sealed values, and the mail of the code that was given last.
    pub fn changes(&self, mut each: impl FnMut(StoredChange, Option<CodeMail>) -> Done) -> Done {
        let sql_mail = format!("SELECT {CODE_MAIL} WHERE change_id = ?1");
        let sql = format!("SELECT {CHANGE} FROM changes c ORDER BY c.id");
        self.each(&sql, &[], change, |change| {
            let mut values = Vec::new();
            self.each(
                "SELECT step, cipher, marked FROM change_values WHERE change_id = ?1 ORDER BY n",
                &[&Id(change.id)],
                |row| {
                    Ok(SealedValue {
                        step: row.get(0)?,
                        cipher: row.get(1)?,
                        marked: row.get(2)?,
                    })
                },
                |value| {
                    values.push(value);
                    Ok(())
                },
            )?;
            let mut mail = None;
            self.each(&sql_mail, &[&Id(change.id)], code_mail, |found| {
                mail = Some(found);
                Ok(())
            })?;
            each(StoredChange { change, values }, mail)
        })
    }

    /// A change's journal, oldest first.
    pub fn events(&self, change: Uuid, each: impl FnMut(Event) -> Done) -> Done {
        let sql = "SELECT at, kind, step, status, millis, meaning, says FROM events WHERE change_id = ?1 ORDER BY n";
        self.each(sql, &[&Id(change)], |row| event(&mut Cells::new(row)), each)
    }

    pub fn uses(&self, each: impl FnMut(Use) -> Done) -> Done {
        let sql = "SELECT service, profile_id, bucket, at FROM uses ORDER BY at, rowid";
        let read = |row: &Row<'_>| {
            let mut cells = Cells::new(row);
            Ok(Use {
                service: cells.get()?,
                profile_id: cells.id()?,
                bucket: cells.get()?,
                at: cells.at()?,
            })
        };
        self.each(sql, &[], read, each)
    }

    fn each<T>(
        &self,
        sql: &str,
        params: &[&dyn rusqlite::ToSql],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
        mut each: impl FnMut(T) -> Done,
    ) -> Done {
        let mut find = self.db.prepare_cached(sql)?;
        for one in find.query_map(params, read)? {
            each(one?)?;
        }
        Ok(())
    }
}

impl Db {
    /// Reads everything as it is at one moment, however long that takes and whoever writes meanwhile.
    pub(crate) fn contents<T>(
        &self,
        read: impl FnOnce(&Contents<'_>) -> std::result::Result<T, Fail>,
    ) -> Result<T> {
        self.read(|db| {
            let snapshot = db.unchecked_transaction()?;
            let done = read(&Contents::of(db))?;
            snapshot.finish()?;
            Ok(done)
        })
    }

    /// Whether a restore would take anything away: profiles, changes and mailboxes count, settings do not.
    pub(crate) fn amounts(&self) -> Result<Amounts> {
        self.read(|db| Contents::of(db).amounts())
    }
}
