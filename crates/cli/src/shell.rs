//! A word as a POSIX shell takes it, for the commands that are suggested.

/// `text`, quoted where it needs it.
pub fn quoted(text: &str) -> String {
    let text = crate::clean::line(text);
    let plain = |c: char| c.is_ascii_alphanumeric() || "._@%+=:,/-".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_survive_a_shell() {
        assert_eq!(super::quoted("main"), "main");
        assert_eq!(super::quoted("Support line"), "'Support line'");
        assert_eq!(super::quoted("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(super::quoted(""), "''");
    }
}
