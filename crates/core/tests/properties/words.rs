//! A service's own words beside ours: short, on one line, nothing hidden in them.

use proptest::prelude::*;
use readdress_core::secret::clip_says;

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fit_to_be_shown(text in any::<String>(), max in 0usize..40) {
        let shown = clip_says(&text, max);
        prop_assert!(shown.chars().count() <= max, "{shown:?}");
        prop_assert!(!shown.contains(char::is_control) && !shown.contains("  "));
        let hidden = ['\u{202e}', '\u{200b}', '\u{2066}', '\u{feff}', '\u{2028}'];
        prop_assert!(!shown.contains(hidden), "{shown:?}");
        prop_assert_eq!(clip_says(&shown, max), shown.trim(), "once is enough");
    }

    #[test]
    fn ordinary_words_stay(text in "[A-Za-zçñäß0-9.,!?€🙂]{1,9}( [A-Za-zçñäß0-9.,!?€🙂]{1,9}){0,5}") {
        prop_assert_eq!(clip_says(&text, 300), text);
    }
}
