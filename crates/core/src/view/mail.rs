//! What the page and scripts see of mailboxes: without passwords, without the text of a mail.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::error::Problem;

/// How a connection to a mail server is made secure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MailTls {
    /// TLS from the first byte, usually on port 993 (RFC 8314).
    Implicit,
    /// TLS after a word in the clear, usually on port 143. Without it nothing is said.
    Starttls,
}

/// A mailbox as Settings shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MailboxView {
    pub id: Uuid,
    pub user: String,
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    /// PEM file with the authority of a server of one's own.
    pub ca_file: Option<String>,
    /// Whose mail comes here: addresses, and `*@domain` for all of a domain. Their plus-addresses are meant too.
    pub serves: Vec<String>,
    /// `false` after *New vault*, or a restore without it: it must be given again.
    pub has_password: bool,
    pub watch: WatchView,
}

/// Whether a mailbox is being looked at, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WatchView {
    pub state: WatchState,
    /// Why it rests although something waits, or why the last try did not work.
    pub problem: Option<Problem>,
    /// Changes that wait for a mail there.
    pub waiting: u32,
    /// When it is tried again, where `state` is `retrying`.
    #[ts(type = "string | null")]
    pub retry_at: Option<Timestamp>,
    /// When all of it was last looked through.
    #[ts(type = "string | null")]
    pub looked_at: Option<Timestamp>,
    /// Whether its folder for unwanted mail was found and is looked at too; `None` while not known.
    pub junk: Option<bool>,
    /// The newest mail that it looked into for a change.
    pub last: Option<LastMailView>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum WatchState {
    /// Nothing waits for a mail there, or nobody watches in this program.
    Resting,
    Connecting,
    /// The server tells at once what is new (IDLE, RFC 2177).
    Watching,
    /// The server does not tell; it is asked now and then.
    Polling,
    /// It did not work; it is tried again at `retry_at`.
    Retrying,
    /// Only a person can mend it: a refused password, a certificate.
    Stopped,
}

/// What was last seen, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LastMailView {
    #[ts(type = "string")]
    pub at: Timestamp,
    pub from: Option<String>,
    /// It lay in the folder for unwanted mail.
    pub junk: bool,
    pub outcome: MailOutcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MailOutcome {
    /// Its code went to the service.
    Used,
    /// A person decides.
    Asked,
    /// For a change that waits, but without a code, or with a link of another kind.
    NothingFound,
}

/// A mail that Readdress does not use by itself: a person chooses.
#[derive(Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MailFindView {
    pub id: Uuid,
    pub mailbox: Uuid,
    pub change: Uuid,
    #[ts(type = "string")]
    pub at: Timestamp,
    pub from: Option<String>,
    pub to: Option<String>,
    pub junk: bool,
    /// Why it asks: `code_ambiguous`, `sender_new` (params `from`, `known`), `code_second` (one was tried already),
    /// `code_unusual`.
    pub why: Problem,
    /// The values to choose from, most likely first; at least one.
    pub choices: Vec<String>,
}

impl std::fmt::Debug for MailFindView {
    /// Without the codes.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailFindView")
            .field("id", &self.id)
            .field("change", &self.change)
            .field("why", &self.why)
            .field("choices", &self.choices.len())
            .finish_non_exhaustive()
    }
}

/// What *Test* found out, in the order in which it is tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MailboxTestView {
    pub steps: Vec<MailboxTestStep>,
    /// Codes can come from there. Without IDLE it works too, only later.
    pub works: bool,
    /// The folder for unwanted mail, where the server names one.
    pub junk: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MailboxTestStep {
    pub id: MailboxTestId,
    /// `None`: not reached.
    pub ok: Option<bool>,
    pub problem: Option<Problem>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MailboxTestId {
    /// The server's name has an address.
    Name,
    Port,
    Tls,
    Login,
    Inbox,
    /// New mail is told at once. Without it: `ok = false`, and it still works.
    Idle,
}

/// Where an address's mail is read, as far as can be known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MailServerView {
    pub source: MailServerSource,
    pub host: Option<String>,
    pub port: u16,
    pub tls: MailTls,
    /// The login name: the whole address, or what stands before its `@`.
    pub user: String,
    pub note: Option<MailServerNote>,
    /// Where the provider tells how (https).
    pub help: Option<String>,
    /// Hosts that would be asked for the settings, with the domain only: shown before `ask` is given.
    pub asks: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MailServerSource {
    /// The table of large providers.
    Table,
    /// The domain's own settings, or those that Thunderbird's list has.
    Autoconfig,
    /// Not known: nobody was asked yet, or nobody knows.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MailServerNote {
    /// The account's own password is refused: make an app password.
    AppPassword,
    /// Only OAuth is taken: not served yet.
    OauthOnly,
    /// A program of the provider must run on this computer.
    Bridge,
    /// IMAP must be switched on in the account first.
    SwitchOn,
    /// There is no IMAP.
    NoImap,
}
