//! Practice only: brings everything that is still to come nearer, as if time had passed.
//!
//! The journal stays as it was written: it only grows.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use super::column::{Id, Json};
use super::{Db, Fail, waits};
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
            db.execute(
                "UPDATE meta SET value = json_object('from', json_extract(value, '$.from') - ?1, \
                 'until', json_extract(value, '$.until') - ?1) WHERE key >= ?2 AND key < ?3",
                params![micros, waits::KEYS[0], waits::KEYS[1]],
            )?;
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
    for (id, problem) in rows {
        if problem.retry_at.is_some() {
            put.execute(params![id, Json(&earlier(problem, by))])?;
        }
    }
    Ok(())
}

/// The same problem with its time moved into the past.
pub(super) fn earlier(mut problem: Problem, by: SignedDuration) -> Problem {
    let moved = |at: Timestamp| at.checked_sub(by).unwrap_or(Timestamp::MIN);
    problem.retry_at = problem.retry_at.map(moved);
    problem
}
