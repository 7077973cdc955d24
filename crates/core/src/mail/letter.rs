//! A pasted text as a mail: its parts decoded, its links collected, its recipients named. A line of the source that
//! is not the text of a part (boundaries, ids, encoded lines) never comes out of here.
//!
//! Not here: what in it is the code (`candidate`), what a link is worth (`link`).

use std::sync::LazyLock;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};
use regex::Regex;

use super::html;

/// What there is to read in a mail.
#[derive(Debug, Default)]
pub(super) struct Letter {
    /// Subject first, then each part.
    pub texts: Vec<String>,
    /// Targets of HTML links and addresses written in the text.
    pub links: Vec<String>,
    /// `To` first, then the headers that say where it was delivered.
    pub recipients: Vec<String>,
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
const DELIVERY: [&str; 4] = ["Delivered-To", "X-Original-To", "Envelope-To", "Cc"];

static LINK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?i)\bhttps?://[^\s<>"'`\\^{}|]+"#).expect("a pattern"));
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"[^\s<>,;:"()\[\]]+@[^\s<>,;:"()\[\]]+"#).expect("a pattern"));
/// The recipient's line in a mail copied from a window: en, pt, es, de, fr, it.
static COPIED_TO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:to|para|an|à|a|destinat[aá]rio)\s*:\s*(.*@.*)$").expect("a pattern")
});

impl Letter {
    pub fn read(text: &str) -> Self {
        let mut letter = Self::default();
        let start = text.trim_start();
        if is_source(start) {
            letter.add_source(start);
        } else if let Some(boundary) = boundary(start) {
            // A body without its headers: the first line names the boundary.
            let source =
                format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n{start}");
            letter.add_source(&source);
        } else if is_html(start) {
            letter.add_html(start);
        } else {
            for line in start.lines().take(15) {
                if let Some(found) = COPIED_TO.captures(line) {
                    letter.add_recipients(&found[1]);
                }
            }
            letter.add_text(start.to_owned());
        }
        letter
    }

    fn add_source(&mut self, source: &str) {
        if let Some(message) = MessageParser::default().parse(source.as_bytes()) {
            self.add_message(&message, 0);
        }
    }

    fn add_message(&mut self, message: &Message<'_>, depth: u8) {
        if let Some(subject) = message.subject() {
            self.texts.push(subject.to_owned());
        }
        if depth == 0 {
            let to = message.to().into_iter().flat_map(|to| to.iter());
            self.recipients
                .extend(to.filter_map(|to| to.address().map(str::to_owned)));
            for (name, value) in message.headers_raw() {
                if DELIVERY
                    .iter()
                    .any(|header| header.eq_ignore_ascii_case(name))
                {
                    self.add_recipients(value);
                }
            }
        }
        for part in &message.parts {
            let subtype = part
                .content_type()
                .and_then(|kind| kind.subtype())
                .unwrap_or("plain");
            let attached = part
                .content_disposition()
                .is_some_and(|how| how.is_attachment());
            if part.is_encoding_problem && is_base64(part) {
                // A mail that was cut in the middle: what came is worth reading, its raw lines are not.
                if let PartType::Text(raw) | PartType::Html(raw) = &part.body
                    && !attached
                {
                    match (decode_cut(raw), subtype.eq_ignore_ascii_case("html")) {
                        (text, true) => self.add_html(&text),
                        (text, false) => self.add_text(text),
                    }
                }
                continue;
            }
            match &part.body {
                PartType::Text(text) if !attached && subtype.eq_ignore_ascii_case("plain") => {
                    self.add_text(text.to_string());
                }
                PartType::Html(html) if !attached => self.add_html(html),
                // Forwarded as an attachment.
                PartType::Message(inner) if depth < 4 => self.add_message(inner, depth + 1),
                _ => {}
            }
        }
    }

    fn add_html(&mut self, html: &str) {
        let page = html::read(html);
        self.links.extend(page.links);
        self.add_text(page.text);
    }

    fn add_text(&mut self, text: String) {
        self.links.extend(
            LINK.find_iter(&text)
                .take(2_000)
                .map(|link| link.as_str().to_owned()),
        );
        self.texts.push(text);
    }

    fn add_recipients(&mut self, text: &str) {
        let found = ADDRESS.find_iter(text).take(100);
        self.recipients
            .extend(found.map(|address| address.as_str().to_owned()));
    }
}

fn is_base64(part: &MessagePart<'_>) -> bool {
    part.content_transfer_encoding()
        .is_some_and(|how| how.trim().eq_ignore_ascii_case("base64"))
}

/// As many whole groups of four as there are.
fn decode_cut(raw: &str) -> String {
    let mut letters: String = raw
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '+' || *c == '/')
        .collect();
    letters.truncate(letters.len() / 4 * 4);
    String::from_utf8_lossy(&BASE64_STANDARD.decode(letters).unwrap_or_default()).into_owned()
}

/// Whether the text starts with a block of headers of which one is a mail's.
fn is_source(text: &str) -> bool {
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

fn is_html(text: &str) -> bool {
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
