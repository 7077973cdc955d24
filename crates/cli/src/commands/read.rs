//! `read`: which address the service holds.

use readdress_core::engine::Engine;

use crate::answer::{Answer, Done, Failure};
use crate::clean;
use crate::console::Console;

pub async fn run(engine: &Engine, name: &str, console: &Console) -> Done {
    let profile = engine.find_profile(name)?;
    let read = engine
        .read_profile(profile)
        .await
        .map_err(|problem| Failure::from(problem).name(name))?;
    let answer = Answer::of(&read);
    if console.json {
        return Ok(answer);
    }
    let words = &console.words;
    let address = read
        .email
        .as_deref()
        .map_or_else(|| words.say("cli.change.no_address", &[]), clean::line);
    Ok(answer.text(match read.verified {
        Some(true) => format!("{address}  {}", words.say("cli.read.verified", &[])),
        Some(false) => format!("{address}  {}", words.say("cli.read.not_verified", &[])),
        None => address,
    }))
}
