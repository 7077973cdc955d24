//! Mails that arrived in a watched mailbox: for which waiting change, and with which value. Pure.
//!
//! Not here: fetching them (`mailbox::imap`), sending the value (`engine::watch`).

use jiff::Timestamp;
use uuid::Uuid;

use super::Waits;
use crate::error::Problem;
use crate::secret::Secret;

/// A change that waits for a mail.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub change: Uuid,
    /// With the address that the mail goes to.
    pub waits: Waits,
    /// When the mail was last asked for: an older one is not its answer.
    pub since: Timestamp,
    /// Senders of the changes at this service that were proved before; empty: none was.
    pub senders: Vec<String>,
    /// Values that the service refused.
    pub refused: Vec<Secret>,
    /// A code from a mail was refused since the mail was last asked for.
    pub tried: bool,
}

/// What a mail's header tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The address in `From`, lower case.
    pub from: Option<String>,
    /// `To`, `Delivered-To`, `X-Original-To`, and the like.
    pub recipients: Vec<String>,
    pub subject: String,
}

impl Envelope {
    /// From a header, or a whole mail.
    pub fn read(_header: &[u8]) -> Self {
        Self::default()
    }
}

/// What becomes of a mail.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// For none of the waiting changes.
    NotOurs,
    /// For this change, but with nothing to send: no code, or a link of another kind.
    Nothing { change: Uuid, problem: Problem },
    /// This value is for this change, beyond doubt.
    Use {
        change: Uuid,
        value: Secret,
        sender: Option<String>,
    },
    /// A person decides: `why` is `code_ambiguous`, `sender_new`, `code_second` or `code_unusual`.
    Ask {
        change: Uuid,
        why: Problem,
        choices: Vec<Secret>,
        sender: Option<String>,
    },
}

/// All changes that wait for a mail, found by the address it goes to: a thousand cost one mail no more than ten.
#[derive(Debug, Clone, Default)]
pub struct WaitingList {
    changes: Vec<Waiting>,
}

impl WaitingList {
    pub fn new(changes: Vec<Waiting>) -> Self {
        Self { changes }
    }

    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether a mail with this header, come at `at`, can be for one of them: then its text is worth fetching.
    pub fn concerns(&self, _envelope: &Envelope, _at: Timestamp) -> bool {
        false
    }

    /// What becomes of the mail; `raw` may end early (its first part is enough), `at`: when the server got it.
    pub fn judge(&self, _raw: &[u8], _at: Timestamp) -> Verdict {
        Verdict::NotOurs
    }
}
