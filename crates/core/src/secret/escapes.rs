//! Reads text through its escapes, remembering where each byte came from.

use std::ops::Range;

use zeroize::Zeroizing;

/// A way in which text may be escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    None,
    /// `%2F`, in any case and of any set of characters.
    Percent,
    /// The same with `+` for a space.
    Form,
    /// `\/`, `\"`, `\u00e9`.
    Json,
    /// `&amp;`, `&#39;`, `&#x27;`.
    Html,
}

impl Escapes {
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::Percent,
        Self::Form,
        Self::Json,
        Self::Html,
    ];

    /// `text` read through these escapes.
    pub fn view(self, text: &str) -> View {
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
        let mut from = Vec::with_capacity(text.len() + 1);
        let mut at = 0;
        let mut buffer = [0; 4];
        while let Some(plain) = text[at..].chars().next() {
            let (length, meant) = match self.unescape(&text[at..]) {
                Some((length, Meant::Byte(byte))) => {
                    buffer[0] = byte;
                    (length, &buffer[..1])
                }
                Some((length, Meant::Char(c))) => (length, c.encode_utf8(&mut buffer).as_bytes()),
                None => (plain.len_utf8(), plain.encode_utf8(&mut buffer).as_bytes()),
            };
            bytes.extend(meant);
            from.extend(std::iter::repeat_n(at, meant.len()));
            at += length;
        }
        from.push(at);
        View { bytes, from }
    }

    /// The escape at the start of `text`: its length, and what it means.
    fn unescape(self, text: &str) -> Option<(usize, Meant)> {
        match self {
            Self::None => None,
            Self::Form if text.starts_with('+') => Some((1, Meant::Char(' '))),
            Self::Percent | Self::Form => {
                let byte = u8::from_str_radix(hex(text.strip_prefix('%')?, 2)?, 16).ok()?;
                Some((3, Meant::Byte(byte)))
            }
            Self::Json => {
                json(text.strip_prefix('\\')?).map(|(length, c)| (length + 1, Meant::Char(c)))
            }
            Self::Html => {
                html(text.strip_prefix('&')?).map(|(length, c)| (length + 1, Meant::Char(c)))
            }
        }
    }
}

/// The bytes that a text means, and for each of them (and for the end) where it starts in the text.
pub(super) struct View {
    bytes: Zeroizing<Vec<u8>>,
    from: Vec<usize>,
}

impl View {
    /// Where `wanted` stands, as ranges of the text. Finds that overlap are all found.
    pub fn find<'a>(&'a self, wanted: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.bytes
            .windows(wanted.len().max(1))
            .enumerate()
            .filter(|(_, window)| *window == wanted.as_bytes())
            .map(|(at, _)| self.from[at]..self.from[at + wanted.len()])
    }
}

enum Meant {
    Byte(u8),
    Char(char),
}

fn hex(text: &str, digits: usize) -> Option<&str> {
    text.get(..digits)
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

fn json(text: &str) -> Option<(usize, char)> {
    let c = match text.chars().next()? {
        c @ ('"' | '\\' | '/') => c,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => {
            let unit = |text: &str| u16::from_str_radix(hex(text, 4)?, 16).ok();
            let first = unit(&text[1..])?;
            if let Ok(c) = char::try_from(u32::from(first)) {
                return Some((5, c));
            }
            let second = unit(text.get(5..)?.strip_prefix("\\u")?)?;
            return char::decode_utf16([first, second])
                .next()?
                .ok()
                .map(|c| (11, c));
        }
        _ => return None,
    };
    Some((1, c))
}

fn html(text: &str) -> Option<(usize, char)> {
    let (name, _) = text
        .get(..text.len().min(10))
        .unwrap_or(text)
        .split_once(';')?;
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((name.len() + 1, c))
}
