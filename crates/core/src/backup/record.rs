//! The lines of a backup: one JSON object each, `{"profile": {…}}`. `docs/backup.md` describes them; scripts may read them.
//!
//! Not here: their order and their number (`export`, `read`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

use crate::change::{EventKind, Proof, State};
use crate::error::Problem;
use crate::profile::Known;
use crate::secret::Secret;
use crate::view::MailTls;

/// A line. The name of the variant is outside: so serde reads it without keeping parts of it aside.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Record {
    /// The first line.
    ReaddressBackup(Head),
    Setting(Setting),
    Manifest(Manifest),
    Mailbox(Mailbox),
    Profile(Profile),
    Change(Change),
    /// Of the change before it.
    Event(Event),
    Use(Use),
    /// The last line.
    End(Counts),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub format: u32,
    pub made_at: Timestamp,
    /// Of the program.
    pub version: String,
    pub counts: Counts,
}

/// Of the first line only what every version of the format has.
#[derive(Debug, Deserialize)]
pub(super) struct AnyHead {
    pub readdress_backup: AnyFormat,
}

#[derive(Debug, Deserialize)]
pub(super) struct AnyFormat {
    pub format: u32,
    #[serde(default)]
    pub version: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Counts {
    pub settings: u64,
    pub manifests: u64,
    /// Not in format 1.
    #[serde(default)]
    pub mailboxes: u64,
    pub profiles: u64,
    /// Of profiles, and the passwords of mailboxes.
    pub secrets: u64,
    pub changes: u64,
    pub values: u64,
    /// Not in format 1.
    #[serde(default)]
    pub code_mails: u64,
    pub events: u64,
    pub uses: u64,
}

impl Counts {
    /// Lines between the first and the last.
    pub fn lines(&self) -> u64 {
        [
            self.manifests,
            self.mailboxes,
            self.profiles,
            self.changes,
            self.events,
            self.uses,
        ]
        .iter()
        .fold(self.settings, |sum, count| sum.saturating_add(*count))
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Setting {
    pub key: String,
    pub value: String,
}

/// A manifest file of the user's own, as it is.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub file: String,
    pub text: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mailbox {
    pub id: Uuid,
    pub user: String,
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    pub ca_file: Option<String>,
    pub serves: Vec<String>,
    pub password: Option<Clear>,
    pub created_at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    pub id: Uuid,
    pub label: String,
    pub service: String,
    pub base_url: Option<String>,
    pub origin: String,
    pub fields: BTreeMap<String, String>,
    pub secrets: BTreeMap<String, Clear>,
    pub email: Option<String>,
    pub verified: Option<bool>,
    pub checked_at: Option<Timestamp>,
    pub known: Known,
    pub problem: Option<Problem>,
    pub created_at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    pub id: Uuid,
    pub profile_id: Option<Uuid>,
    pub label: String,
    pub service: String,
    pub from: Option<String>,
    pub to: String,
    pub state: State,
    pub at: u32,
    pub step: String,
    pub code_used: bool,
    pub proof: Option<Proof>,
    pub tries: u32,
    pub requested_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub resend_at: Option<Timestamp>,
    pub retry_at: Option<Timestamp>,
    pub problem: Option<Problem>,
    pub values: Vec<Value>,
    /// Whose code was given last. Not in format 1.
    #[serde(default)]
    pub code_mail: Option<CodeMail>,
    pub cancelled_there: Option<bool>,
    pub undo_of: Option<Uuid>,
    pub version: u64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A code that was given.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Value {
    pub step: String,
    pub text: Clear,
    pub marked: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeMail {
    pub sender: String,
    pub at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Event {
    pub change: Uuid,
    pub at: Timestamp,
    pub kind: EventKind,
    pub step: Option<String>,
    pub status: Option<u16>,
    pub millis: Option<u32>,
    pub meaning: Option<String>,
    pub says: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Use {
    pub service: String,
    pub profile_id: Uuid,
    pub bucket: String,
    pub at: Timestamp,
}

/// A secret as its text. The only type of this crate that writes one: into the encrypted stream, and nowhere else.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Clear(pub Secret);

impl Serialize for Clear {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}
