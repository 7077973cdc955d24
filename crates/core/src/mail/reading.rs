//! What a letter says for one waiting step: the value, several, a link of another kind, or nothing.
//!
//! Not here: pasted codes and links (`code`), which change a mail is for and whether it is used by itself (`arrived`).

use url::Url;

use super::candidate::{self, Candidate, PLAUSIBLE};
use super::letter::Letter;
use super::{Awaited, Looks, Waits, link, words, wrapped};
use crate::view::Found;

/// A value this much behind the best one is no rival.
const CLEAR: i32 = 2;
/// From here on a value was announced, and is no number that happens to have the shape.
const SURE: i32 = 5;
/// Most values that a person is asked to choose from.
pub(super) const MOST_CHOICES: usize = 6;

/// What a letter, or a link, says for one step.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub says: Says,
    pub found: Found,
    /// Spaces or dashes were removed from the value.
    pub cleaned: bool,
    pub trust: Trust,
    /// The letter is about signing in, a password, a payment, and not about an address.
    pub other_purpose: bool,
    /// Values were passed over because they were refused before.
    pub passed: bool,
}

/// How sure it is that a value was meant as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trust {
    /// A number of the right shape in a letter that announces none.
    Faint,
    /// It stands out, or is announced, but from afar or in an earlier mail that the letter repeats.
    Doubtful,
    /// Announced, in the letter's own new words; or a link.
    Sure,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Says {
    Value(String),
    /// Most likely first; at least two.
    Several(Vec<String>),
    /// A link of the same service with another purpose, and which.
    WrongKind(String),
    Nothing,
}

impl Reading {
    fn new(says: Says, found: Found) -> Self {
        Self {
            says,
            found,
            cleaned: false,
            trust: Trust::Faint,
            other_purpose: false,
            passed: false,
        }
    }

    fn of_values(mut values: Vec<String>, found: Found) -> Self {
        let says = match values.len() {
            0 => Says::Nothing,
            1 => Says::Value(values.remove(0)),
            _ => Says::Several(values),
        };
        Self {
            trust: Trust::Sure,
            ..Self::new(says, found)
        }
    }

    fn at_most(self, trust: Trust) -> Self {
        Self {
            trust: self.trust.min(trust),
            ..self
        }
    }

    /// The values to choose from, most likely first.
    pub fn values(&self) -> &[String] {
        match &self.says {
            Says::Value(value) => std::slice::from_ref(value),
            Says::Several(values) => values,
            Says::WrongKind(_) | Says::Nothing => &[],
        }
    }
}

/// What one link says.
pub(super) fn of_link(url: &Url, waits: &Waits) -> Reading {
    links(std::slice::from_ref(url), waits, &|_| false, Found::Link)
}

/// What a letter says. `refused`: values that are not offered again.
pub(super) fn of_letter(letter: &Letter, waits: &Waits, refused: &dyn Fn(&str) -> bool) -> Reading {
    let own = of_own(letter, waits, refused);
    if !matches!(own.says, Says::Nothing) {
        return own;
    }
    // A mail inside a mail was written for somebody at some time; that it lies here does not say that it is the answer.
    let inner = letter
        .inner
        .iter()
        .map(|inner| of_letter(inner, waits, refused));
    let found = inner
        .filter(|inner| !matches!(inner.says, Says::Nothing))
        .max_by_key(|inner| inner.values().len().min(1));
    match found {
        Some(inner) => inner.at_most(Trust::Doubtful),
        None => own,
    }
}

fn of_own(letter: &Letter, waits: &Waits, refused: &dyn Fn(&str) -> bool) -> Reading {
    let urls: Vec<Url> = letter
        .links
        .iter()
        .filter_map(|text| link::parse(text))
        .collect();
    let linked = links(&urls, waits, refused, Found::MailLink);
    // A mail with the awaited link needs no guessing among its words; one with a code may link to anything.
    if waits.what == Awaited::Link && !matches!(linked.says, Says::Nothing) {
        return linked;
    }
    let fresh = words(&letter.texts, waits, refused);
    let passed = linked.passed || fresh.passed;
    let read = if !matches!(fresh.says, Says::Nothing) {
        Reading {
            other_purpose: words::is_other_purpose(&about(letter)),
            ..fresh
        }
    } else if !matches!(linked.says, Says::Nothing) {
        linked
    } else {
        words(&letter.quoted, waits, refused).at_most(Trust::Doubtful)
    };
    Reading {
        passed: passed || read.passed,
        ..read
    }
}

/// What a letter says it is about: its first line, which is the subject, and those that announce a code. A footer says nothing.
fn about(letter: &Letter) -> String {
    let first = letter.texts.first().and_then(|text| text.lines().next());
    let all = letter.texts.iter().flat_map(|text| text.lines());
    let lines: Vec<&str> = first
        .into_iter()
        .chain(all.filter(|line| words::announces(line)))
        .take(100)
        .collect();
    lines.join("\n")
}

fn links(urls: &[Url], waits: &Waits, refused: &dyn Fn(&str) -> bool, found: Found) -> Reading {
    let mut values: Vec<String> = Vec::new();
    let mut wrong = None;
    let mut passed = false;
    for url in urls.iter().flat_map(wrapped::with_inner) {
        if let Some(value) = waits.link.iter().find_map(|pattern| pattern.value(&url)) {
            if refused(&value) {
                passed = true;
            } else if !value.is_empty() && !values.contains(&value) && values.len() < MOST_CHOICES {
                values.push(value);
            }
        } else if wrong.is_none() {
            wrong = waits
                .refuse
                .iter()
                .find(|refuse| refuse.fits(&url))
                .map(|refuse| refuse.reason.clone());
        }
    }
    let reading = match wrong {
        Some(reason) if values.is_empty() => Reading::new(Says::WrongKind(reason), found),
        _ => Reading::of_values(values, found),
    };
    Reading { passed, ..reading }
}

/// The values among the words.
fn words(texts: &[String], waits: &Waits, refused: &dyn Fn(&str) -> bool) -> Reading {
    // The shape of a link's value fits half the words of any text, so it does not help here.
    let looks: Option<&Looks> = waits.looks.as_ref().filter(|_| waits.what == Awaited::Code);
    let mut all = candidate::find(texts, looks);
    let before = all.len();
    all.retain(|found| !refused(&found.value));
    let passed = all.len() < before;
    let mut pool: Vec<&Candidate> = all
        .iter()
        .filter(|found| found.fits && found.score >= PLAUSIBLE)
        .collect();
    if pool.is_empty() {
        pool = all.iter().filter(|found| found.score > PLAUSIBLE).collect();
    }
    let Some(best) = pool.first() else {
        return Reading {
            passed,
            ..Reading::new(Says::Nothing, Found::Nothing)
        };
    };
    let rivals = pool
        .iter()
        .filter(|found| best.score - found.score < CLEAR)
        .take(MOST_CHOICES)
        .map(|found| found.value.clone())
        .collect();
    let announced = texts.iter().any(|text| text.lines().any(words::announces));
    let reading = Reading::of_values(rivals, Found::MailText);
    Reading {
        cleaned: best.cleaned && matches!(reading.says, Says::Value(_)),
        trust: match (best.score >= SURE, announced) {
            (true, true) => Trust::Sure,
            (false, false) => Trust::Faint,
            _ => Trust::Doubtful,
        },
        passed,
        ..reading
    }
}
