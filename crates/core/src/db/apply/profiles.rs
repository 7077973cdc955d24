//! Writes profiles.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::{Done, constraint, one_row};
use crate::db::address::{domain, email_key};
use crate::db::column::{At, Id, Json, Name};
use crate::db::job::Seen;
use crate::error::{Code, Problem};
use crate::profile::{Profile, label_key};

pub(super) fn insert_profile(db: &Connection, profile: &Profile) -> Done {
    db.prepare_cached(
        "INSERT INTO profiles (id, label, label_key, service, base_url, origin, fields, email, email_key, domain, \
         verified, checked_at, known, problem, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?
    .execute(params![
        Id(profile.id),
        profile.label,
        label_key(&profile.label),
        profile.service,
        profile.base_url,
        profile.origin,
        Json(&profile.fields),
        profile.email,
        profile.email.as_deref().map(email_key),
        profile.email.as_deref().and_then(domain),
        profile.verified,
        profile.checked_at.map(At),
        Name(profile.known),
        profile.problem.as_ref().map(Json),
        At(profile.created_at),
    ])
    .map_err(|error| constraint(error, Code::LabelTaken, &profile.label))?;
    Ok(())
}

pub(super) fn edit_profile(db: &Connection, profile: &Profile) -> Done {
    let rows = db
        .prepare_cached(
            "UPDATE profiles SET label = ?2, label_key = ?3, service = ?4, base_url = ?5, origin = ?6, fields = ?7 WHERE id = ?1",
        )?
        .execute(params![
            Id(profile.id),
            profile.label,
            label_key(&profile.label),
            profile.service,
            profile.base_url,
            profile.origin,
            Json(&profile.fields),
        ])
        .map_err(|error| constraint(error, Code::LabelTaken, &profile.label))?;
    one_row(rows, Code::ProfileUnknown)
}

pub(super) fn seen_of(profile: &Profile) -> Seen {
    Seen {
        profile_id: profile.id,
        email: profile.email.clone(),
        verified: profile.verified,
        checked_at: profile.checked_at,
        known: profile.known,
        problem: profile.problem.clone(),
    }
}

pub(super) fn see_profile(db: &Connection, seen: &Seen) -> Done {
    let rows = db
        .prepare_cached(
            "UPDATE profiles SET email = ?2, email_key = ?3, domain = ?4, verified = ?5, checked_at = ?6, known = ?7, \
             problem = ?8 WHERE id = ?1",
        )?
        .execute(params![
            Id(seen.profile_id),
            seen.email,
            seen.email.as_deref().map(email_key),
            seen.email.as_deref().and_then(domain),
            seen.verified,
            seen.checked_at.map(At),
            Name(seen.known),
            seen.problem.as_ref().map(Json),
        ])?;
    one_row(rows, Code::ProfileUnknown)
}

/// Nothing where the profile was checked meanwhile: that one knows more.
pub(super) fn see_profile_since(db: &Connection, seen: &Seen, checked: Option<Timestamp>) -> Done {
    let held: Option<Option<At>> = db
        .prepare_cached("SELECT checked_at FROM profiles WHERE id = ?1")?
        .query_row([Id(seen.profile_id)], |row| row.get(0))
        .optional()?;
    match held {
        None => Err(Code::ProfileUnknown.into()),
        Some(held) if held.as_ref().map(|at| at.0) == checked => see_profile(db, seen),
        Some(_) => Ok(()),
    }
}

pub(super) fn note_problem(db: &Connection, id: Uuid, problem: Option<&Problem>) -> Done {
    let rows = db
        .prepare_cached("UPDATE profiles SET problem = ?2 WHERE id = ?1")?
        .execute(params![Id(id), problem.map(Json)])?;
    one_row(rows, Code::ProfileUnknown)
}

pub(super) fn remove_profile(db: &Connection, id: Uuid) -> Done {
    let open = db
        .prepare_cached("SELECT 1 FROM changes WHERE profile_id = ?1 AND open = 1")?
        .exists([Id(id)])?;
    if open {
        return Err(Code::ChangeOpen.into());
    }
    let rows = db
        .prepare_cached("DELETE FROM profiles WHERE id = ?1")?
        .execute([Id(id)])?;
    one_row(rows, Code::ProfileUnknown)
}
