//! Mailboxes: IMAP accounts that are looked at, and never changed, for the codes that services mail.
//!
//! Not here: what a mail says (`mail`), which change it is for and what is done with it (`engine::watch`), where mailboxes
//! are kept (`db::mailboxes`).

pub(crate) mod autoconfig;
pub mod imap;
pub(crate) mod servers;
pub mod serves;
pub(crate) mod typed;

use std::path::PathBuf;

use crate::secret::Secret;
use crate::view::MailTls;

/// How a mailbox is reached.
#[derive(Debug, Clone)]
pub struct Account {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    /// One more authority, PEM.
    pub ca_file: Option<PathBuf>,
    pub user: String,
    pub password: Secret,
}
