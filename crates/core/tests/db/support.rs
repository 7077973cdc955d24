//! A folder for one test, and rows to fill it with.

use std::collections::BTreeMap;

use jiff::Timestamp;
use readdress_core::change::{Change, Event, EventKind, State};
use readdress_core::db::{ChangeWrite, Db, Expect, ProfileWrite};
use readdress_core::folder::Folder;
use readdress_core::profile::{Known, Profile};
use tempfile::TempDir;
use uuid::Uuid;

pub struct Place {
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "held until the end; looked into on Linux only")
    )]
    pub dir: TempDir,
    pub folder: Folder,
}

impl Place {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(&dir.path().join("data")).unwrap();
        Self { dir, folder }
    }

    pub fn db(&self) -> Db {
        Db::open(&self.folder).unwrap()
    }
}

/// Whole microseconds: what a column holds.
pub fn at(second: i64) -> Timestamp {
    Timestamp::from_microsecond(1_790_000_000_000_000 + second * 1_000_000 + 123_456).unwrap()
}

pub fn profile(label: &str) -> Profile {
    Profile {
        id: Uuid::now_v7(),
        label: label.to_owned(),
        service: "z-api".to_owned(),
        base_url: None,
        origin: "https://api.example".to_owned(),
        fields: BTreeMap::from([("instance_id".to_owned(), label.to_owned())]),
        has_secret: BTreeMap::new(),
        email: None,
        verified: None,
        checked_at: None,
        known: Known::NeverChecked,
        problem: None,
        created_at: at(0),
    }
}

pub fn change(profile: &Profile, second: i64) -> Change {
    Change {
        id: Uuid::now_v7(),
        profile_id: Some(profile.id),
        label: profile.label.clone(),
        service: profile.service.clone(),
        from: profile.email.clone(),
        to: "new@example.org".to_owned(),
        state: State::Planned,
        at: 0,
        step: "request".to_owned(),
        code_used: false,
        proof: None,
        tries: 0,
        requested_at: None,
        expires_at: None,
        resend_at: None,
        retry_at: None,
        problem: None,
        values: Vec::new(),
        cancelled_there: None,
        undo_of: None,
        owner: None,
        resending: false,
        version: 0,
        created_at: at(second),
        updated_at: at(second),
    }
}

pub fn event(kind: EventKind, second: i64) -> Event {
    Event {
        at: at(second),
        kind,
        step: Some("request".to_owned()),
        status: None,
        millis: None,
        meaning: None,
        says: None,
    }
}

/// A stored profile.
pub fn add_profile(db: &Db, label: &str) -> Profile {
    let profile = profile(label);
    db.commit_blocking(ProfileWrite::Insert(profile.clone()))
        .unwrap();
    profile
}

/// A stored change, planned at that second.
pub fn add_change(db: &Db, profile: &Profile, second: i64) -> Change {
    let change = change(profile, second);
    db.commit_blocking(
        ChangeWrite::new(change.clone(), Expect::New).event(event(EventKind::Planned, second)),
    )
    .unwrap();
    db.change(change.id).unwrap().change
}

/// The change in another state, written over the version it was read with.
pub fn set_state(db: &Db, change: &Change, state: State) -> Change {
    let next = Change {
        state,
        ..change.clone()
    };
    db.commit_blocking(ChangeWrite::new(next, Expect::Version(change.version)))
        .unwrap();
    db.change(change.id).unwrap().change
}
