//! Ten thousand mails while one change waits: what they leave in the memory of the program that watches.
//!
//! One in two is for another address, the other for the change's own, without a code.

use readdress_dovecot::{FIRST_USER, Lmtp};
use serde_json::{Value, json};

use crate::Outcome;
use crate::world::{DOMAIN, World};

/// Before the first look, so that what is made once does not count.
const WARM_UP: usize = 200;

pub async fn measure(mails: usize) -> Outcome<Value> {
    let world = World::start().await?;
    let profile = world.profile(0).await?;
    let to = format!("line@{DOMAIN}");
    let (change, right) = world.request(profile, &to).await?;
    world.until_watching(1).await?;
    deliver(&world, &to, 0..WARM_UP).await?;
    let before = resident()?;
    deliver(&world, &to, WARM_UP..WARM_UP + mails).await?;
    let after = resident()?;
    if world.is_changed(change).await? {
        return Err("changed before its mail came".into());
    }
    // The proof that it has read on all the while.
    tokio::task::block_in_place(|| world.server.deliver(FIRST_USER, right))?;
    world.until_changed(change).await?;
    Ok(json!({
        "mails": mails,
        "before_mib": before,
        "after_mib": after,
        "end_mib": resident()?,
    }))
}

/// Delivers these mails, and returns when they were looked through.
async fn deliver(world: &World, to: &str, numbers: std::ops::Range<usize>) -> Outcome<()> {
    let lmtp = world.server.lmtp();
    let mut mails: Vec<String> = Vec::new();
    for number in numbers {
        mails.push(mail(number, to));
        if mails.len() == 100 {
            send(lmtp, std::mem::take(&mut mails)).await?;
        }
    }
    send(lmtp, mails).await?;
    // Twice: a look that began before the last mail does not count.
    for _ in 0..2 {
        let seen = world.looked_at()?;
        world.engine.look_for_mail();
        while world.looked_at()? == seen {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
    Ok(())
}

async fn send(lmtp: std::net::SocketAddr, mails: Vec<String>) -> Outcome<()> {
    tokio::task::spawn_blocking(move || -> Outcome<()> {
        let mut lmtp = Lmtp::connect(lmtp)?;
        for mail in mails {
            lmtp.deliver(FIRST_USER, mail.as_bytes())?;
        }
        Ok(())
    })
    .await?
}

fn mail(number: usize, to: &str) -> String {
    let to = if number.is_multiple_of(2) {
        to.to_owned()
    } else {
        format!("other{number}@{DOMAIN}")
    };
    let text =
        "Nothing that anybody waits for stands in these lines, and there are some of them.\r\n";
    format!(
        "From: News <news@letters.example>\r\nTo: {to}\r\nSubject: Our letter\r\nMessage-ID: <{number}@letters.example>\r\n\r\n{}",
        text.repeat(40)
    )
}

/// MiB of this process that are in memory.
fn resident() -> Outcome<f64> {
    let text = std::fs::read_to_string("/proc/self/smaps_rollup")?;
    let kib: f64 = text
        .lines()
        .find_map(|line| line.strip_prefix("Rss:"))
        .and_then(|rest| rest.trim().strip_suffix("kB"))
        .and_then(|number| number.trim().parse().ok())
        .ok_or("no Rss in smaps_rollup")?;
    Ok(kib / 1024.0)
}
