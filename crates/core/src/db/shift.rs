//! Practice only: brings everything that is still to come nearer, as if time had passed.
//!
//! The journal stays as it was written: it only grows.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use super::column::{Id, Json};
use super::{Db, Fail};
use crate::error::{Problem, Result};

impl Db {
    /// Moves deadlines, waiting times and counted uses `by` this far into the past.
    pub(crate) fn shift_times(&self, by: SignedDuration) -> Result<()> {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.write(move |db| {
            db.execute(
                "UPDATE changes SET requested_at = requested_at - ?1, expires_at = expires_at - ?1, \
                 resend_at = resend_at - ?1, retry_at = retry_at - ?1 WHERE open = 1",
                params![micros],
            )?;
            db.execute("UPDATE uses SET at = at - ?1", params![micros])?;
            shift_problems(db, "changes", by)?;
            shift_problems(db, "profiles", by)
        })
    }
}

/// The time in a problem is part of its JSON.
fn shift_problems(
    db: &Connection,
    table: &str,
    by: SignedDuration,
) -> std::result::Result<(), Fail> {
    let mut find = db.prepare(&format!(
        "SELECT id, problem FROM {table} WHERE problem IS NOT NULL"
    ))?;
    let rows = find
        .query_map([], |row| {
            Ok((row.get::<_, Id>(0)?, row.get::<_, Json<Problem>>(1)?.0))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut put = db.prepare(&format!("UPDATE {table} SET problem = ?2 WHERE id = ?1"))?;
    for (id, mut problem) in rows {
        if let Some(at) = problem.retry_at {
            problem.retry_at = Some(at.checked_sub(by).unwrap_or(Timestamp::MIN));
            put.execute(params![id, Json(&problem)])?;
        }
    }
    Ok(())
}
