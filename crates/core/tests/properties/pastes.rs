//! What is pasted on *Add profile*: what was rendered is understood, and nothing is understood that was not there.

use std::collections::BTreeMap;

use proptest::prelude::*;
use readdress_core::manifest::{Catalog, Inputs, read_pasted, render};
use readdress_core::secret::Secret;

/// Values as services give them, with what URLs and shells give a meaning to; no dots, brackets and dollars, which
/// stand for "put yours here".
fn value() -> impl Strategy<Value = String> {
    "[A-Za-z0-9_.~'\"\\\\ &=+%/?#;|!é-]{1,20}".prop_filter("more than dots and spaces", |text| {
        text.trim() == text && !text.starts_with("YOUR") && !matches!(text.as_str(), "." | "..")
    })
}

fn secrets(list: &[(&str, &str)]) -> BTreeMap<String, Secret> {
    list.iter()
        .map(|(name, text)| ((*name).to_owned(), Secret::new(*text)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_rendered_address_is_understood(id in value(), token in value()) {
        let fields = BTreeMap::from([("instance_id".to_owned(), id)]);
        let secrets = secrets(&[("token", &token)]);
        let catalog = Catalog::shipped();
        let manifest = catalog.get("z-api").expect("shipped");
        let values = BTreeMap::new();
        let inputs = Inputs { base_url: None, fields: &fields, secrets: &secrets, values: &values };
        let call = render(&manifest, "read", &inputs).expect("a call").request();
        let pasted = read_pasted(&catalog, call.url.expose()).expect("understood");
        prop_assert_eq!((pasted.service.as_str(), &pasted.fields, &pasted.secrets, &pasted.base_url), ("z-api", &fields, &secrets, &None));
    }

    #[test]
    fn a_curl_line_is_understood(key in "[A-Za-z0-9_.~'\"\\\\&=+%/?#;|!-]{1,20}", password in value()) {
        prop_assume!(!key.starts_with("YOUR"));
        let body = serde_json::json!({"password": password, "new_email": "ana@new.example"}).to_string();
        let words = ["curl", "-X", "POST", "https://proxy.webshare.io/api/v2/changeemail/", "-H", &format!("Authorization: Token {key}"), "--data-raw", &body];
        let line = shlex::try_join(words).expect("no NUL");
        let pasted = read_pasted(&Catalog::shipped(), &line).expect("understood");
        prop_assert_eq!(pasted.secrets, secrets(&[("api_key", &key), ("password", &password)]), "{}", line);
    }

    #[test]
    fn nothing_is_understood_that_was_not_there(text in "(curl|-H|-d|--data|--url|'|\"|\\\\|\\$'|\n| |https://|api\\.z-api\\.io|proxy\\.webshare\\.io|127\\.0\\.0\\.1:80|/api/v2|/instances/|/token/|Authorization: Token |[a-z0-9]{1,5}|\\{|\\}|:|,|%41|é){0,30}") {
        if let Some(pasted) = read_pasted(&Catalog::shipped(), &text) {
            let secrets = pasted.secrets.values().map(Secret::expose);
            for found in pasted.fields.values().map(String::as_str).chain(secrets) {
                // Letters and digits in their order: escapes and quotes are taken off in between.
                let mut rest = text.chars();
                let found: Vec<char> = found.chars().filter(|c| c.is_alphanumeric() && *c != 'A').collect();
                prop_assert!(found.iter().all(|wanted| rest.any(|c| c == *wanted)), "{found:?} is not in {text:?}");
            }
        }
    }
}
