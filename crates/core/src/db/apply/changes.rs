//! Writes changes, their given codes and their journal.

use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{Done, constraint, one_row};
use crate::change::{Change, Event};
use crate::db::address::email_key;
use crate::db::column::{At, Id, Json, Name};
use crate::db::job::{ChangeWrite, Expect, SealedValue};
use crate::error::Code;

pub(super) fn write_change(db: &Connection, process: Uuid, write: &ChangeWrite) -> Done {
    let change = &write.change;
    match write.expect {
        Expect::New => insert_change(db, process, change)?,
        Expect::Version(version) => update_change(db, process, change, version)?,
    }
    if change.state.is_end() {
        write_values(db, change.id, &[])?;
    } else if let Some(values) = &write.values {
        write_values(db, change.id, values)?;
    }
    write_events(db, change.id, &write.events)
}

/// Adds to a change's journal.
pub(in crate::db) fn write_events(db: &Connection, change: Uuid, events: &[Event]) -> Done {
    for event in events {
        db.prepare_cached(
            "INSERT INTO events (change_id, n, at, kind, step, status, millis, meaning, says) VALUES \
             (?1, (SELECT coalesce(max(n), 0) + 1 FROM events WHERE change_id = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            Id(change),
            At(event.at),
            Name(event.kind),
            event.step,
            event.status,
            event.millis,
            event.meaning,
            event.says,
        ])?;
    }
    Ok(())
}

fn insert_change(db: &Connection, process: Uuid, change: &Change) -> Done {
    db.prepare_cached(
        "INSERT INTO changes (id, profile_id, label, service, from_email, to_email, to_key, state, open, at, step, \
         code_used, proof, tries, requested_at, expires_at, resend_at, retry_at, problem, cancelled_there, undo_of, \
         owner, resending, version, created_at, updated_at, search) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, \
         ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, 1, ?24, ?25, ?26)",
    )?
    .execute(params![
        Id(change.id),
        change.profile_id.map(Id),
        change.label,
        change.service,
        change.from,
        change.to,
        email_key(&change.to),
        change.state.as_str(),
        !change.state.is_end(),
        change.at,
        change.step,
        change.code_used,
        change.proof.map(Name),
        change.tries,
        change.requested_at.map(At),
        change.expires_at.map(At),
        change.resend_at.map(At),
        change.retry_at.map(At),
        change.problem.as_ref().map(Json),
        change.cancelled_there,
        change.undo_of.map(Id),
        owner(process, change).map(Id),
        change.resending,
        At(change.created_at),
        At(change.updated_at),
        search_text(change),
    ])
    .map_err(|error| constraint(error, Code::ChangeOpen, &change.label))?;
    Ok(())
}

/// Leaves alone what never changes, and `open` while it stays open: each indexed column that is set costs its index.
fn update_change(db: &Connection, process: Uuid, change: &Change, version: u64) -> Done {
    const SET: &str = "UPDATE changes SET from_email = ?3, state = ?4, at = ?5, step = ?6, code_used = ?7, proof = ?8, \
         tries = ?9, requested_at = ?10, expires_at = ?11, resend_at = ?12, retry_at = ?13, problem = ?14, \
         cancelled_there = ?15, owner = ?16, resending = ?17, version = ?2 + 1, updated_at = ?18, search = ?19";
    const ENDS: &str = ", open = 0";
    const WHERE: &str = " WHERE id = ?1 AND version = ?2";
    let sql = if change.state.is_end() {
        [SET, ENDS, WHERE].concat()
    } else {
        [SET, WHERE].concat()
    };
    let rows = db.prepare_cached(&sql)?.execute(params![
        Id(change.id),
        i64::try_from(version).unwrap_or(i64::MAX),
        change.from,
        change.state.as_str(),
        change.at,
        change.step,
        change.code_used,
        change.proof.map(Name),
        change.tries,
        change.requested_at.map(At),
        change.expires_at.map(At),
        change.resend_at.map(At),
        change.retry_at.map(At),
        change.problem.as_ref().map(Json),
        change.cancelled_there,
        owner(process, change).map(Id),
        change.resending,
        At(change.updated_at),
        search_text(change),
    ])?;
    one_row(rows, Code::Busy)
}

/// Who waits for the answer: a neighbour that adds a code meanwhile does not take the call over.
fn owner(process: Uuid, change: &Change) -> Option<Uuid> {
    (change.state.is_sending() || change.resending).then(|| change.owner.unwrap_or(process))
}

fn search_text(change: &Change) -> String {
    let from = change.from.as_deref().unwrap_or_default();
    [&change.label, &change.to, from, &change.service]
        .map(|part| part.to_lowercase())
        .join("\n")
}

fn write_values(db: &Connection, change: Uuid, values: &[SealedValue]) -> Done {
    db.prepare_cached("DELETE FROM change_values WHERE change_id = ?1")?
        .execute([Id(change)])?;
    for (n, value) in values.iter().enumerate() {
        db.prepare_cached("INSERT INTO change_values (change_id, n, step, cipher, marked) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![Id(change), i64::try_from(n).unwrap_or(i64::MAX), value.step, value.cipher, value.marked])?;
    }
    Ok(())
}
