//! The mails that were seen in a mailbox's folders while changes wait: heads only, so that one can be looked into later for a
//! change that began to wait after it came. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;

use super::waiting::TOLERANCE;
use crate::mail::arrived::{Envelope, WaitingList};
use crate::mailbox::imap::{Head, MailFolder};

/// More heads than this are not kept of one folder; the oldest go first.
const MOST_KEPT: usize = 20_000;

/// Nor more of them than so many bytes: a mail may name thousands of recipients.
const MOST_BYTES: usize = 16 << 20;

/// A mail's header and size, whatever folder it lies in and whatever number it has there.
pub(super) type Mark = u64;

pub(super) struct Seen {
    /// When the server got it; not before the last look at which it was not there.
    pub at: Timestamp,
    /// When it was first seen here, by this machine's clock.
    pub seen_at: Timestamp,
    pub mark: Mark,
    pub envelope: Envelope,
}

impl Seen {
    fn bytes(&self) -> usize {
        let names = self.envelope.recipients.iter();
        let names = names.map(|name| name.len() + size_of::<String>());
        size_of::<Self>() + names.sum::<usize>()
    }
}

#[derive(Default)]
pub(super) struct Folder {
    uid_validity: u32,
    /// The lowest number that no look has reached yet.
    next: u32,
    /// All mails from that time on, below `next`, are known.
    covered: Option<Timestamp>,
    /// When that was seen, by this machine's clock: what has a higher number came later.
    complete_at: Option<Timestamp>,
    mails: BTreeMap<u32, Seen>,
    /// What they take, about.
    bytes: usize,
    /// Mails whose text is to be looked at, by age.
    due: BTreeSet<(Timestamp, u32)>,
}

/// One mailbox's folders, by name.
#[derive(Default)]
pub(super) struct Memory {
    folders: HashMap<String, Folder>,
    before: Before,
}

/// When mails were first seen that are kept no more: one from before another code was asked for stays that.
type Before = HashMap<Mark, Timestamp>;

impl Memory {
    /// The folder as it was left, or a fresh one where its numbers mean nothing any more.
    pub fn folder(&mut self, folder: &MailFolder, uid_validity: u32) -> &mut Folder {
        self.folder_and_before(folder, uid_validity).0
    }

    fn folder_and_before(&mut self, folder: &MailFolder, validity: u32) -> (&mut Folder, &Before) {
        let known = self.folders.entry(folder.name.clone()).or_default();
        if known.uid_validity != validity {
            let fresh = Folder {
                uid_validity: validity,
                ..Folder::default()
            };
            remember(&mut self.before, &std::mem::replace(known, fresh));
        }
        (known, &self.before)
    }

    /// Keeps heads that were seen now, and whether their texts are to be looked at.
    pub fn keep(
        &mut self,
        folder: &MailFolder,
        uid_validity: u32,
        heads: &[Head],
        now: Timestamp,
        list: &WaitingList,
    ) {
        let (folder, before) = self.folder_and_before(folder, uid_validity);
        for head in heads {
            let mark = mark_of(head);
            let seen_at = before.get(&mark).map_or(now, |at| now.min(*at));
            folder.keep(head, mark, seen_at, list);
        }
    }

    /// Nothing waits any more: no head is kept.
    pub fn clear(&mut self) {
        for (_, folder) in self.folders.drain() {
            remember(&mut self.before, &folder);
        }
    }

    /// Mails for these may be judged otherwise than before.
    pub fn look_again(&mut self, list: &WaitingList) {
        for folder in self.folders.values_mut() {
            let concerned = folder.mails.iter();
            let concerned = concerned.filter(|(_, seen)| list.concerns(&seen.envelope, seen.at));
            folder
                .due
                .extend(concerned.map(|(uid, seen)| (seen.at, *uid)));
        }
    }

