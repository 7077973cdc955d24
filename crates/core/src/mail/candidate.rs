//! Which numbers and words in a text may be the code, and how likely. One pass over the lines, no look further back
//! than a few words and two lines.
//!
//! Not here: mails (`letter`), which of several is taken (`code`).

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::{Looks, typed, words};

/// A value that may be the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub value: String,
    pub score: i32,
    /// Spaces or dashes were removed.
    pub cleaned: bool,
    /// It has the documented shape.
    pub fits: bool,
    /// Nothing stands before it in its line.
    first: bool,
}

/// What a word costs that makes the number something else.
const OTHER: i32 = 4;
/// An example, a price, a quantity: never a code.
const NEVER: i32 = 6;

/// From here on a value counts at all.
pub(super) const PLAUSIBLE: i32 = 3;

/// Addresses and links hold numbers that are no codes.
static NO_TEXT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)(?:https?://|www\.|mailto:)\S+|\S+@\S+").expect("a pattern"));

/// Longest line that is looked through, in bytes: a program's, not a person's.
const LONGEST_LINE: usize = 256 << 10;
/// Most candidates that are looked at; a mail with more has none that stands out.
const MOST: usize = 5_000;

/// The candidates of all texts, each value once with its best score, best first, then in order of appearance.
pub(super) fn find(texts: &[String], looks: Option<&Looks>) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    for text in texts {
        let plain = typed::plain(text);
        let mut before = [false; 2];
        let mut labelled = false;
        for line in plain.lines() {
            let line = &line[..line.floor_char_boundary(LONGEST_LINE)];
            let line = NO_TEXT.replace_all(line, " ");
            let line = spaced(&line);
            if line.trim().is_empty() {
                continue;
            }
            if is_rule(&line) {
                // What stands below it belongs to something else: a signature, a footer.
                before = [false; 2];
                continue;
            }
            let here = words::announces(&line);
            let near = if here {
                3
            } else if before.contains(&true) {
                2
            } else {
                0
            };
            let other = std::mem::replace(&mut labelled, words::is_other_label(&line));
            for mut candidate in in_line(&line, near, looks) {
                if other && candidate.first {
                    candidate.score -= OTHER;
                }
                match at.get(&candidate.value) {
                    Some(index) if found[*index].score >= candidate.score => {}
                    Some(index) => found[*index] = candidate,
                    None if found.len() >= MOST => return sorted(found),
                    None => {
                        at.insert(candidate.value.clone(), found.len());
                        found.push(candidate);
                    }
                }
            }
            before = [before[1], here];
        }
    }
    sorted(found)
}

fn sorted(mut found: Vec<Candidate>) -> Vec<Candidate> {
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.score));
    found
}

/// A line that only divides: `--`, `____`, `=====`.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() > 1 && line.chars().all(|c| "-_=*~ ".contains(c))
}

/// The same with spaces around what is written without any: Chinese, Japanese, Korean beside digits and letters.
fn spaced(line: &str) -> Cow<'_, str> {
    let wide = |c: char| matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff01}'..='\u{ffef}');
    if !line.contains(wide) {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len() + 16);
    let mut last = ' ';
    for c in line.chars() {
        let apart =
            (wide(last) && c.is_ascii_alphanumeric()) || (last.is_ascii_alphanumeric() && wide(c));
        if apart {
            out.push(' ');
        }
        out.push(c);
        last = c;
    }
    Cow::Owned(out)
}

/// The words of a line. A dash between single digits, as cells of a table have them, is none.
fn words_of(line: &str) -> Vec<&str> {
    let all: Vec<&str> = line.split_whitespace().collect();
    let single = |at: Option<usize>| {
        let token = at.and_then(|at| all.get(at));
        token.is_some_and(|token| token.len() == 1 && is_digits(token))
    };
    let kept = all.iter().enumerate().filter(|&(at, token)| {
        *token != "-" || !(single(at.checked_sub(1)) && single(Some(at + 1)))
    });
    kept.map(|(_, token)| *token).collect()
}

fn in_line(line: &str, near: i32, looks: Option<&Looks>) -> Vec<Candidate> {
    let tokens = words_of(line);
    let mut found = Vec::new();
    let mut index = 0;
    // How many words after one that announces an example.
    let mut example: Option<usize> = None;
    while index < tokens.len() {
        let (value, length, cleaned) = value_at(&tokens, index, looks);
        let Some(value) = value else {
            index += length;
            continue;
        };
        let fits = looks.is_some_and(|looks| looks.fits(&value));
        let mut score = near + shape(&value, fits, looks.is_some());
        if index == 0 && length == tokens.len() {
            score += 2;
        }
        score += around(&tokens, index, length);
        let before = tokens[..index].iter().enumerate().rev().take(6);
        example = before
            .filter(|(_, token)| words::is_example(&strip(token).to_lowercase()))
            .map(|(at, _)| at)
            .next()
            .or(example);
        if example.is_some_and(|at| index - at <= 8) {
            score -= NEVER;
        }
        // Letters without the documented shape are a code only where one is announced.
        let digits = value.bytes().all(|byte| byte.is_ascii_digit());
        if fits || digits || near > 0 {
            found.push(Candidate {
                value,
                score,
                cleaned,
                fits,
                first: index == 0,
            });
        }
        index += length;
    }
    found
}

