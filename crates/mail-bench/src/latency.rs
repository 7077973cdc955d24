//! One mail at a time: from the moment at which the mail server has it until its change is proved.

use std::time::{Duration, Instant};

use readdress_dovecot::FIRST_USER;
use serde_json::{Value, json};

use crate::Outcome;
use crate::bare::Bare;
use crate::world::{DOMAIN, World};

pub async fn measure(runs: usize) -> Outcome<Value> {
    let world = World::start().await?;
    let server = &world.server;
    let profile = world.profile(0).await?;
    let (mut ours, mut bare_times) = (Vec::new(), Vec::new());
    for run in 0..runs {
        let (change, mail) = world
            .request(profile, &format!("new{run}@{DOMAIN}"))
            .await?;
        world.until_watching(1).await?;
        let password = server.password(FIRST_USER);
        let mut bare =
            Bare::connect(server.imaps(), &server.ca_file(), FIRST_USER, &password).await?;
        // Both are in IDLE now.
        tokio::time::sleep(Duration::from_millis(50)).await;
        tokio::task::block_in_place(|| server.deliver(FIRST_USER, mail))?;
        let delivered = Instant::now();
        let (pushed, changed) = tokio::join!(
            async { bare.news().await.map(|()| delivered.elapsed()) },
            async {
                world
                    .until_changed(change)
                    .await
                    .map(|()| delivered.elapsed())
            },
        );
        bare_times.push(pushed?.as_secs_f64() * 1e3);
        ours.push(changed?.as_secs_f64() * 1e3);
        world.until_resting().await?;
    }
    Ok(json!({ "changed_ms": ours, "told_by_server_ms": bare_times }))
}
