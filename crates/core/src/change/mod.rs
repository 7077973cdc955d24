//! A change: one email change on one profile, from planned to changed. The types; `machine` holds the transitions.
//!
//! Not here: I/O, clocks, what an answer means (that is `manifest::answer`), sentences.

pub mod align;
pub mod machine;
pub mod replay;
pub mod show;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::error::{Code, Problem};
use crate::secret::Secret;

/// Where a change stands. `Expired` is stored only when the service said so or another change replaced it;
/// an overdue `AwaitingCode` is *shown* as expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum State {
    Planned,
    Requesting,
    AwaitingCode,
    Verifying,
    Changed,
    Unknown,
    Refused,
    Expired,
    Cancelled,
}

impl State {
    /// Ended changes never change again.
    pub fn is_end(self) -> bool {
        matches!(
            self,
            Self::Changed | Self::Refused | Self::Expired | Self::Cancelled
        )
    }

    /// A call is on its way, or was when its program died.
    pub fn is_sending(self) -> bool {
        matches!(self, Self::Requesting | Self::Verifying)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Requesting => "requesting",
            Self::AwaitingCode => "awaiting_code",
            Self::Verifying => "verifying",
            Self::Changed => "changed",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
    }
}

/// What shows that the change is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Proof {
    /// The service was asked and shows the new address.
    ReadBack,
    /// The service's answer; it cannot be read back.
    Answer,
    /// The user said so.
    User,
}

/// Kinds of lines in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum EventKind {
    Planned,
    /// Written before the first byte of an effect step leaves.
    Intent,
    /// An answer came; `meaning` says what it means.
    Answer,
    /// Nothing left this machine.
    NotSent,
    /// It left, and no answer came.
    NoAnswer,
    /// The service was asked which address it holds.
    ReadBack,
    Login,
    /// A code was given while nothing could be sent, or while a call was on its way: kept.
    ValueKept,
    /// The program that sent it ended before the answer.
    Recovered,
    /// It comes from a backup; `meaning` is the state in which it stood there.
    Restored,
    /// The user settled an unknown.
    Settled,
    Cancelled,
    Expired,
    Replaced,
}

/// One line of the journal, before it has its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub at: Timestamp,
    pub kind: EventKind,
    pub step: Option<String>,
    pub status: Option<u16>,
    pub millis: Option<u32>,
    pub meaning: Option<String>,
    /// At most 300 characters that the manifest's pointer named, known secrets removed.
    pub says: Option<String>,
}

/// Row of `changes`. Times are absolute UTC.
#[derive(Debug, Clone)]
pub struct Change {
    pub id: Uuid,
    /// `None` once the profile is removed.
    pub profile_id: Option<Uuid>,
    /// The label as it was, for the history of removed profiles.
    pub label: String,
    pub service: String,
    pub from: Option<String>,
    pub to: String,
    pub state: State,
    /// Index into the manifest's flow; `flow.len()` is the closing read-back.
    pub at: u32,
    /// The step's id at `at` (`request`, `verify`, `read`): kept so that history reads without the manifest.
    pub step: String,
    /// A code was used: `requesting` is shown as `verifying` from then on.
    pub code_used: bool,
    pub proof: Option<Proof>,
    pub tries: u32,
    pub requested_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub resend_at: Option<Timestamp>,
    pub retry_at: Option<Timestamp>,
    pub problem: Option<Problem>,
    /// Codes given so far (encrypted in the database).
    pub values: Vec<Value>,
    pub cancelled_there: Option<bool>,
    pub undo_of: Option<Uuid>,
    /// Who holds the open intent: the uuid of a process's lock file.
    pub owner: Option<Uuid>,
    /// A resend's intent is open (the state stays `awaiting_code` meanwhile).
    pub resending: bool,
    /// Compare-and-set: grows by one with each commit.
    pub version: u64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Change {
    /// Why nothing else can begin on its profile.
    pub(crate) fn in_the_way(&self) -> Problem {
        Problem::new(Code::ChangeOpen)
            .with("label", self.label.clone())
            .with("change", self.id.to_string())
            .with("address", self.to.clone())
            .with("state", self.state.as_str())
    }
}

/// A code that was given for one waiting step.
#[derive(Debug, Clone)]
pub struct Value {
    /// Id of the step that waits for it.
    pub step: String,
    pub text: Secret,
    /// The service refused it: never sent by itself again.
    pub marked: bool,
}
