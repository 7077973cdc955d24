//! What a person relies on: nothing lost, nothing twice, one change at a time, secrets nowhere in the clear.

use readdress_core::ask::{ProfileEdit, Settle};
use readdress_core::change::{Proof, State};
use readdress_core::error::Code;
use readdress_core::profile::Known;
use readdress_core::secret::Secret;
use readdress_core::view::{Doubt, HistoryFilter};
use readdress_sandbox::{Fault, FaultKind, Service};

use crate::support::{World, ask, ended};

const Z: Service = Service::ZApi;

#[tokio::test]
async fn one_change_at_a_time_unless_it_is_replaced() {
    let world = World::new().await;
    let first = world.request_at(Z).await;
    let profile = first.profile_id.expect("a profile");
    let open = world
        .engine
        .request_change(ask(profile, "other@practice.example"))
        .await;
    let open = open.expect_err("one is open");
    assert_eq!(
        (open.code, open.params["address"].as_str()),
        (Code::ChangeOpen, first.to.as_str())
    );
    let mut replace = ask(profile, "other@practice.example");
    replace.replace = true;
    let second = world
        .engine
        .request_change(replace)
        .await
        .expect("it takes its place");
    assert_eq!(second.state, State::AwaitingCode);
    assert_eq!(
        world.engine.change(first.id).await.expect("kept").state,
        State::Cancelled
    );
}