    /// What is older can be for no change any more.
    pub fn forget_before(&mut self, since: Timestamp) {
        for folder in self.folders.values_mut() {
            folder.mails.retain(|_, seen| seen.at >= since);
            folder.bytes = folder.mails.values().map(Seen::bytes).sum();
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

    fn keep(&mut self, head: &Head, mark: Mark, seen_at: Timestamp, list: &WaitingList) {
        let mut envelope = Envelope::read(&head.header);
        // Whose it may be depends on neither.
        envelope.subject = String::new();
        envelope.from = None;
        envelope.recipients.shrink_to_fit();
        let at = self.came_at(head, seen_at);
        if list.concerns(&envelope, at) {
            self.due.insert((at, head.uid));
        }
        let seen = Seen {
            at,
            seen_at,
            mark,
            envelope,
        };
        self.bytes += seen.bytes();
        let mut left = self.mails.insert(head.uid, seen);
        loop {
            self.bytes -= left.as_ref().map_or(0, Seen::bytes);
            if self.mails.len() <= MOST_KEPT && self.bytes <= MOST_BYTES {
                return;
            }
            left = self.mails.pop_first().map(|(_, seen)| seen);
        }
    }

    /// A server's clock that is behind makes a mail older than the call that asked for it. What was not there at the last look
    /// came after it, and before it was seen; a mail that is dated much earlier was moved here.
    fn came_at(&self, head: &Head, seen_at: Timestamp) -> Timestamp {
        match self.complete_at {
            Some(at) if head.uid >= self.next && at.duration_since(head.at) <= TOLERANCE => {
                head.at.min(seen_at).max(at)
            }
            _ => head.at,
        }
    }

    /// All mails of that time and later, up to `last`, were there at `now`.
    pub fn looked_through(&mut self, since: Timestamp, last: Option<u32>, now: Timestamp) {
        self.complete_at = Some(now);
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

fn remember(before: &mut Before, folder: &Folder) {
    if before.len() >= MOST_KEPT {
        before.clear();
    }
    for seen in folder.mails.values() {
        before.entry(seen.mark).or_insert(seen.seen_at);
    }
}

fn mark_of(head: &Head) -> Mark {
    let mut hasher = DefaultHasher::new();
    (&head.header, head.size).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::mail::Waits;
    use crate::mail::arrived::Waiting;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn list(address: &str, since: i64) -> WaitingList {
        WaitingList::new(vec![Waiting {
            change: Uuid::from_u128(1),
            waits: Waits {
                address: Some(address.to_owned()),
                ..Waits::default()
            },
            since: at(since),
            senders: Vec::new(),
            refused: Vec::new(),
            tried: false,
        }])
    }

    fn head(uid: u32, to: &str, seconds: i64) -> Head {
        Head {
            uid,
            at: at(seconds),
            size: 1000,
            header: format!("From: s@x.example\r\nTo: {to}\r\nSubject: {uid}\r\n\r\n").into_bytes(),
        }
    }

    fn inbox() -> MailFolder {
        MailFolder {
            name: "INBOX".to_owned(),
            junk: false,
        }
    }

    #[test]
    fn the_newest_is_opened_first_and_each_once() {
        let mut memory = Memory::default();
        let (waits, inbox) = (list("ops@acme.example", 100), inbox());
        let folder = memory.folder(&inbox, 7);
        for (uid, to, came) in [
            (1, "ops@acme.example", 150),
            (2, "ops@acme.example", 120),
            (3, "else@acme.example", 160),
        ] {
            folder.keep(&head(uid, to, came), 1, at(200), &waits);
        }
        let opened: Vec<u32> =
            std::iter::from_fn(|| folder.take_due().map(|(uid, _)| uid)).collect();
        assert_eq!(opened, [1, 2]);
        assert!(!folder.is_due() && folder.knows(3));

        memory.look_again(&list("else@acme.example", 100));
        assert!(memory.is_due_in(&inbox), "for a change that waits since");
        let folder = memory.folder(&inbox, 7);
        assert_eq!(folder.take_due().map(|(uid, _)| uid), Some(3));
        folder.put_back(3, at(160));
        assert!(folder.is_due());
        assert!(!memory.folder(&inbox, 8).knows(3), "other numbers");
    }

    #[test]
    fn what_was_looked_through_is_not_asked_for_again() {
        let mut memory = Memory::default();
        let inbox = inbox();
        let folder = memory.folder(&inbox, 7);
        assert_eq!(folder.from(at(100)), 1);
        folder.looked_through(at(100), Some(40), at(300));
        assert_eq!(folder.from(at(100)), 41);
        assert_eq!(folder.from(at(99)), 1, "an earlier change");
        folder.looked_through(at(99), None, at(310));
        assert_eq!(folder.from(at(99)), 41);
        assert!(!memory.is_due(at(99)) && memory.is_due(at(98)));
        memory.forget_before(at(200));
        assert!(memory.is_due(at(150)), "its mails were forgotten");
        memory.clear();
        assert_eq!(memory.folder(&inbox, 7).from(at(300)), 1);
    }

    #[test]
    fn a_server_whose_clock_is_behind_still_brings_answers() {
        let mut memory = Memory::default();
        let folder = memory.folder(&inbox(), 7);
        let waits = list("ops@acme.example", 290);
        folder.looked_through(at(100), Some(40), at(300));
        folder.keep(&head(41, "ops@acme.example", 220), 1, at(310), &waits);
        assert_eq!(folder.take_due().map(|(_, seen)| seen.at), Some(at(300)));
        folder.keep(&head(42, "ops@acme.example", 179), 1, at(310), &waits);
        assert_eq!(folder.mails[&42].at, at(179), "moved here from elsewhere");
        folder.keep(&head(39, "ops@acme.example", 220), 1, at(310), &waits);
        assert_eq!(folder.mails[&39].at, at(220), "it was there before");
    }

    #[test]
    fn heads_are_not_kept_without_end() {
        let mut memory = Memory::default();
        let folder = memory.folder(&inbox(), 7);
        let nobody = WaitingList::default();
        let most = u32::try_from(MOST_KEPT).unwrap();
        for uid in 0..most + 10 {
            folder.keep(&head(uid, "a@acme.example", 0), 1, at(0), &nobody);
        }
        assert_eq!(folder.mails.len(), MOST_KEPT);
        assert!(!folder.knows(9) && folder.knows(10));
        let more = list("a@acme.example", 0);
        memory.look_again(&more);
        memory.forget_before(at(1));
        assert!(memory.folder(&inbox(), 7).take_due().is_none());
    }

    #[test]
    fn heads_with_many_names_are_fewer() {
        let mut memory = Memory::default();
        let folder = memory.folder(&inbox(), 7);
        let nobody = WaitingList::default();
        let many = vec!["somebody@acme.example"; 2000].join(", ");
        for uid in 1..=1000 {
            folder.keep(&head(uid, &many, 0), 1, at(0), &nobody);
        }
        assert!(folder.knows(1000) && !folder.knows(1));
        assert!(folder.bytes <= MOST_BYTES && folder.bytes > MOST_BYTES / 2);
        assert!((100..400).contains(&folder.mails.len()));
        memory.forget_before(at(1));
        assert_eq!(memory.folder(&inbox(), 7).bytes, 0);
    }

    #[test]
    fn a_mail_stays_one_from_before_whatever_number_it_gets() {
        let mut memory = Memory::default();
        let (waits, inbox) = (list("ops@acme.example", 100), inbox());
        let mails = [head(1, "ops@acme.example", 150)];
        memory.keep(&inbox, 7, &mails, at(200), &waits);
        memory.clear();
        memory.keep(&inbox, 7, &mails, at(300), &waits);
        let mut moved = mails.clone();
        moved[0].uid = 9;
        memory.keep(&inbox, 8, &moved, at(400), &waits);
        let seen = memory.folder(&inbox, 8).take_due();
        assert_eq!(
            seen.map(|(uid, seen)| (uid, seen.seen_at)),
            Some((9, at(200)))
        );
    }
}
