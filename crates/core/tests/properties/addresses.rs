//! Addresses: one way of comparing, and a guess that is never the same address again.

use proptest::prelude::*;
use readdress_core::email::{EmailAddress, same};
use readdress_core::typo::suggest;

/// Spellings that meet: cases, scripts, full-width dots, Punycode, combining marks.
fn spelled() -> impl Strategy<Value = String> {
    let local = prop_oneof![
        "[aA][nN][aA]",
        "[a-cA-C+._-]{1,4}",
        Just("ÄNA".to_owned()),
        Just("äna".to_owned()),
        Just("a\u{308}na".to_owned()),
        Just("İ".to_owned()),
        Just("ß".to_owned()),
    ];
    let domain = prop_oneof![
        Just("bücher.example".to_owned()),
        Just("BÜCHER.Example".to_owned()),
        Just("xn--bcher-kva.example".to_owned()),
        Just("bu\u{308}cher.example".to_owned()),
        Just("bücher\u{3002}example".to_owned()),
        Just("straße.example".to_owned()),
        Just("strasse.example".to_owned()),
        "[a-b]{1,2}\\.(com|COM|org)",
    ];
    (local, domain, "[ ]{0,2}")
        .prop_map(|(local, domain, space)| format!("{space}{local}@{domain}{space}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn comparing_is_fair(a in spelled(), b in spelled(), c in spelled()) {
        prop_assert!(same(&a, &a), "{a:?} is itself");
        prop_assert_eq!(same(&a, &b), same(&b, &a), "{:?} {:?}", &a, &b);
        if same(&a, &b) && same(&b, &c) {
            prop_assert!(same(&a, &c), "{a:?} {b:?} {c:?}");
        }
        if let Ok(address) = EmailAddress::parse(&a) {
            prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address.clone()));
            prop_assert_eq!(format!("{}@{}", address.local(), address.domain()), address.as_str());
        }
    }

    #[test]
    fn nothing_that_hides_or_separates_is_an_address(
        before in "[a-z]{0,3}",
        hidden in "[\\u{0}-\\u{1f}\\u{7f}-\\u{9f}\\u{200b}-\\u{200f}\\u{2028}-\\u{202e}\\u{2066}-\\u{2069},;<>()\\[\\]\"\\\\ ]",
        after in "[a-z]{1,3}",
    ) {
        prop_assume!(!hidden.trim().is_empty());
        let text = format!("{before}{hidden}{after}@one.example");
        prop_assert!(EmailAddress::parse(&text).is_err(), "{text:?}");
        let text = format!("{after}@one{hidden}two.example");
        prop_assert!(EmailAddress::parse(&text).is_err(), "{text:?}");
    }

    #[test]
    fn two_letters_swapped_in_a_well_known_domain_are_noticed(
        name in prop_oneof![Just("gmail.com"), Just("outlook.com"), Just("hotmail.com"), Just("yahoo.com.br"), Just("icloud.com")],
        at in 0usize..12,
    ) {
        let mut letters: Vec<char> = name.chars().collect();
        prop_assume!(at + 1 < letters.len() && letters[at] != letters[at + 1]);
        letters.swap(at, at + 1);
        let slip: String = letters.into_iter().collect();
        let meant = Some(name.to_owned());
        prop_assert_eq!(&suggest(&slip, &[]), &meant, "{}", slip);
        prop_assert_eq!(&suggest(&slip.to_uppercase(), &[]), &meant);
        prop_assert_eq!(suggest(&slip, std::slice::from_ref(&slip)), None, "a domain in use is none");
    }

    #[test]
    fn a_guess_does_not_lead_back(domain in "([a-z]{1,6}\\.(com|con|cmo|net|nte|com\\.br|con\\.br|io|me)|g?m[ai]{1,2}l\\.com?)", used in "[a-z]{1,6}\\.(com|net)") {
        let in_use = [used];
        if let Some(guess) = suggest(&domain, &in_use) {
            prop_assert_ne!(&guess, &domain);
            let again = suggest(&guess, &in_use);
            prop_assert_ne!(again.as_deref(), Some(domain.as_str()), "{} and {} suggest each other", domain, guess);
        }
    }
}
