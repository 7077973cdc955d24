//! What a pasted text is: a bare code, a link, or a whole mail, and which value in it would be sent.
//! Nothing is sent and no link is opened; the page shows what was understood.
//!
//! Not here: which change it belongs to, and whether the value was refused before (`engine`).

use url::Url;

use super::candidate::{self, Candidate, PLAUSIBLE};
use super::letter::Letter;
use super::{Awaited, Waits, link, typed};
use crate::email::EmailAddress;
use crate::error::{Code, Problem};
use crate::view::{Found, Understood};

/// Longest text that is looked at, in bytes.
pub const LONGEST: usize = 10 * 1024 * 1024;

/// A value this much behind the best one is no rival.
const CLEAR: i32 = 2;
/// Most values that a person is asked to choose from.
const MOST_CHOICES: usize = 6;

/// Understands a pasted text. `change` is left empty for the caller.
///
/// Problems: `code_not_found` (param `reason`: `empty`, `too_long`, `nothing`), `code_ambiguous` (with `choices`),
/// `link_wrong_kind` (param `reason`: the pattern's), `link_other_service` (param `host`).
pub fn understand(text: &str, waits: &Waits) -> Understood {
    if text.len() > LONGEST {
        return failed(Found::Nothing, not_found("too_long"));
    }
    let trimmed = text.trim_matches(|c: char| {
        c.is_whitespace() || "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}".contains(c)
    });
    if trimmed.is_empty() {
        return failed(Found::Nothing, not_found("empty"));
    }
    if trimmed.len() <= 8_192
        && let Some(url) = link::parse(trimmed)
    {
        return from_link(&url, waits);
    }
    if let Some(typed) = typed::read(trimmed, waits) {
        return Understood {
            cleaned: typed.cleaned,
            ..value(typed.value, Found::Typed, waits)
        };
    }
    let letter = Letter::read(trimmed);
    let mut understood = from_letter(&letter, waits);
    (understood.mail_to, understood.other_recipient) =
        recipient(&letter.recipients, waits.address.as_deref());
    understood
}

fn from_link(url: &Url, waits: &Waits) -> Understood {
    match judge(std::slice::from_ref(url), waits) {
        Links::Values(mut values) if values.len() == 1 => {
            value(values.remove(0), Found::Link, waits)
        }
        Links::Values(values) => ambiguous(Found::Link, values),
        Links::Refused(reason) => failed(Found::Link, wrong_kind(reason)),
        Links::None => {
            let host = url.host_str().unwrap_or_default();
            failed(
                Found::Link,
                Problem::new(Code::LinkOtherService).with("host", host),
            )
        }
    }
}

fn from_letter(letter: &Letter, waits: &Waits) -> Understood {
    let urls: Vec<Url> = letter
        .links
        .iter()
        .filter_map(|text| link::parse(text))
        .collect();
    let links = judge(&urls, waits);
    // A mail with the awaited link needs no guessing among its words; one with a code may link to anything.
    if waits.what == Awaited::Code
        && let Some(understood) = from_words(letter, waits)
    {
        return understood;
    }
    match links {
        Links::Values(mut values) if values.len() == 1 => {
            value(values.remove(0), Found::MailLink, waits)
        }
        Links::Values(values) => ambiguous(Found::MailLink, values),
        Links::Refused(reason) => failed(Found::MailLink, wrong_kind(reason)),
        Links::None => from_words(letter, waits)
            .unwrap_or_else(|| failed(Found::Nothing, not_found("nothing"))),
    }
}

fn from_words(letter: &Letter, waits: &Waits) -> Option<Understood> {
    // The shape of a link's value fits half the words of any text, so it does not help here.
    let looks = waits.looks.as_ref().filter(|_| waits.what == Awaited::Code);
    let all = candidate::find(&letter.texts, looks);
    let mut pool: Vec<&Candidate> = all
        .iter()
        .filter(|found| found.fits && found.score >= PLAUSIBLE)
        .collect();
    if pool.is_empty() {
        pool = all.iter().filter(|found| found.score > PLAUSIBLE).collect();
    }
    let best = *pool.first()?;
    let rivals: Vec<&&Candidate> = pool
        .iter()
        .filter(|found| best.score - found.score < CLEAR)
        .collect();
    if rivals.len() > 1 {
        let choices = rivals
            .iter()
            .take(MOST_CHOICES)
            .map(|found| found.value.clone())
            .collect();
        return Some(ambiguous(Found::MailText, choices));
    }
    Some(Understood {
        cleaned: best.cleaned,
        ..value(best.value.clone(), Found::MailText, waits)
    })
}

enum Links<'a> {
    /// The different values of the awaited kind of link.
    Values(Vec<String>),
    /// None of the awaited kind, but one that is known to be another.
    Refused(&'a str),
    None,
}

fn judge<'a>(urls: &[Url], waits: &'a Waits) -> Links<'a> {
    let mut values: Vec<String> = Vec::new();
    let mut refused = None;
    for url in urls.iter().flat_map(link::with_wrapped) {
        if let Some(value) = waits.link.iter().find_map(|pattern| pattern.value(&url)) {
            if !value.is_empty() && !values.contains(&value) && values.len() < MOST_CHOICES {
                values.push(value);
            }
        } else if refused.is_none() {
            refused = waits
                .refuse
                .iter()
                .find(|refuse| refuse.fits(&url))
                .map(|refuse| refuse.reason.as_str());
        }
    }
    match (values.is_empty(), refused) {
        (false, _) => Links::Values(values),
        (true, Some(reason)) => Links::Refused(reason),
        (true, None) => Links::None,
    }
}

/// The recipient to show, and whether the mail was for somebody else.
fn recipient(recipients: &[String], address: Option<&str>) -> (Option<String>, bool) {
    let wanted = address.and_then(|address| EmailAddress::parse(address).ok());
    let same = wanted
        .as_ref()
        .and_then(|wanted| recipients.iter().find(|to| wanted.same_as(to)));
    let other = wanted.is_some() && same.is_none() && !recipients.is_empty();
    (same.or(recipients.first()).cloned(), other)
}

fn value(value: String, found: Found, waits: &Waits) -> Understood {
    Understood {
        unusual: waits
            .looks
            .as_ref()
            .is_some_and(|looks| !looks.fits(&value)),
        value: Some(value),
        found,
        ..nothing()
    }
}

fn ambiguous(found: Found, choices: Vec<String>) -> Understood {
    Understood {
        choices,
        ..failed(found, Code::CodeAmbiguous.into())
    }
}

fn failed(found: Found, problem: Problem) -> Understood {
    Understood {
        found,
        problem: Some(problem),
        ..nothing()
    }
}

fn nothing() -> Understood {
    Understood {
        change: None,
        value: None,
        found: Found::Nothing,
        cleaned: false,
        unusual: false,
        mail_to: None,
        other_recipient: false,
        problem: None,
        choices: Vec::new(),
    }
}

fn not_found(reason: &str) -> Problem {
    Problem::new(Code::CodeNotFound).with("reason", reason)
}

fn wrong_kind(reason: &str) -> Problem {
    Problem::new(Code::LinkWrongKind).with("reason", reason)
}
