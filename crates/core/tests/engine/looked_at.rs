//! Manifests of the user's own: nothing is stored or sent for a host that nobody has looked at.

use readdress_core::ask::{NewProfile, ProfileEdit};
use readdress_core::engine::{Engine, Options};
use readdress_core::error::Code;
use readdress_core::secret::Secret;
use readdress_core::vault::VaultEnv;
use readdress_sandbox::Service;

use crate::support::{World, ask};

const SHIPPED: &str = include_str!("../../../../services/webshare.toml");

fn own(host: &str) -> String {
    SHIPPED
        .replace("id       = \"webshare\"", "id       = \"mine\"")
        .replace("https://proxy.webshare.io", &format!("https://{host}"))
}

pub fn engine_with(world: &World, source: &str) -> Engine {
    let services = world.folder.path().join("own");
    std::fs::create_dir_all(&services).expect("a folder");
    std::fs::write(services.join("mine.toml"), source).expect("a manifest");
    Engine::open(Options {
        data_dir: Some(world.folder.path().join("data")),
        services_dir: Some(services),
        vault: VaultEnv {
            key_file: Some(world.folder.path().join("key")),
            ..VaultEnv::default()
        },
        ..Options::default()
    })
    .expect("the engine opens")
}

/// Aimed at the host that the file names.
fn new_profile(world: &World) -> NewProfile {
    NewProfile {
        service: "mine".into(),
        base_url: None,
        ..world.new_profile(Service::Webshare)
    }
}

fn accepted(engine: &Engine) -> bool {
    let services = engine.services().expect("services");
    let mine = services.into_iter().find(|service| service.id == "mine");
    mine.expect("mine").accepted
}

#[tokio::test]
async fn a_host_is_looked_at_before_the_first_key_and_again_when_it_is_another() {
    let world = World::new().await;
    let engine = engine_with(&world, &own("one.invalid"));
    assert!(!accepted(&engine));
    let refused = engine.add_profile(new_profile(&world)).await;
    let problem = refused.expect_err("nobody has looked");
    assert_eq!(problem.code, Code::ServiceNew);
    assert_eq!(problem.params["host"], "one.invalid");
    let tried = engine.test_profile(new_profile(&world)).await;
    assert_eq!(
        tried.expect_err("nothing is sent either").code,
        Code::ServiceNew
    );
    assert_eq!(engine.profiles(None, 9).expect("a list").total, 0);

    let wrong = engine.accept_service("mine", "two.invalid");
    let wrong = wrong.expect_err("not the host that it names");
    assert_eq!(
        (wrong.code, wrong.params["host"].as_str()),
        (Code::ServiceNew, "one.invalid")
    );
    engine
        .accept_service("mine", "one.invalid")
        .expect("looked at");
    assert!(accepted(&engine));
    let profile = engine
        .add_profile(new_profile(&world))
        .await
        .expect("added");
    drop(engine);

    // The file is edited: new profiles ask again, and what is there sends nothing.
    let engine = engine_with(&world, &own("two.invalid"));
    assert!(!accepted(&engine));
    let mut other = new_profile(&world);
    other.label = "Another".into();
    let refused = engine.add_profile(other).await.expect_err("another host");
    assert_eq!(
        (refused.code, refused.params["host"].as_str()),
        (Code::ServiceNew, "two.invalid")
    );
    let view = engine
        .request_change(ask(profile.id, "after@practice.example"))
        .await;
    let problem = view.expect("planned").problem.expect("held back");
    assert_eq!(problem.code, Code::OriginChanged);
    assert_eq!(
        problem.params["host"], "two.invalid",
        "the host that is asked for, not the old one"
    );

    // A new key for the profile that is there asks as well.
    let rekey = || ProfileEdit {
        secrets: [("api_key".to_owned(), Secret::new("another-key-0123456789"))].into(),
        ..ProfileEdit::default()
    };
    let refused = engine.edit_profile(profile.id, rekey()).await;
    let refused = refused.expect_err("nobody has looked at this host");
    assert_eq!(
        (refused.code, refused.params["host"].as_str()),
        (Code::ServiceNew, "two.invalid")
    );
    let renamed = ProfileEdit {
        label: Some("Renamed".into()),
        ..ProfileEdit::default()
    };
    let renamed = engine.edit_profile(profile.id, renamed).await;
    renamed.expect("a name goes nowhere");
    engine
        .accept_service("mine", "two.invalid")
        .expect("looked at");
    let kept = engine.edit_profile(profile.id, rekey()).await;
    kept.expect("a key for a host that was looked at");

    // What was shown is what is accepted.
    let accept = |origin: &str| ProfileEdit {
        accept_origin: Some(origin.to_owned()),
        ..ProfileEdit::default()
    };
    for shown in ["https://one.invalid", "https://two.invalid:444", ""] {
        let edited = engine.edit_profile(profile.id, accept(shown)).await;
        assert_eq!(edited.expect_err(shown).code, Code::OriginChanged);
    }
    let edited = engine
        .edit_profile(profile.id, accept("https://two.invalid"))
        .await;
    assert_eq!(edited.expect("accepted").host, "two.invalid");
}

#[tokio::test]
async fn a_host_that_the_user_typed_needs_no_look_and_a_shipped_file_none() {
    let world = World::new().await;
    let engine = engine_with(&world, &own("one.invalid"));
    let typed = NewProfile {
        base_url: world.new_profile(Service::Webshare).base_url,
        ..new_profile(&world)
    };
    engine
        .add_profile(typed)
        .await
        .expect("it goes where the user said");
    assert!(
        !accepted(&engine),
        "which says nothing about the file's host"
    );
    engine
        .accept_service("webshare", "")
        .expect("nothing to look at");
    assert_eq!(
        engine
            .accept_service("nobody", "x")
            .expect_err("unknown")
            .code,
        Code::ServiceUnknown
    );
}

#[tokio::test]
async fn labels_and_keys_that_hide_or_swell_are_refused() {
    let world = World::new().await;
    for label in [
        "Ma\u{200b}in",
        "Main\u{202e}",
        "\u{2066}x",
        "M\u{200d}ain",
        "a\nb",
        "a\0b",
        "\u{1b}[2J",
        "\u{feff}x",
    ] {
        let new = NewProfile {
            label: label.into(),
            ..world.new_profile(Service::ZApi)
        };
        let refused = world.engine.add_profile(new).await.expect_err(label);
        assert_eq!(refused.code, Code::LabelInvalid, "{label:?}");
    }
    let huge = NewProfile {
        label: "x".repeat(1 << 20),
        ..world.new_profile(Service::ZApi)
    };
    let refused = world.engine.add_profile(huge).await.expect_err("1 MB");
    assert!(
        refused.params["label"].len() < 400,
        "it is not repeated whole"
    );
    let mut swollen = world.new_profile(Service::ZApi);
    swollen.secrets.insert(
        "token".into(),
        readdress_core::secret::Secret::new("x".repeat(1 << 20)),
    );
    let refused = world.engine.add_profile(swollen).await.expect_err("1 MB");
    assert_eq!(refused.code, Code::FieldInvalid);
    let family = NewProfile {
        label: "\u{1f469}\u{200d}\u{1f680} Desk".into(),
        ..world.new_profile(Service::ZApi)
    };
    world
        .engine
        .add_profile(family)
        .await
        .expect("an emoji is one");
}
