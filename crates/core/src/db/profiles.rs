//! Reads profiles and their sealed secrets.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Row, params};
use uuid::Uuid;

use super::Db;
use super::address::email_key;
use super::column::{Cells, Id, Json};
use crate::error::{Code, Problem, Result};
use crate::profile::{Profile, label_key};

// A sealed value is 57 bytes longer than its text: version, key id, nonce, tag (`vault::cipher`).
pub(super) const COLUMNS: &str = "p.id, p.label, p.service, p.base_url, p.origin, p.fields, \
     (SELECT json_group_object(field, max(length(cipher) - 57, 0)) FROM secrets WHERE profile_id = p.id), \
     p.email, p.verified, p.checked_at, p.known, p.problem, p.created_at";

pub(super) fn profile(row: &Row<'_>) -> rusqlite::Result<Profile> {
    let mut cells = Cells::new(row);
    Ok(Profile {
        id: cells.id()?,
        label: cells.get()?,
        service: cells.get()?,
        base_url: cells.get()?,
        origin: cells.get()?,
        fields: cells.json()?,
        has_secret: cells.json()?,
        email: cells.get()?,
        verified: cells.get()?,
        checked_at: cells.maybe_at()?,
        known: cells.name()?,
        problem: cells.maybe_json()?,
        created_at: cells.at()?,
    })
}

impl Db {
    /// # Errors
    /// `profile_unknown`.
    pub fn profile(&self, id: Uuid) -> Result<Profile> {
        self.read(|db| {
            let sql = format!("SELECT {COLUMNS} FROM profiles p WHERE p.id = ?1");
            Ok(db
                .prepare_cached(&sql)?
                .query_row([Id(id)], profile)
                .optional()?)
        })?
        .ok_or_else(|| Problem::new(Code::ProfileUnknown).with("profile", id.to_string()))
    }

    /// The profile of that label, without case.
    ///
    /// # Errors
    /// `profile_unknown` with `profile` = the label.
    pub fn profile_by_label(&self, label: &str) -> Result<Profile> {
        self.read(|db| {
            let sql = format!("SELECT {COLUMNS} FROM profiles p WHERE p.label_key = ?1");
            Ok(db
                .prepare_cached(&sql)?
                .query_row([label_key(label)], profile)
                .optional()?)
        })?
        .ok_or_else(|| Problem::new(Code::ProfileUnknown).with("profile", label))
    }

    /// At most `limit` profiles after the label key `after`, ordered by it; the key for the next page; how many there are.
    pub fn profiles_page(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<(Vec<Profile>, Option<String>, u32)> {
        self.read(|db| {
            let sql = format!("SELECT {COLUMNS} FROM profiles p WHERE p.label_key > ?1 ORDER BY p.label_key LIMIT ?2");
            let page = db
                .prepare_cached(&sql)?
                .query_map(params![after.unwrap_or_default(), limit], profile)?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            let full = u32::try_from(page.len()) == Ok(limit);
            let next = page.last().filter(|_| full).map(|last| label_key(&last.label));
            let total = db.prepare_cached("SELECT count(*) FROM profiles")?.query_row([], |row| row.get(0))?;
            Ok((page, next, total))
        })
    }

    /// How many profiles each service has; services without one are not in it.
    pub fn profiles_per_service(&self) -> Result<BTreeMap<String, u32>> {
        self.read(|db| {
            let mut count =
                db.prepare_cached("SELECT service, count(*) FROM profiles GROUP BY service")?;
            let counts = count
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(counts)
        })
    }

    /// How many profiles one service has.
    pub fn profiles_of_service(&self, service: &str) -> Result<u32> {
        self.read(|db| {
            let mut count =
                db.prepare_cached("SELECT count(*) FROM profiles WHERE service = ?1")?;
            Ok(count.query_row([service], |row| row.get(0))?)
        })
    }

    /// The label of another profile with the same service, origin and plain fields. Without plain fields nothing can
    /// be told: then `None`.
    pub fn profile_exists_like(
        &self,
        service: &str,
        origin: &str,
        fields: &BTreeMap<String, String>,
        except: Option<Uuid>,
    ) -> Result<Option<String>> {
        if fields.is_empty() {
            return Ok(None);
        }
        self.read(|db| {
            let mut find = db.prepare_cached(
                "SELECT label FROM profiles WHERE service = ?1 AND origin = ?2 AND fields = ?3 AND id IS NOT ?4 LIMIT 1",
            )?;
            Ok(find.query_row(params![service, origin, Json(fields), except.map(Id)], |row| row.get(0)).optional()?)
        })
    }

    /// Labels of the profiles of `service` that hold this address or are to get it by an open change.
    pub fn addresses_in_use(&self, service: &str, email: &str) -> Result<Vec<String>> {
        self.read(|db| {
            let mut find = db.prepare_cached(
                "SELECT label FROM profiles WHERE service = ?1 AND email_key = ?2 \
                 UNION SELECT label FROM changes WHERE service = ?1 AND to_key = ?2 AND open = 1 ORDER BY 1",
            )?;
            let labels = find.query_map([service, &email_key(email)], |row| row.get(0))?;
            Ok(labels.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The domains of the profiles' addresses, in ASCII, the most used first.
    pub fn domains_in_use(&self, limit: u32) -> Result<Vec<String>> {
        self.read(|db| {
            let mut find = db.prepare_cached(
                "SELECT domain FROM profiles WHERE domain IS NOT NULL GROUP BY domain ORDER BY count(*) DESC, domain LIMIT ?1",
            )?;
            let domains = find.query_map([limit], |row| row.get(0))?;
            Ok(domains.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// A profile's secrets, sealed, by field.
    pub fn secrets(&self, profile: Uuid) -> Result<BTreeMap<String, Vec<u8>>> {
        self.read(|db| {
            let mut find =
                db.prepare_cached("SELECT field, cipher FROM secrets WHERE profile_id = ?1")?;
            let secrets = find.query_map([Id(profile)], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(secrets.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The sealed secrets of many profiles, in one query.
    pub fn secrets_of_profiles(
        &self,
        profiles: &[Uuid],
    ) -> Result<BTreeMap<Uuid, BTreeMap<String, Vec<u8>>>> {
        self.read(|db| {
            let mut find = db.prepare_cached(
                "SELECT s.profile_id, s.field, s.cipher FROM json_each(?1) ask JOIN secrets s ON s.profile_id = unhex(ask.value)",
            )?;
            let mut rows = find.query([hex_list(profiles)])?;
            let mut secrets = BTreeMap::<Uuid, BTreeMap<String, Vec<u8>>>::new();
            while let Some(row) = rows.next()? {
                let id = row.get::<_, Id>(0)?.0;
                secrets.entry(id).or_default().insert(row.get(1)?, row.get(2)?);
            }
            Ok(secrets)
        })
    }
}

/// Ids as a JSON list, for `json_each` and `unhex`.
pub(super) fn hex_list(ids: &[Uuid]) -> Json<Vec<String>> {
    Json(ids.iter().map(|id| id.simple().to_string()).collect())
}
