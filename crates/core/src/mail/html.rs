//! HTML of a mail to the text a person would see, and its links. One pass, no tree.
//!
//! Not here: finding codes (`candidate`), rendering.

use mail_parser::decoders::html::add_html_token;

/// What an HTML mail shows, and where its links lead.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub text: String,
    /// What stands in quotations: an earlier mail.
    pub quoted: String,
    pub links: Vec<String>,
}

/// Elements that do not break a word: per-digit spans join to one number.
const INLINE: [&str; 28] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "em", "font", "i", "img", "ins",
    "kbd", "label", "mark", "o:p", "s", "small", "span", "strike", "strong", "sub", "sup", "tt",
    "u", "wbr",
];
const VOID: [&str; 12] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr",
];
/// Elements whose content is not shown.
const UNSEEN: [&str; 7] = [
    "head", "style", "script", "title", "template", "noscript", "textarea",
];

/// Styles under which nothing is seen. (White on white cannot be told without a browser.)
const HIDING: [&str; 10] = [
    "display:none",
    "visibility:hidden",
    "visibility:collapse",
    "mso-hide:all",
    "opacity:0",
    "font-size:0",
    "font-size:0px",
    "max-height:0",
    "max-height:0px",
    "max-height:0.0px",
];

/// Text as shown: hidden elements are left out, so that a decoy in a preheader does not count.
pub(super) fn read(html: &str) -> Page {
    let (page, open) = scan(html, true);
    // A hidden element that is never closed would hide the rest of the mail; browsers and mails disagree on such.
    if open { scan(html, false).0 } else { page }
}

fn scan(html: &str, hide: bool) -> (Page, bool) {
    let mut page = Page::default();
    // Name and depth of the element that is being skipped.
    let mut skipped: Option<(String, usize)> = None;
    let mut quotation = 0usize;
    let mut quotes = Quotes::default();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        if skipped.is_none() {
            push_text(page.at(quotation), &rest[..start]);
        }
        rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            match comment.find("-->") {
                Some(end) => rest = &comment[end + 3..],
                None => return (page, skipped.is_some()),
            }
            continue;
        }
        if !rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)) {
            if skipped.is_none() {
                page.at(quotation).push('<');
            }
            rest = &rest[1..];
            continue;
        }
        let Some(end) = quotes.tag_end(rest) else {
            return (page, skipped.is_some());
        };
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        let closing = tag.starts_with('/');
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == ':')
            .take(16)
            .collect::<String>()
            .to_ascii_lowercase();
        let void = VOID.contains(&name.as_str()) || tag.ends_with('/');
        if let Some((skip, depth)) = &mut skipped {
            if *skip == name && !void {
                *depth = if closing { *depth - 1 } else { *depth + 1 };
                if *depth == 0 {
                    skipped = None;
                }
            }
            continue;
        }
        if !closing && !void && (UNSEEN.contains(&name.as_str()) || (hide && is_hidden(tag))) {
            skipped = Some((name, 1));
            continue;
        }
        if !closing
            && name == "a"
            && let Some((_, link)) =
                attributes(tag).find(|(name, _)| name.eq_ignore_ascii_case("href"))
        {
            page.links.push(decode(link));
        }
        if name == "blockquote" {
            page.at(quotation).push('\n');
            // One for looks is none; inside a quotation it must be counted, to know where that ends.
            if closing {
                quotation = quotation.saturating_sub(1);
            } else if quotation > 0 || is_quotation(tag) {
                quotation += 1;
            }
        }
        match name.as_str() {
            "td" | "th" => push_text(page.at(quotation), " "),
            name if INLINE.contains(&name) => {}
            _ => page.at(quotation).push('\n'),
        }
    }
    if skipped.is_none() {
        push_text(page.at(quotation), rest);
    }
    (page, skipped.is_some())
}

impl Page {
    fn at(&mut self, quotation: usize) -> &mut String {
        if quotation > 0 {
            &mut self.quoted
        } else {
            &mut self.text
        }
    }
}

/// Finds the end of tags. Remembers that a kind of quote does not come again, so that unclosed ones stay linear.
#[derive(Default)]
struct Quotes {
    no_more: [bool; 2],
}

impl Quotes {
    /// Offset of the `>` that ends the tag at the start of `rest`.
    fn tag_end(&mut self, rest: &str) -> Option<usize> {
        let mut at = 1;
        loop {
            let next = at + rest[at..].find(['>', '"', '\''])?;
            at = next + 1;
            let kind = match rest.as_bytes()[next] {
                b'>' => return Some(next),
                b'"' => 0,
                _ => 1,
            };
            if self.no_more[kind] {
                continue;
            }
            match rest[at..].find(['"', '\''][kind]) {
                Some(end) => at += end + 1,
                None => self.no_more[kind] = true,
            }
        }
    }
}

