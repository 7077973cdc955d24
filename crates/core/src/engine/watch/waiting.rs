//! Which changes wait for a mail, at which address, and since when. Pure.
//!
//! Not here: reading them (`read`), which mail is for which of them (`mail::arrived`).

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::super::context::shape_of;
use crate::change::align::aligned;
use crate::change::{Change, Event, EventKind, State};
use crate::mail::arrived::{Waiting, WaitingList};
use crate::manifest::{Manifest, WaitsFor};

/// How far the clock of a mail server may be behind this machine's: a mail that is dated so much before its request is still
/// looked at. What was *seen* before the request is not its answer, whatever its date.
pub(super) const TOLERANCE: SignedDuration = SignedDuration::from_mins(2);
/// A code that is overdue is still looked for as long: the service has the last word, and mails come late.
const OVERDUE: SignedDuration = SignedDuration::from_hours(1);
/// How long a mail is looked for where nobody says how long its code holds.
const UNDATED: SignedDuration = SignedDuration::from_hours(24);

/// A change that waits for a mail, and what must still be so when its code is given.
pub(super) struct Awaited {
    pub waiting: Waiting,
    pub service: String,
    pub version: u64,
    /// When the call left that asked for the mail, by this machine's clock.
    pub asked_at: Timestamp,
    /// Differs where a mail that was judged before may now be judged otherwise.
    pub stamp: u64,
    /// It can be given its code now. Otherwise what asks for its mail is still on its way, and a mail that may be for it is held.
    pub rests: bool,
}

impl Awaited {
    pub fn stamp(version: u64, asked_at: Timestamp, senders: &[String], key_open: bool) -> u64 {
        let mut hasher = DefaultHasher::new();
        (version, asked_at, senders, key_open).hash(&mut hasher);
        hasher.finish()
    }
}

/// All changes whose mail comes to one mailbox.
#[derive(Default)]
pub(super) struct Assignment {
    pub list: WaitingList,
    pub changes: HashMap<Uuid, Arc<Awaited>>,
    /// The earliest time of a mail that can be for one of them.
    pub since: Option<Timestamp>,
}

