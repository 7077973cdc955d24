//! One mailbox's task: connected while something waits there, silent otherwise, and back after whatever cuts it off.
//!
//! Not here: looking through a folder (`look`), the waits (`pace`).

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use uuid::Uuid;

use super::super::Engine;
use super::Watching;
use super::act::Deed;
use super::desk::Signals;
use super::memory::Memory;
use super::pace::{Growing, chance};
use super::post::Talk;
use super::waiting::Assignment;
use crate::error::{Code, Problem, Result};
use crate::mailbox::imap::{MailFolder, Woken};
use crate::view::{WatchState, WatchView};

/// A goodbye that is not heard is left.
const GOODBYE: Duration = Duration::from_secs(2);
/// A server that always has news is not asked about them more often than this.
const NEWS_AT_MOST_EVERY: Duration = Duration::from_millis(100);
/// How often it is looked whether a locked vault was opened.
const VAULT: Duration = Duration::from_secs(1);

pub(super) struct MailboxTask {
    pub(super) engine: Engine,
    pub(super) with: Arc<Watching>,
    pub(super) mailbox: Uuid,
    list: watch::Receiver<Arc<Assignment>>,
    signals: watch::Receiver<Signals>,
    heard: Signals,
    /// The list as it was last looked at.
    pub(super) taken: Arc<Assignment>,
    pub(super) memory: Memory,
    pub(super) deeds: mpsc::UnboundedSender<Deed>,
}

/// Why a wait or a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// The server has something new.
    News,
    /// It is time for the next look.
    Time,
    /// A change waits that may have its mail here already, or none waits any more; or a person asked.
    Asked,
    /// The connection is most likely gone.
    Reconnect,
    /// Nobody watches any more.
    Closed,
}

/// What follows on a try that did not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Again,
    /// Trying again would cost tries of the account, or ask for what is not there.
    Stop,
    /// Once the key is there.
    Vault,
}

impl MailboxTask {
    pub fn new(
        engine: Engine,
        with: Arc<Watching>,
        mailbox: Uuid,
        list: watch::Receiver<Arc<Assignment>>,
        deeds: mpsc::UnboundedSender<Deed>,
    ) -> Self {
        let signals = engine.0.desk.signals.subscribe();
        let heard = *signals.borrow();
        Self {
            engine,
            with,
            mailbox,
            list,
            signals,
            heard,
            taken: Arc::default(),
            memory: Memory::default(),
            deeds,
        }
    }

    pub async fn run(mut self) {
        let mut retry = Growing::new(self.with.paces.retry);
        let mut at_login = false;
        while self.until_needed().await {
            let begun = Instant::now();
            let stayed = self.stay().await;
            if begun.elapsed() >= self.with.paces.steady {
                retry.reset();
            }
            let go_on = match stayed {
                Ok(Why::Closed) => false,
                Ok(_) => {
                    retry.reset();
                    at_login = false;
                    true
                }
                Err(problem) => {
                    // Some servers hang up on a wrong password without a word. Once that may be chance; again and again it
                    // would lock the account.
                    let before = std::mem::replace(&mut at_login, is_at_login(&problem));
                    if before && at_login {
                        retry.lengthen();
                    }
                    self.after(problem, &mut retry).await
                }
            };
            if !go_on {
                return;
            }
        }
    }

    /// Until a change waits; `false` once nobody watches.
    async fn until_needed(&mut self) -> bool {
        loop {
            self.take();
            if !self.taken.is_empty() {
                return true;
            }
            self.show(|view| {
                view.state = WatchState::Resting;
                view.problem = None;
                view.retry_at = None;
            });
            if self.list.changed().await.is_err() {
                return false;
            }
        }
    }

    /// One connection, from its login to its end.
    async fn stay(&mut self) -> Result<Why> {
        self.show(|view| {
            view.state = WatchState::Connecting;
            view.retry_at = None;
        });
        self.heard = *self.signals.borrow_and_update();
        let account = self.engine.mailbox_account(self.mailbox).await?;
        let with = Arc::clone(&self.with);
        let mut talk = with.post.open(&account).await?;
        drop(account);
        let why = self.watch(&mut *talk).await?;
        // A goodbye over a connection that is gone would only wait.
        if why != Why::Reconnect {
            let _ = timeout(GOODBYE, talk.close()).await;
        }
        Ok(why)
    }

