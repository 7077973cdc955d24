//! What a `FETCH` brings: numbers, times, headers and whole mails (RFC 3501, 7.4.2).
//!
//! Not here: asking for it (`imap`).

use imap_proto::{AttributeValue, Response};
use jiff::Timestamp;

use super::Head;
use super::reply::Reply;
use super::talk::Heard;

/// Bytes of a header that are looked at.
pub(super) const MOST_HEADER: usize = 64 * 1024;

/// One mail of an answer, as far as it was told.
#[derive(Default)]
pub(super) struct Fetched {
    pub uid: Option<u32>,
    at: Option<Timestamp>,
    size: Option<u32>,
    pub body: Option<Vec<u8>>,
}

impl Fetched {
    /// `None` for everything else that a server may say, and for what cannot be read.
    pub fn read(heard: &Heard<'_>) -> Option<Self> {
        if heard.reply != Reply::Other {
            return None;
        }
        let Some(Response::Fetch(_, attributes)) = heard.raw.parsed() else {
            return None;
        };
        let mut fetched = Self::default();
        for attribute in attributes {
            match attribute {
                AttributeValue::Uid(uid) => fetched.uid = Some(uid),
                AttributeValue::InternalDate(date) => fetched.at = internal_date(&date),
                AttributeValue::Rfc822Size(size) => fetched.size = Some(size),
                AttributeValue::BodySection {
                    data: Some(data), ..
                } => fetched.body = Some(heard.raw.plain(&data)),
                _ => {}
            }
        }
        Some(fetched)
    }

    pub fn into_head(self) -> Option<Head> {
        let mut header = self.body?;
        header.truncate(MOST_HEADER);
        Some(Head {
            uid: self.uid?,
            at: self.at?,
            size: self.size?,
            header,
        })
    }
}

/// `17-Jul-1996 02:44:25 -0700`, the day with a space before it where it has one digit.
fn internal_date(text: &str) -> Option<Timestamp> {
    let format = "%d-%b-%Y %H:%M:%S %z";
    Timestamp::strptime(format, text.trim()).ok()
}

/// Numbers as a command takes them, `1:4,7`. They are in order.
pub(super) fn set(uids: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for uid in uids {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*uid) => *last = *uid,
            _ => ranges.push((*uid, *uid)),
        }
    }
    let ranges: Vec<String> = ranges
        .into_iter()
        .map(|(first, last)| match first == last {
            true => first.to_string(),
            false => format!("{first}:{last}"),
        })
        .collect();
    ranges.join(",")
}

#[cfg(test)]
mod tests {
    use super::super::wire::Raw;
    use super::*;

    fn read(line: &str) -> Option<Fetched> {
        let raw = Raw {
            bytes: format!("* {line}\r\n").into_bytes(),
            literals: line.contains("}\r\n"),
            deep: false,
        };
        Fetched::read(&Heard {
            reply: Reply::Other,
            raw: &raw,
        })
    }

    #[test]
    fn a_head_in_any_order_with_what_else_a_server_tells() {
        let head = read(
            "3 FETCH (FLAGS (\\Seen) UID 7 X-UNHEARD-OF 5 RFC822.SIZE 4711 INTERNALDATE \" 1-Nov-2026 10:00:00 +0200\" BODY[HEADER]<0> {8}\r\nA: \"b\"\r\n)",
        );
        let head = head.and_then(Fetched::into_head).expect("a head");
        assert_eq!((head.uid, head.size), (7, 4711));
        assert_eq!(head.at, "2026-11-01T08:00:00Z".parse().expect("a time"));
        assert_eq!(head.header, b"A: \"b\"\r\n".get(..8).expect("8 bytes"));
    }

    #[test]
    fn a_short_one_may_be_quoted() {
        let body = |line| read(line).and_then(|fetched| fetched.body);
        assert_eq!(
            body(r#"1 FETCH (UID 1 BODY[] "a \"b\" \\c")"#).as_deref(),
            Some(br#"a "b" \c"#.as_slice())
        );
        assert_eq!(body("1 FETCH (UID 1 BODY[] NIL)"), None);
    }

    #[test]
    fn without_a_uid_a_time_or_a_header_it_is_no_head() {
        for line in [
            "1 FETCH (FLAGS (\\Seen))",
            "1 FETCH (UID 1 RFC822.SIZE 5 BODY[HEADER] {1}\r\na)",
            "1 FETCH (UID 1 RFC822.SIZE 5 INTERNALDATE \"01-Nov-2026 10:00:00 +0000\")",
        ] {
            assert!(read(line).and_then(Fetched::into_head).is_none(), "{line}");
        }
        assert!(read("LIST () NIL INBOX").is_none());
    }

    #[test]
    fn numbers_that_follow_each_other_are_one_range() {
        assert_eq!(set(&[1, 2, 3, 7, 9, 10]), "1:3,7,9:10");
        assert_eq!(set(&[5]), "5");
        assert_eq!(set(&[u32::MAX - 1, u32::MAX]), "4294967294:4294967295");
    }
}
