//! Foreign text on a terminal: no escape sequences, no control characters, nothing that turns the writing around.
//!
//! Not here: secrets (core removes them before a text comes here).

/// One line of foreign text as it may be printed.
pub fn line(text: &str) -> String {
    let spaced = text.chars().map(|c| {
        if matches!(c, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}') {
            ' '
        } else {
            c
        }
    });
    spaced.filter(|&c| !is_hostile(c)).collect()
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
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    #[test]
    fn escapes_and_turned_writing_are_gone() {
        let hostile = "\u{1b}[31mred\u{7}\u{9b}2J \u{202e}gpj.exe\nnext\u{200b}";
        assert_eq!(super::line(hostile), "[31mred2J gpj.exe next");
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
