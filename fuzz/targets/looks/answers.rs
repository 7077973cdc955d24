//! Any bytes as an answer to each step of each shipped service: judged, and its words made fit to be shown.
//!
//! An input is written like an answer: the status, the headers, an empty line, the body.
//! Not here: reading a body off the wire (reqwest decodes it; `crates/core/tests/http`).

use std::time::Duration;

use jiff::Timestamp;
use readdress_core::http::{Answer, retry_after};
use readdress_core::manifest::{Catalog, Meaning, judge};
use readdress_core::secret::{Redactor, Secret};

/// A secret that a service could echo.
const SECRET: &str = "s3cret/K+en \"x\"";
const DAY: Duration = Duration::from_hours(24);

/// Panics where something does not hold.
pub fn look(bytes: &[u8]) {
    let Some(answer) = read(bytes) else { return };
    let redactor = Redactor::new([&Secret::new(SECRET)]);
    for manifest in Catalog::shipped().all() {
        for step in manifest.steps.keys() {
            let verdict = judge(&manifest, step, &answer);
            assert!(verdict.retry_after.is_none_or(|wait| wait <= DAY));
            let good = [Meaning::Ok, Meaning::CodeSent, Meaning::ReadBack];
            let is_good = verdict
                .meaning
                .is_some_and(|meaning| good.contains(&meaning));
            assert!(
                !is_good || (200..300).contains(&answer.status),
                "{} calls {} a success at {step}",
                manifest.id,
                answer.status
            );
            if let Some(says) = verdict.says {
                let shown = redactor.says(&says, 300);
                assert!(shown.chars().count() <= 300);
                assert!(!shown.contains(char::is_control) && !shown.contains(SECRET));
            }
            if let Some(email) = verdict.shows.and_then(|shows| shows.email) {
                assert!(email.chars().count() <= 320 && !email.contains(char::is_control));
            }
        }
    }
    let _ = answer.ahead();
    assert!(retry_after(&answer.headers, answer.at).is_none_or(|wait| wait <= DAY));
}

/// `None` where no status stands at the start.
fn read(bytes: &[u8]) -> Option<Answer> {
    let mut rest = bytes;
    let mut line = || {
        let end = rest.iter().position(|&byte| byte == b'\n')?;
        let line = rest[..end].trim_ascii();
        rest = &rest[end + 1..];
        Some(String::from_utf8_lossy(line).into_owned())
    };
    let status = line()?.parse().ok()?;
    let mut headers = Vec::new();
    while let Some(header) = line().filter(|line| !line.is_empty()) {
        let (name, value) = header.split_once(':')?;
        headers.push((name.trim().to_lowercase(), value.trim().to_owned()));
    }
    Some(Answer {
        status,
        headers,
        body: rest.to_vec(),
        took: Duration::ZERO,
        at: Timestamp::from_second(1_800_000_000).ok()?,
    })
}