#[tokio::test]
async fn two_programs_on_one_folder_send_once() {
    let world = World::new().await;
    let profile = world.profile(Z).await;
    let other = world.other_engine();
    world
        .sandbox
        .add_fault(Fault::new(Z, FaultKind::Late).on("request").delayed(300));
    let to = World::account(Z).new_email;
    let (one, two) = tokio::join!(
        world.engine.request_change(ask(profile.id, to)),
        other.request_change(ask(profile.id, to)),
    );
    assert_eq!(
        world.sandbox.count(Z, "request").received,
        1,
        "{one:?} {two:?}"
    );
    assert!(
        one.is_ok() != two.is_ok(),
        "one sends, one is told: {one:?} {two:?}"
    );
    let told = one.err().or(two.err()).expect("one was told");
    assert!(
        matches!(told.code, Code::Busy | Code::ChangeOpen),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_change_whose_program_is_gone_is_unknown_and_settled_by_its_code() {
    let world = World::new().await;
    let profile = world.profile(Z).await;
    world
        .sandbox
        .add_fault(Fault::new(Z, FaultKind::Hang).on("request").taken());
    let engine = world.other_engine();
    let to = World::account(Z).new_email;
    let call = engine.request_change(ask(profile.id, to));
    // The caller goes away in the middle of the call; the call itself goes on.
    tokio::time::timeout(std::time::Duration::from_millis(700), call)
        .await
        .expect_err("no answer comes");
    let open = world.engine.open_changes(false).expect("listed");
    assert_eq!(open[0].state, State::Requesting, "another program is on it");
    let busy = world
        .engine
        .settle_change(open[0].id, Settle::SendAgain, &Default::default())
        .await
        .expect_err("not ours");
    assert_eq!(busy.code, Code::Busy);
    assert_eq!(engine.calls_under_way(), 1, "closing waits for it");
}

#[tokio::test]
async fn the_user_settles_an_unknown() {
    let world = World::new().await;
    let profile = world.profile(Service::Webshare).await;
    let cut = || {
        Fault::new(Service::Webshare, FaultKind::Cut)
            .on("request")
            .taken()
            .times(1)
    };
    world.sandbox.add_fault(cut());
    let unknown = world.request(profile.id, "after@practice.example").await;
    assert_eq!(unknown.state, State::Unknown);
    let asked = world
        .engine
        .settle_change(unknown.id, Settle::Check, &Default::default())
        .await
        .expect("it can be read");
    assert_eq!(
        asked.state,
        State::Unknown,
        "the old address proves nothing before a code is entered"
    );
    let went_on = world
        .engine
        .settle_change(unknown.id, Settle::Worked, &Default::default())
        .await
        .expect("a mail came");
    assert_eq!(went_on.state, State::AwaitingCode);

    world
        .engine
        .cancel_change(unknown.id)
        .await
        .expect("cancelled");
    world.sandbox.add_fault(cut());
    let unknown = world.request(profile.id, "after2@practice.example").await;
    let again = world
        .engine
        .settle_change(unknown.id, Settle::SendAgain, &Default::default())
        .await
        .expect("sent again");
    assert_eq!(ended(&again), (State::AwaitingCode, None));
    assert_eq!(
        world.sandbox.count(Service::Webshare, "request").received,
        3
    );
}

#[tokio::test]
async fn a_code_that_comes_settles_an_unknown_request() {
    let world = World::new().await;
    let profile = world.profile(Z).await;
    world
        .sandbox
        .add_fault(Fault::new(Z, FaultKind::Cut).on("request").taken().times(1));
    let unknown = world.request(profile.id, World::account(Z).new_email).await;
    assert_eq!(unknown.state, State::Unknown);
    let code = world
        .sandbox
        .last_mail(&unknown.to)
        .and_then(|mail| mail.code)
        .expect("it was taken");
    let done = world
        .engine
        .submit_code(unknown.id, &code)
        .await
        .expect("sent");
    assert_eq!(
        (done.state, done.proof),
        (State::Changed, Some(Proof::ReadBack))
    );
    assert_eq!(world.sandbox.count(Z, "request").received, 1);
}

#[tokio::test]
async fn a_change_made_elsewhere_is_seen() {
    let world = World::new().await;
    let (change, code) = world.waiting_at(Z).await;
    let done = world
        .engine
        .submit_code(change.id, &code)
        .await
        .expect("changed");
    let profile = done.profile_id.expect("a profile");
    world
        .sandbox
        .change_z_api(&World::account_id(Z), |account| {
            account.email = Some("someone@else.example".into())
        });
    world.engine.read_profile(profile).await.expect("read");
    assert_eq!(
        world.engine.profile(profile).expect("a profile").known,
        Known::ChangedElsewhere
    );
    let back = world
        .engine
        .request_change(readdress_core::ask::RequestChange {
            undo_of: Some(done.id),
            ..ask(profile, "before@practice.example")
        });
    assert_eq!(back.await.expect("a new change").undo_of, Some(done.id));
}

#[tokio::test]
async fn the_same_account_twice_is_told() {
    for service in Service::ALL {
        let world = World::new().await;
        let profile = world.profile(service).await;
        let mut twin = world.new_profile(service);
        "Another label".clone_into(&mut twin.label);
        let told = world
            .engine
            .add_profile(twin)
            .await
            .expect_err("the same account");
        assert_eq!(
            (told.code, told.params["label"].as_str()),
            (Code::ProfileTwice, profile.label.as_str()),
            "{service:?}"
        );
    }
}

#[tokio::test]
async fn half_filled_profiles_and_doubtful_addresses_are_told_before_anything_is_sent() {
    let world = World::new().await;
    let mut half = world.new_profile(Z);
    half.secrets.remove("token");
    let told = world
        .engine
        .add_profile(half)
        .await
        .expect_err("it lacks its token");
    assert_eq!(
        (told.code, told.params["field"].as_str()),
        (Code::FieldMissing, "token")
    );
    let mut bare = world.new_profile(Service::ManncoStore);
    bare.secrets.clear();
    assert_eq!(
        world
            .engine
            .add_profile(bare)
            .await
            .expect_err("a key or a token")
            .code,
        Code::FieldMissing
    );

    let profile = world.profile(Z).await;
    let typo = world
        .engine
        .check_address(profile.id, "me@gmial.com")
        .expect("checked");
    assert!(
        matches!(&typo.doubts[..], [Doubt::Typo { suggestion }] if suggestion == "me@gmail.com"),
        "{typo:?}"
    );
    let wrong = world
        .engine
        .check_address(profile.id, "me@@example")
        .expect("checked");
    assert_eq!(
        wrong.problem.map(|problem| problem.code),
        Some(Code::EmailInvalid)
    );
    world.engine.read_profile(profile.id).await.expect("read");
    let same = world
        .engine
        .check_address(profile.id, World::account(Z).email)
        .expect("checked");
    assert_eq!(
        same.problem.map(|problem| problem.code),
        Some(Code::EmailSame)
    );
    let preview = world
        .engine
        .preview(profile.id, "request", "after@practice.example")
        .expect("a preview");
    assert!(
        preview.masked.contains("after@practice.example") && preview.masked.contains("••••••"),
        "{}",
        preview.masked
    );
    assert!(preview.curl.contains("$TOKEN"), "{}", preview.curl);
    assert_eq!(world.sandbox.count(Z, "request").received, 0);
}

#[tokio::test]
async fn secrets_and_codes_are_nowhere_in_the_clear_on_disk() {
    let world = World::new().await;
    let mut needles = Vec::new();
    for service in Service::ALL {
        let (change, code) = world.waiting_at(service).await;
        let wrong = if code == "000000" { "111111" } else { "000000" };
        let _ = world.engine.submit_code(change.id, wrong).await;
        world
            .engine
            .submit_code(change.id, &code)
            .await
            .expect("changed");
        needles.extend(
            World::account(service)
                .secrets
                .values()
                .map(|secret| (*secret).to_owned()),
        );
        // A six-digit code may stand in a time by chance; the link's code cannot.
        if code.len() > 12 {
            needles.push(
                code.trim_end_matches("/confirm/")
                    .rsplit('/')
                    .next()
                    .expect("a segment")
                    .to_owned(),
            );
        }
    }
    let data = world.folder.path().join("data");
    let mut files = vec![data];
    let mut seen = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(
                std::fs::read_dir(&path)
                    .expect("a folder")
                    .map(|entry| entry.expect("an entry").path()),
            );
            continue;
        }
        let bytes = std::fs::read(&path).expect("a file");
        seen += bytes.len();
        for needle in &needles {
            let found = bytes
                .windows(needle.len())
                .any(|window| window == needle.as_bytes());
            assert!(
                !found,
                "a secret stands in {}",
                path.file_name().expect("a name").display()
            );
        }
    }
    assert!(seen > 10_000, "the database was looked at");
}

