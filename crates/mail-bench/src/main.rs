//! `readdress-mail-bench latency RUNS | burst CHANGES | memory MAILS | large MAILS`: measures against a real Dovecot on loopback and
//! prints one line of JSON. `cargo xtask bench` runs it and says what the numbers should be.
//!
//! It also checks: a number of a run in which anything went wrong is none.

#[cfg(target_os = "linux")]
mod bare;
#[cfg(target_os = "linux")]
mod burst;
#[cfg(target_os = "linux")]
mod large;
#[cfg(target_os = "linux")]
mod latency;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(target_os = "linux")]
mod world;

/// Any failure; it ends the run with its words.
#[cfg(target_os = "linux")]
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[cfg(target_os = "linux")]
#[tokio::main]
async fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = words.get(1).and_then(|word| word.parse().ok());
    let told = match (words.first().map(String::as_str), number) {
        (Some("latency"), Some(runs)) => latency::measure(runs).await?,
        (Some("burst"), Some(changes)) => burst::measure(changes).await?,
        (Some("large"), Some(mails)) => large::measure(mails).await?,
        (Some("memory"), Some(mails)) => memory::measure(mails).await?,
        _ => {
            let usage = "usage: readdress-mail-bench latency RUNS | burst CHANGES | memory MAILS | large MAILS";
            return Err(usage.into());
        }
    };
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{told}")?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() {}
