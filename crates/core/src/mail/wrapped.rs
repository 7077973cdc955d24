//! Links inside links: mail trackers and the rewriters of mail filters put the real one into their own. Read, never opened.
//!
//! Not here: which link carries a code (`link`). A tracker that keeps the target to itself keeps it from us too.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use percent_encoding::percent_decode_str;
use url::Url;

use super::link::has_scheme;

/// A filter around a tracker is usual; more is a maze.
const DEEPEST: u8 = 3;
/// Most links that one link is read as.
const MOST: usize = 16;

/// The link itself, and those that it carries.
pub(super) fn with_inner(url: &Url) -> Vec<Url> {
    let mut all = vec![url.clone()];
    let mut level = 0..1;
    for _ in 0..DEEPEST {
        for index in level.clone() {
            let found = inner(&all[index]);
            all.extend(found);
        }
        all.truncate(MOST);
        level = level.end..all.len();
    }
    all
}

fn inner(url: &Url) -> Vec<Url> {
    let host = url.host_str().unwrap_or_default();
    let proofpoint = [
        "urldefense.proofpoint.com",
        "urldefense.com",
        "urldefense.us",
    ];
    let mut texts: Vec<String> = Vec::new();
    if proofpoint.contains(&host) {
        texts.extend(proofpoint_2(url));
        texts.extend(proofpoint_3(url));
    }
    let query = url.query_pairs().take(32);
    texts.extend(query.map(|(_, value)| value.into_owned()));
    // `/L0/https:%2F%2Fexample.com%2F…/1/…`
    texts.extend(
        url.path()
            .split('/')
            .take(32)
            .filter(|part| part.contains('%'))
            .filter_map(|part| percent_decode_str(part).decode_utf8().ok())
            .map(std::borrow::Cow::into_owned),
    );
    texts
        .iter()
        .filter(|text| has_scheme(text))
        .filter_map(|text| Url::parse(text).ok())
        .collect()
}

/// `/v2/url?u=https-3A__example.com_a&d=…`: `-` for `%`, `_` for `/`.
/// <https://help.proofpoint.com/Threat_Insight_Dashboard/Concepts/How_do_I_decode_a_rewritten_URL%3F>
fn proofpoint_2(url: &Url) -> Option<String> {
    let rest = url.path().strip_prefix("/v2/url")?;
    let (_, value) = rest
        .is_empty()
        .then(|| url.query_pairs().find(|(name, _)| name == "u"))??;
    let encoded = value.replace('-', "%").replace('_', "/");
    Some(
        percent_decode_str(&encoded)
            .decode_utf8()
            .ok()?
            .into_owned(),
    )
}

/// `/v3/__https://example.com/a*b__;JQ!!…`: each `*` stands for a character that follows, in base64, behind `__;`.
/// Runs of them (`**A`) are not read.
fn proofpoint_3(url: &Url) -> Option<String> {
    let start = url.as_str().find("/v3/__")? + 6;
    let rest = &url.as_str()[start..];
    let (link, rest) = rest.split_once("__;")?;
    if !link.contains('*') {
        return Some(link.to_owned());
    }
    let (letters, _) = rest.split_once("!!")?;
    let letters = BASE64_URL_SAFE_NO_PAD
        .decode(letters.trim_end_matches('='))
        .ok()?;
    let letters = String::from_utf8(letters).ok()?;
    let mut letters = letters.chars();
    let mut out = String::new();
    for part in link.split('*').enumerate() {
        match part {
            (0, part) => out.push_str(part),
            (_, "") => return None,
            (_, part) => {
                out.push(letters.next()?);
                out.push_str(part);
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(outer: &str, wanted: &str) -> bool {
        let url = Url::parse(outer).expect("a link");
        with_inner(&url).iter().any(|url| url.as_str() == wanted)
    }

    #[test]
    fn the_usual_wrappers_are_read() {
        for (outer, wanted) in [
            (
                "https://a.example/?u=https%3A%2F%2Fb.example%2Fc%2F",
                "https://b.example/c/",
            ),
            (
                "https://a.example/?u=http://b.example/?v=https%253A%252F%252Fc.example%252F",
                "https://c.example/",
            ),
            (
                "https://urldefense.proofpoint.com/v2/url?u=https-3A__b.example_x-2Dy-5Fz&d=1",
                "https://b.example/x-y_z",
            ),
            (
                "https://urldefense.com/v3/__https://b.example/c/__;!!A!b$",
                "https://b.example/c/",
            ),
            (
                "https://urldefense.com/v3/__https://b.example/c*d__;Iw!!A!b$",
                "https://b.example/c#d",
            ),
            (
                "https://x.awstrack.me/L0/https:%2F%2Fb.example%2Fc%2F/1/2",
                "https://b.example/c/",
            ),
        ] {
            assert!(holds(outer, wanted), "{outer}");
        }
        assert!(!holds(
            "https://evil.example/v2/url?u=https-3A__b.example_",
            "https://b.example/"
        ));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "https://(urldefense.com/v3/__|a.example/)(https://|%2F|__;|!!|\\*|[a-zA-Z0-9=&?/_-]){0,40}") {
            if let Ok(url) = Url::parse(&text) {
                proptest::prop_assert!(with_inner(&url).len() <= MOST);
            }
        }
    }
}
