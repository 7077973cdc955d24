//! Watching mailboxes while changes wait for a mail there: which ones, since when, and what is done with what comes.
//!
//! `supervisor` knows which mailboxes are needed (`read`, `waiting`); `mailbox` is one mailbox's task, which looks through its
//! folders (`look`, `memory`) over a conversation (`post`); `act` gives the values; `desk` and `finds` are what others see.
//! Not here: the conversation with a server (`mailbox::imap`), what a mail is (`mail::arrived`).

mod act;
mod desk;
mod finds;
mod look;
mod mailbox;
mod memory;
mod pace;
#[doc(hidden)]
pub mod post;
mod read;
mod supervisor;
mod waiting;

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::{Engine, lock};
use crate::error::{Code, Result};
use crate::mailbox::imap::Limits;
use crate::mailbox::serves::serves;
use crate::secret::Secret;
use crate::view::{ChangeView, MailFindView, WatchView};

pub(super) use desk::Desk;
#[doc(hidden)]
pub use pace::Paces;
use post::{Imap, Post};
use supervisor::Held;

/// One IDLE is left open as long: a server or a network that is gone without a word is then noticed.
const IDLE: std::time::Duration = std::time::Duration::from_secs(60);

/// Mailboxes are watched as long as this is held.
#[must_use]
pub struct MailWatch {
    /// `None`: somebody else watches already.
    held: Option<(Engine, Held)>,
}

impl Drop for MailWatch {
    fn drop(&mut self) {
        if let Some((engine, task)) = self.held.take() {
            drop(task);
            engine.0.desk.end();
            engine.tell_mail();
        }
    }
}

/// What watching works with. Tests have their own.
#[doc(hidden)]
pub struct Watching {
    pub post: Box<dyn Post>,
    pub paces: Paces,
    /// The clock on the wall.
    pub wall: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Default for Watching {
    /// Mail servers on the net.
    fn default() -> Self {
        let limits = Limits {
            idle: IDLE,
            ..Limits::default()
        };
        Self {
            post: Box::new(Imap(limits)),
            paces: Paces::default(),
            wall: Box::new(super::now),
        }
    }
}

impl Engine {
    /// Watches mailboxes while a change waits for a mail there, until the answer is dropped. A second one while the first
    /// is held does nothing. Needs a tokio runtime.
    pub fn watch_mail(&self) -> MailWatch {
        self.watch_mail_with(Watching::default())
    }

    /// For tests: with another post and other spans.
    #[doc(hidden)]
    pub fn watch_mail_with(&self, with: Watching) -> MailWatch {
        if !self.0.desk.begin() {
            return MailWatch { held: None };
        }
        let news = self.subscribe();
        let task = supervisor::supervise(self.clone(), Arc::new(with), news);
        MailWatch {
            held: Some((self.clone(), Held(tokio::spawn(task)))),
        }
    }

    /// Looks again at once: after a pause, or on a person's wish. Ends a wait for the next try, a refused password too.
    pub fn look_for_mail(&self) {
        self.0.desk.signals.send_modify(|signals| signals.look += 1);
    }

    /// What watching one mailbox came to.
    pub(super) fn watch_view(&self, mailbox: Uuid) -> WatchView {
        self.0.desk.view(mailbox)
    }

    /// Mails that a person must decide about, oldest first.
    pub fn mail_finds(&self) -> Vec<MailFindView> {
        lock(&self.0.desk.finds).views()
    }

    /// Sends one of the find's values. Its sender counts as the service's once the change is proved.
    ///
    /// # Errors
    /// `mail_find_gone`, `code_not_found` (not one of its choices), as [`Engine::submit_code`].
    pub async fn submit_mail_find(&self, find: Uuid, choice: &str) -> Result<ChangeView> {
        let chosen = lock(&self.0.desk.finds).get(find).cloned();
        let chosen = chosen.ok_or(Code::MailFindGone)?;
        let value = Secret::new(choice);
        if !chosen.choices.contains(&value) {
            return Err(Code::CodeNotFound.into());
        }
        let change = self.submit_chosen(&chosen, &value).await?;
        // Its other values are asked about again where this one was wrong.
        if lock(&self.0.desk.finds).retain(|one| one.mail != chosen.mail) {
            self.tell_mail();
        }
        self.change_view(&change)
    }

    /// None of its values: it is not asked about again.
    ///
    /// # Errors
    /// `mail_find_gone`.
    pub fn dismiss_mail_find(&self, find: Uuid) -> Result<()> {
        lock(&self.0.desk.finds)
            .dismiss(find)
            .ok_or(Code::MailFindGone)?;
        self.tell_mail();
        Ok(())
    }

    /// Whether a mailbox here serves the address that this change's mail goes to.
    ///
    /// # Errors
    /// `change_unknown`, the folder's.
    pub fn is_watchable(&self, change: Uuid) -> Result<bool> {
        let change = self.0.db.change(change)?.change;
        let Ok(manifest) = self.manifest(&change.service) else {
            return Ok(false);
        };
        let waits = manifest.waits_from(change.at as usize);
        let address =
            waits.and_then(|(_, waits)| waits.address(change.from.as_deref(), &change.to));
        let Some(address) = address.filter(|_| !change.state.is_end()) else {
            return Ok(false);
        };
        let boxes = self.0.db.mailboxes()?;
        Ok(boxes.iter().any(|one| serves(&one.serves, address)))
    }
}
