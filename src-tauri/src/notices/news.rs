//! Which changes have something to be told, by how they stood before. Pure: `now` is handed in.
//!
//! Not here: the sentences (`said`).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use readdress_core::change::State;
use readdress_core::view::{ChangeView, MailFindView};
use uuid::Uuid;

use crate::reminders::{Reminder, Reminders};

/// A code that is used by itself is mostly told by what came of it, a second later. It is told by itself only if that takes longer.
const USED_FOR: SignedDuration = SignedDuration::from_secs(5);
/// A change that was never seen open is news only while it is fresh.
const FRESH: SignedDuration = SignedDuration::from_mins(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Changed,
    Refused,
    Expired,
    Unknown,
    /// Its code came by mail and is being used.
    Used,
    /// The mail's code was tried, and the service did not take it.
    CodeRefused,
    /// A mail came that a person must decide about.
    Asks,
    RunsOut(Reminder),
}

#[derive(Debug, Clone)]
pub struct News {
    pub what: What,
    pub change: ChangeView,
}

/// How the changes stood when they were last looked at.
#[derive(Debug, Default)]
pub struct Seen {
    open: BTreeMap<Uuid, Stood>,
    ended: BTreeSet<Uuid>,
    /// Those with a mail to decide about.
    asks: BTreeSet<Uuid>,
    reminders: Reminders,
}

#[derive(Debug)]
struct Stood {
    view: ChangeView,
    /// A code that nobody here typed is being used, since then; `None` once it was told.
    used_since: Option<Timestamp>,
    by_itself: bool,
}

impl Seen {
    /// What is there at the start is no news.
    pub fn begin(&mut self, open: Vec<ChangeView>, finds: &[MailFindView], now: Timestamp) {
        self.asks = finds.iter().map(|find| find.change).collect();
        for view in open {
            self.keep(view, None, false, now);
        }
    }

    /// The changes that were open when they were last looked at.
    pub fn open(&self) -> impl Iterator<Item = Uuid> {
        self.open.keys().copied()
    }

    /// What is new with these changes. `hand`: the person does something with this change right now, and sees what comes of it.
    pub fn look(
        &mut self,
        changes: Vec<ChangeView>,
        hand: impl Fn(&ChangeView) -> bool,
        now: Timestamp,
    ) -> Vec<News> {
        let mut news = Vec::new();
        for view in changes {
            let by_hand = hand(&view);
            if let Some(what) = self.step(&view, by_hand, now)
                && !by_hand
            {
                news.push(News { what, change: view });
            }
        }
        news
    }

    /// Changes with a mail to be decided about that had none at the last look. One mail more for the same change is not told:
    /// whoever floods a mailbox must not flood the screen.
    pub fn asked(&mut self, finds: &[MailFindView]) -> Vec<News> {
        let now: BTreeSet<Uuid> = finds.iter().map(|find| find.change).collect();
        let told = now
            .difference(&self.asks)
            .filter_map(|change| self.open.get(change))
            .map(|stood| of(What::Asks, stood))
            .collect();
        self.asks = now;
        told
    }

    /// What is news because time has passed.
    pub fn tick(&mut self, now: Timestamp) -> Vec<News> {
        let mut news = Vec::new();
        for stood in self.open.values_mut() {
            let long = |since: Timestamp| now.duration_since(since) >= USED_FOR;
            if stood.used_since.is_some_and(long) {
                stood.used_since = None;
                news.push(of(What::Used, stood));
            }
        }
        for (id, reminder) in self.reminders.due(now) {
            if let Some(stood) = self.open.get(&id) {
                news.push(of(What::RunsOut(reminder), stood));
            }
        }
        news
    }

    fn step(&mut self, view: &ChangeView, by_hand: bool, now: Timestamp) -> Option<What> {
        if !view.open {
            return self.end(view, now);
        }
        let before = self.open.get(&view.id);
        let stood = before.map(|stood| stood.view.state);
        let was_by_itself = before.is_some_and(|stood| stood.by_itself);
        let verifies = view.state == State::Verifying;
        let by_itself = verifies && !by_hand && (stood != Some(State::Verifying) || was_by_itself);
        let used_since = match before {
            Some(before) if before.by_itself && by_itself => before.used_since,
            _ => by_itself.then_some(now),
        };
        let known = before.is_some();
        self.keep(view.clone(), used_since, by_itself, now);
        match view.state {
            State::Unknown if known && stood != Some(State::Unknown) => Some(What::Unknown),
            State::AwaitingCode if was_by_itself && view.problem.is_some() => {
                Some(What::CodeRefused)
            }
            _ => None,
        }
    }

    fn end(&mut self, view: &ChangeView, now: Timestamp) -> Option<What> {
        self.reminders.forget(view.id);
        let known = self.open.remove(&view.id).is_some();
        let fresh = now.duration_since(view.updated_at) < FRESH;
        if !self.ended.insert(view.id) || !(known || fresh) {
            return None;
        }
        match view.state {
            State::Changed => Some(What::Changed),
            State::Refused => Some(What::Refused),
            State::Expired => Some(What::Expired),
            _ => None,
        }
    }

    fn keep(
        &mut self,
        view: ChangeView,
        used_since: Option<Timestamp>,
        by_itself: bool,
        now: Timestamp,
    ) {
        match view.expires_at {
            Some(expires_at) if view.state == State::AwaitingCode => {
                self.reminders.see(view.id, expires_at, now);
            }
            _ => self.reminders.forget(view.id),
        }
        let stood = Stood {
            used_since,
            by_itself,
            view,
        };
        self.open.insert(stood.view.id, stood);
    }
}

fn of(what: What, stood: &Stood) -> News {
    News {
        what,
        change: stood.view.clone(),
    }
}

#[cfg(test)]
#[path = "news_tests.rs"]
mod tests;
