//! Limits counted from the journal, where something comes in between.

use std::time::Duration;

use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_sandbox::{Fault, FaultKind, Service};

use crate::support::{World, ask, ended};

const M: Service = Service::ManncoStore;

#[tokio::test]
async fn a_code_pasted_meanwhile_does_not_keep_the_place_of_a_refused_request() {
    let world = World::new().await;
    world.sandbox.change_settings(|settings| {
        settings.taken_addresses = vec!["taken@practice.example".into()]
    });
    let profile = world.profile(M).await;
    world
        .engine
        .read_profile(profile.id)
        .await
        .expect("logged in");
    world.sandbox.add_fault(
        Fault::new(M, FaultKind::Late)
            .on("request")
            .delayed(600)
            .times(1),
    );
    let (taken, given) = tokio::join!(
        world
            .engine
            .request_change(ask(profile.id, "taken@practice.example")),
        async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let open = world.engine.open_changes(false).expect("listed").remove(0);
            world.engine.submit_code(open.id, "123456").await
        }
    );
    assert_eq!(given.expect("kept").state, State::Requesting);
    let taken = taken.expect("an answer came");
    assert_eq!(ended(&taken), (State::Refused, Some(Code::EmailTaken)));
    let next = world
        .engine
        .request_change(ask(profile.id, "after@practice.example"))
        .await
        .expect("the place was given back");
    assert_eq!(ended(&next), (State::AwaitingCode, None));
}

#[tokio::test]
async fn too_soon_names_the_service_and_the_later_time() {
    let world = World::new().await;
    let change = world.request_at(M).await;
    let early = world
        .engine
        .resend_code(change.id, &Default::default(), false)
        .await
        .expect_err("too soon");
    assert_eq!(early.code, Code::RateLimited);
    assert_eq!(early.params["service"], "Mannco.store");
    // The service asks for less patience than its own documented limit.
    world.sandbox.add_fault(
        Fault::new(
            M,
            FaultKind::RateLimited(readdress_sandbox::RetryAfter::Seconds(20)),
        )
        .on("request"),
    );
    world
        .engine
        .resend_code(change.id, &Default::default(), true)
        .await
        .expect("answered");
    let early = world
        .engine
        .resend_code(change.id, &Default::default(), false)
        .await
        .expect_err("still too soon");
    let wait = early.retry_at.expect("a time").as_second() - jiff::Timestamp::now().as_second();
    assert!(
        (280..=300).contains(&wait),
        "the limit holds longer: {wait} s"
    );
}

#[tokio::test]
async fn a_refused_login_is_not_tried_twice_for_one_request() {
    let world = World::new().await;
    let profile = world.profile(M).await;
    world
        .sandbox
        .change_mannco_store(&World::account_id(M), |account| account.key_refused = true);
    let refused = world.request(profile.id, World::account(M).new_email).await;
    assert_eq!(
        ended(&refused),
        (State::Planned, Some(Code::CredentialsRefused))
    );
    assert_eq!(world.sandbox.count(M, "login").received, 1);
    world
        .sandbox
        .change_mannco_store(&World::account_id(M), |account| account.key_refused = false);
    let sent = world.request(profile.id, World::account(M).new_email).await;
    assert_eq!(ended(&sent), (State::AwaitingCode, None), "it was not kept");
}

#[tokio::test]
async fn another_address_does_not_get_around_the_time_that_the_service_asked_for() {
    const Z: Service = Service::ZApi;
    let world = World::new().await;
    let profile = world.profile(Z).await;
    world.sandbox.add_fault(
        Fault::new(
            Z,
            FaultKind::RateLimited(readdress_sandbox::RetryAfter::Seconds(90)),
        )
        .on("request"),
    );
    let refused = world.request(profile.id, "after@practice.example").await;
    assert_eq!(ended(&refused), (State::Planned, Some(Code::RateLimited)));
    let mut other = ask(profile.id, "other@practice.example");
    other.replace = true;
    let early = world.engine.request_change(other.clone()).await;
    let early = early.expect_err("too soon for any address");
    assert_eq!(
        (early.code, early.retry_at),
        (Code::RateLimited, refused.retry_at)
    );
    assert_eq!(world.sandbox.count(Z, "request").received, 1);
    world.sandbox.clear_faults();
    other.anyway = true;
    let sent = world.engine.request_change(other).await.expect("sent");
    assert_eq!(ended(&sent), (State::AwaitingCode, None));
}

/// Counted for the whole service, two profiles share one place: both look before, and only one request leaves.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_profiles_of_one_service_cannot_both_take_the_last_place() {
    let world = World::new().await;
    let scope = Some(readdress_core::manifest::LimitOf::Service);
    world
        .engine
        .set_limit_scope("mannco-store", scope)
        .expect("kept");
    let mut profiles = Vec::new();
    for n in 0..6 {
        let mut new = world.new_profile(M);
        new.label = format!("Trader {n}");
        let key = format!("practice-key-{n}");
        let name = new.secrets.keys().next().expect("a key").clone();
        new.secrets
            .insert(name, readdress_core::secret::Secret::new(key));
        profiles.push(world.engine.add_profile(new).await.expect("added").id);
    }
    // Every login and read is slow: all of them have looked at the limit before the first intent is written.
    let late = Fault::new(M, FaultKind::Late).on("read").delayed(300);
    world.sandbox.add_fault(late);
    let requests = profiles.iter().enumerate().map(|(n, profile)| {
        let engine = match n % 2 {
            0 => world.engine.clone(),
            _ => world.other_engine(),
        };
        let ask = ask(*profile, &format!("trader{n}@practice.example"));
        tokio::spawn(async move { engine.request_change(ask).await })
    });
    let requests: Vec<_> = requests.collect();
    let mut waiting = 0;
    for request in requests {
        let change = request.await.expect("no panic").expect("planned at least");
        match ended(&change) {
            (State::AwaitingCode, None) => waiting += 1,
            (State::Planned, Some(Code::RateLimited)) => {
                let wait = change
                    .retry_at
                    .expect("a time")
                    .duration_since(jiff::Timestamp::now());
                assert!((290..=300).contains(&wait.as_secs()), "{wait}");
                assert!(!change.can.send);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(waiting, 1);
    assert_eq!(world.sandbox.count(M, "request").received, 1);
}
