//! What is waited for in watched mailboxes: what closing asks about.
//!
//! Not here: watching (core), what closing does (`closing`).

use readdress_core::engine::Engine;
use readdress_core::view::{MailboxView, WatchState};

use crate::state::Shell;

impl Shell {
    /// Changes that wait for a mail in a mailbox that is watched; one that only a person can mend does not count.
    pub fn waiting_for_mail(&self) -> u32 {
        self.watching_engines().iter().map(waiting).sum()
    }

    /// A mailbox in which something waits is no longer watched, and only a person can mend that.
    pub fn is_mail_stopped(&self) -> bool {
        let engines = self.watching_engines();
        let mut mailboxes = engines
            .iter()
            .flat_map(|engine| engine.mailboxes().unwrap_or_default());
        mailboxes.any(|mailbox| is_stopped(&mailbox) && mailbox.watch.waiting > 0)
    }
}

fn is_stopped(mailbox: &MailboxView) -> bool {
    mailbox.watch.state == WatchState::Stopped
}

fn waiting(engine: &Engine) -> u32 {
    let mailboxes = engine.mailboxes().unwrap_or_default();
    let watched = mailboxes.iter().filter(|mailbox| !is_stopped(mailbox));
    let counts: Vec<u32> = watched.map(|mailbox| mailbox.watch.waiting).collect();
    let sum = counts.iter().sum();
    if counts.len() < 2 || sum == 0 {
        return sum;
    }
    // One change may be waited for in two mailboxes.
    let open = engine.open_changes(false).map_or(0, |open| open.len());
    sum.min(u32::try_from(open).unwrap_or(u32::MAX))
}
