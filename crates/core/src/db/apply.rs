//! Writes one job. The caller has a transaction open and takes back what a failed job wrote.

mod changes;
mod profiles;

use rusqlite::{Connection, Error, ErrorCode, OptionalExtension, ffi, params};
use uuid::Uuid;

use super::column::{At, Id};
use super::fail::Fail;
use super::job::{Job, ProfileWrite, SecretWrite, Use};
use super::{clock, guard, waits};
use crate::error::{Code, Problem};
use crate::vault::sealed_with;
use changes::write_change;
pub(super) use changes::write_events;
use profiles::{
    edit_profile, insert_profile, note_problem, remove_profile, see_profile, see_profile_since,
    seen_of,
};

type Done<T = ()> = std::result::Result<T, Fail>;

/// Writes all of `job`; `process` becomes the owner of the intents in it.
pub(super) fn apply(db: &Connection, process: Uuid, job: &Job) -> Done {
    check_key(db, job)?;
    for guard in &job.guards {
        guard::check(db, guard)?;
    }
    for write in &job.profiles {
        match write {
            ProfileWrite::Insert(profile) => insert_profile(db, profile)?,
            ProfileWrite::Update(profile) => {
                edit_profile(db, profile)?;
                see_profile(db, &seen_of(profile))?;
            }
            ProfileWrite::Edit(profile) => edit_profile(db, profile)?,
            ProfileWrite::Seen(seen) => see_profile(db, seen)?,
            ProfileWrite::SeenSince(seen, checked) => see_profile_since(db, seen, *checked)?,
            ProfileWrite::Problem(id, problem) => note_problem(db, *id, problem.as_ref())?,
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
    for prune in &job.prune {
        db.prepare_cached("DELETE FROM uses WHERE service = ?1 AND bucket = ?2 AND at < ?3")?
            .execute(params![prune.service, prune.bucket, At(prune.before)])?;
    }
    for wait in &job.waits {
        waits::write(db, wait)?;
    }
    if let Some(latest) = job
        .changes
        .iter()
        .map(|write| write.change.updated_at)
        .max()
    {
        clock::note_seen(db, latest)?;
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
    let ciphers = job
        .secrets
        .iter()
        .filter_map(|write| write.cipher.as_ref())
        .chain(
            job.changes
                .iter()
                .flat_map(|write| write.values.iter().flatten().map(|value| &value.cipher)),
        );
    sealed_by_the_key(db, ciphers)
}

/// As `check_key`, for these.
pub(super) fn sealed_by_the_key<'a>(
    db: &Connection,
    ciphers: impl Iterator<Item = &'a Vec<u8>>,
) -> Done {
    let mut ciphers = ciphers.peekable();
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