    async fn watch(&mut self, talk: &mut dyn Talk) -> Result<Why> {
        let folders = talk.folders().await?;
        let (mut junk, inbox): (Vec<MailFolder>, Vec<MailFolder>) =
            folders.into_iter().partition(|folder| folder.junk);
        let inbox = inbox.into_iter().next().ok_or(Code::MailServerFailed)?;
        let state = match talk.can_idle() {
            true => WatchState::Watching,
            false => WatchState::Polling,
        };
        // Looked at anew, also what was not settled when the last connection ended.
        let list = Arc::clone(&self.taken);
        self.memory.look_again(&list.list);
        let (mut why, mut junk_at) = (Why::Asked, None);
        let mut looked: Option<Instant> = None;
        let mut poll = Growing::new(self.with.paces.poll);
        loop {
            self.take();
            if self.taken.is_empty() {
                match self.linger().await {
                    Why::Asked => continue,
                    Why::Time => {
                        self.memory.clear();
                        return Ok(Why::Time);
                    }
                    other => return Ok(other),
                }
            }
            if let (Why::News, Some(looked)) = (why, looked) {
                sleep_until(looked + NEWS_AT_MOST_EVERY).await;
            }
            looked = Some(Instant::now());
            let mut inbox_as = self.look(talk, &inbox).await?;
            let least = match why {
                Why::Time => self.with.paces.junk.1,
                _ => self.with.paces.junk.0,
            };
            let due = junk.iter().any(|folder| self.memory.is_due_in(folder));
            if due || junk_at.is_none_or(|at: Instant| at.elapsed() >= least) {
                let all = std::mem::take(&mut junk);
                let had_junk = !all.is_empty();
                for folder in all {
                    match self.look(talk, &folder).await {
                        Ok(_) => junk.push(folder),
                        // One that is listed and cannot be opened must not keep the inbox from being watched.
                        Err(problem) if is_refused(&problem) => {
                            tracing::info!("a folder for unwanted mail cannot be opened");
                        }
                        Err(problem) => return Err(problem),
                    }
                }
                junk_at = Some(Instant::now());
                if had_junk {
                    // The inbox is the folder in which news are told, and they may have come meanwhile.
                    inbox_as = self.look(talk, &inbox).await?;
                }
            }
            let now = (self.with.wall)();
            self.show(|view| {
                view.state = state;
                view.problem = None;
                view.junk = Some(!junk.is_empty());
                view.looked_at = Some(now);
            });
            if why != Why::Time {
                poll.reset();
            }
            why = match state {
                WatchState::Watching => self.idle(talk).await?,
                _ => {
                    let validity = inbox_as.uid_validity;
                    self.poll(talk, &inbox, validity, &mut poll).await?
                }
            };
            if matches!(why, Why::Reconnect | Why::Closed) {
                return Ok(why);
            }
        }
    }

    /// The connection is kept for a moment although nothing waits: `Asked` where something does again.
    async fn linger(&mut self) -> Why {
        self.show(|view| view.state = WatchState::Resting);
        let end = Instant::now() + self.with.paces.linger;
        loop {
            let why = self.until_asked(end).await;
            if why != Why::Asked || !self.taken.is_empty() {
                return why;
            }
        }
    }

    async fn idle(&mut self, talk: &mut dyn Talk) -> Result<Why> {
        let end = Instant::now() + self.with.paces.junk.1;
        let mut why = None;
        let woken = talk
            .idle(Box::pin(async {
                why = Some(self.until_asked(end).await);
            }))
            .await?;
        Ok(match (why, woken) {
            (Some(why), _) => why,
            (None, Woken::News) => Why::News,
            (None, Woken::TimeUp) => Why::Time,
        })
    }

    /// Asks now and then.
    async fn poll(
        &mut self,
        talk: &mut dyn Talk,
        inbox: &MailFolder,
        uid_validity: u32,
        pace: &mut Growing,
    ) -> Result<Why> {
        let junk = Instant::now() + self.with.paces.junk.1;
        loop {
            let next = Instant::now() + pace.wait(0.5);
            let why = self.until_asked(next.min(junk)).await;
            if why != Why::Time || Instant::now() >= junk {
                return Ok(why);
            }
            if self.has_new(talk, inbox, uid_validity).await? {
                return Ok(Why::News);
            }
        }
    }

