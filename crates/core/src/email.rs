//! One email address, parsed once: kept as typed, compared the way mail servers do.
//!
//! Not here: whether its domain looks like a slip (`typo`), whether it can receive mail.

use crate::error::{Code, Problem, Result};

/// RFC 5321, 4.5.3.1: a path of 256 octets with its angle brackets.
const LONGEST: usize = 254;
/// RFC 5321, 4.5.3.1.1.
const LONGEST_LOCAL: usize = 64;

/// A valid address. It is sent exactly as typed, `+` and case included; a service that takes ASCII only
/// answers for a domain like `münchen.example` itself. The ASCII form serves comparison.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress {
    text: String,
    at: usize,
    domain_ascii: String,
}

impl EmailAddress {
    /// Parses what a person typed; outer spaces do not count.
    ///
    /// Errors: `email_invalid` with `reason`: `empty`, `display_name` (with `suggestion`), `several`, `spaces`,
    /// `bad_character`, `no_at`, `no_local`, `no_domain`, `no_tld`, `domain_literal`, `dots`, `bad_idn`,
    /// `bad_domain`, `local_too_long`, `too_long`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let (at, domain_ascii) = check(text).map_err(|reason| {
            let problem = Problem::new(Code::EmailInvalid).with("reason", reason);
            match (reason == "display_name").then(|| dressed(text)).flatten() {
                Some(suggestion) => problem.with("suggestion", suggestion),
                None => problem,
            }
        })?;
        Ok(Self {
            text: text.to_owned(),
            at,
            domain_ascii,
        })
    }

    /// As typed, without outer spaces.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn local(&self) -> &str {
        &self.text[..self.at]
    }

    /// As typed.
    pub fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }

    /// In lower case and Punycode.
    pub fn domain_ascii(&self) -> &str {
        &self.domain_ascii
    }

    /// Whether both name the same mailbox as far as can be known from here: without case, domains in ASCII.
    /// (Local parts may differ by case in theory; services fold them, and taking two for one only asks again.)
    pub fn same_as(&self, other: &str) -> bool {
        Self::parse(other).is_ok_and(|other| {
            self.domain_ascii == other.domain_ascii
                && self.local().to_lowercase() == other.local().to_lowercase()
        })
    }
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// Position of the `@` and the domain in ASCII, or what is wrong.
fn check(text: &str) -> Result<(usize, String), &'static str> {
    if text.is_empty() {
        return Err("empty");
    }
    if text.len() > LONGEST * 16 {
        return Err("too_long");
    }
    if text.chars().any(is_treacherous) {
        return Err("bad_character");
    }
    if dressed(text).is_some() {
        return Err("display_name");
    }
    let ats = text.matches('@').count();
    if ats > 1 && text.contains([',', ';', ' ']) {
        return Err("several");
    }
    if text.contains(char::is_whitespace) {
        return Err("spaces");
    }
    if ats == 0 {
        return Err("no_at");
    }
    let at = text.rfind('@').ok_or("no_at")?;
    let (local, domain) = (&text[..at], &text[at + 1..]);
    if ats > 1 {
        return Err("bad_character");
    }
    if local.is_empty() {
        return Err("no_local");
    }
    if domain.is_empty() {
        return Err("no_domain");
    }
    if domain.starts_with('[') || domain.parse::<std::net::IpAddr>().is_ok() {
        return Err("domain_literal");
    }
    let empty_label = |text: &str| text.split('.').any(str::is_empty);
    if empty_label(local) || empty_label(domain) {
        return Err("dots");
    }
    if !local.chars().all(is_local) {
        return Err("bad_character");
    }
    if local.len() > LONGEST_LOCAL {
        return Err("local_too_long");
    }
    let ascii = ascii_domain(domain)?;
    if at + 1 + ascii.len().max(domain.len()) > LONGEST {
        return Err("too_long");
    }
    Ok((at, ascii))
}

fn ascii_domain(domain: &str) -> Result<String, &'static str> {
    if domain.len() > 4 * LONGEST {
        return Err("too_long");
    }
    if domain.is_ascii()
        && !domain
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
    {
        return Err("bad_character");
    }
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| {
        let wide = !domain.is_ascii() || domain.to_ascii_lowercase().contains("xn--");
        if domain.len() > LONGEST {
            "too_long"
        } else if wide {
            "bad_idn"
        } else {
            "bad_domain"
        }
    })?;
    // Mapping may turn a full-width dot or an ideographic one into a new label.
    if ascii.split('.').any(str::is_empty) {
        return Err("dots");
    }
    if ascii.parse::<std::net::IpAddr>().is_ok() {
        return Err("domain_literal");
    }
    match ascii.rsplit_once('.') {
        Some((_, tld)) if tld.len() > 1 && !tld.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(ascii)
        }
        _ => Err("no_tld"),
    }
}

/// The address inside `mailto:a@b.c`, `<a@b.c>` or `Name <a@b.c>`, if it is one.
fn dressed(text: &str) -> Option<String> {
    let inner = if let Some(rest) = strip_prefix_without_case(text, "mailto:") {
        let address = rest.split('?').next().unwrap_or(rest);
        percent_encoding::percent_decode_str(address)
            .decode_utf8()
            .ok()?
            .into_owned()
    } else {
        let (_, rest) = text.split_once('<')?;
        let (inner, rest) = rest.split_once('>')?;
        if !rest.trim_matches([' ', ',', ';', '.']).is_empty() {
            return None;
        }
        inner.trim().to_owned()
    };
    // What is inside must be bare: no second coat, so no recursion.
    let bare =
        !inner.contains(['<', '>']) && strip_prefix_without_case(&inner, "mailto:").is_none();
    (bare && check(&inner).is_ok()).then_some(inner)
}

fn strip_prefix_without_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start
        .eq_ignore_ascii_case(prefix)
        .then(|| &text[prefix.len()..])
}

/// RFC 5322 atext and the dot, plus letters and digits of other scripts (RFC 6531). No quoted local parts:
/// none of the services takes them, and a paste with quotes is more often a slip.
fn is_local(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c) || is_mark(c)
}

/// Combining marks, as in decomposed `é`.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{34e}' | '\u{350}'..='\u{36f}' | '\u{93e}'..='\u{94d}' | '\u{3099}' | '\u{309a}')
}

/// Control, zero-width and direction characters: two addresses that look the same would not be.
fn is_treacherous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffd}'
            | '\u{e0000}'..='\u{e007f}')
}

/// An address in the form in which two are compared, as [`EmailAddress::same_as`] does: for an index of many.
pub fn folded(address: &str) -> String {
    match EmailAddress::parse(address) {
        Ok(parsed) => {
            let local = parsed.local().to_lowercase();
            format!("{local}@{}", parsed.domain_ascii())
        }
        Err(_) => address.trim().to_lowercase(),
    }
}

/// Whether two addresses, one of them perhaps not quite valid (as a service shows it), name the same mailbox.
pub fn same(a: &str, b: &str) -> bool {
    a.trim().eq_ignore_ascii_case(b.trim()) || EmailAddress::parse(a).is_ok_and(|a| a.same_as(b))
}