/// Whether a `blockquote` is what mail programs put around the mail that is answered: `type="cite"`, `class="gmail_quote"`.
fn is_quotation(tag: &str) -> bool {
    attributes(tag).any(|(name, value)| {
        let value = value.to_ascii_lowercase();
        (name.eq_ignore_ascii_case("type") && value == "cite")
            || (name.eq_ignore_ascii_case("class")
                && (value.contains("quote") || value.contains("cite")))
    })
}

fn is_hidden(tag: &str) -> bool {
    attributes(tag).any(|(name, value)| {
        if name.eq_ignore_ascii_case("hidden") {
            return true;
        }
        if !name.eq_ignore_ascii_case("style") {
            return false;
        }
        let style: String = value
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
            .to_ascii_lowercase();
        style.split(';').any(|rule| {
            let rule = rule.strip_suffix("!important").unwrap_or(rule);
            HIDING.contains(&rule)
        })
    })
}

/// Name and raw value of each attribute.
fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = tag
        .find(|c: char| c.is_whitespace() || c == '/')
        .map_or("", |at| &tag[at..]);
    std::iter::from_fn(move || {
        rest = rest
            .trim_start_matches(|c: char| c.is_whitespace() || c == '/' || c == '"' || c == '\'');
        if rest.is_empty() {
            return None;
        }
        let end = rest
            .find(|c: char| c.is_whitespace() || c == '=' || c == '/')
            .unwrap_or(rest.len());
        // A lone `=` is no name, but must be passed.
        let name = &rest[..end];
        let after = rest[end..].trim_start();
        let Some(value) = after.strip_prefix('=') else {
            rest = after;
            return Some((name, ""));
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        rest = after;
        Some((name, value))
    })
}

/// Text between tags: white space collapsed, entities decoded.
fn push_text(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_whitespace() || c == '&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('&') {
            rest = push_entity(out, rest);
        } else {
            rest = rest.trim_start();
            if !out.ends_with([' ', '\n']) && !out.is_empty() {
                out.push(' ');
            }
        }
    }
    out.push_str(rest);
}

fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.trim();
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = push_entity(&mut out, &rest[at..]);
    }
    out.push_str(rest);
    out
}

/// Decodes the entity that `rest` starts with; returns what follows.
fn push_entity<'a>(out: &mut String, rest: &'a str) -> &'a str {
    let longest = rest.len().min(40);
    match rest.as_bytes()[..longest]
        .iter()
        .position(|byte| *byte == b';')
    {
        Some(end) => {
            add_html_token(out, &rest.as_bytes()[..=end], false);
            &rest[end + 1..]
        }
        None => {
            out.push('&');
            &rest[1..]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_a_person_sees() {
        let page = read(
            "<html><head><title>999999</title><style type=\"text/css\">.a{color:#123456}</style></head><body>\
             <div style='display: none; max-height:0'>000000 <div>x</div></div><!-- 888888 -->\
             <p>Ol&aacute; &amp; c&#243;digo:</p><p><span>4</span><span>8</span><b>2</b>913</p>\
             <table><tr><td>1</td><td>2</td></tr></table>a<br/>b < c \
             <a class=x href=\"https://a.example/?x=1&amp;y=2\" title='a > b'>go</a></body></html>",
        );
        let lines: Vec<_> = page
            .text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        assert_eq!(lines, ["Olá & código:", "482913", "1 2", "a", "b < c go"]);
        assert_eq!(page.links, ["https://a.example/?x=1&y=2"]);
    }

    #[test]
    fn an_unclosed_hidden_element_hides_nothing() {
        assert!(
            read("<p style=\"display:none\">x<div>123456</div>")
                .text
                .contains("123456")
        );
    }

    #[test]
    fn hostile_html_costs_linear_time() {
        for piece in [
            "<a \"",
            "<a '",
            "<",
            "<!--",
            "&",
            "<a href=",
            "<div style=display:none>",
            "</",
            "<a\"'",
        ] {
            let html = piece.repeat(1_000_000 / piece.len());
            let begun = std::time::Instant::now();
            read(&html);
            assert!(begun.elapsed().as_secs() < 5, "{piece}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(html in "(<|>|\"|'|&|;|=|a|/|!--|-->|style|display:none|é|\u{200b}| |\\PC){0,80}") {
            read(&html);
        }
    }
}
