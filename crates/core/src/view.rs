//! What crosses to the page (IPC) and, in part, to scripts (CLI JSON): plain data without secrets.
//!
//! Not here: how it is made (`engine`), sentences (`text/*.json`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::change::{Proof, State};
use crate::error::Problem;
use crate::manifest::LimitOf;
use crate::profile::Known;

mod backup;
mod mail;
mod service_file;
pub use backup::{BackupProgress, BackupView, RestoredView};
pub use mail::{
    LastMailView, MailFindView, MailOutcome, MailServerNote, MailServerSource, MailServerView,
    MailTls, MailboxTestId, MailboxTestStep, MailboxTestView, MailboxView, WatchState, WatchView,
};
pub use service_file::{CallRole, CallView, ServiceFileView, ServicePlace};

/// A text in the languages a manifest gives; `en` is always there.
pub type Texts = BTreeMap<String, String>;

/// A service as the page shows it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ServiceView {
    pub id: String,
    pub name: String,
    pub docs: String,
    /// The host that `docs` leads to, in Punycode: shown before it is opened.
    pub docs_host: String,
    /// Host of the base URL, shown before first use.
    pub host: String,
    /// Shipped with Readdress, or the user's own file.
    pub own: bool,
    /// The user has looked at this host and accepts it; of a file of the user's own nothing is sent before.
    pub accepted: bool,
    pub fields: Vec<FieldView>,
    /// At least one complete set of these secret fields must be given (`[["api_key"],["session_token"]]`).
    pub needs_one_of: Vec<Vec<String>>,
    /// Keys: `keys_found`, `about`, `before_request`, `after_request`, `waiting`, `cancel_means`, `no_mail`, `old_address`.
    pub texts: BTreeMap<String, Texts>,
    pub waits_for: Option<WaitsForView>,
    pub has_read: bool,
    pub has_cancel: bool,
    /// Seconds a code holds, where documented.
    pub expires_after: Option<u32>,
    /// Seconds between two requests, where documented.
    pub resend_after: Option<u32>,
    /// Minutes without a mail after which `no_mail` is shown.
    pub no_mail_after: Option<u32>,
    /// What may be sent how often.
    pub limits: Vec<LimitView>,
    pub profiles: u32,
}

/// So many calls in so many seconds, counted from the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LimitView {
    pub max: u32,
    /// Seconds.
    pub per: u32,
    /// Whose calls count together: the manifest's word, or the user's where the service does not document it.
    pub of: LimitOf,
    /// Ids of the steps that count.
    pub steps: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FieldView {
    pub id: String,
    pub label: Texts,
    pub help: Option<Texts>,
    pub secret: bool,
    pub optional: bool,
    /// Asked at each request unless the user keeps it (Webshare's password).
    pub ask_each_time: bool,
    /// Regular expression of the usual shape; a mismatch only warns.
    pub looks: Option<String>,
}

/// What the change waits for and where it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WaitsForView {
    /// `code` or `link`.
    pub what: String,
    /// `new` or `old`: which mailbox gets it.
    pub sent_to: String,
    /// The address itself, where known.
    pub address: Option<String>,
    pub looks: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ProfileView {
    pub id: Uuid,
    pub label: String,
    pub service: String,
    pub base_url: Option<String>,
    pub host: String,
    pub fields: BTreeMap<String, String>,
    /// Secret field id to its length in characters, for those that are set (0 where the vault is locked).
    pub has_secret: BTreeMap<String, u32>,
    pub email: Option<String>,
    pub verified: Option<bool>,
    #[ts(type = "string | null")]
    pub checked_at: Option<Timestamp>,
    pub known: Known,
    pub problem: Option<Problem>,
    /// The change that is open, or the last one if it ended refused or expired and nothing came after.
    pub change: Option<ChangeView>,
}

