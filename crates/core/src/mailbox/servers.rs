//! Where the mail of an address is read: the table of large providers.
//!
//! Not here: asking the domain itself (`engine::mailboxes` sends; `autoconfig` reads the answer).

use crate::view::MailServerView;

/// What the table knows of the address's domain.
pub fn known(_address: &str) -> Option<MailServerView> {
    None
}
