//! From whom the mail came whose code was given for a change: once that is proved, the sender is one that the service uses.
//!
//! Not here: what a mail holds; it is not kept (`mail::arrived`).

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::Db;
use super::column::{At, Cells, Id};
use super::fail::Fail;
use crate::error::{Code, Problem, Result};

/// More senders than that no service has.
const MOST_SENDERS: u32 = 20;

/// A mail whose code was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeMail {
    /// In lower case.
    pub sender: String,
    pub at: Timestamp,
}

pub(super) const COLUMNS: &str = "sender, at FROM code_mails";

pub(super) fn code_mail(row: &Row<'_>) -> rusqlite::Result<CodeMail> {
    let mut cells = Cells::new(row);
    Ok(CodeMail {
        sender: cells.get()?,
        at: cells.at()?,
    })
}

/// # Errors
/// `change_unknown`.
pub(super) fn put(db: &Connection, change: Uuid, mail: &CodeMail) -> std::result::Result<(), Fail> {
    let rows = db
        .prepare_cached(
            "INSERT INTO code_mails (change_id, service, sender, at) \
             SELECT id, service, ?2, ?3 FROM changes WHERE id = ?1 \
             ON CONFLICT (change_id) DO UPDATE SET sender = excluded.sender, at = excluded.at",
        )?
        .execute(params![Id(change), mail.sender, At(mail.at)])?;
    match rows {
        0 => Err(Problem::new(Code::ChangeUnknown)
            .with("change", change.to_string())
            .into()),
        _ => Ok(()),
    }
}

/// From sender to sender, not from mail to mail: ten thousand changes have two or three.
const PROVED: &str = "WITH RECURSIVE senders (sender) AS ( \
       SELECT min(sender) FROM code_mails WHERE service = ?1 AND sender > '' \
       UNION ALL \
       SELECT (SELECT min(m.sender) FROM code_mails m WHERE m.service = ?1 AND m.sender > s.sender) \
       FROM senders s WHERE s.sender IS NOT NULL), \
     newest (sender, at) AS MATERIALIZED ( \
       SELECT s.sender, (SELECT m.at FROM code_mails m CROSS JOIN changes c ON c.id = m.change_id \
         WHERE m.service = ?1 AND m.sender = s.sender \
         AND c.state = 'changed' AND c.proof IN ('read_back', 'answer') ORDER BY m.at DESC LIMIT 1) \
       FROM senders s WHERE s.sender IS NOT NULL) \
     SELECT sender FROM newest WHERE at IS NOT NULL ORDER BY at DESC, sender LIMIT ?2";

impl Db {
    /// The code of this mail was given for the change; the mail before it no longer counts.
    ///
    /// # Errors
    /// `change_unknown`.
    pub async fn put_code_mail(&self, change: Uuid, sender: &str, at: Timestamp) -> Result<()> {
        let mail = CodeMail {
            sender: sender.trim().to_lowercase(),
            at,
        };
        self.write_async(move |db| put(db, change, &mail)).await
    }

    /// Another code than a mail's was given, or none came of it. Harmless where there is no mail.
    pub async fn drop_code_mail(&self, change: Uuid) -> Result<()> {
        self.write_async(move |db| {
            db.prepare_cached("DELETE FROM code_mails WHERE change_id = ?1")?
                .execute([Id(change)])?;
            Ok(())
        })
        .await
    }

    /// A mail's code was given for the change.
    pub(crate) fn has_code_mail(&self, change: Uuid) -> Result<bool> {
        self.read(|db| {
            Ok(db
                .prepare_cached("SELECT 1 FROM code_mails WHERE change_id = ?1")?
                .exists([Id(change)])?)
        })
    }

    /// Senders of the mails whose codes were given for changes at this service that were then proved, by the service and not
    /// by a person's word: each once, newest first, at most 20. In lower case.
    pub fn proved_senders(&self, service: &str) -> Result<Vec<String>> {
        self.read(|db| {
            let mut find = db.prepare_cached(PROVED)?;
            Ok(find
                .query_map(params![service, MOST_SENDERS], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?)
        })
    }
}
