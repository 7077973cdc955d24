//! Where one reply of a server ends: a line, and what its literals hold (RFC 3501, 4.3). Pure, and with bounds: a server
//! that claims or sends more than was asked for is not listened to.
//!
//! Not here: reading (`wire`), what a reply says (`reply`).

/// What one command's answer may be, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// A line, or what stands between two literals.
    pub line: usize,
    pub literal: usize,
    /// All of the answer.
    pub total: usize,
}

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

impl Bounds {
    /// For what is answered in a few words.
    pub const SMALL: Self = Self {
        line: 64 * KIB,
        literal: 64 * KIB,
        total: MIB,
    };
    /// Some accounts have many thousand folders.
    pub const FOLDERS: Self = Self {
        line: 64 * KIB,
        literal: 64 * KIB,
        total: 16 * MIB,
    };
    /// All numbers stand on one line: some 400,000, and only those of a few days are asked for.
    pub const NUMBERS: Self = Self {
        line: 4 * MIB,
        literal: 64 * KIB,
        total: 5 * MIB,
    };

    /// So many mails, of each so many bytes at most.
    pub fn of_mails(count: usize, most: usize) -> Self {
        let literal = most.saturating_add(KIB);
        Self {
            line: 64 * KIB,
            literal,
            total: literal
                .saturating_add(4 * KIB)
                .saturating_mul(count)
                .saturating_add(MIB),
        }
    }
}

/// More than the bounds allow.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooMuch;

/// Finds the end of the reply that begins at the start of a buffer, without looking at any byte twice.
#[derive(Debug, Default)]
pub(super) struct Frame {
    /// Where the line goes on behind the last literal.
    at: usize,
    searched: usize,
    depth: usize,
    pub literals: bool,
    /// Parentheses within parentheses, literals aside, as no answer to a command of ours has them.
    pub deep: bool,
}

/// What is asked for has two.
const DEEPEST: usize = 4;

impl Frame {
    /// The reply's length, its line end included; `None` while more has to come.
    pub fn end(&mut self, bytes: &[u8], bounds: &Bounds) -> Result<Option<usize>, TooMuch> {
        loop {
            let from = self.at.max(self.searched);
            let found = bytes
                .get(from..)
                .and_then(|new| new.iter().position(|byte| *byte == b'\n'));
            let line_end = found.map_or(bytes.len(), |offset| from + offset);
            if line_end.saturating_sub(self.at) > bounds.line {
                return Err(TooMuch);
            }
            if found.is_none() {
                self.searched = bytes.len().max(self.at);
                return Ok(None);
            }
            self.look_into(&bytes[self.at..line_end]);
            let Some(literal) = literal(bytes, &bytes[self.at..line_end]) else {
                return Ok(Some(line_end + 1));
            };
            let most = bounds
                .line
                .saturating_add(bounds.literal.saturating_mul(2))
                .min(bounds.total);
            self.at = (line_end + 1).saturating_add(literal);
            if literal > bounds.literal || self.at > most {
                return Err(TooMuch);
            }
            self.literals = true;
        }
    }

    fn look_into(&mut self, line: &[u8]) {
        for byte in line {
            match byte {
                b'(' => self.depth += 1,
                b')' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            self.deep |= self.depth > DEEPEST;
        }
    }
}

/// The number at the end of a line that a literal follows. The words of a status may end like that and mean nothing.
fn literal(reply: &[u8], line: &[u8]) -> Option<usize> {
    let data = reply.strip_prefix(b"* ")?;
    let word = data.split(|byte| *byte == b' ').next().unwrap_or_default();
    if [b"OK".as_slice(), b"NO", b"BAD", b"BYE", b"PREAUTH"]
        .iter()
        .any(|status| word.eq_ignore_ascii_case(status))
    {
        return None;
    }
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let inner = line.strip_suffix(b"}")?;
    let open = inner.iter().rposition(|byte| *byte == b'{')?;
    let digits = &inner[open + 1..];
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // A number beyond any memory is one that no bound allows.
    Some(
        std::str::from_utf8(digits)
            .ok()?
            .parse()
            .unwrap_or(usize::MAX),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(bytes: &[u8]) -> Result<Option<usize>, TooMuch> {
        Frame::default().end(bytes, &Bounds::SMALL)
    }

    #[test]
    fn a_reply_ends_with_its_line_and_its_literals() {
        assert_eq!(end(b"A1 OK done\r\nmore"), Ok(Some(12)));
        assert_eq!(end(b"* 1 EXISTS"), Ok(None));
        let fetch = b"* 1 FETCH (BODY[] {4}\r\na\r\nb UID 7)\r\n";
        assert_eq!(end(fetch), Ok(Some(fetch.len())));
        for cut in 0..fetch.len() {
            assert_eq!(end(&fetch[..cut]), Ok(None), "{cut}");
        }
    }

    #[test]
    fn a_reply_that_comes_byte_by_byte_is_the_same() {
        let fetch = b"* 1 FETCH (BODY[] {6}\r\n{3}\r\nb UID 7)\r\n* 2";
        let mut frame = Frame::default();
        let ends: Vec<_> = (0..=fetch.len())
            .filter_map(|till| {
                frame
                    .end(&fetch[..till], &Bounds::SMALL)
                    .expect("in bounds")
            })
            .collect();
        assert_eq!(ends.first(), Some(&(fetch.len() - 3)));
        assert!(frame.literals);
    }

    #[test]
    fn deep_ones_are_told_but_not_what_literals_hold() {
        let deep = |bytes: &[u8]| {
            let mut frame = Frame::default();
            assert_eq!(frame.end(bytes, &Bounds::SMALL), Ok(Some(bytes.len())));
            frame.deep
        };
        assert!(!deep(b"* 1 FETCH (FLAGS (a) MODSEQ (1))\r\n"));
        assert!(!deep(b"* 1 FETCH (BODY[] {6}\r\n(((((( UID 1)\r\n"));
        assert!(deep(b"* 1 FETCH (BODYSTRUCTURE (((((\r\n"));
        assert!(deep(b"* 1 FETCH (BODY[] {1}\r\na BODYSTRUCTURE (((((\r\n"));
    }

    #[test]
    fn words_of_a_status_announce_no_literal() {
        for line in ["* OK see {9}\r\n", "A1 NO wait {9}\r\n", "+ go on {9}\r\n"] {
            assert_eq!(end(line.as_bytes()), Ok(Some(line.len())), "{line}");
        }
    }

    #[test]
    fn more_than_asked_for_is_too_much() {
        assert_eq!(end(&vec![b'x'; 64 * KIB + 1]), Err(TooMuch));
        for claim in ["4294967295", "65537", "99999999999999999999999"] {
            let line = format!("* 1 FETCH (BODY[] {{{claim}}}\r\n");
            assert_eq!(end(line.as_bytes()), Err(TooMuch), "{claim}");
        }
        let mut many = Vec::from(b"* LIST ".as_slice());
        for _ in 0..4 {
            many.extend(b"{60000}\r\n");
            many.extend([b'x'; 60_000]);
        }
        assert_eq!(end(&many), Err(TooMuch));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), tail in "\\{[0-9]{0,4}\\}\r\n.{0,9}") {
            let mut all = bytes;
            all.splice(0..0, b"* ".iter().copied());
            all.extend(tail.bytes());
            if let Ok(Some(length)) = end(&all) {
                proptest::prop_assert!(length <= all.len());
            }
        }
    }
}
