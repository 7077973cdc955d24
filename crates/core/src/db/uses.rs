//! Counts the calls that a service's limits count.

use jiff::Timestamp;
use rusqlite::params;
use uuid::Uuid;

use super::Db;
use super::column::{At, Id};
use crate::error::Result;

impl Db {
    /// When calls in `bucket` left since `since` (inclusive), oldest first: those of one profile, or of all.
    pub fn uses_since(
        &self,
        service: &str,
        profile: Option<Uuid>,
        bucket: &str,
        since: Timestamp,
    ) -> Result<Vec<Timestamp>> {
        self.read(|db| {
            let times = match profile {
                Some(profile) => db
                    .prepare_cached(
                        "SELECT at FROM uses WHERE profile_id = ?1 AND bucket = ?2 AND at >= ?3 AND service = ?4 ORDER BY at",
                    )?
                    .query_map(params![Id(profile), bucket, At(since), service], |row| Ok(row.get::<_, At>(0)?.0))?
                    .collect::<rusqlite::Result<_>>()?,
                None => db
                    .prepare_cached("SELECT at FROM uses WHERE service = ?1 AND bucket = ?2 AND at >= ?3 ORDER BY at")?
                    .query_map(params![service, bucket, At(since)], |row| Ok(row.get::<_, At>(0)?.0))?
                    .collect::<rusqlite::Result<_>>()?,
            };
            Ok(times)
        })
    }
}
