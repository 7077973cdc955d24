//! Removes known secrets from foreign text: in the spellings a service may echo them in.

use std::collections::BTreeSet;
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::Secret;
use super::escapes::Escapes;
use super::says::{cut, visible};

/// What stands where a secret was.
pub const MASK: &str = "••••••";

/// Shorter ones would blank out half of every text.
const MIN_CHARS: u32 = 4;

/// Knows secrets in order to remove them. `Debug` shows nothing of them; they are zeroized on drop.
#[derive(Clone, Default)]
pub struct Redactor {
    secrets: Vec<Secret>,
    encoded: Vec<Zeroizing<String>>,
}

impl Redactor {
    /// Secrets of fewer than four characters are not looked for.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut redactor = Self::default();
        for secret in secrets {
            redactor.add(secret);
        }
        redactor
    }

    /// One more to remove, for example a token that was just captured.
    pub fn add(&mut self, secret: &Secret) {
        if secret.chars() >= MIN_CHARS {
            self.secrets.push(secret.clone());
            // Words reach us on one line already: a passphrase with two spaces stands there with one.
            let seen = Secret::new(visible(secret.expose()));
            if seen != *secret && seen.chars() >= MIN_CHARS {
                self.secrets.push(seen);
            }
            self.encoded.extend(
                base64_forms(secret.expose())
                    .into_iter()
                    .map(Zeroizing::new),
            );
        }
    }

    /// `text` with [`MASK`] for each secret in it, everything else as it was.
    pub fn redact(&self, text: &str) -> String {
        let mut found: Vec<Range<usize>> = Vec::new();
        for escapes in Escapes::ALL {
            let view = escapes.view(text);
            let secrets = self.secrets.iter().map(Secret::expose);
            for wanted in secrets.chain(self.encoded.iter().map(|form| form.as_str())) {
                found.extend(view.find(wanted));
            }
        }
        found.sort_by_key(|range| range.start);
        let mut clean = String::with_capacity(text.len());
        let mut done = 0;
        for range in found {
            // Overlapping ones become one mask: nothing of either may stand between two.
            if range.start >= done {
                clean.push_str(&text[done..range.start]);
                clean.push_str(MASK);
            }
            done = done.max(range.end);
        }
        clean.push_str(&text[done..]);
        clean
    }

    /// A service's words as they may be kept and shown: one line, no secret, at most `max` characters.
    ///
    /// The order matters: hidden characters inside a secret must not save it, nor a cut in its middle.
    pub fn says(&self, text: &str, max: usize) -> String {
        cut(&self.redact(&visible(&self.redact(text))), max)
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redactor({} secrets)", self.secrets.len())
    }
}