impl Assignment {
    pub fn new(changes: Vec<Arc<Awaited>>) -> Self {
        Self {
            list: WaitingList::new(changes.iter().map(|one| one.waiting.clone()).collect()),
            since: changes
                .iter()
                .filter(|one| one.rests)
                .map(|one| one.waiting.since)
                .min()
                .map(|since| since.checked_sub(TOLERANCE).unwrap_or(since)),
            changes: changes
                .into_iter()
                .map(|one| (one.waiting.change, one))
                .collect(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The same changes, as they were.
    pub fn is_like(&self, changes: &[Arc<Awaited>]) -> bool {
        self.changes.len() == changes.len() && changes.iter().all(|one| self.has(one))
    }

    fn has(&self, one: &Awaited) -> bool {
        let here = self.changes.get(&one.waiting.change);
        here.is_some_and(|here| here.stamp == one.stamp)
    }

    /// Those whose mails may be judged otherwise than `before`: they wait since, or wait otherwise, or their mails were held and
    /// are no more.
    pub fn fresh(&self, before: &Self) -> WaitingList {
        let new = self.changes.values();
        let new = new.filter(|one| one.rests && !before.has(one));
        let held = before.changes.values();
        let held = held.filter(|one| !one.rests && !self.has(one));
        WaitingList::new(new.chain(held).map(|one| one.waiting.clone()).collect())
    }
}

/// The step that waits for a mail, where the change can be given its code now: it rests there, or its request had no
/// answer. A verify without an answer is not repeated by a mail.
pub(super) fn awaited<'m>(
    change: &Change,
    manifest: &'m Manifest,
) -> Option<(&'m str, &'m WaitsFor)> {
    if change.profile_id.is_none() || change.resending {
        return None;
    }
    let at = aligned(change, &shape_of(manifest))? as usize;
    let here = manifest.waits_at(at);
    match change.state {
        State::AwaitingCode => here,
        State::Unknown if here.is_none() => manifest.waits_from(at),
        _ => None,
    }
}

/// The step whose mail a call on its way asks for: it may come before the call's answer.
pub(super) fn asked_for<'m>(
    change: &Change,
    manifest: &'m Manifest,
) -> Option<(&'m str, &'m WaitsFor)> {
    change.profile_id?;
    let at = aligned(change, &shape_of(manifest))? as usize;
    match (manifest.waits_at(at), change.state.is_sending()) {
        (Some(_), true) => manifest.waits_from(at + 1),
        (None, true) => manifest.waits_from(at),
        (here, false) => here.filter(|_| change.resending),
    }
}

/// When the call left that asked for the mail: the last one, before the step `awaited`, that was taken or may have been.
/// One that was refused asked for nothing, and one more without an answer leaves the mail of the first one good.
pub(super) fn asked_at(change: &Change, awaited: &str, journal: &[Event]) -> Timestamp {
    let (mut asked, mut left) = (None, None);
    for event in journal {
        if event.step.as_deref() == Some(awaited) {
            continue;
        }
        match event.kind {
            EventKind::Intent => left = left.or(Some(event.at)),
            EventKind::Answer => match event.meaning.as_deref() {
                Some("ok" | "code_sent" | "read_back") => asked = left.take().or(asked),
                Some("token_refused") => {}
                _ => left = None,
            },
            EventKind::NotSent => left = None,
            EventKind::NoAnswer | EventKind::Recovered => asked = asked.or(left.take()),
            _ => {}
        }
    }
    asked.or(change.requested_at).unwrap_or(change.created_at)
}

/// Until when a mail is looked for.
pub(super) fn until(change: &Change, asked_at: Timestamp) -> Timestamp {
    let (from, span) = match change.expires_at {
        Some(at) => (at, OVERDUE),
        None => (asked_at, UNDATED),
    };
    from.checked_add(span).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn event(seconds: i64, kind: EventKind, step: &str, meaning: &str) -> Event {
        Event {
            at: at(seconds),
            kind,
            step: Some(step.to_owned()),
            status: None,
            millis: None,
            meaning: (!meaning.is_empty()).then(|| meaning.to_owned()),
            says: None,
        }
    }

    fn change() -> Change {
        Change {
            id: Uuid::nil(),
            profile_id: Some(Uuid::nil()),
            label: String::new(),
            service: "z-api".to_owned(),
            from: None,
            to: "b@acme.example".to_owned(),
            state: State::AwaitingCode,
            at: 1,
            step: "verify".to_owned(),
            code_used: false,
            proof: None,
            tries: 0,
            requested_at: Some(at(500)),
            expires_at: None,
            resend_at: None,
            retry_at: None,
            problem: None,
            values: Vec::new(),
            cancelled_there: None,
            undo_of: None,
            owner: None,
            resending: false,
            version: 3,
            created_at: at(0),
            updated_at: at(500),
        }
    }

    #[test]
    fn a_mail_is_asked_for_when_its_call_leaves() {
        use EventKind::{Answer, Intent, Login, NoAnswer, NotSent};
        let mut journal = vec![
            event(1, Intent, "request", ""),
            event(9, Answer, "request", "code_sent"),
        ];
        let asked = |journal: &[Event]| asked_at(&change(), "verify", journal);
        assert_eq!(asked(&[]), at(500), "without a journal: the answer's time");
        assert_eq!(asked(&journal), at(1));

        journal.push(event(20, Intent, "verify", ""));
        journal.push(event(21, Answer, "verify", "code_wrong"));
        assert_eq!(
            asked(&journal),
            at(1),
            "a code that was given asks for none"
        );

        journal.push(event(30, Intent, "request", ""));
        journal.push(event(31, Answer, "request", "rate_limited"));
        journal.push(event(40, Intent, "request", ""));
        journal.push(event(41, NotSent, "request", "unreachable"));
        journal.push(event(42, Intent, "request", ""));
        journal.push(event(43, NoAnswer, "request", "no_answer"));
        assert_eq!(
            asked(&journal),
            at(1),
            "another code was not sent for certain"
        );

        journal.push(event(50, Intent, "request", ""));
        journal.push(event(51, Answer, "request", "token_refused"));
        journal.push(event(52, Login, "request", "ok"));
        journal.push(event(52, Intent, "request", ""));
        assert_eq!(asked(&journal), at(1), "still on its way");
        journal.push(event(53, Answer, "request", "code_sent"));
        assert_eq!(asked(&journal), at(50));
    }

    #[test]
    fn a_mail_without_an_answered_request_counts_from_that_request() {
        use EventKind::{Intent, NoAnswer, Recovered};
        for kind in [NoAnswer, Recovered] {
            let journal = [
                event(7, Intent, "request", ""),
                event(60, kind, "request", ""),
            ];
            assert_eq!(asked_at(&change(), "verify", &journal), at(7));
        }
    }

    #[test]
    fn overdue_codes_are_looked_for_a_while() {
        let mut change = change();
        assert_eq!(until(&change, at(0)), at(24 * 3600));
        change.expires_at = Some(at(900));
        assert_eq!(until(&change, at(0)), at(900 + 3600));
        change.expires_at = Some(Timestamp::MAX);
        assert_eq!(until(&change, at(0)), Timestamp::MAX);
    }

    #[test]
    fn a_mail_is_looked_for_where_a_code_can_be_given() {
        let catalog = crate::manifest::Catalog::shipped();
        let manifest = catalog.get("z-api").unwrap();
        let step = |change: &Change| awaited(change, &manifest).map(|(step, _)| step.to_owned());
        let mut change = change();
        assert_eq!(step(&change).as_deref(), Some("verify"));
        change.resending = true;
        assert_eq!(step(&change), None);
        change.resending = false;
        change.profile_id = None;
        assert_eq!(step(&change), None, "nobody to send for");
        change.profile_id = Some(Uuid::nil());
        change.state = State::Verifying;
        assert_eq!(step(&change), None);
        let on_its_way = |change: &Change| asked_for(change, &manifest).map(|(step, _)| step);
        assert_eq!(on_its_way(&change), None, "its mail is here");
        change.state = State::AwaitingCode;
        assert_eq!(on_its_way(&change), None);
        change.resending = true;
        assert_eq!(on_its_way(&change), Some("verify"));
        change.resending = false;
        change.state = State::Unknown;
        assert_eq!(step(&change), None, "a verify without an answer");
        change.at = 0;
        change.step = "request".to_owned();
        assert_eq!(step(&change).as_deref(), Some("verify"), "row 18");
        assert_eq!(on_its_way(&change), None);
        change.state = State::Requesting;
        assert_eq!((step(&change), on_its_way(&change)), (None, Some("verify")));
        change.state = State::Planned;
        assert_eq!(step(&change), None);
    }

    #[test]
    fn what_waits_otherwise_is_looked_at_again() {
        let at_rest = |n: u128, stamp: u64, since: i64, rests: bool| {
            Arc::new(Awaited {
                waiting: Waiting {
                    change: Uuid::from_u128(n),
                    waits: crate::mail::Waits::default(),
                    since: at(since),
                    senders: Vec::new(),
                    refused: Vec::new(),
                    tried: false,
                },
                service: "z-api".to_owned(),
                version: 1,
                asked_at: at(since),
                stamp,
                rests,
            })
        };
        let one = |n, stamp, since| at_rest(n, stamp, since, true);
        let before = Assignment::new(vec![one(1, 1, 9), one(2, 1, 4)]);
        assert_eq!(before.since, Some(at(4) - TOLERANCE));
        assert!(before.is_like(&[one(2, 1, 4), one(1, 1, 9)]));
        assert!(!before.is_like(&[one(2, 2, 4), one(1, 1, 9)]));
        assert!(!before.is_like(&[one(1, 1, 9)]));
        let fresh = |after: Vec<Arc<Awaited>>| !Assignment::new(after).fresh(&before).is_empty();
        assert!(!fresh(vec![one(1, 1, 9)]), "one went");
        assert!(fresh(vec![one(1, 2, 9)]), "one moved");
        assert!(fresh(vec![one(3, 1, 9)]), "one came");
        let (still, asks) = (vec![one(1, 1, 9), one(2, 1, 4)], at_rest(3, 1, 1, false));
        let with_it: Vec<_> = still.iter().cloned().chain([asks]).collect();
        assert!(!fresh(with_it.clone()), "one is on its way");
        let held = Assignment::new(with_it);
        assert_eq!(held.since, before.since);
        assert!(!Assignment::new(still).fresh(&held).is_empty(), "it went");
        assert_ne!(
            Awaited::stamp(1, at(0), &[], true),
            Awaited::stamp(1, at(0), &["a@b.example".to_owned()], true)
        );
    }
}
