//! Profiles edited while something is open: what was begun for one account never goes on at another.

use std::collections::BTreeMap;
use std::time::Duration;

use readdress_core::ask::ProfileEdit;
use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_core::secret::Secret;
use readdress_sandbox::{Fault, FaultKind, Service};

use crate::support::{World, ask};

const Z: Service = Service::ZApi;
const W: Service = Service::Webshare;

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

/// Two programs edit one profile over and over: whatever each was told is saved is there, and nothing of it half.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn edits_in_two_programs_lose_nothing() {
    const ROUNDS: usize = 25;
    let world = World::new().await;
    let profile = world.profile(Z).await.id;
    let [app, cli] = [world.engine.clone(), world.other_engine()];
    let renames = tokio::spawn(async move {
        for round in 0..ROUNDS {
            let edit = ProfileEdit {
                label: Some(format!("Name {round}")),
                ..Default::default()
            };
            app.edit_profile(profile, edit).await.expect("renamed");
            // Nobody else renames it: the other one's edits must not bring an old name back.
            assert_eq!(
                app.profile(profile).expect("shown").label,
                format!("Name {round}")
            );
        }
    });
    let moves = tokio::spawn(async move {
        for round in 0..ROUNDS {
            let instance = format!("INSTANCE{round:024}");
            let edit = ProfileEdit {
                fields: Some(BTreeMap::from([(
                    "instance_id".to_owned(),
                    instance.clone(),
                )])),
                secrets: BTreeMap::from([("token".to_owned(), Secret::new("x".repeat(round + 8)))]),
                ..Default::default()
            };
            cli.edit_profile(profile, edit).await.expect("edited");
            let view = cli.profile(profile).expect("shown");
            assert_eq!(view.fields["instance_id"], instance);
            assert_eq!(view.has_secret["token"] as usize, round + 8);
        }
    });
    renames.await.expect("no edit was lost");
    moves.await.expect("no edit was lost");
    let view = world.engine.profile(profile).expect("shown");
    assert_eq!(view.label, format!("Name {}", ROUNDS - 1));
    assert_eq!(
        view.fields["instance_id"],
        format!("INSTANCE{:024}", ROUNDS - 1)
    );
}

/// What the page sends: the fields that were typed in, and only those.
#[tokio::test]
async fn fields_that_an_edit_does_not_name_stay() {
    let world = World::new().await;
    let profile = world.profile(Z).await;
    let edit = ProfileEdit {
        fields: Some(BTreeMap::new()),
        ..Default::default()
    };
    let after = world
        .engine
        .edit_profile(profile.id, edit)
        .await
        .expect("nothing named");
    assert_eq!(after.fields, profile.fields);
    let edit = ProfileEdit {
        fields: Some(BTreeMap::from([("instance_id".to_owned(), " ".to_owned())])),
        ..Default::default()
    };
    let emptied = world.engine.edit_profile(profile.id, edit).await;
    assert_eq!(emptied.expect_err("it is needed").code, Code::FieldMissing);
}

/// The request read the profile; before its intent is on disk, another program gives the profile another account.
#[tokio::test]
async fn no_request_leaves_for_an_account_that_was_swapped_meanwhile() {
    let world = World::new().await;
    let profile = world.profile(Z).await.id;
    let late = Fault::new(Z, FaultKind::Late).on("read").delayed(500);
    world.sandbox.add_fault(late.times(1));
    let other = world.other_engine();
    let (sent, edited) = tokio::join!(
        world
            .engine
            .request_change(ask(profile, "after@practice.example")),
        async {
            tokio::time::sleep(Duration::from_millis(250)).await;
            let another =
                BTreeMap::from([("instance_id".to_owned(), "ANOTHERINSTANCE".to_owned())]);
            let edit = ProfileEdit {
                fields: Some(another),
                ..Default::default()
            };
            other.edit_profile(profile, edit).await
        }
    );
    edited.expect("nothing has left yet");
    assert_eq!(sent.expect_err("it was another account").code, Code::Busy);
    assert_eq!(world.sandbox.count(Z, "request").received, 0);
}

/// A check that ends after the change was proved: it knows less, and does not say so of the profile.
#[tokio::test]
async fn a_slow_check_does_not_undo_a_proof() {
    let world = World::new().await;
    let (change, code) = world.waiting_at(W).await;
    let profile = change.profile_id.expect("a profile");
    let other = world.other_engine();
    let late = Fault::new(W, FaultKind::Late).on("read").delayed(1500);
    world.sandbox.add_fault(late.times(1));
    let (read, done) = tokio::join!(other.read_profile(profile), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        world.engine.submit_code(change.id, &code).await
    });
    read.expect("read");
    assert_eq!(done.expect("answered").state, State::Changed);
    let view = world.engine.profile(profile).expect("shown");
    assert_eq!(view.email.as_deref(), Some(change.to.as_str()));
}

