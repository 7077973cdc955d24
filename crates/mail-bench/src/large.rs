//! A mailbox of many years: how long the first look takes, and a code after it.
//!
//! One mail in a hundred is of today, for others. The server is asked once before, so that its own first reading of the
//! folder does not count.

use std::time::{Duration, Instant, SystemTime};

use readdress_dovecot::FIRST_USER;
use serde_json::{Value, json};

use crate::Outcome;
use crate::world::{DOMAIN, World};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub async fn measure(mails: usize) -> Outcome<Value> {
    let world = World::start().await?;
    let server = &world.server;
    let today = mails / 100;
    tokio::task::block_in_place(|| -> Outcome<()> {
        let now = SystemTime::now();
        server.fill(FIRST_USER, (today..mails).map(mail), now - 100 * DAY)?;
        server.fill(FIRST_USER, (0..today).map(mail), now)?;
        let counted = server.count(FIRST_USER, "INBOX")?;
        match u64::try_from(mails) == Ok(counted) {
            true => Ok(()),
            false => Err(format!("the server counts {counted}").into()),
        }
    })?;
    let profile = world.profile(0).await?;
    let begun = Instant::now();
    let (change, right) = world.request(profile, &format!("line@{DOMAIN}")).await?;
    world.until_watching(1).await?;
    let first_look = begun.elapsed();
    tokio::task::block_in_place(|| server.deliver(FIRST_USER, right))?;
    let delivered = Instant::now();
    world.until_changed(change).await?;
    Ok(json!({
        "mails": mails,
        "first_look_seconds": first_look.as_secs_f64(),
        "changed_seconds": delivered.elapsed().as_secs_f64(),
    }))
}

fn mail(number: usize) -> Vec<u8> {
    format!(
        "From: News <news@letters.example>\r\nTo: other{number}@{DOMAIN}\r\nSubject: Your code {number:06}\r\n\r\nYour code is {number:06}.\r\n"
    )
    .into_bytes()
}
