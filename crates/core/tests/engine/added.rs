//! Service files that are added while the engine runs: looked at first, never in the place of a shipped one, nothing accepted by it.

use std::path::{Path, PathBuf};

use readdress_core::change::State;
use readdress_core::engine::Engine;
use readdress_core::error::Code;
use readdress_core::manifest::ServiceFile;
use readdress_core::view::{CallRole, ServicePlace};
use readdress_sandbox::Service;

use crate::support::{World, ask};

const SHIPPED: &str = include_str!("../../../../services/webshare.toml");

fn own(id: &str, host: &str) -> ServiceFile {
    let text = SHIPPED
        .replace("id       = \"webshare\"", &format!("id       = \"{id}\""))
        .replace("https://proxy.webshare.io", &format!("https://{host}"));
    let name = "from the forum.readdress".to_owned();
    ServiceFile { name, text }
}

fn services(world: &World) -> PathBuf {
    world.engine.folder().services_dir()
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn taken(engine: &Engine, file: &ServiceFile, replace: bool) -> String {
    let problem = engine.add_service(file, replace).expect_err("taken");
    assert_eq!(problem.code, Code::ServiceTaken);
    problem.params["reason"].clone()
}

#[tokio::test]
async fn a_file_is_shown_first_and_used_without_a_restart_once_its_host_was_accepted() {
    let world = World::new().await;
    let engine = &world.engine;
    let file = own("mine", "one.invalid:8443");
    let shown = engine.look_at_service(&file).expect("looked at");
    assert_eq!((shown.place, shown.mistakes.len()), (ServicePlace::New, 0));
    let service = shown.service.expect("no mistake");
    assert_eq!(
        (service.id.as_str(), service.host.as_str(), service.accepted),
        ("mine", "one.invalid:8443", false)
    );
    let calls: Vec<_> = shown.calls.iter().map(|call| call.role).collect();
    assert_eq!(calls[0], CallRole::Change);
    assert!(calls.contains(&CallRole::Read) && shown.calls[0].path.starts_with("/api/"));
    assert_eq!(files(&services(&world)), [""; 0], "looking stores nothing");

    let mut news = engine.subscribe();
    let added = engine.add_service(&file, false).expect("added");
    assert!(added.own && !added.accepted);
    assert!(news.try_recv().expect("it is told").all);
    assert_eq!(files(&services(&world)), ["mine.toml"]);
    let kept = services(&world).join("mine.toml");
    assert_eq!(std::fs::read_to_string(&kept).expect("there"), file.text);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&kept)
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    // It is there, and gets no key before somebody has looked at its host.
    let mut new = world.new_profile(Service::Webshare);
    new.service = "mine".into();
    new.base_url = None;
    let refused = engine.add_profile(new.clone()).await.expect_err("not yet");
    assert_eq!(refused.code, Code::ServiceNew);
    engine
        .accept_service("mine", "one.invalid:8443")
        .expect("accepted");
    engine.add_profile(new).await.expect("added");
    let again = engine.look_at_service(&file).expect("looked at");
    assert_eq!(again.place, ServicePlace::Same);
    assert!(
        engine
            .add_service(&file, false)
            .expect("nothing to do")
            .accepted
    );
    assert_eq!(files(&services(&world)), ["mine.toml"]);
}

#[tokio::test]
async fn no_added_file_takes_the_place_of_a_shipped_service() {
    let world = World::new().await;
    let file = own("webshare", "one.invalid");
    let shown = world.engine.look_at_service(&file).expect("looked at");
    assert!(matches!(shown.place, ServicePlace::Shipped { .. }));
    for replace in [false, true] {
        assert_eq!(taken(&world.engine, &file, replace), "shipped");
    }
    assert_eq!(files(&services(&world)), [""; 0]);
    let hosts = world.engine.services().expect("services");
    assert!(hosts.iter().all(|one| one.host != "one.invalid"));
}

#[tokio::test]
async fn a_replaced_file_is_kept_and_its_other_host_sends_nothing_before_it_is_accepted() {
    let world = World::new().await;
    let engine = &world.engine;
    engine
        .add_service(&own("mine", "one.invalid"), false)
        .expect("added");
    engine
        .accept_service("mine", "one.invalid")
        .expect("accepted");
    let mut new = world.new_profile(Service::Webshare);
    new.service = "mine".into();
    new.base_url = None;
    let profile = engine.add_profile(new).await.expect("added");

    let other = own("mine", "two.invalid");
    let shown = engine.look_at_service(&other).expect("looked at");
    let expected = ServicePlace::Replaces {
        file: "mine.toml".into(),
        host: Some("one.invalid".into()),
        profiles: 1,
        open: 0,
    };
    assert_eq!(shown.place, expected);
    assert!(!shown.service.expect("no mistake").accepted);
    assert_eq!(taken(engine, &other, false), "own");
    assert!(!engine.add_service(&other, true).expect("replaced").accepted);
    assert_eq!(files(&services(&world)), ["mine.toml"]);
    let copies = engine.folder().copies_dir();
    let kept = copies.join(&files(&copies)[0]).join("mine.toml");
    let kept = std::fs::read_to_string(kept).expect("kept");
    assert!(kept.contains("https://one.invalid"));

    let change = engine
        .request_change(ask(profile.id, "after@practice.example"))
        .await
        .expect("planned");
    let problem = change.problem.expect("held back");
    assert_eq!(problem.code, Code::OriginChanged);
    assert_eq!(problem.params["host"], "two.invalid");
}

