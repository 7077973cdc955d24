//! What a service asked for: to wait with a step of a profile until some time. It outlives the change that was told so.
//!
//! Kept by profile and step in `meta`, with the time it was asked at: the span is what counts when the clock is moved.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::Db;
use super::column::At;
use super::fail::Fail;
use super::job::WaitWrite;
use crate::error::Result;

/// All keys of this kind lie between these two.
pub(super) const KEYS: [&str; 2] = ["wait:", "wait;"];

fn key(profile: Uuid, step: &str) -> String {
    format!("{}{}:{step}", KEYS[0], profile.simple())
}

/// The latest word counts; what nobody has to wait for any more goes.
pub(super) fn write(db: &Connection, wait: &WaitWrite) -> std::result::Result<(), Fail> {
    let key = key(wait.profile, &wait.step);
    let Some(until) = wait.until else {
        db.prepare_cached("DELETE FROM meta WHERE key = ?1")?
            .execute([key])?;
        return Ok(());
    };
    db.prepare_cached(
        "INSERT INTO meta (key, value) VALUES (?1, json_object('from', ?2, 'until', ?3)) \
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?
    .execute(params![key, At(wait.now), At(until)])?;
    db.prepare_cached(
        "DELETE FROM meta WHERE key >= ?1 AND key < ?2 AND json_extract(value, '$.until') < ?3",
    )?
    .execute(params![KEYS[0], KEYS[1], At(wait.now)])?;
    Ok(())
}

/// Whether a text that came from elsewhere is one of ours.
pub(super) fn is_wait(value: &str) -> bool {
    #[derive(serde::Deserialize)]
    struct Wait {
        from: i64,
        until: i64,
    }
    let is_time = |micros| Timestamp::from_microsecond(micros).is_ok();
    serde_json::from_str::<Wait>(value).is_ok_and(|wait| is_time(wait.from) && is_time(wait.until))
}

/// Until when the service asked to wait, if that is still to come.
pub(super) fn until(
    db: &Connection,
    profile: Uuid,
    step: &str,
    now: Timestamp,
) -> std::result::Result<Option<Timestamp>, Fail> {
    let until: Option<At> = db
        .prepare_cached("SELECT json_extract(value, '$.until') FROM meta WHERE key = ?1")?
        .query_row([key(profile, step)], |row| row.get(0))
        .optional()?;
    Ok(until.map(|at| at.0).filter(|&at| at > now))
}

impl Db {
    /// Until when the service asked this profile to wait with this step; `None` if it may be sent.
    pub fn asked_to_wait(
        &self,
        profile: Uuid,
        step: &str,
        now: Timestamp,
    ) -> Result<Option<Timestamp>> {
        self.read(|db| until(db, profile, step, now))
    }
}