#[tokio::test]
async fn the_history_survives_its_profile_and_guards_spreadsheets() {
    let world = World::new().await;
    let mut new = world.new_profile(Z);
    "=1+1".clone_into(&mut new.label);
    let profile = world.engine.add_profile(new).await.expect("any label");
    let change = world.request(profile.id, World::account(Z).new_email).await;
    world
        .engine
        .remove_profile(profile.id)
        .await
        .expect("removed");
    let kept = world
        .engine
        .change(change.id)
        .await
        .expect("the history keeps it");
    assert_eq!(
        (kept.state, kept.profile_id, kept.profile.as_str()),
        (State::Cancelled, None, "=1+1")
    );
    let mut csv = Vec::new();
    world
        .engine
        .write_history_csv(&HistoryFilter::default(), &mut csv)
        .expect("written");
    let csv = String::from_utf8(csv).expect("UTF-8");
    assert!(csv.contains("'=1+1"), "{csv}");
}

#[tokio::test]
async fn new_keys_replace_a_refused_one() {
    let world = World::new().await;
    world
        .sandbox
        .change_settings(|settings| settings.strict = true);
    let mut new = world.new_profile(Z);
    new.secrets.insert("token".into(), Secret::new("WRONG"));
    let profile = world.engine.add_profile(new).await.expect("added");
    world
        .engine
        .read_profile(profile.id)
        .await
        .expect_err("refused");
    assert!(
        world
            .engine
            .profile(profile.id)
            .expect("a profile")
            .problem
            .is_some(),
        "the list shows it"
    );
    let right = World::account(Z).secrets["token"];
    let edit = ProfileEdit {
        secrets: [("token".to_owned(), Secret::new(right))].into(),
        ..Default::default()
    };
    let edited = world
        .engine
        .edit_profile(profile.id, edit)
        .await
        .expect("replaced");
    assert_eq!(
        edited.problem, None,
        "the old refusal is not shown beside the new key"
    );
    world.engine.read_profile(profile.id).await.expect("read");
}
