//! Mailboxes as a person keeps them: added, tried, edited, removed; their servers found.
//!
//! Not here: watching them (`watch`).

use uuid::Uuid;

use super::Engine;
use crate::ask::NewMailbox;
use crate::error::{Code, Result};
use crate::view::{MailServerView, MailboxTestView, MailboxView};

impl Engine {
    /// All mailboxes, in the order in which they were added.
    pub fn mailboxes(&self) -> Result<Vec<MailboxView>> {
        Ok(Vec::new())
    }

    /// Keeps a mailbox, its password sealed. It is not tried first.
    ///
    /// # Errors
    /// `mailbox_invalid` (params `field`, `reason`), `mailbox_twice`, `certificate_invalid`, the vault's.
    pub async fn add_mailbox(&self, _new: NewMailbox) -> Result<MailboxView> {
        Err(Code::Internal.into())
    }

    /// Replaces what is kept; without a password the one that is there stays, but never for another host.
    ///
    /// # Errors
    /// As [`Engine::add_mailbox`]; `mailbox_unknown`; `mail_password_needed`.
    pub async fn edit_mailbox(&self, _id: Uuid, _new: NewMailbox) -> Result<MailboxView> {
        Err(Code::Internal.into())
    }

    /// # Errors
    /// `mailbox_unknown`.
    pub async fn remove_mailbox(&self, _id: Uuid) -> Result<()> {
        Err(Code::Internal.into())
    }

    /// The mailbox that a script names by its id or its login name.
    ///
    /// # Errors
    /// `mailbox_unknown` (param `label`).
    pub fn find_mailbox(&self, _name: &str) -> Result<Uuid> {
        Err(Code::MailboxUnknown.into())
    }

    /// Tries it, step by step. `id`: a mailbox that is kept, whose password is taken where `new` has none and host and port are the same.
    ///
    /// # Errors
    /// As [`Engine::edit_mailbox`]. What the server does not do stands in the answer.
    pub async fn test_mailbox(
        &self,
        _id: Option<Uuid>,
        _new: NewMailbox,
    ) -> Result<MailboxTestView> {
        Err(Code::Internal.into())
    }

    /// Where the mail of an address is read. Nobody is asked over the net without `ask`; with it, the hosts of
    /// `MailServerView::asks` are, with the domain only.
    ///
    /// # Errors
    /// `email_invalid`.
    pub async fn find_mail_server(&self, _address: &str, _ask: bool) -> Result<MailServerView> {
        Err(Code::Internal.into())
    }
}
