//! The practice mailbox: every mail that the played services send, for any address.
//!
//! It keeps letters, not rendered mails, so that a hundred thousand of them stay small. Not here: how a
//! letter looks (`mail_shapes.rs`), and delivery to a mail server (`outbox.rs`).

use crate::Service;
use crate::address::folded;
use crate::clock::later;
use crate::mail_shapes::{Dress, render};
use crate::settings::MailSettings;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::time::Duration;

/// One mail, as the list shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Mail {
    /// Counts up from 1 over the life of the sandbox.
    pub id: u64,
    /// When it lies in the mailbox, by the sandbox's clock.
    pub at: Timestamp,
    pub service: Service,
    pub to: String,
    pub from: String,
    pub subject: String,
    /// The whole message (RFC 5322, CRLF).
    pub raw: String,
    /// What a person reads.
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The code as the service wants it, without spaces or dashes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// What a letter carries.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Content {
    /// A code to type.
    Code(String),
    /// Webshare's link to confirm a change.
    ChangeLink(String),
    /// Webshare's link to activate an account: another mail, which proves nothing about a change.
    ActivationLink(String),
}

/// A mail before it is rendered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Letter {
    pub id: u64,
    pub at: Timestamp,
    pub service: Service,
    pub to: String,
    pub content: Content,
    pub dress: Dress,
}

/// All letters, in the order in which they were sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Mailbox {
    letters: Vec<Letter>,
    /// Places in `letters` by address: ten thousand callers that each look for one mail must not read all.
    places: HashMap<String, Vec<usize>>,
    sent: u64,
}

impl Mailbox {
    /// Takes a letter for delivery, as the settings say: dressed, late, or lost (`None`).
    pub(crate) fn deliver(
        &mut self,
        settings: &MailSettings,
        now: Timestamp,
        service: Service,
        to: &str,
        content: Content,
    ) -> Option<&Letter> {
        self.sent += 1;
        if settings.lost {
            return None;
        }
        let places = self.places.entry(folded(to)).or_default();
        places.push(self.letters.len());
        self.letters.push(Letter {
            id: self.sent,
            at: later(now, Duration::from_secs(settings.late_seconds)),
            service,
            to: to.to_owned(),
            content,
            dress: Dress::of(settings, self.sent),
        });
        self.letters.last()
    }

    /// The mails that have arrived by `now`, to this address, after this id.
    pub(crate) fn list(&self, now: Timestamp, to: Option<&str>, since: Option<u64>) -> Vec<Mail> {
        let wanted = |letter: &&Letter| letter.at <= now && since.is_none_or(|id| letter.id > id);
        match to {
            None => self.letters.iter().filter(wanted).map(render).collect(),
            Some(to) => {
                let places = self.places.get(&folded(to)).map_or(&[][..], Vec::as_slice);
                let letters = places.iter().map(|place| &self.letters[*place]);
                letters.filter(wanted).map(render).collect()
            }
        }
    }

    pub(crate) fn clear(&mut self) {
        self.letters.clear();
        self.places.clear();
    }
}
