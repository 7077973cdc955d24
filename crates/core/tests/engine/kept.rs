//! Codes that are kept: sent again without being typed, and never in the way where no vault is needed.

use std::time::Duration;

use readdress_core::ask::{ProfileEdit, Settle};
use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_core::secret::Secret;
use readdress_sandbox::{Fault, FaultKind, Service};

use crate::support::{World, ask, ended};

const Z: Service = Service::ZApi;

#[tokio::test]
async fn a_kept_code_is_sent_without_being_typed_again() {
    let world = World::new().await;
    let (change, code) = world.waiting_at(Z).await;
    let none = world.engine.submit_code(change.id, " ").await;
    assert_eq!(none.expect_err("none is kept").code, Code::CodeNotFound);
    world
        .sandbox
        .add_fault(Fault::new(Z, FaultKind::Cut).on("verify").times(1));
    world
        .engine
        .submit_code(change.id, &code)
        .await
        .expect("it was sent");
    let offered = world
        .engine
        .settle_change(change.id, Settle::Check, &Default::default())
        .await
        .expect("it can be read");
    assert!(offered.has_value);
    let listed = world.engine.open_changes(false).expect("listed").remove(0);
    assert!(listed.has_value, "lists tell it too");
    let done = world
        .engine
        .submit_code(change.id, "")
        .await
        .expect("the kept one is sent");
    assert_eq!(done.state, State::Changed);
}

#[tokio::test]
async fn a_locked_vault_keeps_nobody_from_looking_cancelling_or_removing() {
    let world = World::new().await;
    let (change, code) = world.waiting_at(Z).await;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    world
        .engine
        .submit_code(change.id, wrong)
        .await
        .expect("refused");
    world.engine.vault().lock();
    let seen = world.engine.change(change.id).await.expect("a look");
    assert_eq!(ended(&seen), (State::AwaitingCode, Some(Code::CodeWrong)));
    assert!(!seen.has_value, "a refused code is not offered");
    world
        .engine
        .remove_profile(change.profile_id.expect("a profile"))
        .await
        .expect("removed, its change ended");
    let ended = world.engine.change(change.id).await.expect("kept");
    assert_eq!(ended.state, State::Cancelled);
}

#[tokio::test]
async fn a_vault_locked_during_the_call_does_not_cost_its_answer() {
    let world = World::new().await;
    let (change, code) = world.waiting_at(Z).await;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    world
        .sandbox
        .add_fault(Fault::new(Z, FaultKind::Late).on("verify").delayed(500));
    let (refused, ()) = tokio::join!(world.engine.submit_code(change.id, wrong), async {
        tokio::time::sleep(Duration::from_millis(250)).await;
        assert_eq!(world.engine.calls_under_way(), 1);
        world.engine.vault().lock();
    });
    let refused = refused.expect("the answer reached the disk");
    assert_eq!(
        ended(&refused),
        (State::AwaitingCode, Some(Code::CodeWrong))
    );
    world.engine.vault().unlock(None).await.expect("open again");
    let again = world.engine.submit_code(change.id, wrong).await;
    assert_eq!(
        again.expect_err("marked").code,
        Code::CodeRefusedBefore,
        "the refused code is marked on disk"
    );
}

#[tokio::test]
async fn what_is_sent_again_needs_only_its_own_secrets() {
    const W: Service = Service::Webshare;
    let world = World::new().await;
    let mut new = world.new_profile(W);
    let password = new.secrets.remove("password").expect("practice has one");
    let profile = world.engine.add_profile(new).await.expect("added");
    let once = || [("password".to_owned(), password.clone())].into();
    let cut = |step: &str| Fault::new(W, FaultKind::Cut).on(step).times(1);

    world.sandbox.add_fault(cut("request"));
    let mut request = ask(profile.id, World::account(W).new_email);
    request.secrets = once();
    let unknown = world.engine.request_change(request).await.expect("sent");
    assert_eq!(unknown.state, State::Unknown);
    let lacking = world
        .engine
        .settle_change(unknown.id, Settle::SendAgain, &Default::default())
        .await
        .expect_err("the password was held for one call");
    assert_eq!(
        (lacking.code, lacking.params["field"].as_str()),
        (Code::FieldMissing, "password")
    );
    let waiting = world
        .engine
        .settle_change(unknown.id, Settle::SendAgain, &once())
        .await
        .expect("with the password, for this call");
    assert_eq!(waiting.state, State::AwaitingCode);

    let link = world
        .sandbox
        .last_mail(&waiting.to)
        .and_then(|mail| mail.link)
        .expect("a mail came");
    world.sandbox.add_fault(cut("verify"));
    let unknown = world.engine.submit_code(waiting.id, &link).await;
    assert_eq!(unknown.expect("sent").state, State::Unknown);
    let done = world
        .engine
        .settle_change(waiting.id, Settle::SendAgain, &Default::default())
        .await
        .expect("the code needs no password");
    assert_eq!(done.state, State::Changed);
}

#[tokio::test]
async fn a_profile_with_a_session_can_be_edited() {
    const M: Service = Service::ManncoStore;
    let world = World::new().await;
    let profile = world.profile(M).await;
    world.engine.read_profile(profile.id).await.expect("read");
    let edit = ProfileEdit {
        label: Some("Another label".into()),
        ..Default::default()
    };
    let edited = world.engine.edit_profile(profile.id, edit).await;
    assert_eq!(edited.expect("renamed").label, "Another label");
}

#[tokio::test]
async fn a_session_is_kept_only_for_the_keys_it_was_made_with() {
    const M: Service = Service::ManncoStore;
    let world = World::new().await;
    let profile = world.profile(M).await;
    world
        .sandbox
        .add_fault(Fault::new(M, FaultKind::Late).on("login").delayed(500));
    let (_, edited) = tokio::join!(world.engine.read_profile(profile.id), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let edit = ProfileEdit {
            secrets: [("api_key".to_owned(), Secret::new("another-accounts-key"))].into(),
            ..Default::default()
        };
        world.engine.edit_profile(profile.id, edit).await
    });
    edited.expect("a new key");
    world.sandbox.clear_faults();
    world
        .sandbox
        .change_settings(|settings| settings.strict = true);
    let read = world.engine.read_profile(profile.id).await;
    assert_eq!(
        read.expect_err("nobody knows the new key").code,
        Code::CredentialsRefused,
        "the session of the old key is not used"
    );
}

#[tokio::test]
async fn a_key_for_one_call_leaves_no_session_and_uses_none() {
    const M: Service = Service::ManncoStore;
    let world = World::new().await;
    let profile = world.profile(M).await;
    world
        .sandbox
        .change_settings(|settings| settings.strict = true);
    world.engine.read_profile(profile.id).await.expect("read");
    let mut once = ask(profile.id, World::account(M).new_email);
    once.secrets
        .insert("api_key".into(), Secret::new("another-accounts-key"));
    let refused = world.engine.request_change(once).await.expect("answered");
    assert_eq!(
        ended(&refused),
        (State::Planned, Some(Code::CredentialsRefused)),
        "the kept session belongs to another key"
    );
}