/// One change as the page and `--json` show it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChangeView {
    pub id: Uuid,
    pub profile_id: Option<Uuid>,
    /// The profile's label (kept in the journal when the profile is removed).
    pub profile: String,
    pub service: String,
    pub from: Option<String>,
    pub to: String,
    /// As shown: `expired` is computed from `expires_at`.
    pub state: State,
    /// Whether it is still open; an overdue one is.
    pub open: bool,
    /// Id of the step it stands at: `request`, `verify`, `read`.
    pub step: String,
    pub steps: Vec<StepView>,
    pub proof: Option<Proof>,
    pub tries: u32,
    pub waits_for: Option<WaitsForView>,
    #[ts(type = "string | null")]
    pub requested_at: Option<Timestamp>,
    #[ts(type = "string | null")]
    pub expires_at: Option<Timestamp>,
    #[ts(type = "string | null")]
    pub resend_at: Option<Timestamp>,
    #[ts(type = "string | null")]
    pub retry_at: Option<Timestamp>,
    pub problem: Option<Problem>,
    /// A value was given and is kept (encrypted); it can be offered again.
    pub has_value: bool,
    /// Cancelled at the service too (`true`), only here (`false`), or not cancelled.
    pub cancelled_there: Option<bool>,
    pub undo_of: Option<Uuid>,
    #[ts(type = "string")]
    pub created_at: Timestamp,
    #[ts(type = "string")]
    pub updated_at: Timestamp,
    /// What can be done now.
    pub can: Can,
    /// Oldest first; empty in lists, filled by `get_change` and in `pending|history`.
    #[serde(default)]
    pub events: Vec<EventView>,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Can {
    pub send: bool,
    pub submit: bool,
    pub resend: bool,
    pub cancel: bool,
    pub check: bool,
    pub settle: bool,
    /// A new change back to `from` makes sense.
    pub change_back: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StepView {
    /// `request`, `verify`, `read`, …
    pub id: String,
    pub state: StepState,
    #[ts(type = "string | null")]
    pub at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StepState {
    Done,
    Now,
    ToCome,
    Refused,
    Unknown,
    /// Ended without effect.
    Void,
}

/// One line of the journal.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EventView {
    #[ts(type = "string")]
    pub at: Timestamp,
    pub kind: crate::change::EventKind,
    pub step: Option<String>,
    pub status: Option<u16>,
    pub millis: Option<u32>,
    /// `ok`, `code_sent`, `token_refused`, a code of `Code`, …
    pub meaning: Option<String>,
    pub says: Option<String>,
}

/// The answer to a read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReadView {
    pub email: Option<String>,
    pub verified: Option<bool>,
}

/// What the address field says about what was typed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AddressCheck {
    /// What is wrong, so that nothing can be sent.
    pub problem: Option<Problem>,
    /// A second Enter is asked for these.
    pub doubts: Vec<Doubt>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Doubt {
    /// The domain is one letter away from a well-known one or one in use.
    Typo { suggestion: String },
    /// Another profile of the same service holds or is to get this address.
    UsedBy { label: String },
    /// The journal counts a request too soon; the service will refuse until then.
    TooSoon {
        #[ts(type = "string")]
        retry_at: Timestamp,
    },
}

/// The request as it will be sent.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Preview {
    /// HTTP/1.1-like text, secrets as dots.
    pub masked: String,
    /// Runs in a POSIX shell; secrets as `$TOKEN` variables.
    pub curl: String,
    pub host: String,
    /// The step's effect needs a login call first (Mannco.store without a session).
    pub login_first: bool,
}

