//! A clock that differs from a service's by more than a minute is told, and no longer when it does not.

use jiff::SignedDuration;
use readdress_core::engine::Engine;
use readdress_core::error::Code;
use readdress_sandbox::Service;

use crate::support::World;
use crate::{Clock, HOUR};

const Z: Service = Service::ZApi;
const W: Service = Service::Webshare;

/// Reason, service and span of each notice.
fn told(engine: &Engine) -> Vec<String> {
    let notices = engine.notices();
    assert!(
        notices.iter().all(|notice| notice.code == Code::ClockOff),
        "{notices:?}"
    );
    notices
        .iter()
        .map(|notice| {
            let [reason, service, span] =
                ["reason", "service", "span"].map(|name| notice.params[name].as_str());
            format!("{reason} {service} {span}")
        })
        .collect()
}

fn set(world: &World, service: Service, seconds: i64) {
    world.sandbox.change_settings(|settings| {
        settings.date_ahead.insert(service, seconds);
    });
}

#[tokio::test]
async fn it_is_told_and_gone_again() {
    let _clock = Clock::take();
    let world = World::new().await;
    let profile = world.profile(Z).await;
    let read = || world.engine.read_profile(profile.id);
    for (seconds, expected) in [
        (0, None),
        (55, None),
        (-55, None),
        (90, Some("here_behind Z-API 2 min")),
        (-90, Some("here_ahead Z-API 2 min")),
        (3 * 3600 + 290, Some("here_behind Z-API 3 h 5 min")),
        (-3 * 86_400, Some("here_ahead Z-API 3 d")),
        (0, None),
    ] {
        set(&world, Z, seconds);
        read().await.expect("read");
        assert_eq!(
            told(&world.engine),
            expected.into_iter().collect::<Vec<_>>(),
            "{seconds}"
        );
    }
}

#[tokio::test]
async fn it_is_this_machines_clock_that_was_moved() {
    let clock = Clock::take();
    let world = World::new().await;
    let profile = world.profile(Z).await;
    clock.off_by(HOUR);
    world.engine.read_profile(profile.id).await.expect("read");
    assert_eq!(told(&world.engine), ["here_ahead Z-API 1 h"]);
    clock.off_by(SignedDuration::ZERO);
    // Corrected: what was measured before is forgotten.
    world.engine.data_version();
    assert_eq!(told(&world.engine), Vec::<String>::new());
}

#[tokio::test]
async fn where_another_service_agrees_with_this_machine_it_is_the_service() {
    let _clock = Clock::take();
    let world = World::new().await;
    let [z, w] = [world.profile(Z).await, world.profile(W).await];
    set(&world, W, 600);
    world.engine.read_profile(w.id).await.expect("read");
    assert_eq!(told(&world.engine), ["here_behind Webshare 10 min"]);
    world.engine.read_profile(z.id).await.expect("read");
    assert_eq!(told(&world.engine), ["there_ahead Webshare 10 min"]);
}
