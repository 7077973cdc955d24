//! A mail's header: from whom, to whom, when.
//!
//! Not here: its text (`letter`), what follows (`judge`).

use jiff::Timestamp;
use mail_parser::MessageParser;

use crate::mail::parts;

/// What a mail's header tells.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The address in `From`, lower case; `None` where there is none or several.
    pub from: Option<String>,
    /// `To` and `Cc`, then `Delivered-To`, `X-Original-To`, and the like.
    pub recipients: Vec<String>,
    pub subject: String,
    /// `Date`: when it was written, by its sender's clock.
    pub date: Option<Timestamp>,
    /// `To` and `Cc` name nobody; only its delivery tells for whom it is.
    pub undisclosed: bool,
}

impl std::fmt::Debug for Envelope {
    /// Without people and subject: that may hold a code.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut envelope = f.debug_struct("Envelope");
        envelope.field("date", &self.date).finish_non_exhaustive()
    }
}

/// Longest header that is read, in bytes.
const LONGEST_HEADER: usize = 256 << 10;

impl Envelope {
    /// From a header, or a whole mail.
    pub fn read(header: &[u8]) -> Self {
        let head = head(header);
        let Some(message) = MessageParser::default().parse_headers(head) else {
            return Self::default();
        };
        if message.parts.is_empty() {
            return Self::default();
        }
        Self {
            from: parts::sender(&message),
            recipients: parts::recipients(&message, true),
            subject: message.subject().unwrap_or_default().to_owned(),
            date: parts::date(&message),
            undisclosed: parts::visible(&message).next().is_none(),
        }
    }
}

/// The header with the empty line after it; parsers read on without one.
fn head(raw: &[u8]) -> &[u8] {
    let raw = &raw[..raw.len().min(LONGEST_HEADER)];
    let mut at = 0;
    while let Some(end) = raw[at..].iter().position(|&byte| byte == b'\n') {
        at += end + 1;
        if raw[at..].starts_with(b"\n") || raw[at..].starts_with(b"\r\n") {
            let line = if raw[at] == b'\n' { 1 } else { 2 };
            return &raw[..at + line];
        }
    }
    raw
}

/// A folded address without its plus part; `None` where it has none.
pub(super) fn without_plus(folded: &str) -> Option<String> {
    let (local, domain) = folded.rsplit_once('@')?;
    let (front, _) = local.split_once('+')?;
    (!front.is_empty()).then(|| format!("{front}@{domain}"))
}
