//! Which of several waiting changes a mail is for. Never a guess: where nothing tells, each is asked about.
//!
//! Not here: what becomes of a mail for one change (`decide`).

use jiff::{SignedDuration, Timestamp};

use super::decide::decide;
use super::{Envelope, Verdict, Waiting};
use crate::mail::Awaited;
use crate::mail::letter::Letter;
use crate::mail::reading::{self, Reading, Says};
use crate::view::Found;

/// Mail servers tell whole seconds, and no two clocks are the same.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(5);
/// Clocks may be this far apart; a mail from in between is asked about.
const CLOCKS: SignedDuration = SignedDuration::from_mins(2);
/// The same for the time that the sender wrote into the mail: it may have waited in a queue, asked for before.
const SENDERS_CLOCK: SignedDuration = SignedDuration::from_mins(10);
/// Older than this, no wrong clock explains it: a mail that was moved or imported.
const OLD: SignedDuration = SignedDuration::from_hours(6);
/// A `Date` before 2000, or a day after its arrival, says nothing.
const FIRST_DATE: i64 = 946_684_800;

/// A change that the mail may be for.
#[derive(Debug, Clone)]
pub(super) struct Owner<'a> {
    pub waiting: &'a Waiting,
    /// The mail names its address, and not only that without the plus part.
    pub exact: bool,
    /// The mail came after it was asked for, beyond the differences of clocks.
    pub in_time: bool,
}

impl<'a> Owner<'a> {
    /// `None` for a mail that is older than what asked for it.
    pub fn new(
        waiting: &'a Waiting,
        exact: bool,
        envelope: &Envelope,
        at: Timestamp,
    ) -> Option<Self> {
        let late = at.duration_since(waiting.since);
        if late < -CLOCKS {
            return None;
        }
        let day = SignedDuration::from_hours(24);
        let written = envelope
            .date
            .filter(|date| date.as_second() >= FIRST_DATE && date.duration_since(at) < day)
            .map(|date| date.duration_since(waiting.since));
        if written.is_some_and(|written| written < -OLD) {
            return None;
        }
        let in_time = late >= -TOLERANCE && written.is_none_or(|written| written >= -SENDERS_CLOCK);
        Some(Self {
            waiting,
            exact,
            in_time,
        })
    }

    fn reads(self, letter: &Letter) -> Read<'a> {
        let refused = |value: &str| {
            let mut all = self.waiting.refused.iter();
            all.any(|refused| refused.expose() == value)
        };
        let reading = reading::of_letter(letter, &self.waiting.waits, &refused);
        Read {
            owner: self,
            reading,
        }
    }
}

/// What the mail says for one of the changes.
#[derive(Debug)]
pub(super) struct Read<'a> {
    pub owner: Owner<'a>,
    pub reading: Reading,
}

impl Read<'_> {
    fn has_link(&self) -> bool {
        self.reading.found == Found::MailLink && !self.reading.values().is_empty()
    }

    /// Its documented shape is that of what was found.
    fn fits(&self) -> bool {
        let waits = &self.owner.waiting.waits;
        let looks = waits.looks.as_ref().filter(|_| waits.what == Awaited::Code);
        let mut values = self.reading.values().iter();
        values.any(|value| looks.is_some_and(|looks| looks.fits(value)))
    }
}

/// What becomes of a mail that at least one change may wait for.
pub(super) fn verdicts(
    owners: Vec<Owner<'_>>,
    letter: &Letter,
    envelope: &Envelope,
) -> Vec<Verdict> {
    let written = Written::new(letter, envelope);
    let reads: Vec<Read<'_>> = owners.into_iter().map(|one| one.reads(letter)).collect();
    let reads = narrow(reads, &written);
    let alone = reads.len() == 1;
    reads
        .into_iter()
        .map(|read| decide(&read, &written, alone))
        .collect()
}

/// What a mail says about whose it is.
pub(super) struct Written<'a> {
    pub envelope: &'a Envelope,
    /// Names, subject and texts in lower case.
    text: String,
}

impl<'a> Written<'a> {
    fn new(letter: &Letter, envelope: &'a Envelope) -> Self {
        let texts = letter.from.iter().chain(&letter.texts).chain(&letter.links);
        let text: Vec<&str> = texts.map(String::as_str).collect();
        Self {
            envelope,
            text: text.join("\n").to_lowercase(),
        }
    }

    /// Whether the mail names the service of this change.
    pub fn names(&self, waiting: &Waiting) -> bool {
        waiting.waits.hints.are_named_in(&self.text)
    }

    /// Whether its sender is known to be that of the service.
    fn is_from(&self, waiting: &Waiting) -> bool {
        let from = self.envelope.from.as_deref();
        waiting.waits.hints.names_sender(from)
            || from.is_some_and(|from| waiting.senders.iter().any(|known| known == from))
    }
}

/// Those of the changes that the mail tells it is for: by its link, its sender, the names in it, its subject, its shape.
fn narrow<'a>(mut reads: Vec<Read<'a>>, written: &Written<'_>) -> Vec<Read<'a>> {
    if reads.len() == 1 {
        return reads;
    }
    type Tells = fn(&Read<'_>, &Written<'_>) -> bool;
    let signs: [Tells; 6] = [
        |read, _| read.has_link(),
        |read, _| matches!(read.reading.says, Says::WrongKind(_)),
        |read, written| written.is_from(read.owner.waiting),
        |read, written| written.names(read.owner.waiting),
        |read, written| {
            let hints = &read.owner.waiting.waits.hints;
            hints.fit_subject(&written.envelope.subject)
        },
        |read, _| read.fits(),
    ];
    for (strength, tells) in signs.into_iter().enumerate() {
        let told: Vec<bool> = reads.iter().map(|read| tells(read, written)).collect();
        if told.contains(&true) {
            let mut told = told.into_iter();
            reads.retain(|_| told.next().unwrap_or(false));
            // A link says more than any word: nothing after it can take it back.
            if reads.len() == 1 || strength < 2 {
                break;
            }
        }
    }
    reads
}
