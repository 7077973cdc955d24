//! Pages through all changes, newest first.

use jiff::Timestamp;
use rusqlite::types::ToSql;
use uuid::Uuid;

use super::Db;
use super::changes::stored;
use super::column::{At, Id};
use super::job::StoredChange;
use crate::change::State;
use crate::error::Result;
use crate::view::HistoryFilter;

impl Db {
    /// At most `limit` changes after the key `after`, newest first; the key for the next page; how many fit the filter.
    /// An unknown key starts at the first page. `filter.state` is the state as shown at `now`: `expired` finds overdue
    /// ones too, `awaiting_code` none of them.
    pub fn history_page(
        &self,
        filter: &HistoryFilter,
        after: Option<&str>,
        limit: u32,
        now: Timestamp,
    ) -> Result<(Vec<StoredChange>, Option<String>, u32)> {
        let (fits, given) = conditions(filter, now);
        let after = after.and_then(|key| Uuid::try_parse(key).ok()).map(Id);
        self.read(|db| {
            let mut given: Vec<&dyn ToSql> = given.iter().map(AsRef::as_ref).collect();
            let total = db
                .prepare_cached(&format!("SELECT count(*) FROM changes c WHERE {fits}"))?
                .query_row(given.as_slice(), |row| row.get(0))?;
            let mut rest = format!("changes c WHERE {fits}");
            if let Some(after) = &after {
                rest.push_str(" AND c.id < ?");
                given.push(after);
            }
            rest.push_str(" ORDER BY c.id DESC LIMIT ?");
            given.push(&limit);
            let page = stored(db, &rest, &given)?;
            let full = u32::try_from(page.len()) == Ok(limit);
            let next = page.last().filter(|_| full).map(key_of);
            Ok((page, next, total))
        })
    }
}

/// The filter as SQL, and the values for its question marks.
fn conditions(filter: &HistoryFilter, now: Timestamp) -> (String, Vec<Box<dyn ToSql>>) {
    let mut sql = vec!["1"];
    let mut given: Vec<Box<dyn ToSql>> = Vec::new();
    if let Some(text) = filter
        .text
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
    {
        sql.push("instr(c.search, ?) > 0");
        given.push(Box::new(text.to_lowercase()));
    }
    if let Some(service) = &filter.service {
        sql.push("c.service = ?");
        given.push(Box::new(service.clone()));
    }
    match filter.state {
        // As `show::shown_state` computes it.
        Some(State::Expired) => {
            sql.push("(c.state = 'expired' OR (c.state = 'awaiting_code' AND c.expires_at <= ?))");
            given.push(Box::new(At(now)));
        }
        Some(State::AwaitingCode) => {
            sql.push("c.state = 'awaiting_code' AND (c.expires_at IS NULL OR c.expires_at > ?)");
            given.push(Box::new(At(now)));
        }
        Some(state) => {
            sql.push("c.state = ?");
            given.push(Box::new(State::as_str(state)));
        }
        None => {}
    }
    if let Some(profile) = filter.profile_id {
        sql.push("c.profile_id = ?");
        given.push(Box::new(Id(profile)));
    }
    (sql.join(" AND "), given)
}

/// Ids grow with each change, whatever the clock says.
fn key_of(last: &StoredChange) -> String {
    last.change.id.simple().to_string()
}
