//! What people type or copy instead of a bare code: spaces, dashes of all kinds, invisible characters, other digits.
//!
//! Not here: texts and mails (`letter`, `candidate`).

use super::{Awaited, Waits};

/// A code that was given as such.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Typed {
    pub value: String,
    /// Something inside was removed.
    pub cleaned: bool,
}

/// Longest bare code; what is longer is a text.
const LONGEST: usize = 512;

/// The code, if the text is nothing but one. Digits keep leading zeros, letters their case.
pub(super) fn read(text: &str, waits: &Waits) -> Option<Typed> {
    if text.len() > LONGEST * 4 {
        return None;
    }
    let plain = plain(text);
    let bare =
        plain.trim_matches(|c: char| c.is_whitespace() || "\"'`“”‘’«»<>()[]{}*.,;:!#".contains(c));
    if bare.is_empty() || bare.len() > LONGEST || bare.contains(['\n', '\r']) {
        return None;
    }
    let verbatim = |value: &str| Typed {
        value: value.to_owned(),
        cleaned: false,
    };
    let fits = |value: &str| waits.looks.as_ref().is_some_and(|looks| looks.fits(value));
    if is_one_token(bare) && (waits.what == Awaited::Link || fits(bare)) {
        return Some(verbatim(bare));
    }
    let groups: Vec<&str> = bare
        .split(|c: char| c.is_whitespace() || c == '-')
        .filter(|group| !group.is_empty())
        .collect();
    let joined = groups.concat();
    if !joined.chars().all(|c| c.is_ascii_alphanumeric()) || joined.is_empty() {
        return None;
    }
    let spaced = bare.contains(char::is_whitespace);
    let digits = joined.bytes().filter(u8::is_ascii_digit).count();
    let shouted = joined
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    // "hello there" is no code; "1 2 3 4 5 6" and "AB12 CD34" are.
    let coded = digits > 0 || shouted;
    let plausible = !spaced
        || (coded && fits(&joined))
        || (digits == joined.len() && digits <= 12)
        || (shouted && digits > 0 && groups.len() <= 4);
    plausible.then(|| Typed {
        cleaned: joined != bare,
        value: joined,
    })
}

fn is_one_token(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_alphanumeric() || "-_.~+=".contains(c))
}

/// The same text in plain characters: nothing invisible, every space a space, every dash a hyphen, digits as 0-9.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| match c {
            '\n' => '\n',
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => '-',
            c if c.is_whitespace() => ' ',
            c => digit(c),
        })
        .collect()
}

/// Characters that nobody sees and that copies from mails are full of.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || (c.is_control() && !c.is_whitespace())
}

/// Digits of other scripts as 0-9 (full-width, Arabic, Persian, Devanagari, Bengali, Thai).
fn digit(c: char) -> char {
    for zero in [
        '\u{ff10}', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}',
    ] {
        if let Some(value) = u32::from(c)
            .checked_sub(u32::from(zero))
            .filter(|value| *value < 10)
        {
            return char::from_digit(value, 10).unwrap_or(c);
        }
    }
    c
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Looks;

    fn digits() -> Waits {
        Waits {
            looks: Looks::new(r"\d{6}").ok(),
            ..Waits::default()
        }
    }

    #[test]
    fn a_code_keeps_its_zeros_and_loses_its_dress() {
        for text in [
            "012345",
            " 012345\n",
            "012 345",
            "012-345",
            "0 1 2 3 4 5",
            "\u{200b}012\u{2011}345\u{feff}",
            "“012345”",
            "012345.",
            "０１２３４５",
            "٠١٢٣٤٥",
            "#012345",
            "<012345>",
            "01-23-45",
        ] {
            assert_eq!(
                read(text, &digits()).map(|typed| typed.value).as_deref(),
                Some("012345"),
                "{text:?}"
            );
        }
        assert_eq!(
            read("AbCd1234", &digits())
                .map(|typed| typed.value)
                .as_deref(),
            Some("AbCd1234")
        );
    }

    #[test]
    fn a_sentence_is_no_code() {
        for text in [
            "hello there",
            "your code is 123456",
            "",
            "   ",
            "---",
            "123456\n654321",
            "Code: 123456",
            "é",
            "a@b.example",
        ] {
            assert_eq!(read(text, &digits()), None, "{text:?}");
        }
    }

    #[test]
    fn the_value_of_a_link_stays_as_it_is() {
        let waits = Waits {
            what: Awaited::Link,
            ..Waits::default()
        };
        let typed = read(" 7f3a-9C_x ", &waits).expect("a value");
        assert_eq!((typed.value.as_str(), typed.cleaned), ("7f3a-9C_x", false));
    }
}
