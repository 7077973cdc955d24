//! A job: what is committed together or not at all.
//!
//! Not here: how it is written (`apply`), when (`writer`), and the cipher of its sealed parts (`vault`).

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::change::{Change, Event, Value};
use crate::error::Problem;
use crate::profile::{Known, Profile};
use crate::secret::Secret;

/// What is committed together or not at all. Written in this order: profiles (removals last), changes, secrets, uses.
#[derive(Debug, Clone, Default)]
pub struct Job {
    /// What must hold on disk; looked at first, in the same transaction.
    pub guards: Vec<Guard>,
    pub profiles: Vec<ProfileWrite>,
    pub changes: Vec<ChangeWrite>,
    pub secrets: Vec<SecretWrite>,
    pub uses: Vec<Use>,
    /// Uses that a definite refusal as invalid gives back; each takes away one equal row, if there is one.
    pub forget_uses: Vec<Use>,
    /// Counted calls that no limit can count any more.
    pub prune: Vec<Prune>,
    /// What the service asked for, or no longer asks for.
    pub waits: Vec<WaitWrite>,
}

/// What must be so at the moment of the commit. Two programs may have looked before, and both found it so.
#[derive(Debug, Clone)]
pub enum Guard {
    /// The limit has room for one more call: else `rate_limited`, with the time when it has.
    Room(Room),
    /// The service has not asked this profile to wait with this step: else `rate_limited`, with its time.
    NoWait {
        profile: Uuid,
        step: String,
        now: Timestamp,
    },
    /// What a person edits of the profile, and which secrets it has, is as it was read: else `busy`.
    SameProfile(Box<Profile>),
    /// The profile still names the account that was read (base URL, origin, fields): else `busy`.
    SameAccount(Box<Profile>),
    /// No profile has this service, origin and plain fields: else `profile_twice`. Without plain fields nothing can be told.
    OnlyOne(Box<Profile>),
    /// The service has so many profiles, as when they were compared: else `busy`.
    Profiles { service: String, count: u32 },
    /// No call has left for a change of the profile that is still open: else `change_open`.
    NothingBegun(Uuid),
}

/// One limit, as it counts for one call.
#[derive(Debug, Clone)]
pub struct Room {
    pub service: String,
    /// Whose calls count; `None`: all of the service.
    pub profile: Option<Uuid>,
    pub bucket: String,
    pub max: u32,
    pub per: Duration,
    pub now: Timestamp,
}

/// Calls of that bucket from before that time are forgotten.
#[derive(Debug, Clone)]
pub struct Prune {
    pub service: String,
    pub bucket: String,
    pub before: Timestamp,
}

/// The service's own word on when a step may be sent again.
#[derive(Debug, Clone)]
pub struct WaitWrite {
    pub profile: Uuid,
    pub step: String,
    pub now: Timestamp,
    /// `None`: the step was taken, nothing is asked any more.
    pub until: Option<Timestamp>,
}

/// A change as it shall be from now on, with what its journal gets.
#[derive(Debug, Clone)]
pub struct ChangeWrite {
    /// `values` is not looked at, and `version` neither: `expect` decides. `owner` is stored while the change is sending
    /// or resending (this process where it names none), else nobody. `id`, `profile_id`, `label`, `service`, `to`, `undo_of` and
    /// `created_at` are only written by the first commit.
    pub change: Change,
    pub expect: Expect,
    /// The codes given so far, sealed, in order; `None` leaves those that are stored. An ended change keeps none.
    pub values: Option<Vec<SealedValue>>,
    pub events: Vec<Event>,
}

/// What must be on disk for a change to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    New,
    /// The version that was read. Another one on disk: the job fails as `busy`.
    Version(u64),
}

impl Expect {
    /// The version on disk after the commit.
    pub fn next(self) -> u64 {
        match self {
            Self::New => 1,
            Self::Version(version) => version + 1,
        }
    }
}

