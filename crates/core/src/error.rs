//! What can go wrong, as a closed set of codes that a page, a script or a person can act on.
//!
//! Not here: sentences. Each code has its sentence and its next step in `text/*.json`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why something did not work. A variant exists only if somebody acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Code {
    // the address
    EmailInvalid,
    EmailSame,
    EmailTaken,
    // the account and its credentials
    CredentialsRefused,
    LoginTokenNeeded,
    PasswordRefused,
    TwoFactorRequired,
    AccountNotFound,
    AccountSuspended,
    AccountDeleted,
    /// The service does not talk to this IP address or country.
    PlaceBlocked,
    NotSupported,
    RateLimited,
    // the code
    CodeWrong,
    CodeExpired,
    TooManyAttempts,
    NothingPending,
    /// A refusal that no rule of the manifest names.
    RequestRefused,
    // the wire
    Unreachable,
    TimedOut,
    /// It left, the connection ended, and no answer came.
    NoAnswer,
    TlsFailed,
    ProxyFailed,
    ServiceUnavailable,
    UnexpectedAnswer,
    /// The program ended, or another one lost its claim, between sending and the answer.
    Interrupted,
    // what was pasted
    CodeNotFound,
    /// The pasted text holds several values that could be the code.
    CodeAmbiguous,
    /// The value was refused before; sending it again would cost a try.
    CodeRefusedBefore,
    /// A link of the right service with another purpose, for example account activation.
    LinkWrongKind,
    LinkOtherService,
    // what was asked of Readdress
    ServiceUnknown,
    ProfileUnknown,
    ChangeUnknown,
    ChangeOpen,
    /// The change has ended, or is not in a state that allows this.
    ChangeNotOpen,
    /// A call of this change is on its way, here or in another program.
    Busy,
    LabelTaken,
    LabelInvalid,
    /// The same account is already there under another label.
    ProfileTwice,
    FieldMissing,
    FieldUnknown,
    FieldInvalid,
    BaseUrlInvalid,
    /// An edited manifest would send this profile's secrets to another origin.
    OriginChanged,
    ManifestInvalid,
    ProxyInvalid,
    CertificateInvalid,
    // the vault
    VaultUnset,
    VaultLocked,
    PassphraseWrong,
    PassphraseTooShort,
    KeyFileInvalid,
    KeychainMissing,
    /// The keychain answered with a key that does not fit this folder.
    KeychainWrong,
    SecretDamaged,
    // the folder
    DiskFull,
    FolderReadOnly,
    /// Others may write into the data folder. Only ever a notice.
    FolderShared,
    DatabaseDamaged,
    DatabaseNewer,
    DatabaseBusy,
    /// A step to this program's version did not work; the database is as it was.
    UpgradeFailed,
    SettingsDamaged,
    /// This machine's clock, or a service's, is off by more than a minute.
    ClockOff,
    // backup and restore
    BackupPassphraseWrong,
    /// No backup, a damaged one, or one that was cut off.
    BackupInvalid,
    BackupNewer,
    /// A restore would replace what is here.
    FolderNotEmpty,
    /// The change comes from a backup: what happened after it is not known here.
    Restored,
    /// A defect of Readdress itself.
    Internal,
}

impl Code {
    /// The snake_case name used on the wire, in the journal and in `text/*.json`.
    pub fn as_str(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name,
            _ => unreachable!("a unit variant serialises as a string"),
        }
    }

    /// The code of that snake_case name.
    pub fn from_name(name: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
    }
}

/// One thing that went wrong: what a person is told, and a program can act on. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{code:?}")]
#[ts(export)]
pub struct Problem {
    pub code: Code,
    /// Names for the sentence's gaps: `field`, `label`, `service`, `host`, `file`, `line`, …
    #[serde(default)]
    pub params: BTreeMap<String, String>,
    /// The service's own words, at most 300 characters, known secrets removed.
    #[serde(default)]
    pub service_says: Option<String>,
    /// The HTTP status that came with those words.
    #[serde(default)]
    pub status: Option<u16>,
    /// From when on trying again makes sense.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub retry_at: Option<Timestamp>,
}

impl Problem {
    pub fn new(code: Code) -> Self {
        Self {
            code,
            params: BTreeMap::new(),
            service_says: None,
            status: None,
            retry_at: None,
        }
    }

    /// The same problem with one more name for its sentence.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    #[must_use]
    pub fn retry_at(mut self, at: Timestamp) -> Self {
        self.retry_at = Some(at);
        self
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

/// The result of everything in core that can go wrong for a reason a person can act on.
pub type Result<T, E = Problem> = std::result::Result<T, E>;
