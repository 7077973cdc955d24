//! Reads changes and their journal.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Row};
use uuid::Uuid;

use super::Db;
use super::address::email_key;
use super::column::{Cells, Id};
use super::fail::Fail;
use super::job::{SealedValue, StoredChange};
use super::profiles::hex_list;
use crate::change::{Change, Event, State};
use crate::error::{Code, Problem, Result};

pub(super) const COLUMNS: &str = "c.id, c.profile_id, c.label, c.service, c.from_email, c.to_email, c.state, c.at, c.step, \
     c.code_used, c.proof, c.tries, c.requested_at, c.expires_at, c.resend_at, c.retry_at, c.problem, c.cancelled_there, \
     c.undo_of, c.owner, c.resending, c.version, c.created_at, c.updated_at";

/// Its open change, else its last one.
const LATEST: &str = "coalesce((SELECT id FROM changes WHERE profile_id = unhex(ask.value) AND open = 1), \
     (SELECT id FROM changes WHERE profile_id = unhex(ask.value) ORDER BY id DESC LIMIT 1))";

pub(super) fn change(row: &Row<'_>) -> rusqlite::Result<Change> {
    let mut cells = Cells::new(row);
    Ok(Change {
        id: cells.id()?,
        profile_id: cells.maybe_id()?,
        label: cells.get()?,
        service: cells.get()?,
        from: cells.get()?,
        to: cells.get()?,
        state: cells.name::<State>()?,
        at: cells.get()?,
        step: cells.get()?,
        code_used: cells.get()?,
        proof: cells
            .get::<Option<super::column::Name<_>>>()?
            .map(|name| name.0),
        tries: cells.get()?,
        requested_at: cells.maybe_at()?,
        expires_at: cells.maybe_at()?,
        resend_at: cells.maybe_at()?,
        retry_at: cells.maybe_at()?,
        problem: cells.maybe_json()?,
        values: Vec::new(),
        cancelled_there: cells.get()?,
        undo_of: cells.maybe_id()?,
        owner: cells.maybe_id()?,
        resending: cells.get()?,
        version: cells.count()?,
        created_at: cells.at()?,
        updated_at: cells.at()?,
    })
}

pub(super) fn event(cells: &mut Cells<'_>) -> rusqlite::Result<Event> {
    Ok(Event {
        at: cells.at()?,
        kind: cells.name()?,
        step: cells.get()?,
        status: cells.get()?,
        millis: cells.get()?,
        meaning: cells.get()?,
        says: cells.get()?,
    })
}

/// The changes that `rest` selects (from `changes c`), with their sealed values.
pub(super) fn stored(
    db: &Connection,
    rest: &str,
    params: &[&dyn ToSql],
) -> std::result::Result<Vec<StoredChange>, Fail> {
    let sql = format!("SELECT {COLUMNS} FROM {rest}");
    let changes = db
        .prepare_cached(&sql)?
        .query_map(params, change)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    // Only open changes have values.
    let open: Vec<Uuid> = changes
        .iter()
        .filter(|change| !change.state.is_end())
        .map(|change| change.id)
        .collect();
    let mut values = values_of(db, &open)?;
    let with_values = |change: Change| StoredChange {
        values: values.remove(&change.id).unwrap_or_default(),
        change,
    };
    Ok(changes.into_iter().map(with_values).collect())
}

fn values_of(
    db: &Connection,
    changes: &[Uuid],
) -> std::result::Result<BTreeMap<Uuid, Vec<SealedValue>>, Fail> {
    let mut found = BTreeMap::<Uuid, Vec<SealedValue>>::new();
    if changes.is_empty() {
        return Ok(found);
    }
    let mut find = db.prepare_cached(
        "SELECT v.change_id, v.step, v.cipher, v.marked FROM json_each(?1) ask \
         JOIN change_values v ON v.change_id = unhex(ask.value) ORDER BY v.change_id, v.n",
    )?;
    let mut rows = find.query([hex_list(changes)])?;
    while let Some(row) = rows.next()? {
        let value = SealedValue {
            step: row.get(1)?,
            cipher: row.get(2)?,
            marked: row.get(3)?,
        };
        found.entry(row.get::<_, Id>(0)?.0).or_default().push(value);
    }
    Ok(found)
}

impl Db {
    /// # Errors
    /// `change_unknown`.
    pub fn change(&self, id: Uuid) -> Result<StoredChange> {
        self.read(|db| stored(db, "changes c WHERE c.id = ?1", &[&Id(id)]))?
            .pop()
            .ok_or_else(|| Problem::new(Code::ChangeUnknown).with("change", id.to_string()))
    }

