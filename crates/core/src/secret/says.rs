//! A service's own words, made fit to be shown beside ours.

/// At most `max` characters of `text` on one line, cut with `…`; nothing in it can hide, reorder or overwrite text.
pub fn clip_says(text: &str, max: usize) -> String {
    cut(&visible(text), max)
}

/// White space becomes single spaces, what cannot be seen is left out.
pub(super) fn visible(text: &str) -> String {
    let mut seen = String::with_capacity(text.len().min(4096));
    for part in text.split(|c: char| c.is_whitespace() || (c.is_control() && c != '\u{7f}')) {
        let shown = || part.chars().filter(|c| !is_hidden(*c));
        if shown().next().is_none() {
            continue;
        }
        if !seen.is_empty() {
            seen.push(' ');
        }
        seen.extend(shown());
    }
    seen
}

pub(super) fn cut(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some(_) if max == 0 => String::new(),
        Some(_) => text
            .chars()
            .take(max.saturating_sub(1))
            .chain(['…'])
            .collect(),
    }
}

/// Controls, marks of direction, and characters without width or of private meaning.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_without_hidden_characters() {
        assert_eq!(clip_says("  Wrong\r\n\tcode\0now ", 300), "Wrong code now");
        assert_eq!(
            clip_says("pay\u{202e}lap\u{200b}\u{2066}!\u{feff}", 300),
            "paylap!"
        );
        assert_eq!(clip_says("a \u{200b} b", 300), "a b");
        assert_eq!(clip_says("\u{1b}[31mred\u{7f}", 300), "[31mred");
        assert_eq!(clip_says("Código inválido 🙂", 300), "Código inválido 🙂");
    }

    #[test]
    fn cut_by_characters_not_bytes() {
        assert_eq!(clip_says(&"é".repeat(300), 300), "é".repeat(300));
        let cut = clip_says(&"é".repeat(301), 300);
        assert_eq!(cut.chars().count(), 300);
        assert!(cut.ends_with("é…"));
        assert_eq!(clip_says("ab", 1), "…");
        assert_eq!(clip_says("ab", 0), "");
        assert_eq!(clip_says("", 300), "");
    }
}
