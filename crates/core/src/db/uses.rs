//! Counts the calls that a service's limits count.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::Db;
use super::column::{At, Id};
use super::fail::Fail;
use crate::error::Result;

impl Db {
    /// When calls in `bucket` left since `since` (inclusive), oldest first: those of one profile, or of all.
    pub fn uses_since(
        &self,
        service: &str,
        profile: Option<Uuid>,
        bucket: &str,
        from: Timestamp,
    ) -> Result<Vec<Timestamp>> {
        self.read(|db| since(db, service, profile, bucket, from))
    }
}

pub(super) fn since(
    db: &Connection,
    service: &str,
    profile: Option<Uuid>,
    bucket: &str,
    from: Timestamp,
) -> std::result::Result<Vec<Timestamp>, Fail> {
    let times = match profile {
        Some(profile) => db
            .prepare_cached(
                "SELECT at FROM uses WHERE profile_id = ?1 AND bucket = ?2 AND at >= ?3 AND service = ?4 ORDER BY at",
            )?
            .query_map(params![Id(profile), bucket, At(from), service], |row| Ok(row.get::<_, At>(0)?.0))?
            .collect::<rusqlite::Result<_>>()?,
        None => db
            .prepare_cached("SELECT at FROM uses WHERE service = ?1 AND bucket = ?2 AND at >= ?3 ORDER BY at")?
            .query_map(params![service, bucket, At(from)], |row| Ok(row.get::<_, At>(0)?.0))?
            .collect::<rusqlite::Result<_>>()?,
    };
    Ok(times)
}

/// When the window of `per` has room for one more call; `None` if now. `uses` may be in any order. One in the future
/// (the clock was set back) counts as now: never early, and never longer than the window.
pub(crate) fn free_at(
    uses: &[Timestamp],
    max: u32,
    per: Duration,
    now: Timestamp,
) -> Option<Timestamp> {
    let frees = |at: Timestamp| at.checked_add(per).unwrap_or(Timestamp::MAX);
    let mut inside: Vec<Timestamp> = uses
        .iter()
        .map(|&at| at.min(now))
        .filter(|&at| now < frees(at))
        .collect();
    // A limit of none at all would say "never"; no manifest means that.
    let max = max.max(1) as usize;
    if inside.len() < max {
        return None;
    }
    inside.sort_unstable();
    Some(frees(inside[inside.len() - max]))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::free_at;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("a time")
    }

    #[test]
    fn one_in_five_minutes() {
        let five = Duration::from_secs(300);
        assert_eq!(free_at(&[], 1, five, at(1000)), None);
        assert_eq!(free_at(&[at(900)], 1, five, at(1000)), Some(at(1200)));
        assert_eq!(free_at(&[at(700)], 1, five, at(1000)), None);
    }

    #[test]
    fn the_oldest_of_a_full_window_frees_it() {
        let minute = Duration::from_secs(60);
        assert_eq!(
            free_at(&[at(980), at(950), at(990)], 3, minute, at(1000)),
            Some(at(1010))
        );
        assert_eq!(free_at(&[at(980), at(950)], 3, minute, at(1000)), None);
    }

    #[test]
    fn a_call_from_the_future_waits_one_window_and_no_longer() {
        assert_eq!(
            free_at(&[at(9000)], 1, Duration::from_secs(300), at(1000)),
            Some(at(1300))
        );
    }
}
