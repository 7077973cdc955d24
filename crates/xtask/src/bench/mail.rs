//! A mailed code from the mail server to *changed*, a thousand of them at once, and what ten thousand mails leave in memory:
//! `readdress-mail-bench`, against a real Dovecot on loopback.

use super::samples::Samples;
use super::table::{Table, Unit};
use crate::place::Place;
use crate::{Outcome, process};
use serde_json::Value;
use std::process::{Command, Stdio};

pub const PACKAGE: &str = "readdress-mail-bench";

const RUNS: &str = "50";
const AT_ONCE: &str = "1000";
const MAILS: &str = "10000";
const IN_THE_BOX: &str = "100000";

pub fn measure(place: &Place, table: &mut Table) -> Outcome {
    let latency = told(place, &["latency", RUNS])?;
    let (ours, bare) = (
        samples(&latency, "changed_ms"),
        samples(&latency, "told_by_server_ms"),
    );
    table.limit(
        "delivered to changed (IDLE), median",
        Unit::Milliseconds,
        ours.median(),
        &format!("Dovecot tells a bare client {:.0} ms", bare.median()),
        1_000.0,
    );
    table.plain("  its 9th of 10", Unit::Milliseconds, ours.quantile(0.9));

    let burst = told(place, &["burst", AT_ONCE])?;
    table.limit(
        "1,000 mails at once, all changed",
        Unit::Seconds,
        number(&burst, "seconds"),
        &format!(
            "delivered by LMTP {:.1} s",
            number(&burst, "delivered_after_seconds")
        ),
        20.0,
    );

    let large = told(place, &["large", IN_THE_BOX])?;
    table.plain(
        "first look, 100,000 mails in the box",
        Unit::Seconds,
        number(&large, "first_look_seconds"),
    );

    let memory = told(place, &["memory", MAILS])?;
    let before = number(&memory, "before_mib");
    table.limit(
        "memory after 10,000 mails, more",
        Unit::Mebibytes,
        number(&memory, "after_mib") - before,
        &format!("before {before:.1} MiB"),
        10.0,
    );
    Ok(())
}

/// The program's line. It ends badly where anything went another way than it should.
fn told(place: &Place, words: &[&str]) -> Outcome<Value> {
    let mut command = Command::new(place.built("release", PACKAGE));
    command.args(words);
    let typed = process::typed(&command);
    println!("$ {typed}");
    let answer = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|why| format!("`{typed}` does not start: {why}"))?;
    if !answer.status.success() {
        return Err(format!("`{typed}` ended with {}.", answer.status));
    }
    let line = String::from_utf8_lossy(&answer.stdout);
    serde_json::from_str(&line).map_err(|why| format!("`{typed}` said {line}: {why}"))
}

fn samples(told: &Value, name: &str) -> Samples {
    let mut samples = Samples::default();
    for value in told[name].as_array().into_iter().flatten() {
        samples.add(value.as_f64().unwrap_or(f64::NAN));
    }
    samples
}

/// A value that is not there reaches no aim.
fn number(told: &Value, name: &str) -> f64 {
    told[name].as_f64().unwrap_or(f64::NAN)
}
