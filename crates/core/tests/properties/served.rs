//! Whose mail a mailbox gets: nobody is left out by spelling, nobody else's is taken.

use proptest::prelude::*;
use readdress_core::email::{EmailAddress, same};
use readdress_core::mailbox::serves::{normal, serves};

fn domain() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("bücher.example".to_owned()),
        Just("BÜCHER.Example".to_owned()),
        Just("xn--bcher-kva.example".to_owned()),
        "[a-b]{1,2}\\.(com|COM)",
        "[a-b]\\.[a-b]\\.com",
    ]
}

fn address() -> impl Strategy<Value = String> {
    ("[a-bA-B]{1,2}(\\+[a-b]{0,2}){0,2}", domain())
        .prop_map(|(local, domain)| format!("{local}@{domain}"))
}

fn entry() -> impl Strategy<Value = String> {
    prop_oneof![3 => address(), 1 => domain().prop_map(|domain| format!("*@{domain}"))]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Against the rule told the long way round.
    #[test]
    fn an_address_is_served_by_itself_its_base_or_its_domain(list in prop::collection::vec(entry(), 0..4), asked in address()) {
        let asked_parts = EmailAddress::parse(&asked).unwrap();
        let local = asked_parts.local();
        let mut bases: Vec<String> = local.match_indices('+').map(|(at, _)| local[..at].to_owned()).collect();
        bases.extend([local.to_owned(), "*".to_owned()]);
        // Pair by pair, as the sentence says it.
        let expected = bases.iter().filter(|base| !base.is_empty()).any(|base| {
            let meant = format!("{base}@{}", asked_parts.domain());
            list.iter().any(|entry| same(entry, &meant))
        });
        prop_assert_eq!(serves(&list, &asked), expected, "{:?} {:?}", list, asked);
    }

    #[test]
    fn keeping_a_list_changes_nothing_of_what_it_serves(list in prop::collection::vec(entry(), 0..5), asked in address()) {
        let kept = normal(&list).unwrap();
        prop_assert_eq!(serves(&kept, &asked), serves(&list, &asked));
        let again = normal(&kept).unwrap();
        prop_assert_eq!(&again, &kept, "tidy is tidy");
        for (at, entry) in kept.iter().enumerate() {
            prop_assert!(!kept[..at].iter().any(|other| same(other, entry)), "{entry} twice");
            prop_assert!(entry.starts_with("*@") || serves(&kept, entry));
        }
    }

    #[test]
    fn spelling_does_not_matter(list in prop::collection::vec(entry(), 1..4), asked in address()) {
        let loud: Vec<String> = list.iter().map(|entry| format!(" {} ", entry.to_uppercase())).collect();
        let loud = normal(&loud).unwrap();
        prop_assert_eq!(serves(&loud, &asked.to_uppercase()), serves(&list, &asked));
    }

    #[test]
    fn no_text_is_served_that_is_not_named(text in "\\PC{0,40}") {
        prop_assert!(!serves(&["ops@acme.example".to_owned(), "*@b.example".to_owned()], &text) || text.contains(".example"));
    }
}
