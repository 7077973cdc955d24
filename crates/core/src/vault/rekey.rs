//! Seals everything anew, or drops it, in one transaction with the vault's row.

use rusqlite::{Connection, params};
use uuid::Uuid;

use super::CAPTURED;
use super::cipher::{Key, Place};
use crate::db::{Fail, Id, VaultRow};

type Done<T = ()> = std::result::Result<T, Fail>;

/// Opens every value with `old`, seals it with `new`, and puts the row of `new` in place.
///
/// One secret that does not open stops it: nothing is lost, and its problem names the field and the profile, or the mailbox.
/// What can be had again, a session or a code, is dropped where it does not open.
pub(super) fn reseal(
    db: &Connection,
    old_row: &VaultRow,
    old: &Key,
    row: &VaultRow,
    new: &Key,
) -> Done {
    row.replace(db, Some(old_row))?;
    for (profile, field, cipher) in
        rows::<String>(db, "SELECT profile_id, field, cipher FROM secrets")?
    {
        let place = Place::secret(profile, &field);
        let sealed = match old.open(place, &cipher) {
            Ok(secret) => Some(new.seal(place, &secret)),
            Err(_) if field.starts_with(CAPTURED) => None,
            Err(problem) => return Err(problem.with("label", label_of(db, profile)?).into()),
        };
        match sealed {
            Some(sealed) => db
                .prepare_cached(
                    "UPDATE secrets SET cipher = ?3 WHERE profile_id = ?1 AND field = ?2",
                )?
                .execute(params![Id(profile), field, sealed])?,
            None => db
                .prepare_cached("DELETE FROM secrets WHERE profile_id = ?1 AND field = ?2")?
                .execute(params![Id(profile), field])?,
        };
    }
    for (change, n, cipher) in rows::<i64>(db, "SELECT change_id, n, cipher FROM change_values")? {
        let mut find =
            db.prepare_cached("SELECT step FROM change_values WHERE change_id = ?1 AND n = ?2")?;
        let step: String = find.query_row(params![Id(change), n], |row| row.get(0))?;
        let place = Place::value(change, &step);
        match old.open(place, &cipher) {
            Ok(code) => db
                .prepare_cached(
                    "UPDATE change_values SET cipher = ?3 WHERE change_id = ?1 AND n = ?2",
                )?
                .execute(params![Id(change), n, new.seal(place, &code)])?,
            Err(_) => db
                .prepare_cached("DELETE FROM change_values WHERE change_id = ?1 AND n = ?2")?
                .execute(params![Id(change), n])?,
        };
    }
    reseal_mailboxes(db, old, new)
}

fn reseal_mailboxes(db: &Connection, old: &Key, new: &Key) -> Done {
    let sql = "SELECT id, user, password FROM mailboxes WHERE password IS NOT NULL";
    for (mailbox, user, cipher) in rows::<String>(db, sql)? {
        let password = old.open_password(mailbox, &user, &cipher)?;
        db.prepare_cached("UPDATE mailboxes SET password = ?2 WHERE id = ?1")?
            .execute(params![
                Id(mailbox),
                new.seal(Place::mailbox(mailbox), &password)
            ])?;
    }
    Ok(())
}

fn label_of(db: &Connection, profile: Uuid) -> Done<String> {
    let mut find = db.prepare_cached("SELECT label FROM profiles WHERE id = ?1")?;
    Ok(find.query_row([Id(profile)], |row| row.get(0))?)
}

/// Drops every sealed value, and puts the new row in place.
pub(super) fn start_anew(db: &Connection, old: Option<&VaultRow>, row: &VaultRow) -> Done {
    db.execute("DELETE FROM secrets", [])?;
    db.execute("DELETE FROM change_values", [])?;
    db.execute("UPDATE mailboxes SET password = NULL", [])?;
    row.replace(db, old)
}

fn rows<T: rusqlite::types::FromSql>(db: &Connection, sql: &str) -> Done<Vec<(Uuid, T, Vec<u8>)>> {
    let mut find = db.prepare_cached(sql)?;
    let rows = find.query_map([], |row| {
        Ok((row.get::<_, Id>(0)?.0, row.get(1)?, row.get(2)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