/// A code that was given for one waiting step, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedValue {
    pub step: String,
    /// Sealed for `Place::value(change, step)`.
    pub cipher: Vec<u8>,
    pub marked: bool,
}

/// A secret field of a profile, also a captured token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretWrite {
    pub profile_id: Uuid,
    pub field: String,
    /// Sealed for `Place::secret(profile, field)`; `None` removes it.
    pub cipher: Option<Vec<u8>>,
}

#[derive(Debug, Clone)]
pub enum ProfileWrite {
    Insert(Profile),
    /// All columns but `created_at`; the last one wins.
    Update(Profile),
    /// Only what its user edits (label, base URL, origin, fields), so that a check under way loses nothing.
    Edit(Profile),
    /// Only what a check finds out.
    Seen(Seen),
    /// The same, unless another check was written since this one began, when `checked_at` was the time given here:
    /// what it learned is newer.
    SeenSince(Seen, Option<Timestamp>),
    /// Only what went wrong, or that nothing is wrong any more: what was known of the address stays.
    Problem(Uuid, Option<Problem>),
    /// Its secrets go, its changes stay. One that is still open and not ended by this job: `change_open`.
    Remove(Uuid),
}

/// What a check of a profile found out.
#[derive(Debug, Clone)]
pub struct Seen {
    pub profile_id: Uuid,
    pub email: Option<String>,
    pub verified: Option<bool>,
    pub checked_at: Option<Timestamp>,
    pub known: Known,
    pub problem: Option<Problem>,
}

/// One call that counts against a limit of its service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    pub service: String,
    pub profile_id: Uuid,
    pub bucket: String,
    pub at: Timestamp,
}

/// A change as it is stored: `change.values` is empty, `values` has them sealed.
#[derive(Debug, Clone)]
pub struct StoredChange {
    pub change: Change,
    pub values: Vec<SealedValue>,
}

impl StoredChange {
    /// The change with values that have no text: what a list may tell of them, and nothing that could be sent.
    pub(crate) fn into_shown(self) -> Change {
        let blank = |value: SealedValue| Value {
            step: value.step,
            text: Secret::new(""),
            marked: value.marked,
        };
        let mut change = self.change;
        change.values = self.values.into_iter().map(blank).collect();
        change
    }
}

impl ChangeWrite {
    pub fn new(change: Change, expect: Expect) -> Self {
        Self {
            change,
            expect,
            values: None,
            events: Vec::new(),
        }
    }

    #[must_use]
    pub fn event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    #[must_use]
    pub fn values(mut self, values: Vec<SealedValue>) -> Self {
        self.values = Some(values);
        self
    }
}

impl From<ChangeWrite> for Job {
    fn from(write: ChangeWrite) -> Self {
        Self {
            changes: vec![write],
            ..Self::default()
        }
    }
}

impl From<ProfileWrite> for Job {
    fn from(write: ProfileWrite) -> Self {
        Self {
            profiles: vec![write],
            ..Self::default()
        }
    }
}

impl Job {
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn guard(mut self, guard: Guard) -> Self {
        self.guards.push(guard);
        self
    }

    #[must_use]
    pub fn change(mut self, write: ChangeWrite) -> Self {
        self.changes.push(write);
        self
    }

    #[must_use]
    pub fn profile(mut self, write: ProfileWrite) -> Self {
        self.profiles.push(write);
        self
    }

    #[must_use]
    pub fn secret(
        mut self,
        profile_id: Uuid,
        field: impl Into<String>,
        cipher: Option<Vec<u8>>,
    ) -> Self {
        self.secrets.push(SecretWrite {
            profile_id,
            field: field.into(),
            cipher,
        });
        self
    }

    #[must_use]
    pub fn used(mut self, used: Use) -> Self {
        self.uses.push(used);
        self
    }

    #[must_use]
    pub fn forget(mut self, used: Use) -> Self {
        self.forget_uses.push(used);
        self
    }
}
