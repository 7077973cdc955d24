//! How long to wait: whatever the header holds, a time that makes sense or none.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use proptest::prelude::*;
use readdress_core::http::retry_after;

const DAY: u64 = 24 * 60 * 60;

fn wait(text: &str, now: Timestamp) -> Option<Duration> {
    retry_after(&[("retry-after".to_owned(), text.to_owned())], now)
}

fn moment() -> impl Strategy<Value = Timestamp> {
    // HTTP dates have four digits for the year, and begin in 1970 for the library.
    (0i64..253_000_000_000).prop_map(|second| Timestamp::from_second(second).expect("a time"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_is_at_most_a_day(text in "(\\PC{0,30}|[ 0-9+.eE,:-]{0,30})", now in any::<i64>()) {
        let now = Timestamp::from_second(now % 253_000_000_000).expect("a time");
        prop_assert!(wait(&text, now).is_none_or(|wait| wait.as_secs() <= DAY));
    }

    #[test]
    fn seconds(seconds in any::<u64>(), now in moment()) {
        prop_assert_eq!(wait(&seconds.to_string(), now), Some(Duration::from_secs(seconds.min(DAY))));
        prop_assert_eq!(wait(&format!("-{seconds}"), now), None);
    }

    #[test]
    fn dates(now in moment(), ahead in -200_000i64..200_000) {
        let then = Timestamp::from_second(now.as_second() + ahead).expect("a time");
        prop_assume!(then.as_second() >= 0);
        let text = httpdate::fmt_http_date(SystemTime::from(then));
        let expected = u64::try_from(ahead).ok().map(|ahead| Duration::from_secs(ahead.min(DAY)));
        prop_assert_eq!(wait(&text, now), expected, "{}", text);
    }
}
