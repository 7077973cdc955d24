//! Every documented answer of the three services, one row each: what does it mean?

mod mannco_store;
mod properties;
mod retry;
mod webshare;
mod z_api;

use std::time::Duration;

use jiff::Timestamp;
use readdress_core::http::Answer;
use readdress_core::manifest::{Catalog, Meaning, Verdict, judge};

/// When each answer arrives.
const NOW: &str = "2026-11-20T12:00:00Z";

pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    let header = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Answer {
        status,
        headers: headers.iter().map(header).collect(),
        body: body.as_bytes().to_vec(),
        took: Duration::from_millis(80),
        at: NOW.parse::<Timestamp>().unwrap(),
    }
}

pub fn verdict(service: &str, step: &str, status: u16, body: &str) -> Verdict {
    judge(
        &Catalog::shipped().get(service).unwrap(),
        step,
        &answer(status, &[], body),
    )
}

/// Holds each row's `step status body` against the meaning's name, `none` where no rule fits.
#[track_caller]
pub fn check(service: &str, rows: &[(&str, u16, &str, &str)]) {
    let mut wrong = Vec::new();
    for (step, status, body, expected) in rows {
        let meaning = verdict(service, step, *status, body)
            .meaning
            .map_or_else(|| "none".to_owned(), Meaning::name);
        if meaning != *expected {
            wrong.push(format!(
                "{step} {status} {body}\n  expected {expected}, judged {meaning}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
