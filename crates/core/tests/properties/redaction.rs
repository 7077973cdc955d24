//! A known secret in a service's words: gone in every spelling in which a service may echo it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use readdress_core::secret::{MASK, Redactor, Secret};

fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9]{8,40}",
        "[A-Za-z0-9+/=&%\"\\\\ é<>'-]{6,30}",
        "\\PC{6,20}",
    ]
    // White space at its ends, or nothing else in it, is not kept in a line of words.
    .prop_filter("a secret", |text| {
        text.chars().filter(|c| c.is_alphanumeric()).count() >= 4
    })
}

/// The ways of writing it, each with a name.
fn spellings(secret: &str) -> Vec<(&'static str, String)> {
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let json = serde_json::to_string(secret).expect("JSON");
    let json = json[1..json.len() - 1].to_owned();
    let each = |write: fn(char) -> String| secret.chars().map(write).collect::<String>();
    let units = |c: char| {
        let mut buffer = [0; 2];
        let units = c.encode_utf16(&mut buffer).iter();
        units
            .map(|unit| format!("\\u{unit:04x}"))
            .collect::<String>()
    };
    vec![
        ("plain", secret.to_owned()),
        ("percent", percent.clone()),
        (
            "percent, lower case",
            percent
                .to_lowercase()
                .replace(&secret.to_lowercase(), secret),
        ),
        (
            "form",
            url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        ),
        ("JSON", json.clone()),
        ("JSON with \\/", json.replace('/', "\\/")),
        ("JSON, each escaped", each(units)),
        ("HTML, decimal", each(|c| format!("&#{};", u32::from(c)))),
        (
            "HTML, hexadecimal",
            each(|c| format!("&#x{:X};", u32::from(c))),
        ),
        (
            "HTML",
            secret
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('"', "&quot;")
                .replace('\'', "&#39;"),
        ),
        ("base64", STANDARD.encode(secret)),
        ("base64, no padding", STANDARD_NO_PAD.encode(secret)),
        ("base64, URL", URL_SAFE.encode(secret)),
        ("base64, URL, no padding", URL_SAFE_NO_PAD.encode(secret)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_spelling_survives(secret in secret(), before in "[a-z .:=\"]{0,12}", after in "[ .,\"<&;]{0,12}") {
        let redactor = Redactor::new([&Secret::new(secret.clone())]);
        for (name, spelled) in spellings(&secret) {
            // In lower case, `%c3%a9` is itself, but a letter of the secret is another.
            if name == "percent, lower case" && spelled.chars().any(char::is_uppercase) != secret.chars().any(char::is_uppercase) {
                continue;
            }
            if name == "percent, lower case" && secret.chars().any(|c| c.is_ascii_uppercase()) {
                continue;
            }
            let text = format!("{before} {spelled} {after}");
            let clean = redactor.redact(&text);
            prop_assert!(clean.contains(MASK), "{name}: {text:?} became {clean:?}");
            prop_assert!(!clean.contains(&spelled), "{name}: {clean:?}");
            let says = redactor.says(&text, 300);
            prop_assert!(!says.contains(&spelled), "{name}: {says:?}");
        }
    }

    #[test]
    fn in_base64_of_something_longer(secret in "[A-Za-z0-9]{12,30}", user in "[a-z]{0,7}:", after in "[:a-z]{0,7}") {
        let redactor = Redactor::new([&Secret::new(secret.clone())]);
        for encoded in [STANDARD.encode(format!("{user}{secret}{after}")), URL_SAFE_NO_PAD.encode(format!("{user}{secret}{after}"))] {
            let clean = redactor.redact(&format!("Basic {encoded}"));
            prop_assert!(clean.contains(MASK), "{encoded} became {clean}");
        }
    }

    #[test]
    fn what_is_no_secret_stays(secret in "[A-Z]{8}", text in "[a-z0-9 .,%&;\\\\\"]{0,60}") {
        prop_assert_eq!(Redactor::new([&Secret::new(secret)]).redact(&text), text);
    }

    #[test]
    fn of_several_none_survives(secrets in proptest::collection::vec("[ab1-]{4,8}", 1..5), text in "[ab1-]{0,40}") {
        let known: Vec<Secret> = secrets.iter().map(|text| Secret::new(text.clone())).collect();
        let clean = Redactor::new(&known).redact(&text);
        for secret in &secrets {
            prop_assert!(!clean.contains(secret.as_str()), "{secret} is in {clean}");
        }
    }
}