/// The value that starts at this word, how many words it takes, and whether something was removed from it.
fn value_at(tokens: &[&str], index: usize, looks: Option<&Looks>) -> (Option<String>, usize, bool) {
    let fits = |value: &str| looks.is_some_and(|looks| looks.fits(value));
    // "123 456", "1 2 3 4 5 6": words of digits only, up to the first with something else at its end.
    let mut run = tokens[index..]
        .iter()
        .take(12)
        .take_while(|token| is_digits(token))
        .count();
    if let Some(last) = tokens.get(index + run)
        && run > 0
        && run < 12
        && is_digits(strip(last))
        && last.starts_with(|c: char| c.is_ascii_digit())
    {
        run += 1;
    }
    if run > 1 {
        let parts: Vec<&str> = tokens[index..index + run]
            .iter()
            .map(|token| strip(token))
            .collect();
        let same = parts.iter().all(|part| part.len() == parts[0].len());
        let joined = parts.concat();
        let usual = matches!(
            (parts[0].len(), run),
            (1, 4..=8) | (2, 3..=4) | (3, 2..=3) | (4, 2)
        );
        if same && (fits(&joined) || (usual && !parts.iter().any(|part| fits(part)))) {
            return (Some(joined), run, true);
        }
    }
    let word = strip(tokens[index]);
    // A shape that allows letters fits ordinary words too; without a digit only a line of its own in capitals counts.
    let capitals = tokens.len() == 1 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    if fits(word) && (capitals || word.bytes().any(|byte| byte.is_ascii_digit())) {
        return (Some(word.to_owned()), 1, false);
    }
    let parts: Vec<&str> = word.split('-').collect();
    let joined = parts.concat();
    if parts.len() > 1 && !parts.contains(&"") {
        if is_digits(&joined) {
            let same = parts.iter().all(|part| part.len() == parts[0].len());
            return (
                (same && (4..=9).contains(&joined.len())).then_some(joined),
                1,
                true,
            );
        }
        // "G-482913": the brand's letter in front of the code.
        let last = parts[parts.len() - 1];
        if fits(last) && parts.len() == 2 && parts[0].len() <= 3 {
            return (Some(last.to_owned()), 1, true);
        }
        if fits(&joined) {
            return (Some(joined), 1, true);
        }
    }
    if is_digits(word) {
        return (
            (4..=10).contains(&word.len()).then(|| word.to_owned()),
            1,
            false,
        );
    }
    let ascii = word
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let mixed = word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic());
    let code = ascii && mixed && (4..=64).contains(&word.len());
    (code.then(|| word.to_owned()), 1, false)
}

fn shape(value: &str, fits: bool, documented: bool) -> i32 {
    if fits {
        return 3;
    }
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    let year = digits && value.len() == 4 && (value.starts_with("19") || value.starts_with("20"));
    match (documented, value.len()) {
        _ if year => -3,
        (true, _) => 0,
        (false, 6) if digits => 2,
        (false, 4..=8) => 1,
        _ => 0,
    }
}

/// What the words right before and after say.
fn around(tokens: &[&str], index: usize, length: usize) -> i32 {
    let mut score = 0;
    if let Some(next) = tokens.get(index + length)
        && (words::is_unit(&strip(next).to_lowercase()) || words::is_unit(&next.to_lowercase()))
    {
        score -= NEVER;
    }
    if tokens[index].starts_with('#') {
        score -= 2;
    }
    if index > 0 && words::is_currency(tokens[index - 1]) {
        return score - NEVER;
    }
    for token in tokens[..index].iter().rev().take(7) {
        let word = strip(token).to_lowercase();
        if words::is_filler(&word) {
            continue;
        }
        if words::is_other_number(&word) {
            score -= OTHER;
        } else if words::announces(&word) {
            score += 1;
        }
        break;
    }
    score
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A word without the punctuation around it. `$`, `+`, `%`, `/` stay: they make it something else.
fn strip(token: &str) -> &str {
    token.trim_matches(|c: char| "\"'`“”‘’«»<>()[]{}*_.,;:!?#|¡¿".contains(c))
}
