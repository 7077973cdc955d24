//! Mailboxes as they are stored, their passwords sealed.
//!
//! Not here: what a person may type (`mailbox::typed`), the mails that came (`code_mails`).

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::apply::sealed_by_the_key;
use super::column::{At, Cells, Id, Json, Name};
use super::fail::Fail;
use super::{Db, guard};
use crate::error::{Code, Problem, Result};
use crate::view::MailTls;

pub(super) const COLUMNS: &str =
    "id, user, host, port, tls, ca_file, serves, password, created_at FROM mailboxes";

/// An IMAP account that is watched for codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxRow {
    pub id: Uuid,
    pub user: String,
    /// In ASCII and lower case.
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    pub ca_file: Option<String>,
    pub serves: Vec<String>,
    /// Sealed for `Place::mailbox(id)`; `None` where it was dropped with an older vault.
    pub password: Option<Vec<u8>>,
    pub created_at: Timestamp,
}

type Done<T = ()> = std::result::Result<T, Fail>;

pub(super) fn mailbox(row: &Row<'_>) -> rusqlite::Result<MailboxRow> {
    let mut cells = Cells::new(row);
    Ok(MailboxRow {
        id: cells.id()?,
        user: cells.get()?,
        host: cells.get()?,
        port: cells.get()?,
        tls: cells.name()?,
        ca_file: cells.get()?,
        serves: cells.json()?,
        password: cells.get()?,
        created_at: cells.at()?,
    })
}

/// # Errors
/// `mailbox_twice` with `label`; `busy` where the password is sealed with a key that was replaced meanwhile.
pub(super) fn insert(db: &Connection, row: &MailboxRow) -> Done {
    sealed_by_the_key(db, row.password.iter())?;
    refuse_twin(db, row)?;
    db.prepare_cached(
        "INSERT INTO mailboxes (id, user, host, port, tls, ca_file, serves, password, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        Id(row.id),
        row.user,
        row.host,
        row.port,
        Name(row.tls),
        row.ca_file,
        Json(&row.serves),
        row.password,
        At(row.created_at)
    ])?;
    Ok(())
}

/// Puts `after` in the place of `before`, if that is what is still there: a password that it keeps was looked at together
/// with the host it goes to.
fn replace(db: &Connection, before: &MailboxRow, after: &MailboxRow) -> Done {
    sealed_by_the_key(db, after.password.iter())?;
    let sql = format!("SELECT {COLUMNS} WHERE id = ?1");
    let now = db
        .prepare_cached(&sql)?
        .query_row([Id(before.id)], mailbox)
        .optional()?
        .ok_or_else(|| unknown(before.id))?;
    if now != *before {
        return Err(guard::quicker());
    }
    refuse_twin(db, after)?;
    db.prepare_cached(
        "UPDATE mailboxes SET user = ?2, host = ?3, port = ?4, tls = ?5, ca_file = ?6, serves = ?7, password = ?8 \
         WHERE id = ?1",
    )?
    .execute(params![
        Id(before.id),
        after.user,
        after.host,
        after.port,
        Name(after.tls),
        after.ca_file,
        Json(&after.serves),
        after.password
    ])?;
    Ok(())
}

fn refuse_twin(db: &Connection, row: &MailboxRow) -> Done {
    let twin: Option<String> = db
        .prepare_cached(
            "SELECT user FROM mailboxes WHERE lower(host) = lower(?1) AND lower(user) = lower(?2) AND id <> ?3",
        )?
        .query_row(params![row.host, row.user, Id(row.id)], |row| row.get(0))
        .optional()?;
    match twin {
        Some(label) => Err(Problem::new(Code::MailboxTwice).with("label", label).into()),
        None => Ok(()),
    }
}

fn unknown(id: Uuid) -> Problem {
    Problem::new(Code::MailboxUnknown).with("mailbox", id.to_string())
}

impl Db {
    /// All mailboxes, in the order in which they were added.
    pub fn mailboxes(&self) -> Result<Vec<MailboxRow>> {
        self.read(|db| {
            let sql = format!("SELECT {COLUMNS} ORDER BY created_at, id");
            let mut find = db.prepare_cached(&sql)?;
            Ok(find
                .query_map([], mailbox)?
                .collect::<rusqlite::Result<_>>()?)
        })
    }

    /// # Errors
    /// `mailbox_unknown`.
    pub fn mailbox(&self, id: Uuid) -> Result<MailboxRow> {
        self.read(|db| {
            let sql = format!("SELECT {COLUMNS} WHERE id = ?1");
            Ok(db
                .prepare_cached(&sql)?
                .query_row([Id(id)], mailbox)
                .optional()?)
        })?
        .ok_or_else(|| unknown(id))
    }

    /// # Errors
    /// `mailbox_twice` with `label`; `busy` where the key was replaced since the password was sealed.
    pub async fn add_mailbox(&self, row: MailboxRow) -> Result<()> {
        self.write_async(move |db| insert(db, &row)).await
    }

    /// Puts `after` in the place of `before`; `created_at` stays.
    ///
    /// # Errors
    /// As [`Db::add_mailbox`]; `mailbox_unknown`; `busy` if it is another one than `before` by now.
    pub async fn replace_mailbox(&self, before: MailboxRow, after: MailboxRow) -> Result<()> {
        self.write_async(move |db| replace(db, &before, &after))
            .await
    }

    /// # Errors
    /// `mailbox_unknown`.
    pub async fn remove_mailbox(&self, id: Uuid) -> Result<()> {
        self.write_async(move |db| {
            let rows = db
                .prepare_cached("DELETE FROM mailboxes WHERE id = ?1")?
                .execute([Id(id)])?;
            match rows {
                0 => Err(unknown(id).into()),
                _ => Ok(()),
            }
        })
        .await
    }
}
