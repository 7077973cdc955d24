//! What a manifest tells about the mails of its service: who sends them, what their subject says, which names they use.
//! Hints raise confidence; a mail is never taken only because of them.
//!
//! Not here: what follows from a hint (`arrived`).

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

/// What is known of the mails that carry a step's code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// Empty: not documented. Otherwise a mail from somebody else is asked about.
    pub from: Vec<SenderPattern>,
    /// Words of the subject, in lower case; one is enough.
    pub subject: Vec<String>,
    /// Names that tell this service's mails from those of others, in lower case: its own, its host's, and what else it is called.
    pub names: Vec<String>,
}

/// Who sends: one address, `*@domain` for any name there, or `*@*.domain` for any host under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct SenderPattern {
    /// `None`: any.
    local: Option<String>,
    domain: String,
    /// Hosts under the domain, and not the domain itself.
    under: bool,
}

impl Hints {
    /// Whether the sender is one of those that the manifest names; yes where it names none.
    pub fn allow(&self, sender: Option<&str>) -> bool {
        self.from.is_empty() || self.names_sender(sender)
    }

    /// Whether the manifest names this sender.
    pub fn names_sender(&self, sender: Option<&str>) -> bool {
        sender.is_some_and(|sender| self.from.iter().any(|pattern| pattern.fits(sender)))
    }

    /// Whether the subject holds one of the manifest's words.
    pub fn fit_subject(&self, subject: &str) -> bool {
        let subject = subject.to_lowercase();
        self.subject.iter().any(|words| subject.contains(words))
    }

    /// Whether the text, in lower case, holds one of the service's names as a word of its own.
    pub fn are_named_in(&self, lower: &str) -> bool {
        self.names.iter().any(|name| holds_word(lower, name))
    }
}

fn holds_word(text: &str, word: &str) -> bool {
    let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            !inside(text[..at].chars().next_back())
                && !inside(text[at + word.len()..].chars().next())
        })
}

impl SenderPattern {
    /// Whether the address is meant, without regard to case.
    pub fn fits(&self, address: &str) -> bool {
        let address = address.trim().to_lowercase();
        let Some((local, domain)) = address.rsplit_once('@') else {
            return false;
        };
        let here = match (self.under, domain.strip_suffix(&self.domain)) {
            (_, None) => false,
            (false, Some(front)) => front.is_empty(),
            (true, Some(front)) => front.len() > 1 && front.ends_with('.'),
        };
        here && self.local.as_deref().is_none_or(|wanted| wanted == local)
    }
}

static DOMAIN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[a-z0-9-]+(?:\.[a-z0-9-]+)+$").expect("a pattern"));

impl TryFrom<String> for SenderPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let lower = text.trim().to_lowercase();
        let parts = lower.split_once('@').and_then(|(local, domain)| {
            let (domain, under) = match domain.strip_prefix("*.") {
                Some(domain) => (domain, true),
                None => (domain, false),
            };
            let any = local == "*";
            let plain = !local.is_empty()
                && !local.contains(|c: char| {
                    c.is_whitespace() || c.is_control() || "*@<>,;\"".contains(c)
                });
            ((any || plain) && DOMAIN.is_match(domain)).then(|| Self {
                local: (!any).then(|| local.to_owned()),
                domain: domain.to_owned(),
                under,
            })
        });
        parts.ok_or_else(|| {
            format!("`{text}` is not a sender such as `noreply@example.com` or `*@example.com`")
        })
    }
}

impl From<SenderPattern> for String {
    fn from(pattern: SenderPattern) -> Self {
        pattern.to_string()
    }
}

impl std::fmt::Display for SenderPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let local = self.local.as_deref().unwrap_or("*");
        let under = if self.under { "*." } else { "" };
        write!(f, "{local}@{under}{}", self.domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> SenderPattern {
        text.to_owned().try_into().expect("a pattern")
    }

    #[test]
    fn a_pattern_means_what_it_says() {
        for (text, fits, other) in [
            (
                "*@webshare.io",
                "No-Reply@Webshare.io",
                "x@mail.webshare.io",
            ),
            ("*@*.webshare.io", "x@mail.webshare.io", "x@webshare.io"),
            ("noreply@x.example", "NOREPLY@x.example", "other@x.example"),
            ("*@webshare.io", "a@webshare.io", "a@evilwebshare.io"),
            (
                "*@webshare.io",
                "a@webshare.io",
                "a@webshare.io.evil.example",
            ),
            ("*@*.webshare.io", "a@b.c.webshare.io", "a@evilwebshare.io"),
        ] {
            assert!(pattern(text).fits(fits), "{text} {fits}");
            assert!(!pattern(text).fits(other), "{text} {other}");
            assert_eq!(pattern(text).to_string(), text);
        }
        for wrong in [
            "",
            "*",
            "@a.b",
            "a@",
            "a@b",
            "*@*",
            "a*@b.c",
            "a b@c.d",
            "a@b@c.d",
            "<a@b.c>",
            "*@*.*.b.c",
        ] {
            assert!(
                SenderPattern::try_from(wrong.to_owned()).is_err(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_name_is_a_word_of_its_own() {
        let hints = Hints {
            names: vec!["z-api".to_owned(), "mannco.store".to_owned()],
            ..Hints::default()
        };
        for text in [
            "your z-api account",
            "z-api",
            "(mannco.store)",
            "mail.mannco.store says",
        ] {
            assert!(hints.are_named_in(text), "{text}");
        }
        for text in ["xz-api", "z-apis", "mannco", "mannco.stores", ""] {
            assert!(!hints.are_named_in(text), "{text}");
        }
    }
}
