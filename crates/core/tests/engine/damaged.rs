//! Secrets, sessions and codes that somebody changed on disk: told where a person must act, mended where nobody need.

use std::collections::BTreeMap;

use readdress_core::ask::{ProfileEdit, Settle};
use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_core::secret::Secret;
use readdress_sandbox::{Fault, FaultKind, Service};

use crate::support::{World, ask};

fn damage(world: &World, sql: &str) -> usize {
    let file = world.folder.path().join("data/readdress.db");
    let db = rusqlite::Connection::open(file).expect("the database");
    db.execute(sql, []).expect("a change")
}

#[tokio::test]
async fn a_damaged_secret_stops_its_profile_alone_until_it_is_entered_again() {
    let world = World::new().await;
    let hit = world.profile(Service::Webshare).await;
    let other = world.profile(Service::ZApi).await;
    let sql = "UPDATE secrets SET cipher = substr(cipher, 1, 50) WHERE field = 'password'";
    assert_eq!(damage(&world, sql), 1);
    let problem = world
        .engine
        .request_change(ask(hit.id, "new@practice.example"))
        .await
        .expect_err("its password cannot be read");
    assert_eq!(
        (
            problem.code,
            problem.params["field"].as_str(),
            problem.params["label"].as_str()
        ),
        (Code::SecretDamaged, "password", hit.label.as_str())
    );
    assert_eq!(
        world.sandbox.count(Service::Webshare, "request").received,
        0
    );
    world
        .engine
        .read_profile(other.id)
        .await
        .expect("the other one is whole");
    let password = World::account(Service::Webshare).secrets["password"];
    let edit = ProfileEdit {
        secrets: BTreeMap::from([("password".to_owned(), Secret::new(password))]),
        ..ProfileEdit::default()
    };
    world
        .engine
        .edit_profile(hit.id, edit)
        .await
        .expect("entered again");
    let change = world.request(hit.id, "new@practice.example").await;
    assert_eq!(change.state, State::AwaitingCode);
}

#[tokio::test]
async fn a_damaged_session_costs_a_login_and_no_word() {
    let world = World::new().await;
    let profile = world.profile(Service::ManncoStore).await;
    let read = async || world.engine.read_profile(profile.id).await.expect("read");
    read().await;
    read().await;
    let logins = || world.sandbox.count(Service::ManncoStore, "login").received;
    assert_eq!(logins(), 1, "the session is kept");
    let sql = "UPDATE secrets SET cipher = x'00' WHERE field LIKE 'login:%'";
    assert_eq!(damage(&world, sql), 1);
    read().await;
    assert_eq!(logins(), 2);
    read().await;
    assert_eq!(logins(), 2, "the new one is kept in its place");
}

#[tokio::test]
async fn a_damaged_code_is_told_and_can_be_given_again() {
    let world = World::new().await;
    let (change, code) = world.waiting_at(Service::ZApi).await;
    let cut = Fault::new(Service::ZApi, FaultKind::Cut).on("verify");
    world.sandbox.add_fault(cut.times(1));
    world
        .engine
        .submit_code(change.id, &code)
        .await
        .expect("it was sent");
    world
        .engine
        .settle_change(change.id, Settle::Check, &BTreeMap::new())
        .await
        .expect("it can be read");
    assert_eq!(damage(&world, "UPDATE change_values SET cipher = x'00'"), 1);
    let problem = world
        .engine
        .submit_code(change.id, "")
        .await
        .expect_err("the kept one cannot be read");
    assert_eq!(
        (
            problem.code,
            problem.params["reason"].as_str(),
            problem.params["label"].as_str()
        ),
        (Code::SecretDamaged, "code", change.profile.as_str())
    );
    let done = world
        .engine
        .submit_code(change.id, &code)
        .await
        .expect("given again");
    assert_eq!(done.state, State::Changed);
}

#[tokio::test]
async fn a_vault_whose_row_is_gone_is_told_and_profiles_stay() {
    let world = World::new().await;
    let profile = world.profile(Service::ZApi).await;
    assert_eq!(damage(&world, "DELETE FROM vault"), 1);
    for engine in [&world.engine, &world.other_engine()] {
        let problem = engine
            .read_profile(profile.id)
            .await
            .expect_err("nothing opens");
        assert_eq!(
            (problem.code, problem.params["reason"].as_str()),
            (Code::SecretDamaged, "vault")
        );
        let added = engine
            .add_profile(world.new_profile(Service::Webshare))
            .await
            .expect_err("no second vault");
        assert_eq!(added.code, Code::SecretDamaged);
        assert_eq!(
            engine.profile(profile.id).expect("listed").label,
            profile.label
        );
    }
}