    /// Until something is to be done with the connection, at the latest at `end`.
    async fn until_asked(&mut self, end: Instant) -> Why {
        loop {
            tokio::select! {
                changed = self.list.changed() => {
                    if changed.is_err() {
                        return Why::Closed;
                    }
                    let rested = self.taken.is_empty();
                    self.take();
                    let since = self.taken.since;
                    // After a rest nobody waits in the folder, even where all that is there is known.
                    if rested || since.is_none_or(|since| self.memory.is_due(since)) {
                        return Why::Asked;
                    }
                }
                Ok(()) = self.signals.changed() => {
                    let before = std::mem::replace(&mut self.heard, *self.signals.borrow_and_update());
                    if self.heard.reconnect != before.reconnect {
                        return Why::Reconnect;
                    }
                    if self.heard.look != before.look {
                        return Why::Asked;
                    }
                }
                () = sleep_until(end) => return Why::Time,
            }
        }
    }

    /// Waits, or gives up, after a try that did not work; `false` once nobody watches.
    async fn after(&mut self, problem: Problem, retry: &mut Growing) -> bool {
        let next = next_after(&problem);
        tracing::info!(code = ?problem.code, ?next, "a mailbox cannot be looked at");
        let wait = retry.wait(chance());
        let at = (self.with.wall)();
        self.show(|view| {
            view.problem = Some(problem);
            (view.state, view.retry_at) = match next {
                Next::Again => {
                    let at = at.checked_add(wait).ok();
                    (WatchState::Retrying, at)
                }
                Next::Stop | Next::Vault => (WatchState::Stopped, None),
            };
        });
        let end = Instant::now() + wait;
        let mut vault = interval(VAULT);
        vault.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                changed = self.list.changed() => {
                    // What it was stopped for stands there, whether something waits or not.
                    let rests = next == Next::Again && self.list.borrow().is_empty();
                    if changed.is_err() || rests {
                        return changed.is_ok();
                    }
                }
                Ok(()) = self.signals.changed() => {
                    let before = std::mem::replace(&mut self.heard, *self.signals.borrow_and_update());
                    let asked = self.heard.look != before.look;
                    if asked || next == Next::Again && self.heard.reconnect != before.reconnect {
                        retry.reset();
                        return true;
                    }
                }
                () = sleep_until(end), if next == Next::Again => return true,
                _ = vault.tick(), if next == Next::Vault => {
                    if self.engine.0.vault.key_if_open().is_some() {
                        return true;
                    }
                }
            }
        }
    }

    /// Takes the newest list, and sees which mails may be for what is new on it.
    pub(super) fn take(&mut self) {
        let list = Arc::clone(&self.list.borrow_and_update());
        if Arc::ptr_eq(&list, &self.taken) {
            return;
        }
        let fresh = list.fresh(&self.taken);
        if !fresh.is_empty() {
            self.memory.look_again(&fresh);
        }
        if let Some(since) = list.since {
            self.memory.forget_before(since);
        }
        self.taken = list;
    }

    pub(super) fn show(&self, change: impl FnOnce(&mut WatchView)) {
        if self.engine.0.desk.show(self.mailbox, change) {
            self.engine.tell_mail();
        }
    }
}

/// The server understood, and will not. The connection goes on.
fn is_refused(problem: &Problem) -> bool {
    let reason = problem.params.get("reason").map(String::as_str);
    problem.code == Code::MailServerFailed && reason == Some("refused")
}

fn is_at_login(problem: &Problem) -> bool {
    problem.params.get("at").is_some_and(|at| at == "login")
}

/// A password or a certificate that was refused is not tried again by itself: tries lock accounts.
fn next_after(problem: &Problem) -> Next {
    match problem.code {
        Code::MailUnreachable
        | Code::MailServerFailed
        | Code::MailNotImap
        | Code::Internal
        | Code::DatabaseBusy
        | Code::DiskFull
        | Code::DiskFailed => Next::Again,
        Code::VaultLocked
        | Code::VaultUnset
        | Code::PassphraseWrong
        | Code::KeyFileInvalid
        | Code::KeychainMissing
        | Code::KeychainWrong => Next::Vault,
        _ => Next::Stop,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_costs_tries_of_the_account_is_not_tried_again() {
        let next = |code: Code| next_after(&code.into());
        for code in [
            Code::MailLoginRefused,
            Code::MailTlsFailed,
            Code::MailOauthOnly,
            Code::MailPasswordNeeded,
            Code::CertificateInvalid,
            Code::SecretDamaged,
        ] {
            assert_eq!(next(code), Next::Stop, "{code:?}");
        }
        assert_eq!(next(Code::MailUnreachable), Next::Again);
        assert_eq!(next(Code::MailServerFailed), Next::Again);
        assert_eq!(next(Code::VaultLocked), Next::Vault);
    }
}
