//! What a person or a script asks for: plain data that comes in from the page (IPC) or the command line.
//!
//! Secrets come in through here and never go out again. Not here: what comes of it (`engine`).

use std::collections::BTreeMap;

use serde::Deserialize;
use uuid::Uuid;

use crate::secret::Secret;
use crate::view::MailTls;

/// A profile to be added, or to be tried before it is.
#[derive(Debug, Clone, Deserialize)]
pub struct NewProfile {
    pub service: String,
    pub label: String,
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    #[serde(default)]
    pub secrets: BTreeMap<String, Secret>,
    /// Scheme, host and port in place of the manifest's: https, or http on loopback.
    #[serde(default)]
    pub base_url: Option<String>,
    /// A paste whose secrets are taken where `secrets` has none.
    #[serde(default)]
    pub draft: Option<Uuid>,
}

/// Changes to a profile; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ProfileEdit {
    pub label: Option<String>,
    /// These are replaced, or removed where the value is empty; the others stay.
    pub fields: Option<BTreeMap<String, String>>,
    pub secrets: BTreeMap<String, Secret>,
    /// Secret fields to forget.
    pub forget: Vec<String>,
    /// The origin that the user was shown and accepts; another one than an edited manifest renders is refused.
    pub accept_origin: Option<String>,
}

/// A change to be planned and sent.
#[derive(Debug, Clone, Deserialize)]
pub struct RequestChange {
    pub profile_id: Uuid,
    /// The new address, as typed.
    pub to: String,
    /// For this call only.
    #[serde(default)]
    pub secrets: BTreeMap<String, Secret>,
    /// End an open change first.
    #[serde(default)]
    pub replace: bool,
    /// Send although the journal counts a request too soon.
    #[serde(default)]
    pub anyway: bool,
    #[serde(default)]
    pub undo_of: Option<Uuid>,
}

/// How an unknown outcome is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settle {
    /// Ask the service which address it holds.
    Check,
    /// The user says that it worked.
    Worked,
    SendAgain,
}

/// A mailbox to be added, edited, or tried before it is.
#[derive(Debug, Clone, Deserialize)]
pub struct NewMailbox {
    /// Login name, mostly the whole address.
    pub user: String,
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    /// PEM file with the authority of a server of one's own.
    #[serde(default)]
    pub ca_file: Option<String>,
    /// Addresses, and `*@domain`. Empty: the login name, where that is an address.
    #[serde(default)]
    pub serves: Vec<String>,
    /// `None` where an edited or tested mailbox keeps the one it has.
    #[serde(default)]
    pub password: Option<Secret>,
}
