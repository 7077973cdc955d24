//! Profiles edited while something is open: what was begun for one account never goes on at another.

use std::collections::BTreeMap;

use readdress_core::ask::ProfileEdit;
use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_sandbox::Service;

use crate::support::World;

const Z: Service = Service::ZApi;

#[tokio::test]
async fn the_account_is_not_swapped_under_an_open_change() {
    let world = World::new().await;
    let (change, code) = world.waiting_at(Z).await;
    let profile = change.profile_id.expect("a profile");
    let edit = |instance: &str| ProfileEdit {
        label: Some("Another label".into()),
        fields: Some(BTreeMap::from([(
            "instance_id".to_owned(),
            instance.to_owned(),
        )])),
        ..Default::default()
    };
    let other = world
        .engine
        .edit_profile(profile, edit("ANOTHERINSTANCE"))
        .await
        .expect_err("its code would go to another account");
    assert_eq!(
        (other.code, other.params["address"].as_str()),
        (Code::ChangeOpen, change.to.as_str())
    );
    let same = World::account(Z).fields["instance_id"];
    let edited = world.engine.edit_profile(profile, edit(same)).await;
    assert_eq!(edited.expect("only a new name").label, "Another label");
    let done = world.engine.submit_code(change.id, &code).await;
    assert_eq!(done.expect("an answer came").state, State::Changed);
    let edited = world
        .engine
        .edit_profile(profile, edit("ANOTHERINSTANCE"))
        .await;
    edited.expect("nothing is open any more");
}
