//! Links that are written out in a text, also where a mail program broke them.
//!
//! Not here: links of HTML (`html`), what a link is worth (`link`).

use std::sync::LazyLock;

use regex::Regex;

static LINK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?i)\bhttps?://[^\s<>"'`\\^{}|]+"#).expect("a pattern"));

/// Most links of one text.
const MOST: usize = 2_000;
/// Lines at least this long were broken by a program, not by their author.
const LONG_LINE: usize = 66;
/// Longest link in angle brackets, in bytes.
const LONGEST: usize = 2_000;

/// As they are written, then what they may have been before they were broken.
pub(super) fn in_text(text: &str) -> Vec<String> {
    let mut all: Vec<String> = LINK
        .find_iter(text)
        .take(MOST)
        .map(|link| link.as_str().to_owned())
        .collect();
    if !all.is_empty() {
        all.extend(broken_in_brackets(text).take(MOST));
        all.extend(broken_at_line_ends(text).take(MOST));
    }
    all
}

/// `<https://example.com/` at the end of one line, `a/b>` at the start of the next (RFC 3986, appendix C).
fn broken_in_brackets(text: &str) -> impl Iterator<Item = String> + '_ {
    text.match_indices("<http").filter_map(|(at, _)| {
        let longest = text.floor_char_boundary(at + 1 + LONGEST);
        let inside = &text[at + 1..longest];
        let inside = &inside[..inside.find(['>', '<', '"'])?];
        let is_broken = inside.contains('\n') && !inside.contains("\n\n");
        is_broken.then(|| inside.split_whitespace().collect())
    })
}

fn broken_at_line_ends(text: &str) -> impl Iterator<Item = String> + '_ {
    let next = text.lines().skip(1);
    text.lines().zip(next).filter_map(|(line, next)| {
        let line = line.trim_end();
        if !(LONG_LINE..LONGEST).contains(&line.len()) {
            return None;
        }
        let link = LINK.find_iter(line).last()?;
        let rest = next.split_whitespace().next()?;
        let goes_on = link.end() == line.len() && !next.starts_with([' ', '\t', '<', '>']);
        goes_on.then(|| format!("{}{rest}", link.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_links_are_read_whole_too() {
        let long = "https://a.example/a-path-that-is-long-enough-to-be-broken-by-a-program/x";
        assert_eq!(
            in_text(&format!("see\n{long}\nyz/end more")),
            [long, &format!("{long}yz/end")]
        );
        assert_eq!(
            in_text("<https://a.example/b\n c/d>"),
            ["https://a.example/b", "https://a.example/bc/d"]
        );
        for whole in [
            "https://a.example/b\nThanks",
            "<https://a.example/b>\nx",
            "no link\nat all",
        ] {
            assert!(in_text(whole).len() <= 1, "{whole}");
        }
    }
}
