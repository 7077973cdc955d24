//! Whatever a service answers, it is judged: no panic, no more words than allowed, nothing unknown called a success.

use proptest::prelude::*;
use readdress_core::manifest::{Catalog, Meaning, judge};

use crate::answer;

/// Words of the services, in odd combinations, and any text at all.
fn body() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\"success\":".to_owned()),
        Just("\"message\":".to_owned()),
        Just("\"content\":".to_owned()),
        Just("\"error\":".to_owned()),
        Just("\"new_email\":".to_owned()),
        Just("true".to_owned()),
        Just("null".to_owned()),
        Just("\"VERIFY_EMAIL\"".to_owned()),
        "[\\[\\]{},0-9]{1,3}",
        ".{0,12}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_answer_is_judged(status in 100u16..600, body in body(), wait in ".{0,20}") {
        let catalog = Catalog::shipped();
        for manifest in catalog.all() {
            for step in manifest.steps.keys() {
                let verdict = judge(&manifest, step, &answer(status, &[("retry-after", &wait)], &body));
                prop_assert!(verdict.says.is_none_or(|says| says.chars().count() <= 16 * 1024));
                prop_assert!(verdict.retry_after.is_none_or(|wait| wait.as_secs() <= 86_400));
                if status >= 500 {
                    prop_assert_eq!(verdict.meaning, None);
                }
                if !(200..300).contains(&status) {
                    let good = [Meaning::Ok, Meaning::CodeSent, Meaning::ReadBack];
                    prop_assert!(verdict.meaning.is_none_or(|meaning| !good.contains(&meaning)));
                }
            }
        }
    }
}
