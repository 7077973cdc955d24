//! Which links carry a code, and how it is taken out of them. A link is only read, never opened.
//!
//! Not here: finding links in a mail (`letter`), links inside links (`wrapped`).

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use url::Url;

/// Links that carry a code: `host = "*.webshare.io"`, `path = "/changeemail/{code}/confirm/"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkPattern {
    pub host: HostPattern,
    pub path: PathPattern,
}

/// A host name; `*.` in front means any subdomain, but not the domain itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct HostPattern(String);

/// A path whose segments are fixed, `*` (any one) or `{code}` (the value). A slash at the end does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct PathPattern(String);

const CODE: &str = "{code}";

impl LinkPattern {
    /// Errors: a sentence for the author of a manifest.
    pub fn new(host: &str, path: &str) -> Result<Self, String> {
        Ok(Self {
            host: host.to_owned().try_into()?,
            path: path.to_owned().try_into()?,
        })
    }

    /// The value in this link: the segment in the place of `{code}`, percent-decoded once, otherwise verbatim.
    /// Query and fragment do not matter. Empty for a pattern without `{code}`.
    pub fn value(&self, url: &Url) -> Option<String> {
        if !self.host.fits(url) {
            return None;
        }
        self.path.value(url)
    }
}

impl super::RefusedLink {
    /// Whether the link is of this refused kind.
    pub fn fits(&self, url: &Url) -> bool {
        self.host.fits(url) && self.path.value(url).is_some()
    }
}

impl HostPattern {
    fn fits(&self, url: &Url) -> bool {
        // A name or a password before the host is there to mislead.
        let bare = url.username().is_empty() && url.password().is_none();
        if !bare || !matches!(url.scheme(), "http" | "https") {
            return false;
        }
        let Some(host) = url.host_str() else {
            return false;
        };
        let host = host.trim_end_matches('.');
        match self.0.strip_prefix("*.") {
            Some(domain) => host
                .strip_suffix(domain)
                .is_some_and(|front| front.len() > 1 && front.ends_with('.')),
            None => host == self.0,
        }
    }
}

impl TryFrom<String> for HostPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let text = text.to_lowercase();
        let domain = text.strip_prefix("*.").unwrap_or(&text);
        let fine = domain.split('.').count() > 1
            && domain.split('.').all(|label| {
                !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            });
        if fine {
            Ok(Self(text))
        } else {
            Err(format!(
                "`{text}` is not a host such as `www.example.com` or `*.example.com`"
            ))
        }
    }
}

impl From<HostPattern> for String {
    fn from(pattern: HostPattern) -> Self {
        pattern.0
    }
}

impl PathPattern {
    fn value(&self, url: &Url) -> Option<String> {
        let want = segments(&self.0);
        let have = segments(url.path());
        if want.len() != have.len() {
            return None;
        }
        let mut value = String::new();
        for (want, have) in want.iter().zip(have) {
            let decoded = percent_decode_str(have).decode_utf8().ok()?;
            match *want {
                CODE if decoded.is_empty() || decoded.chars().any(char::is_control) => return None,
                CODE => value = decoded.into_owned(),
                "*" if have.is_empty() => return None,
                "*" => {}
                fixed if fixed == decoded => {}
                _ => return None,
            }
        }
        Some(value)
    }
}

impl TryFrom<String> for PathPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parts = segments(&text);
        let wrong = |why: &str| Err(format!("`{text}` {why}"));
        if !text.starts_with('/') {
            wrong("must start with `/`")
        } else if text.contains(['?', '#'])
            || text.chars().any(|c| c.is_whitespace() || c.is_control())
        {
            wrong("must be a path without query, fragment and spaces")
        } else if parts.iter().filter(|part| **part == CODE).count() > 1 {
            wrong("must name `{code}` once")
        } else if parts
            .iter()
            .any(|part| *part != CODE && *part != "*" && part.contains(['{', '}', '*']))
        {
            wrong("must use `{code}` and `*` as whole segments")
        } else {
            Ok(Self(text))
        }
    }
}

impl From<PathPattern> for String {
    fn from(pattern: PathPattern) -> Self {
        pattern.0
    }
}

fn segments(path: &str) -> Vec<&str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.strip_suffix('/').unwrap_or(path).split('/').collect()
}

