//! The mails that were seen in a mailbox's folders while changes wait: heads only, so that one can be looked into later for a
//! change that began to wait after it came. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;

use crate::mail::arrived::{Envelope, WaitingList};
use crate::mailbox::imap::{Head, MailFolder};

/// More heads than this are not kept of one folder; the oldest go first.
const MOST_KEPT: usize = 20_000;

/// A mail's header, whatever folder it lies in and whatever number it has there.
pub(super) type Mark = u64;

#[derive(Debug)]
pub(super) struct Seen {
    /// When the server got it.
    pub at: Timestamp,
    /// When it was first seen here, by this machine's clock.
    pub seen_at: Timestamp,
    pub mark: Mark,
    pub envelope: Envelope,
}

#[derive(Debug, Default)]
pub(super) struct Folder {
    uid_validity: u32,
    /// The lowest number that no look has reached yet.
    next: u32,
    /// All mails from that time on, below `next`, are known.
    covered: Option<Timestamp>,
    mails: BTreeMap<u32, Seen>,
    /// Mails whose text is to be looked at, by age.
    due: BTreeSet<(Timestamp, u32)>,
}

/// One mailbox's folders, by name.
#[derive(Debug, Default)]
pub(super) struct Memory {
    folders: HashMap<String, Folder>,
}

impl Memory {
    /// The folder as it was left, or a fresh one where its numbers mean nothing any more.
    pub fn folder(&mut self, folder: &MailFolder, uid_validity: u32) -> &mut Folder {
        let known = self.folders.entry(folder.name.clone()).or_default();
        if known.uid_validity != uid_validity {
            *known = Folder {
                uid_validity,
                ..Folder::default()
            };
        }
        known
    }

    /// Nothing waits any more: nothing is kept.
    pub fn clear(&mut self) {
        self.folders.clear();
    }

    /// Mails for these may be judged otherwise than before.
    pub fn look_again(&mut self, list: &WaitingList) {
        for folder in self.folders.values_mut() {
            let concerned = folder.mails.iter();
            let concerned = concerned.filter(|(_, seen)| list.concerns(&seen.envelope, seen.at));
            folder.due.extend(concerned.map(|(uid, seen)| (seen.at, *uid)));
        }
    }

    /// What is older can be for no change any more.
    pub fn forget_before(&mut self, since: Timestamp) {
        for folder in self.folders.values_mut() {
            folder.mails.retain(|_, seen| seen.at >= since);
            folder.due.retain(|(at, _)| *at >= since);
            // An earlier change that waits again has its mails looked for anew.
            folder.covered = folder.covered.map(|from| from.max(since));
        }
    }

    /// A text waits to be looked at, or mails of before the time that was looked through.
    pub fn is_due(&self, since: Timestamp) -> bool {
        let mut folders = self.folders.values();
        folders.any(|one| one.covered.is_none_or(|from| since < from) || one.is_due())
    }
}

impl Memory {
    /// A text of this folder waits to be looked at.
    pub fn is_due_in(&self, folder: &MailFolder) -> bool {
        self.folders.get(&folder.name).is_some_and(Folder::is_due)
    }
}

impl Folder {
    /// From which number on the server is asked for the mails of that time and later.
    pub fn from(&self, since: Timestamp) -> u32 {
        match self.covered {
            Some(from) if from <= since => self.next,
            _ => 1,
        }
    }

    pub fn knows(&self, uid: u32) -> bool {
        self.mails.contains_key(&uid)
    }

    /// Keeps a head, and whether its text is to be looked at.
    pub fn keep(&mut self, head: &Head, seen_at: Timestamp, list: &WaitingList) {
        let envelope = Envelope::read(&head.header);
        if list.concerns(&envelope, head.at) {
            self.due.insert((head.at, head.uid));
        }
        let seen = Seen {
            at: head.at,
            seen_at,
            mark: mark_of(&head.header),
            envelope,
        };
        self.mails.insert(head.uid, seen);
        if self.mails.len() > MOST_KEPT {
            self.mails.pop_first();
        }
    }

    /// All mails of that time and later were seen, up to `last`.
    pub fn looked_through(&mut self, since: Timestamp, last: Option<u32>) {
        self.covered = Some(since);
        if let Some(last) = last {
            self.next = self.next.max(last.saturating_add(1));
        }
        self.next = self.next.max(1);
    }

    pub fn is_due(&self) -> bool {
        !self.due.is_empty()
    }

    /// The newest mail whose text is to be looked at; it is then no longer due.
    pub fn take_due(&mut self) -> Option<(u32, &Seen)> {
        loop {
            let (_, uid) = self.due.pop_last()?;
            if self.mails.contains_key(&uid) {
                return self.mails.get(&uid).map(|seen| (uid, seen));
            }
        }
    }

    /// As before [`Folder::take_due`]: it could not be had.
    pub fn put_back(&mut self, uid: u32, at: Timestamp) {
        self.due.insert((at, uid));
    }
}

fn mark_of(header: &[u8]) -> Mark {
    let mut hasher = DefaultHasher::new();
    header.hash(&mut hasher);
    hasher.finish()
}
