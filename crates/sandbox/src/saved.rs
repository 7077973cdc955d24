//! The state as text, so that practice goes on where it was after the program was closed.
//!
//! Faults, counters, requests and limit windows belong to one run: they are not saved. Where the text is kept
//! is the caller's choice.

use crate::clock::{Clock, seconds_between};
use crate::mailbox::Mailbox;
use crate::mannco_store::{ManncoAccount, Sessions};
use crate::settings::Settings;
use crate::webshare::WebshareAccount;
use crate::world::World;
use crate::z_api::ZApiAccount;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

#[derive(Debug, Serialize, Deserialize)]
struct Saved {
    /// How far the sandbox's clock is before the real one.
    ahead_seconds: i64,
    settings: Settings,
    z_api: Vec<ZApiAccount>,
    webshare: Vec<WebshareAccount>,
    mannco_store: Vec<ManncoAccount>,
    sessions: Sessions,
    ended_tokens: HashSet<String>,
    mailbox: Mailbox,
}

/// The whole lasting state as JSON; `real_now` tells how far the clock was moved.
pub(crate) fn save(world: &World, real_now: Timestamp) -> serde_json::Result<String> {
    let mut settings = world.settings.clone();
    // Its server will be gone.
    settings.mail.deliver = None;
    serde_json::to_string(&Saved {
        ahead_seconds: seconds_between(real_now, world.now()),
        settings,
        z_api: world.z_api.iter().cloned().collect(),
        webshare: world.webshare.iter().cloned().collect(),
        mannco_store: world.mannco_store.iter().cloned().collect(),
        sessions: world.sessions.clone(),
        ended_tokens: world.ended_tokens.clone(),
        mailbox: world.mailbox.clone(),
    })
}

/// The world that was saved; its clock is moved as far as it was.
pub(crate) fn restore(text: &str, real_now: Timestamp) -> serde_json::Result<World> {
    let saved: Saved = serde_json::from_str(text)?;
    let ahead = SignedDuration::from_secs(saved.ahead_seconds);
    let clock = Clock::new(Some(real_now.checked_add(ahead).unwrap_or(real_now)));
    let mut world = World::new(clock, saved.settings);
    for account in saved.z_api {
        world.z_api.put(account);
    }
    for account in saved.webshare {
        world.put_webshare(account);
    }
    for account in saved.mannco_store {
        world.put_mannco_store(account);
    }
    world.sessions = saved.sessions;
    world.ended_tokens = saved.ended_tokens;
    world.mailbox = saved.mailbox;
    Ok(world)
}
