//! What a job asks to be so at the moment of its commit.
//!
//! Evaluated by the writer inside the transaction: nobody else can write between the look and the commit.

use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::changes::stored;
use super::column::{Id, Json};
use super::fail::Fail;
use super::job::{Guard, Room};
use super::{uses, waits};
use crate::change::State;
use crate::error::{Code, Problem};
use crate::profile::Profile;
use crate::vault::CAPTURED;

type Checked = std::result::Result<(), Fail>;

pub(super) fn check(db: &Connection, guard: &Guard) -> Checked {
    match guard {
        Guard::Room(room) => check_room(db, room),
        Guard::NoWait { profile, step, now } => match waits::until(db, *profile, step, *now)? {
            Some(at) => Err(Problem::new(Code::RateLimited).retry_at(at).into()),
            None => Ok(()),
        },
        Guard::SameProfile(read) => check_same(db, read),
        Guard::SameAccount(read) => check_account(db, read),
        Guard::OnlyOne(profile) => check_only(db, profile),
        Guard::Profiles { service, count } => check_count(db, service, *count),
        Guard::NothingBegun(profile) => check_nothing_begun(db, *profile),
    }
}

/// No call is in the way: somebody wrote something else meanwhile.
pub(super) fn quicker() -> Fail {
    Problem::new(Code::Busy).with("reason", "quicker").into()
}

fn check_room(db: &Connection, room: &Room) -> Checked {
    let since = room.now.checked_sub(room.per).unwrap_or(room.now);
    let used = uses::since(db, &room.service, room.profile, &room.bucket, since)?;
    match uses::free_at(&used, room.max, room.per, room.now) {
        Some(at) => Err(Problem::new(Code::RateLimited).retry_at(at).into()),
        None => Ok(()),
    }
}

fn check_account(db: &Connection, read: &Profile) -> Checked {
    let same = db
        .prepare_cached(
            "SELECT base_url IS ?2 AND origin = ?3 AND fields = ?4 FROM profiles WHERE id = ?1",
        )?
        .query_row(
            params![Id(read.id), read.base_url, read.origin, Json(&read.fields)],
            |row| row.get::<_, bool>(0),
        )
        .optional()?
        .ok_or(Code::ProfileUnknown)?;
    if same { Ok(()) } else { Err(quicker()) }
}

fn check_same(db: &Connection, read: &Profile) -> Checked {
    check_account(db, read)?;
    let label: String = db
        .prepare_cached("SELECT label FROM profiles WHERE id = ?1")?
        .query_row([Id(read.id)], |row| row.get(0))?;
    let mut find =
        db.prepare_cached("SELECT field FROM secrets WHERE profile_id = ?1 ORDER BY field")?;
    let names: Vec<String> = find
        .query_map([Id(read.id)], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    // A session that a login captures comes and goes by itself.
    let own = |name: &&String| !name.starts_with(CAPTURED);
    let held = read.has_secret.keys().filter(own);
    if label == read.label && names.iter().filter(own).eq(held) {
        Ok(())
    } else {
        Err(quicker())
    }
}

fn check_only(db: &Connection, profile: &Profile) -> Checked {
    if profile.fields.is_empty() {
        return Ok(());
    }
    let twin: Option<String> = db
        .prepare_cached(
            "SELECT label FROM profiles WHERE service = ?1 AND origin = ?2 AND fields = ?3 AND id IS NOT ?4 LIMIT 1",
        )?
        .query_row(
            params![profile.service, profile.origin, Json(&profile.fields), Id(profile.id)],
            |row| row.get(0),
        )
        .optional()?;
    match twin {
        Some(label) => Err(Problem::new(Code::ProfileTwice).with("label", label).into()),
        None => Ok(()),
    }
}

fn check_count(db: &Connection, service: &str, count: u32) -> Checked {
    let now: u32 = db
        .prepare_cached("SELECT count(*) FROM profiles WHERE service = ?1")?
        .query_row([service], |row| row.get(0))?;
    if now == count { Ok(()) } else { Err(quicker()) }
}

fn check_nothing_begun(db: &Connection, profile: Uuid) -> Checked {
    let open = stored(
        db,
        "changes c WHERE c.profile_id = ?1 AND c.open = 1",
        &[&Id(profile)],
    )?
    .pop();
    match open.map(|stored| stored.change) {
        Some(open) if open.state != State::Planned => Err(open.in_the_way().into()),
        _ => Ok(()),
    }
}