/// What a pasted text was understood to be. A paste alone never sends.
#[derive(Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Understood {
    /// The change it belongs to.
    pub change: Option<Uuid>,
    /// The value that would be sent; the page shows it in the code box.
    pub value: Option<String>,
    /// Where it was found.
    pub found: Found,
    /// Spaces or dashes were removed.
    pub cleaned: bool,
    /// Looks unlike what the service documents; it can be sent all the same.
    pub unusual: bool,
    /// Recipient named in the pasted mail, where there was one.
    pub mail_to: Option<String>,
    /// The mail names another recipient than the change waits for.
    pub other_recipient: bool,
    /// Address of its sender, where it was a mail's source.
    #[serde(default)]
    pub mail_from: Option<String>,
    /// When the mail was written, by its sender's clock.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub mail_at: Option<Timestamp>,
    /// The mail is older than the request that the change waits for an answer to.
    #[serde(default)]
    pub too_old: bool,
    /// Why nothing can be sent, or what must be decided first.
    pub problem: Option<Problem>,
    /// With `code_ambiguous`: the values to choose from.
    pub choices: Vec<String>,
}

impl Understood {
    pub(crate) fn nothing() -> Self {
        Self {
            change: None,
            value: None,
            found: Found::Nothing,
            cleaned: false,
            unusual: false,
            mail_to: None,
            other_recipient: false,
            mail_from: None,
            mail_at: None,
            too_old: false,
            problem: None,
            choices: Vec::new(),
        }
    }
}

impl std::fmt::Debug for Understood {
    /// Without the codes: `value` and `choices` are for the box that the text was pasted into, and for nothing else.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Understood")
            .field("change", &self.change)
            .field("found", &self.found)
            .field("problem", &self.problem)
            .field("choices", &self.choices.len())
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Found {
    Nothing,
    Typed,
    Link,
    MailText,
    MailLink,
}

/// What a smart paste on *Add profile* was understood to be. Secrets stay in memory behind `draft`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PastedProfile {
    pub draft: Uuid,
    pub service: String,
    pub fields: BTreeMap<String, String>,
    /// Secret field id to its length.
    pub secrets: BTreeMap<String, u32>,
    /// Set when the pasted origin is loopback (a practice or test server).
    pub base_url: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct VaultView {
    pub kind: VaultKind,
    pub state: VaultState,
    pub problem: Option<Problem>,
    /// Whether this machine has a keychain that works; `None` while not tried.
    pub keychain_works: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum VaultKind {
    Unset,
    Keychain,
    Passphrase,
    KeyFile,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum VaultState {
    /// A fresh folder: the first secret asks for a kind.
    Unset,
    /// Not opened yet, or locked by the user.
    Locked,
    Open,
    /// Cannot be opened now: see `problem`.
    Broken,
}

/// Proxy and certificate authority: database rows, since the CLI needs them too.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NetworkSettings {
    pub proxy: ProxyChoice,
    /// PEM file with an extra certificate authority.
    pub ca_file: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum ProxyChoice {
    #[default]
    System,
    None,
    /// `http://host:port` or `socks5://host:port`, without user info.
    Own {
        url: String,
    },
}

/// One page of a list, by key.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Page<T: TS> {
    pub items: Vec<T>,
    /// Pass it as `after` for the next page; `None` at the end.
    pub next: Option<String>,
    pub total: u32,
}

/// Narrows the history.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct HistoryFilter {
    /// Matches label, addresses, service, without case.
    pub text: Option<String>,
    pub service: Option<String>,
    pub state: Option<State>,
    pub profile_id: Option<Uuid>,
}

/// What is new on disk, so that the page asks again. At most 10 a second.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Changed {
    pub profiles: Vec<Uuid>,
    pub changes: Vec<Uuid>,
    /// Mailboxes, what watching them came to, or mails that somebody must decide about.
    pub mail: bool,
    /// Everything may be new (another program wrote).
    pub all: bool,
}

/// A mail in the practice mailbox.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PracticeMail {
    pub id: u32,
    #[ts(type = "string")]
    pub at: Timestamp,
    pub to: String,
    pub from: String,
    pub subject: String,
    pub text: String,
    /// RFC 5322, for *paste the whole mail*.
    pub raw: String,
}

/// Where a click on *Practice* leads.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PracticeStart {
    pub profile_id: Uuid,
    /// Prefilled new address.
    pub suggested: String,
}
