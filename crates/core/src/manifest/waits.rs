//! What a step waits for: a code or a link, how it looks, and which links carry it.
//!
//! Not here: reading links and finding codes in what a person pastes (`mail`); nothing opens a link.

use super::source::{SentTo, What};
use crate::mail::Waits;
use crate::view::WaitsForView;

/// The pause for a person or a mailbox before a step.
#[derive(Debug)]
pub struct WaitsFor {
    pub what: What,
    pub sent_to: SentTo,
    /// The usual shape of the code as the manifest writes it; another one only warns.
    pub looks: Option<String>,
    /// The same for the reader of pasted texts, without the address of one change.
    pub(super) waits: Waits,
}

impl WaitsFor {
    /// The address that the mail of a change from `from` to `to` goes to, where it is known.
    pub fn address<'a>(&self, from: Option<&'a str>, to: &'a str) -> Option<&'a str> {
        match self.sent_to {
            SentTo::Old => from,
            SentTo::New => Some(to),
        }
    }

    /// What a text pasted for a change is read against. `address`: where its mail goes.
    pub fn for_address(&self, address: Option<String>) -> Waits {
        Waits {
            address,
            ..self.waits.clone()
        }
    }

    /// The same without an address: one for all changes that wait for this step.
    pub fn waits(&self) -> &Waits {
        &self.waits
    }

    pub(super) fn view(&self, address: Option<String>) -> WaitsForView {
        WaitsForView {
            what: match self.what {
                What::Code => "code".to_owned(),
                What::Link => "link".to_owned(),
            },
            sent_to: match self.sent_to {
                SentTo::New => "new".to_owned(),
                SentTo::Old => "old".to_owned(),
            },
            address,
            looks: self.looks.clone(),
        }
    }
}
