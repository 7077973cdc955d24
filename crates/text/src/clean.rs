//! Foreign text on a terminal: an escape sequence, a control character or a sign that turns the writing around is shown as what it is,
//! never obeyed. So a text can neither act nor hide something.
//!
//! Not here: secrets (core removes them before a text comes here).

/// Longest line that is printed of a foreign text, in characters.
const LONGEST: usize = 4000;
/// So many marks may stand on one letter; more of them climb over the lines around.
const MARKS: usize = 4;

/// One line of foreign text as it may be printed.
pub fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST * 4));
    let (mut before, mut marks) = ('a', 0);
    for c in text.chars().take(LONGEST) {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => out.push(' '),
            // Emoji are made with it.
            '\u{200d}' if !before.is_ascii() => out.push(c),
            c if is_hostile(c) => out.extend(c.escape_unicode()),
            _ if marks > MARKS => {}
            c => out.push(c),
        }
        before = c;
    }
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

/// The marks that texts are flooded with.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// JSON with its hostile characters as `\u` escapes: the same document, and harmless on a terminal.
pub fn json(text: &str) -> String {
    if !text.chars().any(is_hostile_in_json) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hostile_in_json(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// The line breaks between a document's members are JSON's own.
fn is_hostile_in_json(c: char) -> bool {
    c != '\n' && is_hostile(c)
}

fn is_hostile(c: char) -> bool {
    c.is_control() || readdress_core::link::is_unseen(c)
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_would_act_is_shown_instead() {
        let hostile = "\u{1b}[31mred\u{7}\u{9b}2J \u{202e}gpj.exe\nnext\u{200b}";
        assert_eq!(
            super::line(hostile),
            r"\u{1b}[31mred\u{7}\u{9b}2J \u{202e}gpj.exe next\u{200b}"
        );
        assert_eq!(super::line("safe\rlie"), "safe lie");
        assert_eq!(
            super::line("\u{1f469}\u{200d}\u{1f680} ok"),
            "\u{1f469}\u{200d}\u{1f680} ok"
        );
    }

    #[test]
    fn floods_end() {
        let tower = format!("z{}b", "\u{336}".repeat(500));
        assert_eq!(super::line(&tower), format!("z{}b", "\u{336}".repeat(4)));
        let long = super::line(&"\u{1b}".repeat(1 << 20));
        assert!(long.chars().count() < 30_000 && long.ends_with('…'));
    }

    #[test]
    fn json_says_the_same() {
        let said = "a\u{9b}b\u{202e}c\u{e0041}";
        let text = serde_json::to_string(said).expect("a string");
        let safe = super::json(&text);
        assert!(safe.is_ascii(), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).expect("JSON"), said);
    }
}