#[tokio::test]
async fn a_change_that_is_open_goes_on_by_name_after_its_file_was_replaced() {
    let world = World::new().await;
    let engine = &world.engine;
    let file = own("mine", "one.invalid");
    engine.add_service(&file, false).expect("added");
    let mut new = world.new_profile(Service::Webshare);
    new.service = "mine".into();
    let profile = engine.add_profile(new).await.expect("to the sandbox");
    let change = world.request(profile.id, "after@practice.example").await;
    assert_eq!(change.state, State::AwaitingCode);

    let renamed = ServiceFile {
        text: file.text.replace("verify", "confirm"),
        ..file.clone()
    };
    let shown = engine.look_at_service(&renamed).expect("looked at");
    assert!(
        matches!(shown.place, ServicePlace::Replaces { open: 1, .. }),
        "{:?}",
        shown.place
    );
    let mail = world.mail("after@practice.example");
    let same_steps = ServiceFile {
        text: format!("# edited\n{}", file.text),
        ..file
    };
    engine.add_service(&same_steps, true).expect("replaced");
    let done = engine.submit_code(change.id, &mail).await.expect("sent");
    assert_eq!(done.state, State::Changed, "{:?}", done.problem);
}

#[tokio::test]
async fn a_file_with_a_mistake_is_told_and_mended_by_the_next_of_its_name() {
    let world = World::new().await;
    let engine = &world.engine;
    let good = own("mine", "one.invalid");
    let broken = ServiceFile {
        text: good.text.replace("method", "metod"),
        ..good.clone()
    };
    let shown = engine.look_at_service(&broken).expect("looked at");
    assert!(shown.service.is_none() && shown.calls.is_empty());
    let mistake = &shown.mistakes[0];
    assert_eq!(mistake.code, Code::ManifestInvalid);
    assert_eq!(mistake.params["file"], "from the forum.readdress");
    assert!(mistake.params["line"].parse::<u32>().expect("a line") > 1);
    assert!(mistake.params["hint"].contains("method"));
    let refused = engine.add_service(&broken, true).expect_err("not added");
    assert_eq!(refused.code, Code::ManifestInvalid);
    assert_eq!(files(&services(&world)), [""; 0]);

    // A broken one that somebody has put there by hand is not written over unasked, and another one's file never.
    std::fs::write(services(&world).join("mine.toml"), &broken.text).expect("written");
    let shown = engine.look_at_service(&good).expect("looked at");
    assert!(matches!(
        shown.place,
        ServicePlace::Replaces { host: None, .. }
    ));
    assert_eq!(taken(engine, &good, false), "own");
    engine.add_service(&good, true).expect("mended");
    assert!(engine.notices().is_empty(), "{:?}", engine.notices());

    // Edited in its place, and opened from there.
    let edited = own("mine", "edited.invalid");
    std::fs::write(services(&world).join("mine.toml"), &edited.text).expect("written");
    let shown = engine.look_at_service(&edited).expect("looked at");
    assert_eq!(shown.place, ServicePlace::Same);
    let hosts = engine.services().expect("services");
    assert!(hosts.iter().any(|one| one.host == "edited.invalid"));

    std::fs::rename(
        services(&world).join("mine.toml"),
        services(&world).join("other.toml"),
    )
    .expect("renamed");
    let engine = world.other_engine();
    engine
        .add_service(&own("other", "two.invalid"), false)
        .expect("added");
    engine
        .add_service(&own("mine", "three.invalid"), true)
        .expect("replaced");
    assert_eq!(files(&services(&world)), ["other-2.toml", "other.toml"]);
    assert!(engine.notices().is_empty(), "{:?}", engine.notices());
    let hosts: Vec<_> = engine
        .services()
        .expect("services")
        .into_iter()
        .map(|one| one.host)
        .collect();
    assert!(
        hosts.contains(&"two.invalid".to_owned()) && hosts.contains(&"three.invalid".to_owned())
    );
}

#[tokio::test]
async fn what_another_program_has_put_there_meanwhile_is_seen() {
    let world = World::new().await;
    let engine = &world.engine;
    // Its file comes before `mine.toml`, so it would be the one that counts.
    std::fs::write(
        services(&world).join("a.toml"),
        own("mine", "one.invalid").text,
    )
    .expect("written");
    let file = own("mine", "two.invalid");
    let shown = engine.look_at_service(&file).expect("looked at");
    let expected = ServicePlace::Replaces {
        file: "a.toml".into(),
        host: Some("one.invalid".into()),
        profiles: 0,
        open: 0,
    };
    assert_eq!(shown.place, expected);
    assert_eq!(taken(engine, &file, false), "own");
    let added = engine.add_service(&file, true).expect("replaced");
    assert_eq!(files(&services(&world)), ["a.toml"]);
    let called: Vec<_> = engine
        .services()
        .expect("services")
        .into_iter()
        .filter(|one| one.id == "mine")
        .map(|one| one.host)
        .collect();
    assert_eq!(called, [added.host], "what was shown is what is called");
}

#[test]
fn what_is_no_file_to_read_is_told_by_its_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("large"), vec![b'#'; 300 * 1024]).expect("written");
    std::fs::write(at("bytes"), [0xff, 0xfe]).expect("written");
    for (path, reason) in [
        (at("nobody.readdress"), "missing"),
        (at("large"), "large"),
        (at("bytes"), "not_text"),
        (folder.path().to_owned(), "not_plain"),
        #[cfg(unix)]
        (PathBuf::from("/dev/zero"), "not_plain"),
    ] {
        let problem = ServiceFile::read(&path).expect_err("not read");
        assert_eq!(problem.code, Code::ServiceFileUnreadable, "{path:?}");
        assert_eq!(problem.params["reason"], reason, "{path:?}");
        let shown = &problem.params["file"];
        assert!(!shown.contains('/'), "only its name: {shown}");
    }
}
