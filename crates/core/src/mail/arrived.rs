//! Mails that arrived in a watched mailbox: for which waiting change, and with which value. Pure.
//!
//! Not here: fetching them (`mailbox::imap`), sending the value (`engine::watch`), what a text says (`reading`).

mod decide;
mod envelope;
mod owners;

use std::collections::HashMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::Waits;
use super::letter::Letter;
use crate::email::folded;
use crate::error::Problem;
use crate::secret::Secret;

pub use envelope::Envelope;
use envelope::without_plus;
use owners::Owner;

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

/// What becomes of a mail.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// For none of the waiting changes.
    NotOurs,
    /// For this change, but with nothing to send. `code_not_found`, `link_wrong_kind` (param `reason`: the pattern's),
    /// `code_refused_before`.
    Nothing { change: Uuid, problem: Problem },
    /// This value is for this change, beyond doubt.
    Use {
        change: Uuid,
        value: Secret,
        sender: Option<String>,
    },
    /// A person decides. `why` is
    /// `sender_new` (params `from`; `known`: senders that were proved before, or that the manifest names),
    /// `code_ambiguous` (param `reason`: `several_values`, `several_changes`, `not_announced`, `time`, `recipient`),
    /// `code_second` or `code_unusual`.
    Ask {
        change: Uuid,
        why: Problem,
        choices: Vec<Secret>,
        sender: Option<String>,
    },
}

impl Verdict {
    /// The change that the mail may be for.
    pub fn change(&self) -> Option<Uuid> {
        match self {
            Self::NotOurs => None,
            Self::Nothing { change, .. } | Self::Use { change, .. } | Self::Ask { change, .. } => {
                Some(*change)
            }
        }
    }
}

/// All changes that wait for a mail, found by the address it goes to: a thousand cost one mail no more than ten.
#[derive(Debug, Clone, Default)]
pub struct WaitingList {
    changes: Vec<Waiting>,
    /// By folded address.
    at: HashMap<String, Vec<usize>>,
    /// By folded address without its plus part, for those that have one.
    beside: HashMap<String, Vec<usize>>,
}

impl WaitingList {
    pub fn new(changes: Vec<Waiting>) -> Self {
        let mut list = Self::default();
        for (index, waiting) in changes.iter().enumerate() {
            let Some(address) = &waiting.waits.address else {
                continue;
            };
            let address = folded(address);
            if let Some(bare) = without_plus(&address) {
                list.beside.entry(bare).or_default().push(index);
            }
            list.at.entry(address).or_default().push(index);
        }
        Self { changes, ..list }
    }

    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The changes whose mail goes to this address.
    pub fn at_address(&self, address: &str) -> Vec<Uuid> {
        let here = self.at.get(&folded(address));
        let change = |&index: &usize| self.changes[index].change;
        here.into_iter().flatten().map(change).collect()
    }

    /// Whether a mail with this header, come at `at`, can be for one of them: then its text is worth fetching.
    pub fn concerns(&self, envelope: &Envelope, at: Timestamp) -> bool {
        !self.owners(envelope, at).is_empty()
    }

    /// What becomes of the mail; `raw` may end early (its first part is enough), `at`: when the server got it.
    /// Where it may be for several changes, of the first one: see [`Self::judge_each`].
    pub fn judge(&self, raw: &[u8], at: Timestamp) -> Verdict {
        self.judge_each(raw, at).swap_remove(0)
    }

    /// As [`Self::judge`], for each change that the mail may be for: at least one verdict. More than one are all of
    /// `Ask` and `Nothing`: a mail for two changes at one address is never used by itself.
    pub fn judge_each(&self, raw: &[u8], at: Timestamp) -> Vec<Verdict> {
        let envelope = Envelope::read(raw);
        let owners = self.owners(&envelope, at);
        if owners.is_empty() {
            return vec![Verdict::NotOurs];
        }
        let letter = Letter::of_mail(raw);
        owners::verdicts(owners, &letter, &envelope)
    }

    /// The changes whose address the mail names, and whose mail may have come then.
    fn owners(&self, envelope: &Envelope, at: Timestamp) -> Vec<Owner<'_>> {
        let mut found: Vec<usize> = Vec::new();
        let named: Vec<String> = envelope.recipients.iter().map(|to| folded(to)).collect();
        let mut all = |list: &HashMap<String, Vec<usize>>| {
            for index in named.iter().filter_map(|to| list.get(to)).flatten() {
                if !found.contains(index) {
                    found.push(*index);
                }
            }
            std::mem::take(&mut found)
        };
        let mut exact = true;
        let mut indexes = all(&self.at);
        if indexes.is_empty() && envelope.undisclosed {
            // A provider that delivers without the plus part; nothing else tells for whom it was.
            indexes = all(&self.beside);
            exact = false;
        }
        indexes
            .into_iter()
            .filter_map(|index| Owner::new(&self.changes[index], exact, envelope, at))
            .collect()
    }
}
