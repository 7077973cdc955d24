//! What a step waits for: a code or a link, how it looks, and which links carry it.
//!
//! Not here: finding codes in a mail's text (`mail::code`); nothing here opens a link.

use percent_encoding::percent_decode_str;
use regex::Regex;
use url::Url;

use super::source::{SentTo, What};
use crate::view::WaitsForView;

/// The pause for a person or a mailbox before a step.
#[derive(Debug)]
pub struct WaitsFor {
    pub what: What,
    pub sent_to: SentTo,
    /// The usual shape of the code; another one only warns.
    pub looks: Option<Regex>,
    /// Characters that people add when they copy the code.
    pub strip: String,
    pub link: Option<LinkPattern>,
    pub not_links: Vec<NotLink>,
}

/// A link of the same service with another purpose.
#[derive(Debug)]
pub struct NotLink {
    pub pattern: LinkPattern,
    /// One word for what it does, such as `activation`.
    pub kind: String,
}

/// What a link is to a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkMatch {
    /// It carries this code.
    Code(String),
    /// It belongs to the service and does something else.
    WrongKind(String),
    /// It belongs to the service, and nothing is known about it.
    Unknown,
    /// Another host.
    OtherService,
    /// This step takes no link.
    NoLinks,
}

impl WaitsFor {
    /// What `url` is to this step. Query and fragment are ignored; the code is percent-decoded once, its case kept.
    pub fn match_link(&self, url: &Url) -> LinkMatch {
        let Some(link) = &self.link else {
            return LinkMatch::NoLinks;
        };
        if let Some(code) = link.matches(url).flatten() {
            return LinkMatch::Code(code);
        }
        if let Some(other) = self
            .not_links
            .iter()
            .find(|other| other.pattern.matches(url).is_some())
        {
            return LinkMatch::WrongKind(other.kind.clone());
        }
        if link.is_host(url) {
            LinkMatch::Unknown
        } else {
            LinkMatch::OtherService
        }
    }

    /// The code without outer spaces and without the characters people add, and whether some of those were there.
    pub fn clean(&self, text: &str) -> (String, bool) {
        let text = text.trim();
        let is_added =
            |c: char| self.strip.contains(c) || (c.is_whitespace() && self.strip.contains(' '));
        let clean: String = text.chars().filter(|c| !is_added(*c)).collect();
        let cleaned = clean != text;
        (clean, cleaned)
    }

    /// Whether a code has the documented shape; `true` where none is documented.
    pub fn is_usual(&self, code: &str) -> bool {
        let whole = |looks: &Regex| {
            looks
                .find(code)
                .is_some_and(|found| found.len() == code.len())
        };
        self.looks.as_ref().is_none_or(whole)
    }

    pub(super) fn view(&self, address: Option<String>) -> WaitsForView {
        WaitsForView {
            what: match self.what {
                What::Code => "code".to_owned(),
                What::Link => "link".to_owned(),
            },
            sent_to: match self.sent_to {
                SentTo::New => "new".to_owned(),
                SentTo::Old => "old".to_owned(),
            },
            address,
            looks: self.looks.as_ref().map(|looks| looks.as_str().to_owned()),
        }
    }
}

/// `https://` links of one host, or of any host under it, with one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkPattern {
    host: String,
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Text(String),
    Code,
    AnyOne,
}

impl LinkPattern {
    /// Reads a host (`*.example.com`) and a path (`/changeemail/{code}/confirm/`). Errors are sentences for a manifest's author.
    pub fn parse(host: &str, path: &str) -> Result<Self, String> {
        let bare = host.strip_prefix("*.").unwrap_or(host);
        let letters =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
        if !bare.contains('.') || !bare.chars().all(letters) {
            return Err(format!(
                "`{host}` is not a host: lower case, without scheme or path"
            ));
        }
        let rest = path
            .strip_prefix('/')
            .ok_or_else(|| format!("the path `{path}` must start with `/`"))?;
        let segments = rest.trim_end_matches('/').split('/').map(|part| {
            match part.strip_prefix('{').map(|part| part.strip_suffix('}')) {
                Some(Some("code")) => Ok(Segment::Code),
                Some(Some(_)) => Ok(Segment::AnyOne),
                Some(None) => Err(format!("`{part}` has no closing brace")),
                None if part.contains(['{', '}']) => {
                    Err(format!("`{part}`: braces take a whole segment"))
                }
                None => Ok(Segment::Text(part.to_owned())),
            }
        });
        Ok(Self {
            host: host.to_owned(),
            segments: segments.collect::<Result<_, _>>()?,
        })
    }

    /// Whether the pattern has a place for the code.
    pub fn has_code(&self) -> bool {
        self.segments.contains(&Segment::Code)
    }

    /// Whether `url` is an https link to this host, without user info or port.
    pub fn is_host(&self, url: &Url) -> bool {
        let plain = url.scheme() == "https"
            && url.username().is_empty()
            && url.password().is_none()
            && url.port().is_none();
        plain
            && url
                .host_str()
                .is_some_and(|host| match self.host.strip_prefix('*') {
                    Some(end) => host.ends_with(end) && host.len() > end.len(),
                    None => host == self.host,
                })
    }

    /// `Some` if `url` fits; the code inside, if the pattern has one.
    fn matches(&self, url: &Url) -> Option<Option<String>> {
        if !self.is_host(url) {
            return None;
        }
        let mut parts: Vec<&str> = url.path_segments()?.collect();
        if parts.last() == Some(&"") {
            parts.pop();
        }
        if parts.len() != self.segments.len() {
            return None;
        }
        let mut code = None;
        for (segment, part) in self.segments.iter().zip(parts) {
            let part = percent_decode_str(part).decode_utf8().ok()?;
            match segment {
                Segment::Text(text) if *text == part => {}
                Segment::Text(_) => return None,
                Segment::Code | Segment::AnyOne if part.is_empty() => return None,
                Segment::Code => code = Some(part.into_owned()),
                Segment::AnyOne => {}
            }
        }
        Some(code)
    }
}