    /// An id for a new change that sorts behind all that are here, so that lists keep their order when the clock was set back.
    pub fn next_change_id(&self, now: Timestamp) -> Result<Uuid> {
        let greatest: Option<Uuid> = self.read(|db| {
            let mut find = db.prepare_cached("SELECT max(id) FROM changes")?;
            Ok(find
                .query_row([], |row| row.get::<_, Option<Id>>(0))?
                .map(|id| id.0))
        })?;
        let taken = greatest.and_then(|id| id.get_timestamp());
        let taken = taken.map(|at| {
            let (seconds, nanos) = at.to_unix();
            seconds * 1000 + u64::from(nanos / 1_000_000)
        });
        let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
        let millis = taken.map_or(millis, |taken| millis.max(taken + 1));
        let nanos = u32::try_from(millis % 1000).unwrap_or_default() * 1_000_000;
        Ok(Uuid::new_v7(uuid::Timestamp::from_unix(
            uuid::NoContext,
            millis / 1000,
            nanos,
        )))
    }

    /// The profile's open change, if it has one.
    pub fn open_change_of(&self, profile: Uuid) -> Result<Option<StoredChange>> {
        Ok(self
            .read(|db| {
                stored(
                    db,
                    "changes c WHERE c.profile_id = ?1 AND c.open = 1",
                    &[&Id(profile)],
                )
            })?
            .pop())
    }

    /// The profile's newest change, open or ended.
    pub fn last_change_of(&self, profile: Uuid) -> Result<Option<StoredChange>> {
        let rest = "changes c WHERE c.profile_id = ?1 ORDER BY c.id DESC LIMIT 1";
        Ok(self.read(|db| stored(db, rest, &[&Id(profile)]))?.pop())
    }

    /// The address that the profile's last finished change set.
    pub fn last_proved_address(&self, profile: Uuid) -> Result<Option<String>> {
        self.read(|db| {
            let mut find = db.prepare_cached(
                "SELECT to_email FROM changes WHERE profile_id = ?1 AND state = 'changed' \
                 ORDER BY id DESC LIMIT 1",
            )?;
            Ok(find.query_row([Id(profile)], |row| row.get(0)).optional()?)
        })
    }

    /// How many changes stand in each state, as stored.
    pub fn changes_by_state(&self) -> Result<BTreeMap<String, u32>> {
        self.read(|db| {
            let mut count =
                db.prepare_cached("SELECT state, count(*) FROM changes GROUP BY state")?;
            let counts = count.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(counts.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// For each of these profiles its open change, else its newest one; nothing for those without a change.
    pub fn changes_of_profiles(&self, profiles: &[Uuid]) -> Result<Vec<StoredChange>> {
        let rest = format!("json_each(?1) ask CROSS JOIN changes c ON c.id = {LATEST}");
        self.read(|db| stored(db, &rest, &[&hex_list(profiles)]))
    }

    /// All open changes: those that expire first, then those without an expiry by age.
    pub fn open_changes(&self) -> Result<Vec<StoredChange>> {
        let rest = "changes c WHERE c.open = 1 ORDER BY c.expires_at IS NULL, c.expires_at, c.id";
        self.read(|db| stored(db, rest, &[]))
    }

    /// The open changes that were sent and go to this address, or away from it.
    pub(crate) fn open_changes_at(&self, address: &str) -> Result<Vec<StoredChange>> {
        let rest = "changes c WHERE c.open = 1 AND c.state <> 'planned' \
             AND (c.to_key = ?1 OR lower(c.from_email) = lower(?2))";
        self.read(|db| stored(db, rest, &[&email_key(address), &address]))
    }

    /// A change's journal, oldest first.
    pub fn events(&self, change: Uuid) -> Result<Vec<Event>> {
        Ok(self
            .events_of(&[change])?
            .remove(&change)
            .unwrap_or_default())
    }

    /// The journals of many changes, in one query.
    pub fn events_of(&self, changes: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<Event>>> {
        self.read(|db| {
            let mut find = db.prepare_cached(
                "SELECT e.change_id, e.at, e.kind, e.step, e.status, e.millis, e.meaning, e.says \
                 FROM json_each(?1) ask JOIN events e ON e.change_id = unhex(ask.value) ORDER BY e.change_id, e.n",
            )?;
            let mut rows = find.query([hex_list(changes)])?;
            let mut found = BTreeMap::<Uuid, Vec<Event>>::new();
            while let Some(row) = rows.next()? {
                let mut cells = Cells::new(row);
                let id = cells.id()?;
                found.entry(id).or_default().push(event(&mut cells)?);
            }
            Ok(found)
        })
    }

    /// Changes that are sending or resending for a process that has ended. Ask at the start and now and then: a
    /// neighbour may die later.
    pub fn interrupted(&self) -> Result<Vec<Uuid>> {
        let owned: Vec<(Uuid, Uuid)> = self.read(|db| {
            let mut find = db.prepare_cached(
                "SELECT id, owner FROM changes WHERE owner IS NOT NULL ORDER BY owner",
            )?;
            let rows = find.query_map([], |row| {
                Ok((row.get::<_, Id>(0)?.0, row.get::<_, Id>(1)?.0))
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        let mut dead = BTreeMap::new();
        let is_dead = |owner: Uuid| owner != self.process() && !self.inner.folder.is_alive(owner);
        Ok(owned
            .into_iter()
            .filter(|(_, owner)| *dead.entry(*owner).or_insert_with(|| is_dead(*owner)))
            .map(|(change, _)| change)
            .collect())
    }
}
