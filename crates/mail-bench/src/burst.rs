//! Many changes wait in one mailbox, and all their mails come at once: each must find its own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use readdress_dovecot::{FIRST_USER, Lmtp};
use readdress_sandbox::Service;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::Outcome;
use crate::world::{DOMAIN, World, instance, told};

/// How many requests are on their way at once, and connections that deliver.
const AT_ONCE: usize = 16;
const POSTMEN: usize = 4;

pub async fn measure(changes: usize) -> Outcome<Value> {
    let world = Arc::new(World::start().await?);
    let waiting = request_all(&world, changes).await?;
    world.until_watching(changes).await?;

    let begun = Instant::now();
    let lmtp = world.server.lmtp();
    let mut postmen = JoinSet::new();
    for part in 0..POSTMEN {
        let mails: Vec<String> = waiting
            .iter()
            .skip(part)
            .step_by(POSTMEN)
            .map(|(_, mail)| mail.clone())
            .collect();
        postmen.spawn_blocking(move || -> Outcome<()> {
            let mut lmtp = Lmtp::connect(lmtp)?;
            for mail in mails {
                lmtp.deliver(FIRST_USER, mail.as_bytes())?;
            }
            Ok(())
        });
    }
    let mut delivered = Duration::ZERO;
    while let Some(done) = postmen.join_next().await {
        done??;
        delivered = begun.elapsed();
    }
    let mut left: Vec<Uuid> = waiting.iter().map(|(change, _)| *change).collect();
    while let Some(change) = left.last() {
        world.until_changed(*change).await?;
        left.pop();
    }
    let took = begun.elapsed();
    check(&world, changes)?;
    Ok(json!({
        "changes": changes,
        "seconds": took.as_secs_f64(),
        "delivered_after_seconds": delivered.as_secs_f64(),
    }))
}

async fn request_all(world: &Arc<World>, changes: usize) -> Outcome<Vec<(Uuid, String)>> {
    let mut tasks = JoinSet::new();
    let mut waiting = Vec::new();
    for number in 0..changes {
        if tasks.len() >= AT_ONCE {
            waiting.extend(tasks.join_next().await.transpose()?.transpose()?);
        }
        let world = Arc::clone(world);
        tasks.spawn(async move {
            let profile = world.profile(number).await?;
            world.request(profile, &address(number)).await
        });
    }
    while let Some(done) = tasks.join_next().await {
        waiting.push(done??);
    }
    Ok(waiting)
}

fn address(number: usize) -> String {
    format!("line{number}@{DOMAIN}")
}

/// The services themselves say who got which address, and that no code was tried in vain.
fn check(world: &World, changes: usize) -> Outcome<()> {
    for number in 0..changes {
        let account = world
            .sandbox
            .z_api(&instance(number))
            .ok_or("an account is missing")?;
        if account.email.as_deref() != Some(&address(number)) {
            return Err(format!("line {number} has another's address").into());
        }
    }
    let verify = world.sandbox.count(Service::ZApi, "verify");
    if verify.received != verify.taken || verify.taken != u64::try_from(changes)? {
        return Err(told(verify).into());
    }
    Ok(())
}
