//! What is searched, with its escapes undone: URL, form, JSON (and Rust's `Debug`), HTML; also one inside another.

/// The bytes themselves and what they mean under each escape and each pair of escapes, named by the escapes.
pub fn of(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut views = vec![(String::new(), bytes.to_vec())];
    let mut from = 0;
    for _ in 0..2 {
        let to = views.len();
        for at in from..to {
            for escape in Escape::ALL {
                let (name, text) = &views[at];
                if let Some(plain) = escape.undo(text) {
                    let name = format!("{name}{}", escape.name());
                    views.push((name, plain));
                }
            }
        }
        from = to;
    }
    views
}

#[derive(Clone, Copy)]
enum Escape {
    Url,
    Form,
    Quoted,
    Html,
}

impl Escape {
    const ALL: [Self; 4] = [Self::Url, Self::Form, Self::Quoted, Self::Html];

    fn name(self) -> &'static str {
        match self {
            Self::Url => " URL-encoded",
            Self::Form => " form-encoded",
            Self::Quoted => " JSON-escaped",
            Self::Html => " HTML-escaped",
        }
    }

    /// `None` where there is nothing to undo.
    fn undo(self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut plain = Vec::with_capacity(bytes.len());
        let mut at = 0;
        let mut undone = false;
        while at < bytes.len() {
            match self.meant(&bytes[at..]) {
                Some((length, meant)) => {
                    plain.extend(meant.bytes());
                    at += length;
                    undone = true;
                }
                None => {
                    plain.push(bytes[at]);
                    at += 1;
                }
            }
        }
        undone.then_some(plain)
    }

    /// The escape at the start of `bytes`: its length, and what it means.
    fn meant(self, bytes: &[u8]) -> Option<(usize, Meant)> {
        match (self, bytes[0]) {
            (Self::Form, b'+') => Some((1, Meant::Byte(b' '))),
            (Self::Url | Self::Form, b'%') => Some((3, Meant::Byte(hex_byte(bytes.get(1..3)?)?))),
            (Self::Quoted, b'\\') => quoted(&bytes[1..]).map(|(length, m)| (length + 1, m)),
            (Self::Html, b'&') => html(&bytes[1..]).map(|(length, c)| (length + 1, Meant::Char(c))),
            _ => None,
        }
    }
}

enum Meant {
    Byte(u8),
    Char(char),
}

impl Meant {
    fn bytes(self) -> Vec<u8> {
        match self {
            Self::Byte(byte) => vec![byte],
            Self::Char(c) => c.to_string().into_bytes(),
        }
    }
}

fn hex_byte(digits: &[u8]) -> Option<u8> {
    u8::try_from(number(digits, 16)?).ok()
}

fn number(digits: &[u8], base: u32) -> Option<u32> {
    let signed = digits.first().is_none_or(|first| *first == b'+');
    (!signed)
        .then(|| u32::from_str_radix(std::str::from_utf8(digits).ok()?, base).ok())
        .flatten()
}

/// What follows a backslash in JSON, and in what Rust's `Debug` prints.
fn quoted(bytes: &[u8]) -> Option<(usize, Meant)> {
    let c = match bytes.first()? {
        c @ (b'"' | b'\\' | b'/' | b'\'') => char::from(*c),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'x' => return Some((3, Meant::Byte(hex_byte(bytes.get(1..3)?)?))),
        b'u' if bytes.get(1) == Some(&b'{') => {
            let end = bytes.iter().take(10).position(|byte| *byte == b'}')?;
            let c = char::from_u32(number(&bytes[2..end], 16)?)?;
            return Some((end + 1, Meant::Char(c)));
        }
        b'u' => {
            let unit = number(bytes.get(1..5)?, 16)?;
            if let Some(c) = char::from_u32(unit) {
                return Some((5, Meant::Char(c)));
            }
            let low = bytes.get(5..11)?.strip_prefix(b"\\u")?;
            let pair = [unit, number(low, 16)?].map(|unit| unit as u16);
            let c = char::decode_utf16(pair).next()?.ok()?;
            return Some((11, Meant::Char(c)));
        }
        _ => return None,
    };
    Some((1, Meant::Char(c)))
}

/// What follows an ampersand.
fn html(bytes: &[u8]) -> Option<(usize, char)> {
    let end = bytes.iter().take(10).position(|byte| *byte == b';')?;
    let c = match &bytes[..end] {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        b"nbsp" => '\u{a0}',
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(number(digits, 16)?)?,
        [b'#', digits @ ..] => char::from_u32(number(digits, 10)?)?,
        _ => return None,
    };
    Some((end + 1, c))
}
