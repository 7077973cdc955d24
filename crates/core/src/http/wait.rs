//! When to try again: `Retry-After`, and whether a read may be repeated at all.
//!
//! Not here: the waiting itself, other headers or fields that say when (`manifest::answer`).

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::Sent;
use crate::error::Code;

/// Longer waits are clipped to this: a service that asks for more is wrong about itself or about the year.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How long `Retry-After` asks to wait (RFC 9110, section 10.2.3): seconds or an HTTP date, at most a day.
/// `None` where it is missing, past or makes no sense. Header names are in lower case.
pub fn retry_after(headers: &[(String, String)], now: Timestamp) -> Option<Duration> {
    let (_, text) = headers.iter().find(|(name, _)| name == "retry-after")?;
    let text = text.trim();
    let wait = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a u64 holds still mean "long".
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        let at = httpdate::parse_http_date(text).ok()?;
        at.duration_since(SystemTime::from(now)).ok()?
    };
    Some(wait.min(LONGEST))
}

/// Whether a *read* may be sent again: the fault looks passing. A request or verify never is, whatever this says.
pub fn is_retryable(sent: &Sent) -> bool {
    match sent {
        Sent::Answer(answer) => matches!(answer.status, 408 | 425 | 429 | 500 | 502 | 503 | 504),
        Sent::NotSent(problem) => matches!(problem.code, Code::Unreachable | Code::TimedOut),
        Sent::NoAnswer(problem) => match problem.code {
            Code::Unreachable | Code::TimedOut => true,
            Code::UnexpectedAnswer => problem
                .params
                .get("reason")
                .is_some_and(|reason| reason == "cut"),
            _ => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(text: &str) -> Option<u64> {
        let now: Timestamp = "2026-11-20T08:00:00Z".parse().expect("a time");
        let headers = [("retry-after".to_owned(), text.to_owned())];
        retry_after(&headers, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn reads_seconds_and_dates_and_ignores_nonsense() {
        assert_eq!(wait("0"), Some(0));
        assert_eq!(wait(" 152 "), Some(152));
        assert_eq!(wait("Fri, 20 Nov 2026 08:01:30 GMT"), Some(90));
        assert_eq!(wait("99999999"), Some(86_400));
        assert_eq!(wait("99999999999999999999999999"), Some(86_400));
        assert_eq!(wait("Fri, 20 Nov 2099 08:01:30 GMT"), Some(86_400));
        for nonsense in [
            "",
            "-5",
            "soon",
            "1e3",
            "Thu, 19 Nov 2026 08:00:00 GMT",
            "٣",
        ] {
            assert_eq!(wait(nonsense), None, "{nonsense}");
        }
        assert_eq!(retry_after(&[], Timestamp::UNIX_EPOCH), None);
    }
}