/// The secret in base64, alone and inside something longer (as in `user:secret`): there, the characters that depend on
/// it alone.
fn base64_forms(secret: &str) -> BTreeSet<String> {
    let mut forms = BTreeSet::new();
    for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
        forms.insert(engine.encode(secret));
        for shift in 0..3 {
            let mut bytes = vec![0; shift];
            bytes.extend(secret.as_bytes());
            let encoded = engine.encode(&bytes);
            let first = [0, 2, 3][shift];
            let last = encoded.len() - usize::from(bytes.len() % 3 != 0);
            forms.insert(encoded[first..last].to_owned());
        }
    }
    forms.retain(|form| form.len() >= MIN_CHARS as usize);
    forms
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

    const TOKEN: &str = "tö/K+en \"x\"&ß=9";

    const LAX: &AsciiSet = &percent_encoding::CONTROLS.add(b'/').add(b' ').add(b'"');

    fn redactor() -> Redactor {
        Redactor::new(&[Secret::new(TOKEN)])
    }

    #[test]
    fn removes_each_spelling() {
        let json = serde_json::to_string(TOKEN).unwrap();
        let spellings = [
            TOKEN.to_owned(),
            utf8_percent_encode(TOKEN, NON_ALPHANUMERIC).to_string(),
            utf8_percent_encode(TOKEN, NON_ALPHANUMERIC)
                .to_string()
                .replace("%20", "+"),
            utf8_percent_encode(TOKEN, LAX)
                .to_string()
                .replace("%2F", "%2f")
                .replace("%C3", "%c3"),
            url::form_urlencoded::byte_serialize(TOKEN.as_bytes()).collect(),
            json[1..json.len() - 1].to_owned(),
            json[1..json.len() - 1].replace('/', "\\/"),
            "t\\u00f6/K+en \\\"x\\\"&\\u00df=9".to_owned(),
            "tö/K+en &quot;x&quot;&amp;ß=9".to_owned(),
            STANDARD.encode(TOKEN),
            URL_SAFE.encode(TOKEN),
        ];
        for spelling in spellings {
            let clean = redactor().redact(&format!("before {spelling} after"));
            assert!(
                clean.starts_with(&format!("before {MASK}")) && clean.ends_with(" after"),
                "{spelling}: {clean}"
            );
            assert!(clean.chars().count() <= 22, "{spelling}: {clean}");
        }
    }

    #[test]
    fn removes_it_from_base64_of_something_longer() {
        let secret = Secret::new("s3cret-api-key");
        for before in ["", "u", "us", "user"] {
            let text = STANDARD.encode(format!("{before}:s3cret-api-key:and more"));
            let clean = Redactor::new([&secret]).redact(&text);
            assert!(clean.contains(MASK), "{text}");
            // What stays around the mask must not hold more than an edge of it.
            let left: String = clean
                .split(MASK)
                .map(|part| {
                    String::from_utf8_lossy(&STANDARD.decode(part).unwrap_or_default()).into_owned()
                })
                .collect();
            assert!(!left.contains("cret") && !left.contains("key"), "{left}");
        }
    }

    #[test]
    fn leaves_no_piece_between_overlapping_finds() {
        let redactor = Redactor::new(&[
            Secret::new("aaaa"),
            Secret::new("abcd-1234"),
            Secret::new("1234-efgh"),
        ]);
        assert_eq!(redactor.redact("xaaaaaay"), format!("x{MASK}y"));
        assert_eq!(redactor.redact("<abcd-1234-efgh>"), format!("<{MASK}>"));
        assert_eq!(redactor.redact("aaaa aaaa"), format!("{MASK} {MASK}"));
    }

    #[test]
    fn leaves_the_rest_as_it_was() {
        let redactor = Redactor::new(&[Secret::new("abc"), Secret::new(""), Secret::new("Secret")]);
        assert_eq!(
            redactor.redact("abc SECRET secret é"),
            "abc SECRET secret é"
        );
        assert_eq!(Redactor::default().redact("Über"), "Über");
    }

    #[test]
    fn says_neither_hides_nor_halves_a_secret() {
        let redactor = Redactor::new(&[Secret::new("token-1234567890")]);
        assert_eq!(
            redactor.says("bad to\u{200b}ken-1234567890!", 300),
            format!("bad {MASK}!")
        );
        let cut = redactor.says(&format!("{} token-1234567890", "x".repeat(290)), 300);
        assert!(!cut.contains("tok"), "{cut}");
        assert!(cut.chars().count() <= 300);
    }

    #[test]
    fn a_secret_with_two_spaces_is_found_on_one_line() {
        let redactor = Redactor::new(&[Secret::new("my  long\tpass")]);
        assert_eq!(redactor.redact("not my long pass!"), format!("not {MASK}!"));
    }

    #[test]
    fn debug_shows_nothing() {
        assert!(!format!("{:?}", redactor()).contains("K+"));
        assert_eq!(format!("{:?}", Secret::new(TOKEN)), "Secret(••••••)");
    }

    proptest::proptest! {
        #[test]
        fn never_in_the_result(secret in "[a-zA-Z0-9+/=&%\"\\\\é-]{4,40}", before in ".{0,20}", after in ".{0,20}") {
            let known = Secret::new(secret.clone());
            let clean = Redactor::new(&[known]).redact(&format!("{before}{secret}{after}"));
            proptest::prop_assert!(!clean.contains(&secret) || MASK.contains(&secret));
        }
    }
}
