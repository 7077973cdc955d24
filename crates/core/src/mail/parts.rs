//! The source of a mail, part by part: decoded, also where it was cut off in the middle.
//!
//! Not here: what a text or HTML holds (`letter`, `html`).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::letter::{Letter, addresses_in, is_html};

/// Headers that say where a mail was delivered.
pub(super) const DELIVERY: [&str; 11] = [
    "Delivered-To",
    "X-Original-To",
    "Original-To",
    "Envelope-To",
    "X-Envelope-To",
    "X-Forwarded-To",
    "X-Delivered-To",
    "X-Resolved-To",
    "X-Rcpt-To",
    "X-RcptTo",
    "Original-Recipient",
];
/// Mails in mails deeper than this are not read.
const DEEPEST: u8 = 4;
/// Most texts of one mail; one with more is no mail that somebody wrote.
const MOST_TEXTS: usize = 200;
/// Longest text or HTML of one part that is looked through, in bytes. What stands behind it is no code that somebody is to find.
const LONGEST_TEXT: usize = 2 << 20;
/// Most recipients that are read.
const MOST_RECIPIENTS: usize = 2_000;

/// What there is to read in a mail; `None` where there is not even a header.
pub(super) fn read(source: &[u8]) -> Option<Letter> {
    let message = MessageParser::default().parse(source)?;
    let letter = letter(&message, 0);
    take_apart(message);
    Some(letter)
}

/// Mails in mails by the thousand would be dropped by as many calls inside each other.
fn take_apart(message: Message<'_>) {
    let mut open = vec![message];
    while let Some(message) = open.pop() {
        open.extend(
            message
                .parts
                .into_iter()
                .filter_map(|part| match part.body {
                    PartType::Message(inner) => Some(inner),
                    _ => None,
                }),
        );
    }
}

fn letter(message: &Message<'_>, depth: u8) -> Letter {
    let mut letter = Letter {
        recipients: recipients(message, depth == 0),
        from: from(message),
        sender: sender(message),
        date: date(message),
        ..Letter::default()
    };
    if let Some(subject) = message.subject() {
        letter.texts.push(subject.to_owned());
    }
    for part in &message.parts {
        if letter.texts.len() + letter.inner.len() >= MOST_TEXTS {
            break;
        }
        match &part.body {
            // Forwarded as an attachment.
            PartType::Message(inner) if depth < DEEPEST => {
                letter.inner.push(self::letter(inner, depth + 1));
            }
            PartType::Text(text) | PartType::Html(text) if !is_attached(part) => {
                add(&mut letter, part, text);
            }
            _ => {}
        }
    }
    letter
}

fn add(letter: &mut Letter, part: &MessagePart<'_>, text: &str) {
    let subtype = part
        .content_type()
        .and_then(|kind| kind.subtype())
        .unwrap_or("plain")
        .to_ascii_lowercase();
    if part
        .content_type()
        .is_some_and(|kind| !kind.ctype().eq_ignore_ascii_case("text"))
    {
        return;
    }
    // A mail that was cut in the middle: what came is worth reading, its raw lines are not.
    let mended = part
        .is_encoding_problem
        .then(|| decode_cut(part, text))
        .flatten();
    let text = mended.as_deref().unwrap_or(text);
    let text = &text[..text.floor_char_boundary(LONGEST_TEXT)];
    match subtype.as_str() {
        "html" => letter.add_html(text),
        // HTML that is declared as something else is still no text for people.
        "plain" if text.trim_start().starts_with('<') && is_html(text) => letter.add_html(text),
        "plain" if is_flowed(part) => letter.add_text(&unflowed(text, part)),
        "plain" => letter.add_text(text),
        _ => {}
    }
}

fn is_attached(part: &MessagePart<'_>) -> bool {
    part.content_disposition()
        .is_some_and(|how| how.is_attachment())
}

fn is_flowed(part: &MessagePart<'_>) -> bool {
    part.content_type()
        .and_then(|kind| kind.attribute("format"))
        .is_some_and(|format| format.eq_ignore_ascii_case("flowed"))
}

