//! When to try again, as `Retry-After` says it.
//!
//! Not here: the waiting itself, other headers or fields that say when (`manifest::answer`).

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

/// Longer waits are clipped to this: a service that asks for more is wrong about itself or about the year.
pub const LONGEST: Duration = Duration::from_hours(24);

/// How long `Retry-After` asks to wait (RFC 9110, section 10.2.3): seconds or an HTTP date, at most a day.
/// `None` where it is missing, past or makes no sense; the longest where a gateway added one of its own.
///
/// `at` is when the answer came. A date counts from the answer's own `Date` where it has one: the service
/// reckons by its clock, not by this machine's. Header names are in lower case.
pub fn retry_after(headers: &[(String, String)], at: Timestamp) -> Option<Duration> {
    let all = |wanted: &'static str| {
        let found = headers.iter().filter(move |(name, _)| name == wanted);
        found.map(|(_, value)| value.trim())
    };
    let said = all("date").find_map(|text| httpdate::parse_http_date(text).ok());
    let now = said.unwrap_or_else(|| SystemTime::from(at));
    all("retry-after")
        .filter_map(|text| seconds_or_date(text, now))
        .max()
}

fn seconds_or_date(text: &str, now: SystemTime) -> Option<Duration> {
    let wait = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a u64 holds still mean "long".
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        let then = httpdate::parse_http_date(text).ok()?;
        then.duration_since(now).ok()?
    };
    Some(wait.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(headers: &[(&str, &str)]) -> Option<u64> {
        let now: Timestamp = "2026-11-20T08:00:00Z".parse().expect("a time");
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        retry_after(&headers, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn reads_seconds_and_dates_and_ignores_nonsense() {
        let after = |text| wait(&[("retry-after", text)]);
        assert_eq!(after("0"), Some(0));
        assert_eq!(after(" 152 "), Some(152));
        assert_eq!(after("Fri, 20 Nov 2026 08:01:30 GMT"), Some(90));
        assert_eq!(after("99999999"), Some(86_400));
        assert_eq!(after("1000000000000000000000000000000"), Some(86_400));
        assert_eq!(after("Fri, 31 Dec 9999 23:59:59 GMT"), Some(86_400));
        for nonsense in [
            "",
            "-5",
            "soon",
            "1e3",
            "Thu, 19 Nov 2026 08:00:00 GMT",
            "٣",
        ] {
            assert_eq!(after(nonsense), None, "{nonsense}");
        }
        assert_eq!(wait(&[]), None);
    }

    #[test]
    fn of_two_the_longer_one_counts() {
        let two = |one, other| wait(&[("retry-after", one), ("retry-after", other)]);
        assert_eq!(two("7", "120"), Some(120));
        assert_eq!(two("120", "7"), Some(120));
        assert_eq!(two("soon", "7"), Some(7));
    }

    #[test]
    fn a_date_counts_from_the_services_own_clock() {
        let (slow, after) = (
            "Fri, 20 Nov 2026 07:00:00 GMT",
            "Fri, 20 Nov 2026 07:01:00 GMT",
        );
        assert_eq!(wait(&[("retry-after", after)]), None, "past by this clock");
        assert_eq!(wait(&[("date", slow), ("retry-after", after)]), Some(60));
        assert_eq!(wait(&[("date", "now"), ("retry-after", after)]), None);
    }
}
