//! What becomes of a mail for one change: used by itself, asked about, or nothing.
//!
//! Not here: which change it is for (`owners`).

use super::owners::{Read, Written};
use super::{Verdict, Waiting};
use crate::error::{Code, Problem};
use crate::mail::Awaited;
use crate::mail::reading::{Says, Trust};
use crate::secret::Secret;
use crate::view::Found;

/// `alone`: the mail is for no other change.
pub(super) fn decide(read: &Read<'_>, written: &Written<'_>, alone: bool) -> Verdict {
    let waiting = read.owner.waiting;
    let change = waiting.change;
    let reading = &read.reading;
    // A link was documented and there is none: words are worth asking about only in the service's own mail about it.
    let linkless = waiting.waits.what == Awaited::Link && reading.found == Found::MailText;
    let is_ours = !linkless || (written.names(waiting) && !reading.other_purpose);
    if reading.values().is_empty() || reading.trust == Trust::Faint || !is_ours {
        let problem = match &reading.says {
            Says::WrongKind(reason) => {
                Problem::new(Code::LinkWrongKind).with("reason", reason.as_str())
            }
            _ if reading.passed => Code::CodeRefusedBefore.into(),
            _ => Problem::new(Code::CodeNotFound).with("reason", "nothing"),
        };
        return Verdict::Nothing { change, problem };
    }
    let is_doubtful = reading.trust < Trust::Sure || reading.other_purpose;
    let sender = written.envelope.from.clone();
    let why = new_sender(waiting, sender.as_deref())
        .or_else(|| {
            let several = matches!(reading.says, Says::Several(_));
            several.then(|| ambiguous("several_values"))
        })
        .or_else(|| (!alone).then(|| ambiguous("several_changes")))
        .or_else(|| waiting.tried.then(|| Code::CodeSecond.into()))
        .or_else(|| (linkless || is_unusual(read)).then(|| Code::CodeUnusual.into()))
        .or_else(|| is_doubtful.then(|| ambiguous("not_announced")))
        .or_else(|| (!read.owner.in_time).then(|| ambiguous("time")))
        .or_else(|| (!read.owner.exact).then(|| ambiguous("recipient")));
    let mut choices: Vec<Secret> = reading.values().iter().map(Secret::new).collect();
    match why {
        Some(why) => Verdict::Ask {
            change,
            why,
            choices,
            sender,
        },
        None => Verdict::Use {
            change,
            value: choices.swap_remove(0),
            sender,
        },
    }
}

fn ambiguous(reason: &str) -> Problem {
    Problem::new(Code::CodeAmbiguous).with("reason", reason)
}

fn is_unusual(read: &Read<'_>) -> bool {
    let looks = read.owner.waiting.waits.looks.as_ref();
    let mut values = read.reading.values().iter();
    looks.is_some_and(|looks| values.any(|value| !looks.fits(value)))
}

/// Why the sender is asked about: the manifest names others, or the changes that were proved before had another one.
fn new_sender(waiting: &Waiting, from: Option<&str>) -> Option<Problem> {
    let hints = &waiting.waits.hints;
    let proved = from.is_some_and(|from| {
        let mut known = waiting.senders.iter();
        known.any(|known| known.eq_ignore_ascii_case(from))
    });
    if proved || hints.names_sender(from) {
        return None;
    }
    let known: Vec<String> = if hints.from.is_empty() {
        waiting.senders.clone()
    } else {
        hints.from.iter().map(ToString::to_string).collect()
    };
    (!known.is_empty()).then(|| {
        Problem::new(Code::SenderNew)
            .with("from", from.unwrap_or("?"))
            .with("known", known.join(", "))
    })
}
