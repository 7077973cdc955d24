//! The main job at each service: read, request, code, proof.

use readdress_core::change::{Proof, State};
use readdress_core::profile::Known;
use readdress_sandbox::Service;

use crate::support::World;

async fn changes_and_proves(service: Service) {
    let world = World::new().await;
    let profile = world.profile(service).await;
    let account = World::account(service);
    let held = world
        .engine
        .read_profile(profile.id)
        .await
        .expect("it can be read");
    assert_eq!(held.email.as_deref(), Some(account.email));

    let waiting = world.request(profile.id, account.new_email).await;
    assert_eq!(
        (waiting.state, waiting.problem.clone()),
        (State::AwaitingCode, None)
    );
    assert_eq!(waiting.from.as_deref(), Some(account.email));
    let awaited = waiting.waits_for.expect("it says what it waits for");
    assert_eq!(awaited.address.as_deref(), Some(account.new_email));

    let mail = world.mail(account.new_email);
    let understood = world
        .engine
        .understand_code(None, &mail)
        .await
        .expect("it is read");
    assert_eq!(understood.change, Some(waiting.id), "{understood:?}");
    let done = world
        .engine
        .submit_code(waiting.id, &mail)
        .await
        .expect("the code is sent");
    assert_eq!(
        (done.state, done.proof, done.problem),
        (State::Changed, Some(Proof::ReadBack), None)
    );

    let after = world
        .engine
        .profile(profile.id)
        .expect("the profile is there");
    assert_eq!(after.email.as_deref(), Some(account.new_email));
    assert!(
        matches!(after.known, Known::Changed | Known::Verified),
        "{:?}",
        after.known
    );
    assert_eq!(world.sandbox.count(service, "request").taken, 1);
    assert_eq!(world.sandbox.count(service, "verify").taken, 1);
}

#[tokio::test]
async fn z_api_changes_and_proves() {
    changes_and_proves(Service::ZApi).await;
}

#[tokio::test]
async fn webshare_changes_and_proves() {
    changes_and_proves(Service::Webshare).await;
}

#[tokio::test]
async fn mannco_store_changes_and_proves() {
    changes_and_proves(Service::ManncoStore).await;
}

#[tokio::test]
async fn an_address_that_our_open_change_has_set_is_nobody_elses_doing() {
    let world = World::new().await;
    let (change, code) = world.waiting_at(Service::ZApi).await;
    let done = world.engine.submit_code(change.id, &code).await;
    let profile = done.expect("changed").profile_id.expect("a profile");
    let next = world.request(profile, "third@practice.example").await;
    world
        .sandbox
        .change_z_api(&World::account_id(Service::ZApi), |account| {
            account.email = Some("third@practice.example".into());
            account.verified = false;
        });
    world.engine.read_profile(profile).await.expect("read");
    let held = world.engine.profile(profile).expect("a profile");
    assert_eq!((held.known, held.verified), (Known::AsRead, Some(false)));
    let open = world.engine.change(next.id).await.expect("open");
    assert_eq!(open.state, State::AwaitingCode);
}
