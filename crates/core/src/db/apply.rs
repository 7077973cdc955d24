//! Writes one job. The caller has a transaction open and takes back what a failed job wrote.

use rusqlite::{Connection, Error, ErrorCode, OptionalExtension, ffi, params};
use uuid::Uuid;

use super::address::{domain, email_key};
use super::column::{At, Id, Json, Name};
use super::fail::Fail;
use super::job::{ChangeWrite, Expect, Job, ProfileWrite, SealedValue, SecretWrite, Seen, Use};
use crate::change::Change;
use crate::error::{Code, Problem};
use crate::profile::{Profile, label_key};
use crate::vault::sealed_with;

type Done<T = ()> = std::result::Result<T, Fail>;

/// Writes all of `job`; `process` becomes the owner of the intents in it.
pub(super) fn apply(db: &Connection, process: Uuid, job: &Job) -> Done {
    check_key(db, job)?;
    for write in &job.profiles {
        match write {
            ProfileWrite::Insert(profile) => insert_profile(db, profile)?,
            ProfileWrite::Update(profile) => {
                edit_profile(db, profile)?;
                see_profile(db, &seen_of(profile))?;
            }
            ProfileWrite::Edit(profile) => edit_profile(db, profile)?,
            ProfileWrite::Seen(seen) => see_profile(db, seen)?,
            ProfileWrite::Remove(_) => {}
        }
    }
    for write in &job.changes {
        write_change(db, process, write)?;
    }
    for write in &job.secrets {
        write_secret(db, write)?;
    }
    for used in &job.uses {
        db.prepare_cached(
            "INSERT INTO uses (service, profile_id, bucket, at) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(use_params(used))?;
    }
    for used in &job.forget_uses {
        db.prepare_cached(
            "DELETE FROM uses WHERE rowid = (SELECT rowid FROM uses \
             WHERE service = ?1 AND profile_id = ?2 AND bucket = ?3 AND at = ?4 LIMIT 1)",
        )?
        .execute(use_params(used))?;
    }
    for write in &job.profiles {
        if let ProfileWrite::Remove(id) = write {
            remove_profile(db, *id)?;
        }
    }
    Ok(())
}

/// Refuses ciphertext of a key that another process has replaced meanwhile: nobody could open it.
fn check_key(db: &Connection, job: &Job) -> Done {
    let mut ciphers = job
        .secrets
        .iter()
        .filter_map(|write| write.cipher.as_ref())
        .chain(
            job.changes
                .iter()
                .flat_map(|write| write.values.iter().flatten().map(|value| &value.cipher)),
        )
        .peekable();
    if ciphers.peek().is_none() {
        return Ok(());
    }
    let key = db
        .prepare_cached("SELECT id FROM vault")?
        .query_row([], |row| row.get::<_, Id>(0))
        .optional()?;
    let key = key.map(|id| id.0);
    if ciphers.all(|cipher| key.is_some() && sealed_with(cipher) == key) {
        Ok(())
    } else {
        Err(Code::Busy.into())
    }
}

fn insert_profile(db: &Connection, profile: &Profile) -> Done {
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

fn edit_profile(db: &Connection, profile: &Profile) -> Done {
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

fn seen_of(profile: &Profile) -> Seen {
    Seen {
        profile_id: profile.id,
        email: profile.email.clone(),
        verified: profile.verified,
        checked_at: profile.checked_at,
        known: profile.known,
        problem: profile.problem.clone(),
    }
}

fn see_profile(db: &Connection, seen: &Seen) -> Done {
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

fn remove_profile(db: &Connection, id: Uuid) -> Done {
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

fn write_change(db: &Connection, process: Uuid, write: &ChangeWrite) -> Done {
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
    for event in &write.events {
        db.prepare_cached(
            "INSERT INTO events (change_id, n, at, kind, step, status, millis, meaning, says) VALUES \
             (?1, (SELECT coalesce(max(n), 0) + 1 FROM events WHERE change_id = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            Id(change.id),
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

fn owner(process: Uuid, change: &Change) -> Option<Uuid> {
    (change.state.is_sending() || change.resending).then_some(process)
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

fn write_secret(db: &Connection, write: &SecretWrite) -> Done {
    match &write.cipher {
        Some(cipher) => db
            .prepare_cached(
                "INSERT INTO secrets (profile_id, field, cipher) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (profile_id, field) DO UPDATE SET cipher = excluded.cipher",
            )?
            .execute(params![Id(write.profile_id), write.field, cipher])
            .map_err(|error| constraint(error, Code::Internal, ""))?,
        None => db
            .prepare_cached("DELETE FROM secrets WHERE profile_id = ?1 AND field = ?2")?
            .execute(params![Id(write.profile_id), write.field])?,
    };
    Ok(())
}

fn use_params(used: &Use) -> [Box<dyn rusqlite::ToSql + '_>; 4] {
    [
        Box::new(&used.service),
        Box::new(Id(used.profile_id)),
        Box::new(&used.bucket),
        Box::new(At(used.at)),
    ]
}

fn one_row(rows: usize, otherwise: Code) -> Done {
    if rows == 1 {
        Ok(())
    } else {
        Err(otherwise.into())
    }
}

/// A broken unique index is `unique`, the same id twice a lost race, a broken reference a profile that is gone.
fn constraint(error: Error, unique: Code, label: &str) -> Fail {
    match &error {
        Error::SqliteFailure(failure, _) if failure.code == ErrorCode::ConstraintViolation => {
            match failure.extended_code {
                ffi::SQLITE_CONSTRAINT_UNIQUE => Problem::new(unique).with("label", label).into(),
                ffi::SQLITE_CONSTRAINT_PRIMARYKEY => Code::Busy.into(),
                ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Code::ProfileUnknown.into(),
                _ => error.into(),
            }
        }
        _ => error.into(),
    }
}
