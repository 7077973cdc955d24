//! A mail, or a text that a person pasted, as what there is to read in it: its texts, its links, whom it names. A line of the source
//! that is not the text of a part (boundaries, ids, encoded lines) never comes out of here.
//!
//! Not here: the parts of a mail's source (`parts`), what in it is the code (`candidate`), what a link is worth (`link`).

use std::sync::LazyLock;

use jiff::Timestamp;
use regex::Regex;

use super::{html, links, parts, quoted};

/// What there is to read in a mail.
#[derive(Debug, Default)]
pub(super) struct Letter {
    /// Subject first, then the new words of each part.
    pub texts: Vec<String>,
    /// Words that it only repeats: an answered or forwarded mail.
    pub quoted: Vec<String>,
    /// Targets of HTML links and addresses written in the text.
    pub links: Vec<String>,
    /// `To` first, then the headers that say where it was delivered.
    pub recipients: Vec<String>,
    /// Name and address in `From`.
    pub from: Option<String>,
    /// The address alone, in lower case.
    pub sender: Option<String>,
    /// `Date`, as its sender's clock had it.
    pub date: Option<Timestamp>,
    /// Mails that lie in it as attachments.
    pub inner: Vec<Letter>,
}

/// Headers that make the start of a text the source of a mail.
const HEADERS: [&str; 16] = [
    "from",
    "to",
    "subject",
    "date",
    "received",
    "return-path",
    "delivered-to",
    "x-original-to",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "message-id",
    "dkim-signature",
    "reply-to",
    "sender",
    "arc-seal",
];

static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"[^\s<>,;:"()\[\]]+@[^\s<>,;:"()\[\]]+"#).expect("a pattern"));
/// The recipient's line in a mail copied from a window: en, pt, es, de, fr, it.
static COPIED_TO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:to|para|an|à|a|destinat[aá]rio)\s*:\s*(.*@.*)$").expect("a pattern")
});

impl Letter {
    /// A pasted text: the source of a mail, its body, HTML, or what a window showed.
    pub fn read(text: &str) -> Self {
        let mut letter = Self::default();
        let start = text.trim_start();
        if is_source(start) {
            return parts::read(start.as_bytes()).unwrap_or_default();
        } else if let Some(boundary) = boundary(start) {
            // A body without its headers: the first line names the boundary.
            let source =
                format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n{start}");
            return parts::read(source.as_bytes()).unwrap_or_default();
        } else if is_html(start) {
            letter.add_html(start);
        } else {
            for line in start.lines().take(15) {
                if let Some(found) = COPIED_TO.captures(line) {
                    letter.recipients.extend(addresses_in(&found[1]));
                }
            }
            letter.add_text(start);
        }
        letter
    }

    /// The source of a mail, as it came; it may end early.
    pub fn of_mail(raw: &[u8]) -> Self {
        parts::read(raw).unwrap_or_default()
    }

    pub(super) fn add_html(&mut self, html: &str) {
        let page = html::read(html);
        self.links.extend(page.links);
        self.links.extend(links::in_text(&page.quoted));
        if !page.quoted.trim().is_empty() {
            self.quoted.push(page.quoted);
        }
        self.add_text(&page.text);
    }

    pub(super) fn add_text(&mut self, text: &str) {
        self.links.extend(links::in_text(text));
        let split = quoted::split(text);
        self.texts.push(split.fresh);
        if !split.quoted.trim().is_empty() {
            self.quoted.push(split.quoted);
        }
    }
}

/// The addresses written in a header or a line.
pub(super) fn addresses_in(text: &str) -> impl Iterator<Item = String> + '_ {
    ADDRESS
        .find_iter(text)
        .take(100)
        .map(|address| address.as_str().to_owned())
}

/// Whether the text starts with a block of headers of which one is a mail's.
pub(super) fn is_source(text: &str) -> bool {
    let mut known = false;
    for (index, line) in text.lines().take(400).enumerate() {
        if line.trim().is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) || (index == 0 && line.starts_with("From ")) {
            continue;
        }
        let Some((name, _)) = line.split_once(':') else {
            return false;
        };
        if name.is_empty()
            || !name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        {
            return false;
        }
        known |= HEADERS.contains(&name.to_ascii_lowercase().as_str());
    }
    known
}

fn boundary(text: &str) -> Option<&str> {
    let (first, rest) = text.split_once('\n')?;
    let boundary = first.trim_end().strip_prefix("--")?;
    let plain =
        !boundary.is_empty() && boundary.len() <= 70 && !boundary.contains(['"', '\\', ' ']);
    let next = rest.get(..8)?.to_ascii_lowercase();
    (plain && next == "content-").then_some(boundary)
}

pub(super) fn is_html(text: &str) -> bool {
    let head: String = text
        .chars()
        .take(4_000)
        .collect::<String>()
        .to_ascii_lowercase();
    [
        "<html",
        "<body",
        "<!doctype html",
        "<table",
        "<div",
        "<p>",
        "<a href",
        "<br",
    ]
    .iter()
    .any(|tag| head.contains(tag))
}