/// Lines that end with a space go on in the next one (RFC 3676, section 4.1).
fn unflowed(text: &str, part: &MessagePart<'_>) -> String {
    let without_space = part
        .content_type()
        .and_then(|kind| kind.attribute("delsp"))
        .is_some_and(|delsp| delsp.eq_ignore_ascii_case("yes"));
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        // One space was put before lines that begin with a space, `>` or `From `.
        let line = line.strip_prefix(' ').unwrap_or(line);
        match line.strip_suffix(' ') {
            Some(soft) if line != "-- " => out.push_str(if without_space { soft } else { line }),
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

/// The text of a part whose encoding ends in the middle.
fn decode_cut(part: &MessagePart<'_>, raw: &str) -> Option<String> {
    let encoding = part
        .content_transfer_encoding()?
        .trim()
        .to_ascii_lowercase();
    let bytes = match encoding.as_str() {
        "base64" => {
            // As many whole groups of four as there are.
            let mut letters: String = raw
                .chars()
                .filter(|c| c.is_ascii_alphanumeric() || *c == '+' || *c == '/')
                .collect();
            letters.truncate(letters.len() / 4 * 4);
            BASE64_STANDARD.decode(letters).unwrap_or_default()
        }
        "quoted-printable" => {
            let whole = raw.rfind('=').filter(|at| raw.len() - at < 3);
            quoted_printable_decode(&raw.as_bytes()[..whole.unwrap_or(raw.len())])?
        }
        _ => return None,
    };
    let charset = part
        .content_type()
        .and_then(|kind| kind.attribute("charset"));
    Some(
        match charset.and_then(|name| charset_decoder(name.as_bytes())) {
            Some(decoder) => decoder(&bytes),
            None => String::from_utf8_lossy(&bytes).into_owned(),
        },
    )
}

/// `To` and `Cc`, then where it was delivered (of the mail itself, not of one inside it).
pub(super) fn recipients(message: &Message<'_>, delivered: bool) -> Vec<String> {
    let mut all: Vec<String> = visible(message).take(MOST_RECIPIENTS).collect();
    if delivered {
        for (name, value) in message.headers_raw() {
            let is_delivery = DELIVERY
                .iter()
                .any(|header| header.eq_ignore_ascii_case(name));
            if is_delivery && all.len() < MOST_RECIPIENTS {
                all.extend(addresses_in(value));
            }
        }
    }
    all
}

/// Whom the mail names as its readers.
pub(super) fn visible<'a>(message: &'a Message<'_>) -> impl Iterator<Item = String> + 'a {
    let lists = message.all_to().chain(message.all_cc());
    lists
        .flat_map(|list| list.iter())
        .filter_map(|one| one.address().map(|address| address.trim().to_owned()))
        .filter(|address| address.contains('@'))
}

fn senders<'a>(message: &'a Message<'_>) -> impl Iterator<Item = &'a mail_parser::Addr<'a>> {
    message
        .header_values(mail_parser::HeaderName::From)
        .filter_map(|value| value.as_address())
        .flat_map(|list| list.iter())
}

/// The one address in `From`, in lower case; `None` where there is none, or where two headers disagree.
pub(super) fn sender(message: &Message<'_>) -> Option<String> {
    let mut all = senders(message)
        .filter_map(|one| one.address())
        .map(|address| address.trim().to_lowercase());
    let first = all.next().filter(|address| address.contains('@'))?;
    all.all(|other| other == first).then_some(first)
}

/// Names and addresses, as a person sees them.
fn from(message: &Message<'_>) -> Option<String> {
    let texts: Vec<String> = senders(message)
        .take(5)
        .map(|one| {
            format!(
                "{} <{}>",
                one.name().unwrap_or_default(),
                one.address().unwrap_or_default()
            )
        })
        .collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

/// `Date`, where it is a time.
pub(super) fn date(message: &Message<'_>) -> Option<Timestamp> {
    let date = message.date().filter(|date| date.is_valid())?;
    Timestamp::from_second(date.to_timestamp()).ok()
}
