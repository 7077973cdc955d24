//! Mailboxes, and a mail that a person must decide about, in `--json`. Scripts depend on the keys: add, never rename.
//!
//! Not here: what a test of a mailbox tells (`commands::mailbox`).

use jiff::Timestamp;
use readdress_core::view::{MailFindView, MailTls, MailboxView};
use serde::Serialize;
use uuid::Uuid;

use super::{ErrorDocument, time};

/// One mailbox. What watching came to is not told: it happens in the program that watches.
#[derive(Debug, Serialize)]
pub struct MailboxDocument<'a> {
    pub id: Uuid,
    pub user: &'a str,
    pub host: &'a str,
    pub port: u16,
    pub tls: MailTls,
    pub ca_file: Option<&'a str>,
    pub serves: &'a [String],
    pub has_password: bool,
}

impl<'a> MailboxDocument<'a> {
    pub fn of(view: &'a MailboxView) -> Self {
        Self {
            id: view.id,
            user: &view.user,
            host: &view.host,
            port: view.port,
            tls: view.tls,
            ca_file: view.ca_file.as_deref(),
            serves: &view.serves,
            has_password: view.has_password,
        }
    }
}

/// A mail whose code is not sent by itself. The choices are what the command is there to tell.
#[derive(Debug, Serialize)]
pub struct FindDocument<'a> {
    #[serde(serialize_with = "time")]
    pub at: Option<Timestamp>,
    pub from: Option<&'a str>,
    pub to: Option<&'a str>,
    /// It lay in the folder for unwanted mail.
    pub junk: bool,
    pub why: ErrorDocument<'a>,
    pub choices: &'a [String],
}

impl<'a> FindDocument<'a> {
    pub fn of(view: &'a MailFindView) -> Self {
        Self {
            at: Some(view.at),
            from: view.from.as_deref(),
            to: view.to.as_deref(),
            junk: view.junk,
            why: ErrorDocument::of(&view.why),
            choices: &view.choices,
        }
    }
}
