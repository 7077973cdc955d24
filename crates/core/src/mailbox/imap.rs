//! One connection to a mail server, read-only: `EXAMINE` and `BODY.PEEK`, nothing else that touches a mail.
//!
//! Not here: when it is opened and what is looked for (`engine::watch`).

use std::time::Duration;

use jiff::Timestamp;

use super::Account;
use crate::error::{Code, Result};
use crate::view::MailboxTestView;

/// How long the stages of a conversation may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub connect: Duration,
    /// One command's answer.
    pub answer: Duration,
    /// How long one IDLE is left open before it is asked anew (RFC 2177: less than 29 minutes).
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(30),
            idle: Duration::from_secs(9 * 60),
        }
    }
}

/// A folder that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFolder {
    /// As the server names it.
    pub name: String,
    /// For unwanted mail.
    pub junk: bool,
}

/// A folder as it was when it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Examined {
    /// Another value than before: all numbers known of that folder mean nothing any more (RFC 3501, 2.3.1.1).
    pub uid_validity: u32,
    pub exists: u32,
}

/// A mail's header and where it lies.
#[derive(Debug, Clone)]
pub struct Head {
    pub uid: u32,
    /// When the server got it.
    pub at: Timestamp,
    /// Bytes of the whole mail.
    pub size: u32,
    /// The header's bytes, at most 64 KiB.
    pub header: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// Something changed in the folder.
    News,
    /// The limit for one IDLE was reached: ask anew.
    TimeUp,
}

/// A conversation with a mail server, logged in.
pub struct Session {
    _private: (),
}

impl Session {
    /// Connects and logs in.
    ///
    /// # Errors
    /// `mail_unreachable`, `mail_tls_failed`, `mail_login_refused`, `mail_not_imap`, `mail_server_failed`,
    /// `certificate_invalid`.
    pub async fn open(_account: &Account, _limits: Limits) -> Result<Self> {
        Err(Code::Internal.into())
    }

    /// Tries it, step by step.
    pub async fn test(_account: &Account, _limits: Limits) -> MailboxTestView {
        MailboxTestView {
            steps: Vec::new(),
            works: false,
            junk: None,
        }
    }

    /// Whether the server tells by itself what is new.
    pub fn can_idle(&self) -> bool {
        false
    }

    /// The inbox, and the folder for unwanted mail where there is one (RFC 6154, else by its usual names).
    pub async fn folders(&mut self) -> Result<Vec<MailFolder>> {
        Err(Code::Internal.into())
    }

    /// Opens a folder for reading only. The one before it is left.
    pub async fn examine(&mut self, _folder: &MailFolder) -> Result<Examined> {
        Err(Code::Internal.into())
    }

    /// UIDs of the mails that came on that day (UTC, one day earlier to be safe) or later and are not below `from`.
    /// The server searches; nothing is downloaded.
    pub async fn search(&mut self, _since: Timestamp, _from: u32) -> Result<Vec<u32>> {
        Err(Code::Internal.into())
    }

    /// Their headers; a mail that is gone meanwhile is left out.
    pub async fn heads(&mut self, _uids: &[u32]) -> Result<Vec<Head>> {
        Err(Code::Internal.into())
    }

    /// The first `most` bytes of a mail; `None` where it is gone.
    pub async fn mail(&mut self, _uid: u32, _most: u32) -> Result<Option<Vec<u8>>> {
        Err(Code::Internal.into())
    }

    /// Waits in the open folder until something is new. Only where `can_idle`.
    pub async fn idle(&mut self) -> Result<Woken> {
        Err(Code::Internal.into())
    }

    /// Asks whether something is new, where it does not tell: the number of mails in the open folder.
    pub async fn poll(&mut self) -> Result<u32> {
        Err(Code::Internal.into())
    }

    /// Says goodbye; what does not work any more is left.
    pub async fn close(self) {}
}