/// A link as a person may paste it: with or without `https://`, in angle brackets or quotes.
pub(super) fn parse(text: &str) -> Option<Url> {
    let around = |c: char| c.is_whitespace() || "<>\"'`()[]{},;".contains(c);
    let text = text
        .trim_start_matches(around)
        .trim_end_matches(|c: char| around(c) || ".!?:".contains(c));
    if text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    if has_scheme(text) {
        return Url::parse(text).ok();
    }
    // Without a scheme only what looks like `host.tld/path` is one.
    let (host, path) = text.split_once('/')?;
    let named = host.rsplit_once('.').is_some_and(|(front, end)| {
        !front.is_empty() && end.len() > 1 && end.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    let is_host = named && !host.starts_with('.') && !host.contains(['@', ':']);
    (is_host && !path.is_empty()).then(|| Url::parse(&format!("https://{text}")).ok())?
}

pub(super) fn has_scheme(text: &str) -> bool {
    let start = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    start.starts_with("https://") || start.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(link: &str) -> Option<String> {
        let pattern =
            LinkPattern::new("*.webshare.io", "/changeemail/{code}/confirm/").expect("a pattern");
        pattern.value(&parse(link)?)
    }

    #[test]
    fn takes_the_segment_verbatim() {
        for (link, code) in [
            (
                "https://dashboard.webshare.io/changeemail/AbC-12_x/confirm/",
                "AbC-12_x",
            ),
            (
                "https://dashboard.webshare.io/changeemail/AbC/confirm",
                "AbC",
            ),
            (
                "https://DASHBOARD.Webshare.IO/changeemail/AbC/confirm/?utm=1#top",
                "AbC",
            ),
            (
                "https://a.b.webshare.io:8443/changeemail/%41%2Bc%20d/confirm/",
                "A+c d",
            ),
            (
                "<https://dashboard.webshare.io/changeemail/007/confirm/>.",
                "007",
            ),
            ("dashboard.webshare.io/changeemail/x/confirm/", "x"),
        ] {
            assert_eq!(value(link).as_deref(), Some(code), "{link}");
        }
        for link in [
            "https://webshare.io/changeemail/x/confirm/",
            "https://evilwebshare.io/changeemail/x/confirm/",
            "https://dashboard.webshare.io.evil.example/changeemail/x/confirm/",
            "https://dashboard.webshare.io@evil.example/changeemail/x/confirm/",
            "https://evil.example/changeemail/x/confirm/?h=dashboard.webshare.io",
            "https://dashboard.webshare.io/activation/x/confirm/",
            "https://dashboard.webshare.io/changeemail//confirm/",
            "https://dashboard.webshare.io/changeemail/x/y/confirm/",
            "https://dashboard.webshare.io/a/changeemail/x/confirm/",
            "https://dashboard.webshare.io/changeemail/%00/confirm/",
            "https://dashboard.webshare.io/changeemail/%FF/confirm/",
            "javascript:https://dashboard.webshare.io/changeemail/x/confirm/",
            "https://ana:pw@dashboard.webshare.io/changeemail/x/confirm/",
            "https://ana@dashboard.webshare.io/changeemail/x/confirm/",
            "ftp://dashboard.webshare.io/changeemail/x/confirm/",
        ] {
            assert_eq!(value(link), None, "{link}");
        }
    }

    #[test]
    fn patterns_say_what_is_wrong_with_them() {
        for host in [
            "",
            "com",
            "*.com",
            "https://a.b",
            "a..b",
            "*.*.b.c",
            "a b.c",
            "a.b/",
        ] {
            assert!(LinkPattern::new(host, "/").is_err(), "{host}");
        }
        for path in [
            "",
            "a",
            "/a?b",
            "/a#b",
            "/{code}/{code}",
            "/x{code}",
            "/{token}",
            "/a b",
        ] {
            assert!(LinkPattern::new("a.b", path).is_err(), "{path}");
        }
        let json = r#"{"host":"*.Webshare.io","path":"/changeemail/{code}/confirm/"}"#;
        let pattern: LinkPattern = serde_json::from_str(json).expect("a pattern");
        assert_eq!(
            serde_json::to_string(&pattern).expect("json"),
            json.to_lowercase()
        );
        assert!(serde_json::from_str::<LinkPattern>(r#"{"host":"a.b","path":"x"}"#).is_err());
    }

    #[test]
    fn a_name_with_a_slash_is_a_link_and_other_things_are_not() {
        for text in ["a.example/x", "https://a.example", "(http://a.example/x)."] {
            assert!(parse(text).is_some(), "{text}");
        }
        for text in [
            "20.11/2026",
            "a.example",
            "a/b",
            "x.y/z",
            "me@a.example/x",
            "a.example/x y",
            "",
            "https://",
            "c:/x",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_value_survives_its_link(code in "[a-zA-Z0-9._~+=-]{1,60}") {
            proptest::prop_assume!(code != "." && code != "..");
            let link = format!("https://dashboard.webshare.io/changeemail/{}/confirm/", percent_encoding::utf8_percent_encode(&code, percent_encoding::NON_ALPHANUMERIC));
            proptest::prop_assert_eq!(value(&link), Some(code));
        }

        #[test]
        fn never_panics(text in "\\PC{0,200}") {
            parse(&text);
        }
    }
}
