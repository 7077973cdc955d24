//! From when on trying again makes sense: `Retry-After`, other headers, words, rule, manifest, in this order.

use readdress_core::error::Code;
use readdress_core::manifest::{Catalog, Manifest, Meaning, judge};

use crate::answer;

const WAIT_5: &str = r#"{"err":true,"success":false,"content":"Failed to create email change request! Need to wait 5 mins!"}"#;

#[track_caller]
fn waits(
    service: &str,
    step: &str,
    status: u16,
    headers: &[(&str, &str)],
    body: &str,
) -> Option<u64> {
    let manifest = Catalog::shipped().get(service).unwrap();
    judge(&manifest, step, &answer(status, headers, body))
        .retry_after
        .map(|wait| wait.as_secs())
}

#[test]
fn the_header_in_seconds_or_as_a_date() {
    let webshare = |value| waits("webshare", "request", 429, &[("retry-after", value)], "");
    assert_eq!(webshare("120"), Some(120));
    assert_eq!(webshare(" 0 "), Some(0));
    assert_eq!(webshare("Fri, 20 Nov 2026 12:01:30 GMT"), Some(90));
    assert_eq!(webshare("999999999"), Some(24 * 60 * 60), "at most a day");
    assert_eq!(webshare("99999999999999999999999999"), Some(24 * 60 * 60));
    assert_eq!(
        webshare("Fri, 20 Nov 2099 12:00:00 GMT"),
        Some(24 * 60 * 60)
    );
    for ignored in ["-5", "soon", "", "Fri, 20 Nov 2020 12:00:00 GMT", "1.5e9"] {
        assert_eq!(webshare(ignored), Some(60), "{ignored}");
    }
}

#[test]
fn without_a_header_the_manifest_says() {
    assert_eq!(
        waits(
            "webshare",
            "request",
            429,
            &[],
            r#"{"detail":"Request was throttled."}"#
        ),
        Some(60)
    );
    assert_eq!(waits("z-api", "request", 429, &[], ""), Some(60));
    assert_eq!(
        waits("mannco-store", "request", 300, &[], WAIT_5),
        Some(300)
    );
    assert_eq!(waits("mannco-store", "request", 429, &[], ""), Some(300));
    assert_eq!(waits("mannco-store", "verify", 429, &[], ""), Some(60));
}

#[test]
fn other_headers_and_words() {
    // 2026-11-20T12:02:00Z
    assert_eq!(
        waits(
            "mannco-store",
            "request",
            429,
            &[("x-ratelimit-reset", "1795176120")],
            ""
        ),
        Some(120)
    );
    assert_eq!(
        waits(
            "mannco-store",
            "request",
            429,
            &[("x-ratelimit-reset", "7")],
            ""
        ),
        Some(300),
        "in the past"
    );
    let words =
        r#"{"err":true,"success":false,"content":"Rate limit exceeded. Retry after 45 seconds."}"#;
    assert_eq!(waits("mannco-store", "verify", 429, &[], words), Some(45));
    assert_eq!(
        waits(
            "mannco-store",
            "verify",
            429,
            &[("retry-after", "9")],
            words
        ),
        Some(9)
    );
    let login = r#"{"err":true,"success":false,"content":"try again in 152 seconds"}"#;
    assert_eq!(waits("mannco-store", "login", 300, &[], login), Some(152));
}

#[test]
fn a_wait_is_for_a_limit_or_a_service_at_fault() {
    let after = [("retry-after", "120")];
    assert_eq!(waits("webshare", "request", 401, &after, ""), None);
    assert_eq!(waits("webshare", "request", 503, &after, ""), Some(120));
    assert_eq!(
        waits("webshare", "request", 503, &[], ""),
        None,
        "the manifest's own word is for limits"
    );
}

#[test]
fn too_many_requests_need_no_rule() {
    let shipped = include_str!("../../../../services/webshare.toml");
    let without = shipped.replace(
        "status = 429\nmeans  = \"rate_limited\"",
        "status = 499\nmeans  = \"rate_limited\"",
    );
    assert_ne!(shipped, without);
    let manifest = Manifest::parse(&without, "webshare.toml").expect("a manifest");
    let judged = |headers| judge(&manifest, "request", &answer(429, headers, ""));
    let limited = Some(Meaning::Refused(Code::RateLimited));
    let (said, silent) = (judged(&[("retry-after", "7")]), judged(&[]));
    assert_eq!(
        (said.meaning, said.retry_after.map(|it| it.as_secs())),
        (limited, Some(7))
    );
    assert_eq!(
        (silent.meaning, silent.retry_after.map(|it| it.as_secs())),
        (limited, Some(60))
    );
}

#[test]
fn a_date_counts_by_the_clock_of_the_server_that_wrote_it() {
    let wait = |date: &str, until: &str| {
        let headers = [("date", date), ("retry-after", until)];
        waits("webshare", "request", 429, &headers, "")
    };
    // The answer came at 12:00:00 by our clock; theirs says an hour more, or less.
    let ahead = wait(
        "Fri, 20 Nov 2026 13:00:00 GMT",
        "Fri, 20 Nov 2026 13:01:30 GMT",
    );
    assert_eq!(ahead, Some(90), "not an hour and a half minute");
    let behind = wait(
        "Fri, 20 Nov 2026 11:00:00 GMT",
        "Fri, 20 Nov 2026 11:01:30 GMT",
    );
    assert!(
        behind.is_some_and(|wait| (88..=90).contains(&wait)),
        "not over already: {behind:?}"
    );
    assert_eq!(wait("no date", "Fri, 20 Nov 2026 12:01:30 GMT"), Some(90));
}

#[test]
fn a_difference_of_clocks_is_only_what_is_certain() {
    let ahead = |headers: &[(&str, &str)]| {
        answer(200, headers, "")
            .ahead()
            .map(|ahead| ahead.as_millis())
    };
    assert_eq!(ahead(&[]), None);
    assert_eq!(ahead(&[("date", "yesterday")]), None);
    assert_eq!(ahead(&[("date", "Fri, 20 Nov 2026 12:00:00 GMT")]), Some(0));
    // Sent 80 ms before: a date has whole seconds.
    assert_eq!(ahead(&[("date", "Fri, 20 Nov 2026 11:59:59 GMT")]), Some(0));
    assert_eq!(
        ahead(&[("date", "Fri, 20 Nov 2026 12:02:00 GMT")]),
        Some(120_000)
    );
    assert_eq!(
        ahead(&[("date", "Fri, 20 Nov 2026 11:57:59 GMT")]),
        Some(-119_920)
    );
    let cached = [("date", "Fri, 20 Nov 2026 11:00:00 GMT"), ("age", "3600")];
    assert_eq!(
        ahead(&cached),
        Some(0),
        "a cache says how old its answer is"
    );
}
