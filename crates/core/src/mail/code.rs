//! What a pasted text is: a bare code, a link, or a whole mail, and which value in it would be sent.
//! Nothing is sent and no link is opened; the page shows what was understood.
//!
//! Not here: which change it belongs to, and whether the value was refused before (`engine`), mails by themselves (`arrived`).

use std::cell::OnceCell;
use std::collections::HashMap;

use url::Url;

use super::letter::{self, Letter};
use super::reading::{self, Reading, Says};
use super::{Waits, link, typed, wrapped};
use crate::email::folded;
use crate::error::{Code, Problem};
use crate::view::{Found, Understood};

/// Longest text that is looked at, in bytes. Of a longer mail the first part is.
pub const LONGEST: usize = 10 * 1024 * 1024;

/// Understands a pasted text. `change` is left empty for the caller.
///
/// Problems: `code_not_found` (param `reason`: `empty`, `too_long`, `nothing`), `code_ambiguous` (with `choices`),
/// `link_wrong_kind` (param `reason`: the pattern's), `link_other_service` (param `host`).
pub fn understand(text: &str, waits: &Waits) -> Understood {
    let paste = Paste::new(text);
    let mut understood = paste.read_for(waits);
    paste.address(&mut understood, waits.address.as_deref());
    understood
}

/// A pasted text, taken apart once for as many waiting changes as there are.
pub struct Paste<'a> {
    text: &'a str,
    too_long: bool,
    /// The text is one link.
    url: Option<Url>,
    letter: OnceCell<Letter>,
    recipients: OnceCell<HashMap<String, usize>>,
    /// All words in lower case.
    lower: OnceCell<String>,
}

impl<'a> Paste<'a> {
    pub fn new(text: &'a str) -> Self {
        let trimmed = text.trim_matches(|c: char| {
            c.is_whitespace() || "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}".contains(c)
        });
        let mut too_long = text.len() > LONGEST;
        let mut kept = trimmed;
        if too_long && letter::is_source(trimmed) {
            kept = &trimmed[..trimmed.floor_char_boundary(LONGEST)];
            too_long = false;
        }
        let url = (trimmed.len() <= 8_192)
            .then(|| link::parse(trimmed))
            .flatten();
        Self {
            text: kept,
            too_long,
            url,
            letter: OnceCell::new(),
            recipients: OnceCell::new(),
            lower: OnceCell::new(),
        }
    }

    /// What it is for a change that waits for this; whom it names comes with [`Self::address`].
    pub fn read_for(&self, waits: &Waits) -> Understood {
        if self.too_long {
            return failed(Found::Nothing, not_found("too_long"));
        }
        if self.text.is_empty() {
            return failed(Found::Nothing, not_found("empty"));
        }
        if let Some(url) = &self.url {
            let reading = reading::of_link(url, waits);
            if reading.says == Says::Nothing {
                let host = url.host_str().unwrap_or_default();
                let other = Problem::new(Code::LinkOtherService).with("host", host);
                return failed(Found::Link, other);
            }
            return understood(reading, waits);
        }
        if let Some(typed) = typed::read(self.text, waits) {
            return Understood {
                cleaned: typed.cleaned,
                ..value(typed.value, Found::Typed, waits)
            };
        }
        understood(reading::of_letter(self.letter(), waits, &|_| false), waits)
    }

    /// Whom the mail names, when it was written and by whom; and whether that is this address.
    pub fn address(&self, understood: &mut Understood, address: Option<&str>) {
        let is_mail = matches!(
            understood.found,
            Found::MailText | Found::MailLink | Found::Nothing
        );
        if !is_mail || self.too_long || self.text.is_empty() {
            return;
        }
        let letter = self.letter();
        let wanted = address.map(folded);
        let same = wanted
            .as_ref()
            .and_then(|wanted| self.recipients().get(wanted));
        understood.mail_to = match same {
            Some(&index) => letter.recipients.get(index).cloned(),
            None => letter.recipients.first().cloned(),
        };
        understood.other_recipient =
            wanted.is_some() && same.is_none() && !letter.recipients.is_empty();
        understood.mail_from.clone_from(&letter.sender);
        understood.mail_at = letter.date;
    }

    /// Whether the text speaks of this service.
    pub fn names(&self, waits: &Waits) -> bool {
        let text = self.lower.get_or_init(|| {
            let letter = self.letter();
            let texts = letter.from.iter().chain(&letter.texts).chain(&letter.links);
            let texts: Vec<&str> = texts.map(String::as_str).collect();
            texts.join("\n").to_lowercase()
        });
        waits.hints.are_named_in(text)
    }

    /// A link in it that this step awaits, or that it knows to be of another kind: its host, and which kind.
    pub fn link_of(&self, waits: &Waits) -> Option<(String, Option<String>)> {
        if waits.link.is_empty() || self.too_long {
            return None;
        }
        let parsed: Vec<Url>;
        let urls = match &self.url {
            Some(url) => std::slice::from_ref(url),
            None => {
                let links = self.letter().links.iter();
                parsed = links.filter_map(|text| link::parse(text)).collect();
                &parsed
            }
        };
        urls.iter().flat_map(wrapped::with_inner).find_map(|url| {
            let host = url.host_str()?.to_owned();
            if waits.link.iter().any(|one| one.value(&url).is_some()) {
                return Some((host, None));
            }
            let refused = waits.refuse.iter().find(|refuse| refuse.fits(&url))?;
            Some((host, Some(refused.reason.clone())))
        })
    }

    /// Recipients in the form in which they are compared.
    fn recipients(&self) -> &HashMap<String, usize> {
        self.recipients.get_or_init(|| {
            let all = self.letter().recipients.iter().enumerate().rev();
            all.map(|(index, to)| (folded(to), index)).collect()
        })
    }

    fn letter(&self) -> &Letter {
        self.letter.get_or_init(|| Letter::read(self.text))
    }
}

fn understood(reading: Reading, waits: &Waits) -> Understood {
    match reading.says {
        Says::Value(text) => Understood {
            cleaned: reading.cleaned,
            ..value(text, reading.found, waits)
        },
        Says::Several(choices) => Understood {
            choices,
            ..failed(reading.found, Code::CodeAmbiguous.into())
        },
        Says::WrongKind(reason) => failed(
            reading.found,
            Problem::new(Code::LinkWrongKind).with("reason", reason),
        ),
        Says::Nothing => failed(Found::Nothing, not_found("nothing")),
    }
}

fn value(value: String, found: Found, waits: &Waits) -> Understood {
    Understood {
        unusual: waits
            .looks
            .as_ref()
            .is_some_and(|looks| !looks.fits(&value)),
        value: Some(value),
        found,
        ..Understood::nothing()
    }
}

fn failed(found: Found, problem: Problem) -> Understood {
    Understood {
        found,
        problem: Some(problem),
        ..Understood::nothing()
    }
}

fn not_found(reason: &str) -> Problem {
    Problem::new(Code::CodeNotFound).with("reason", reason)
}