/// Where an account is known by its key alone, and two programs add it at the same time.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_key_is_added_once() {
    let world = World::new().await;
    let programs = [world.engine.clone(), world.other_engine()];
    let adds: Vec<_> = (0..6)
        .map(|n| {
            let mut new = world.new_profile(Service::ManncoStore);
            new.label = format!("Trader {n}");
            let engine = programs[n % 2].clone();
            tokio::spawn(async move { engine.add_profile(new).await })
        })
        .collect();
    let mut added = 0;
    for add in adds {
        match add.await.expect("no panic") {
            Ok(_) => added += 1,
            Err(problem) => assert_eq!(problem.code, Code::ProfileTwice),
        }
    }
    assert_eq!(added, 1);
}

/// A check during which another program moves the change: it is no failure, and its older news move nothing.
#[tokio::test]
async fn a_check_is_not_refused_because_a_change_moved_meanwhile() {
    let world = World::new().await;
    let (change, _) = world.waiting_at(Z).await;
    let profile = change.profile_id.expect("a profile");
    let other = world.other_engine();
    let late = Fault::new(Z, FaultKind::Late).on("read").delayed(800);
    world.sandbox.add_fault(late.times(1));
    let hang = Fault::new(Z, FaultKind::Cut).on("verify").times(1);
    world.sandbox.add_fault(hang);
    let (read, unknown) = tokio::join!(other.read_profile(profile), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        world.engine.submit_code(change.id, "000000").await
    });
    read.expect("it was read");
    assert_eq!(unknown.expect("sent").state, State::Unknown);
    let shown = world.engine.change(change.id).await.expect("shown");
    assert_eq!(
        shown.state,
        State::Unknown,
        "a read from before the call settles nothing"
    );
    let read = other.read_profile(profile).await;
    read.expect("read");
    let shown = world.engine.change(change.id).await.expect("shown");
    assert_eq!(shown.state, State::AwaitingCode, "one from after it does");
}

/// A read that began for one account, and a profile that names another one when the answer comes.
#[tokio::test]
async fn what_one_account_shows_proves_nothing_of_another() {
    let mut world = World::new().await;
    world.row_moved = true;
    let (change, _) = world.waiting_at(Z).await;
    let profile = change.profile_id.expect("a profile");
    let held = world.engine.read_profile(profile).await.expect("read");
    let db = rusqlite::Connection::open(world.folder.path().join("data/readdress.db"))
        .expect("the database");
    // The address that this account holds is the one that the change waits for.
    db.execute("UPDATE changes SET to_email = ?1", [held.email])
        .expect("written");
    let before = world.engine.change(change.id).await.expect("shown");
    let late = Fault::new(Z, FaultKind::Late).on("read");
    world.sandbox.add_fault(late.delayed(500).times(1));
    let (read, ()) = tokio::join!(world.engine.read_profile(profile), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        db.execute(
            "UPDATE profiles SET fields = '{\"instance_id\":\"ANOTHERINSTANCE\"}'",
            [],
        )
        .expect("another program's edit");
    });
    let read = read.expect_err("of another account");
    assert_eq!(
        (read.code, read.params["reason"].as_str()),
        (Code::Busy, "quicker")
    );
    let open = world.engine.change(change.id).await.expect("shown");
    assert_eq!(open.state, State::AwaitingCode);
    let lines = before.events.len();
    assert_eq!(open.events.len(), lines, "its journal is not told");
}

/// A service without plain fields: each new profile is compared with all there are, and each commit is news to the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn profiles_that_are_added_at_once_are_all_added() {
    let world = World::new().await;
    let mut adding = tokio::task::JoinSet::new();
    for number in 0..400 {
        let engine = world.engine.clone();
        let mut new = world.new_profile(Service::Webshare);
        new.label = format!("Proxies {number}");
        let key = Secret::new(format!("key-of-account-{number:04}"));
        new.secrets = BTreeMap::from([("api_key".to_owned(), key)]);
        adding.spawn(async move { engine.add_profile(new).await });
    }
    while let Some(added) = adding.join_next().await {
        added.expect("no panic").expect("added");
    }
    assert_eq!(world.engine.profiles(None, 1).expect("a list").total, 400);
}
