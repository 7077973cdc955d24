//! What watching leaves for others to see, and what it must not do twice: states, mails to decide about, mails that are done
//! with. In memory, for one run.
//!
//! Not here: what a mail is (`mail::arrived`), sending (`act`).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Mutex;

use jiff::Timestamp;
use tokio::sync::watch;
use uuid::Uuid;

use super::super::lock;
use super::finds::Finds;
use super::memory::Mark;
use crate::view::{LastMailView, MailOutcome, WatchState, WatchView};

/// Marks beyond this many are forgotten all at once: by then their mails are older than what is looked at.
const MOST_MARKS: usize = 100_000;

/// A mail in a mailbox.
pub(super) type MailId = (Uuid, Mark);

/// For which change a mail's code is, as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judged {
    pub change: Uuid,
    pub version: u64,
    /// All changes that were known to get their mail at that address.
    pub known: Vec<Uuid>,
}

/// What all mailboxes are told to do at once. The numbers only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Signals {
    /// A person wants it looked at now.
    pub look: u64,
    /// Connections from before are most likely gone.
    pub reconnect: u64,
}

/// One per engine.
#[derive(Default)]
pub(in crate::engine) struct Desk {
    pub(super) signals: watch::Sender<Signals>,
    pub(super) finds: Mutex<Finds>,
    /// Somebody holds a `MailWatch`.
    watched: Mutex<bool>,
    views: Mutex<BTreeMap<Uuid, WatchView>>,
    /// Their codes went out: never by itself again, also where another code was sent for since.
    used: Mutex<HashSet<MailId>>,
    /// Mails whose codes wait to go out, each as it was judged last.
    queued: Mutex<HashMap<MailId, Judged>>,
    /// Changes whose code is on its way out.
    acting: Mutex<HashSet<Uuid>>,
}

impl Desk {
    /// `false` where somebody watches already.
    pub(super) fn begin(&self) -> bool {
        !std::mem::replace(&mut *lock(&self.watched), true)
    }

    pub(super) fn end(&self) {
        lock(&self.views).clear();
        lock(&self.finds).clear();
        lock(&self.queued).clear();
        *lock(&self.watched) = false;
    }

    pub(super) fn view(&self, mailbox: Uuid) -> WatchView {
        lock(&self.views)
            .get(&mailbox)
            .cloned()
            .unwrap_or_else(resting)
    }

    /// Whether a connection is open somewhere, and so a password was opened for it.
    pub(super) fn is_connected(&self) -> bool {
        let open =
            |view: &WatchView| matches!(view.state, WatchState::Watching | WatchState::Polling);
        lock(&self.views).values().any(open)
    }

    /// Changes what is shown of a mailbox; whether that is anything new.
    pub(super) fn show(&self, mailbox: Uuid, change: impl FnOnce(&mut WatchView)) -> bool {
        let mut views = lock(&self.views);
        let view = views.entry(mailbox).or_insert_with(resting);
        let before = view.clone();
        change(view);
        *view != before
    }

    /// A mailbox that was edited.
    pub(super) fn begin_anew(&self, mailbox: Uuid) {
        self.show(mailbox, |view| {
            *view = WatchView {
                waiting: view.waiting,
                ..resting()
            };
        });
    }

    /// Mailboxes that are not there any more; whether there was one.
    pub(super) fn keep_only(&self, mailboxes: &HashSet<Uuid>) -> bool {
        let mut views = lock(&self.views);
        let before = views.len();
        views.retain(|id, _| mailboxes.contains(id));
        views.len() != before
    }

    pub(super) fn is_used(&self, mail: MailId) -> bool {
        lock(&self.used).contains(&mail)
    }

    pub(super) fn use_up(&self, mail: MailId) {
        let mut used = lock(&self.used);
        if used.len() >= MOST_MARKS {
            used.clear();
        }
        used.insert(mail);
    }

    pub(super) fn queue(&self, mail: MailId, judged: Judged) {
        lock(&self.queued).insert(mail, judged);
    }

    /// What it was judged to be waits no more.
    pub(super) fn end_queue(&self, mail: MailId, judged: &Judged) {
        let mut queued = lock(&self.queued);
        if queued.get(&mail) == Some(judged) {
            queued.remove(&mail);
        }
    }

    /// It is judged anew: what it was before counts no more.
    pub(super) fn leave_queue(&self, mail: MailId) {
        lock(&self.queued).remove(&mail);
    }

    /// By what this mail was judged, where its code waits to go out.
    pub(super) fn queued(&self, mail: MailId) -> Option<Judged> {
        lock(&self.queued).get(&mail).cloned()
    }

    /// `false` where a code for this change is on its way out already.
    pub(super) fn begin_acting(&self, change: Uuid) -> bool {
        lock(&self.acting).insert(change)
    }

    pub(super) fn end_acting(&self, change: Uuid) {
        lock(&self.acting).remove(&change);
    }
}

/// The newest mail counts.
pub(super) fn last_mail(
    view: &mut WatchView,
    at: Timestamp,
    from: Option<String>,
    junk: bool,
    outcome: MailOutcome,
) {
    if view.last.as_ref().is_none_or(|last| at >= last.at) {
        view.last = Some(LastMailView {
            at,
            from,
            junk,
            outcome,
        });
    }
}

fn resting() -> WatchView {
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
