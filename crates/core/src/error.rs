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
    /// The login had no clear answer, so that the call behind it was not sent. `cause` names the code of what happened.
    LoginFailed,
    /// All steps were taken, and the service did not tell afterwards which address it holds. `cause` as above.
    ReadBackFailed,
    /// The program ended, or another one lost its claim, between sending and the answer.
    Interrupted,
    /// It was sent, and what came back could not be written down (`reason`: the code that says why).
    AnswerNotKept,
    // what was pasted
    CodeNotFound,
    /// The pasted text holds several values that could be the code.
    CodeAmbiguous,
    /// The value was refused before; sending it again would cost a try.
    CodeRefusedBefore,
    /// A link of the right service with another purpose, for example account activation.
    LinkWrongKind,
    LinkOtherService,
    /// A code from a mail was tried already and refused; the next one is a person's to send.
    CodeSecond,
    /// A code in a mail has another shape than documented.
    CodeUnusual,
    /// The mail comes from another sender than those of the changes that were proved before.
    SenderNew,
    /// The mail that somebody was asked about is no longer to be decided.
    MailFindGone,
    // mailboxes
    MailboxUnknown,
    MailboxTwice,
    MailboxInvalid,
    /// A change waits for a mail at an address whose mailbox is not here.
    MailboxNeeded,
    /// The password was dropped with an older vault.
    MailPasswordNeeded,
    /// No connection to the mail server (`reason`: `name`, `port`, `timed_out`, `network`).
    MailUnreachable,
    /// As `tls_failed`, with `no_starttls` and `injected` besides.
    MailTlsFailed,
    MailLoginRefused,
    /// What answers there speaks no IMAP.
    MailNotImap,
    /// The server ended it, or refused a command (`reason`: `bye`, `refused`, `timed_out`, `cut`, `garbage`).
    MailServerFailed,
    /// The provider takes OAuth only.
    MailOauthOnly,
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
    /// A manifest of the user's own whose host was never looked at.
    ServiceNew,
    /// An edited manifest has no place any more for the step that a change stands at.
    FlowChanged,
    /// An edited manifest would send this profile's secrets to another origin.
    OriginChanged,
    ManifestInvalid,
    /// A file that was to be added as a service (`reason`: `missing`, `not_plain`, `unreadable`, `large`, `not_text`).
    ServiceFileUnreadable,
    /// A service file's id has its service already (`reason`: `shipped`, `own`, `elsewhere`), or there is no room (`full`).
    ServiceTaken,
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
    /// The disk refused a read or a write for another reason than room: a quota, a limit, a fault.
    DiskFailed,
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

/// Longest name in a sentence, in characters: a path or a mistake in a file, never what somebody pasted by the megabyte.
const LONGEST_PARAM: usize = 2000;

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

    /// The same problem with one more name for its sentence. A name fits into a sentence: what is longer is cut.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        let mut value = value.into();
        if let Some((cut, _)) = value.char_indices().nth(LONGEST_PARAM) {
            value.truncate(cut);
            value.push('…');
        }
        self.params.insert(name.to_owned(), value);
        self
    }

    /// The same problem under a code that says what it means here; its own name stands in `cause`.
    #[must_use]
    pub fn because(mut self, code: Code) -> Self {
        let cause = std::mem::replace(&mut self.code, code).as_str();
        self.params.remove("reason");
        self.with("cause", cause)
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
