//! Where the mail of an address is read: the table first, then, if somebody agrees, the domain's own settings.
//!
//! Not here: the table (`mailbox::servers`).

use super::Engine;
use crate::error::{Code, Result};
use crate::view::MailServerView;

impl Engine {
    /// Where the mail of an address is read. Nobody is asked over the net without `ask`; with it, the hosts of
    /// `MailServerView::asks` are, with the domain only.
    ///
    /// # Errors
    /// `email_invalid`.
    pub async fn find_mail_server(&self, _address: &str, _ask: bool) -> Result<MailServerView> {
        Err(Code::Internal.into())
    }
}
