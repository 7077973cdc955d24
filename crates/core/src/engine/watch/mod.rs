//! Watching mailboxes while changes wait for a mail there: which ones, since when, and what is done with what comes.
//!
//! Not here: the conversation with a server (`mailbox::imap`), what a mail is (`mail::arrived`).

use uuid::Uuid;

use super::Engine;
use crate::error::{Code, Result};
use crate::view::{ChangeView, MailFindView, WatchState, WatchView};

/// Mailboxes are watched as long as this is held.
#[must_use]
pub struct MailWatch {
    _private: (),
}

impl Engine {
    /// Watches mailboxes while a change waits for a mail there, until the answer is dropped. A second one while the first
    /// is held does nothing. Needs a tokio runtime.
    pub fn watch_mail(&self) -> MailWatch {
        MailWatch { _private: () }
    }

    /// Looks again at once: after a pause, or on a person's wish. Ends a wait for the next try, a refused password too.
    pub fn look_for_mail(&self) {}

    /// What watching one mailbox came to.
    pub(super) fn watch_view(&self, _mailbox: Uuid) -> WatchView {
        WatchView {
            state: WatchState::Resting,
            problem: None,
            waiting: 0,
            retry_at: None,
            looked_at: None,
            junk: None,
            last: None,
        }
    }

    /// Mails that a person must decide about, oldest first.
    pub fn mail_finds(&self) -> Vec<MailFindView> {
        Vec::new()
    }

    /// Sends one of the find's values. Its sender counts as the service's once the change is proved.
    ///
    /// # Errors
    /// `mail_find_gone`, `code_not_found` (not one of its choices), as [`Engine::submit_code`].
    pub async fn submit_mail_find(&self, _find: Uuid, _choice: &str) -> Result<ChangeView> {
        Err(Code::MailFindGone.into())
    }

    /// None of its values: it is not asked about again.
    ///
    /// # Errors
    /// `mail_find_gone`.
    pub fn dismiss_mail_find(&self, _find: Uuid) -> Result<()> {
        Err(Code::MailFindGone.into())
    }

    /// Whether a mailbox here serves the address that this change's mail goes to.
    ///
    /// # Errors
    /// `change_unknown`, the folder's.
    pub fn is_watchable(&self, _change: Uuid) -> Result<bool> {
        Ok(false)
    }
}
