//! What is on disk after the clock of this machine was moved.
//!
//! Times on disk are absolute. Where the clock that wrote them was another one, the *spans* were right and are kept:
//! a wait is never cut short, and never longer than it was when it was written. Not here: how a moved clock is
//! found out (`engine::clock`). `docs/decisions.md` has the reasons.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use super::column::{At, Id, Json};
use super::fail::Fail;
use super::waits;
use super::{Db, shift};
use crate::error::{Problem, Result};

/// The latest time that was written; at most a minute behind.
const SEEN: &str = "clock:seen";
/// How far a server's clock is ahead of this one, at the least, by origin.
const OF: &str = "clock:of:";

/// Keys that tell of this machine's clock, and of no other's: `meta` rows that stay where they are.
pub(super) const HERE: &str = "clock:";

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
/// Programs read the clock before their turn to write comes.
const SLACK: SignedDuration = SignedDuration::from_secs(2);

type Done<T = ()> = std::result::Result<T, Fail>;

/// Called with each commit: writes once a minute.
pub(super) fn note_seen(db: &Connection, now: Timestamp) -> Done {
    db.prepare_cached(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value \
         WHERE CAST(value AS INTEGER) + ?3 < CAST(excluded.value AS INTEGER)",
    )?
    .execute(params![
        SEEN,
        now.as_microsecond().to_string(),
        i64::try_from(MINUTE.as_micros()).unwrap_or(i64::MAX)
    ])?;
    Ok(())
}

impl Db {
    /// The latest time that was ever written here, to the minute.
    pub(crate) fn clock_seen(&self) -> Result<Option<Timestamp>> {
        let text = self.meta(SEEN)?;
        Ok(text
            .and_then(|text| text.parse().ok())
            .and_then(|micros| Timestamp::from_microsecond(micros).ok()))
    }

    /// The clock was set back: what was written "later than now" counts as written now.
    pub(crate) fn clock_set_back(&self, now: Timestamp) -> Result<()> {
        self.write(move |db| {
            set_back_changes(db, now)?;
            db.execute("UPDATE uses SET at = ?1 WHERE at > ?1", [At(now)])?;
            db.execute(
                "UPDATE profiles SET checked_at = ?1 WHERE checked_at > ?1",
                [At(now)],
            )?;
            db.execute(
                "UPDATE meta SET value = json_object('from', ?1, 'until', \
                 ?1 + json_extract(value, '$.until') - json_extract(value, '$.from')) \
                 WHERE key >= ?2 AND key < ?3 AND json_extract(value, '$.from') > ?1",
                params![At(now), waits::KEYS[0], waits::KEYS[1]],
            )?;
            // What was measured with the clock as it was says nothing about this one.
            db.execute(
                "DELETE FROM meta WHERE key >= ?1 AND key < 'clock:of;'",
                [OF],
            )?;
            db.execute(
                "UPDATE meta SET value = ?2 WHERE key = ?1",
                params![SEEN, now.as_microsecond().to_string()],
            )?;
            Ok(())
        })
    }

    /// A server of `origin` has told the time: it is `ahead` of this clock. Where it was further ahead before, this clock
    /// was set forward since: what was written by the old one moves along, so that no wait ends early.
    pub(crate) async fn clock_compared(
        &self,
        origin: &str,
        ahead: SignedDuration,
        now: Timestamp,
    ) -> Result<()> {
        let origin = origin.to_owned();
        self.write_async(move |db| {
            let key = format!("{OF}{origin}");
            let before: Option<i64> = db
                .prepare_cached("SELECT CAST(value AS INTEGER) FROM meta WHERE key = ?1")?
                .query_row([&key], |row| row.get(0))
                .optional()?;
            let ahead = micros(ahead);
            let forward = before.map_or(0, |before| before.saturating_sub(ahead));
            if before.is_some() && forward <= micros(MINUTE) {
                return Ok(());
            }
            db.prepare_cached(
                "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )?
            .execute(params![key, ahead.to_string()])?;
            if forward > 0 {
                set_forward(db, &origin, forward, now)?;
            }
            Ok(())
        })
        .await
    }
}

fn micros(span: SignedDuration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// A program that is about to write one of them loses its compare, and reads it anew.
fn set_back_changes(db: &Connection, now: Timestamp) -> Done {
    let limit = now.checked_add(SLACK).unwrap_or(now);
    let mut find = db.prepare(
        "SELECT id, updated_at, problem FROM changes WHERE open = 1 AND updated_at > ?1",
    )?;
    let rows = find
        .query_map([At(limit)], |row| {
            let problem: Option<Json<Problem>> = row.get(2)?;
            Ok((row.get::<_, Id>(0)?, row.get::<_, At>(1)?.0, problem))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for (id, written, problem) in rows {
        let by = written.duration_since(now);
        db.execute(
            "UPDATE changes SET requested_at = requested_at - ?2, expires_at = expires_at - ?2, \
             resend_at = resend_at - ?2, retry_at = retry_at - ?2, updated_at = ?3, version = version + 1, \
             problem = ?4 WHERE id = ?1",
            params![
                id,
                micros(by),
                At(now),
                problem.map(|problem| Json(shift::earlier(problem.0, by)))
            ],
        )?;
    }
    Ok(())
}

/// `by` microseconds, but nothing becomes later than now. No new version: the call that brought the news is under way.
fn set_forward(db: &Connection, origin: &str, by: i64, now: Timestamp) -> Done {
    const HERE: &str = "IN (SELECT id FROM profiles WHERE origin = ?1)";
    db.execute(
        &format!("UPDATE uses SET at = max(at, min(at + ?2, ?3)) WHERE profile_id {HERE}"),
        params![origin, by, At(now)],
    )?;
    db.execute(
        &format!(
            "UPDATE changes SET requested_at = requested_at + by, expires_at = expires_at + by, \
             resend_at = resend_at + by, retry_at = retry_at + by, updated_at = updated_at + by \
             FROM (SELECT id AS one, max(0, min(?2, ?3 - updated_at)) AS by FROM changes \
             WHERE open = 1 AND owner IS NULL AND profile_id {HERE}) WHERE id = one"
        ),
        params![origin, by, At(now)],
    )?;
    db.execute(
        &format!(
            "UPDATE meta SET value = json_object('from', json_extract(value, '$.from') + by, \
             'until', json_extract(value, '$.until') + by) \
             FROM (SELECT key AS one, max(0, min(?2, ?3 - json_extract(value, '$.from'))) AS by FROM meta \
             WHERE key >= ?4 AND key < ?5 AND unhex(substr(key, 6, 32)) {HERE}) WHERE key = one"
        ),
        params![origin, by, At(now), waits::KEYS[0], waits::KEYS[1]],
    )?;
    Ok(())
}
