//! Answers of a service that echoes, rambles or lies: nothing secret and nothing odd is kept or shown.

use readdress_core::error::Code;
use readdress_sandbox::{Fault, FaultKind, Service};

use crate::support::World;

const Z: Service = Service::ZApi;

fn answer(status: u16, body: String) -> FaultKind {
    FaultKind::Answer {
        status,
        content_type: None,
        headers: vec![],
        body,
    }
}

#[tokio::test]
async fn a_secret_at_the_place_where_long_words_are_cut_is_removed_whole() {
    let token = World::account(Z).secrets["token"];
    let said = format!("{} {token} is wrong", "x".repeat(299 - token.len()));
    let world = World::new().await;
    let profile = world.profile(Z).await;
    let body = serde_json::json!({ "error": said }).to_string();
    world
        .sandbox
        .add_fault(Fault::new(Z, answer(400, body)).on("request"));
    let view = world.request(profile.id, World::account(Z).new_email).await;
    let problem = view.problem.expect("refused");
    let says = problem.service_says.expect("its words");
    assert!(says.chars().count() <= 300, "{says}");
    assert!(!says.contains(&token[..6]), "{says}");
    let view = world.engine.change(view.id).await.expect("kept");
    assert!(view.events.iter().all(|event| {
        event
            .says
            .as_deref()
            .is_none_or(|says| !says.contains(&token[..6]))
    }));
}

#[tokio::test]
async fn what_is_no_address_is_not_taken_for_one() {
    for odd in [
        "x".repeat(5000),
        "a\u{202e}b@c.example".into(),
        "a\n@b.example".into(),
    ] {
        let world = World::new().await;
        let profile = world.profile(Z).await;
        let body = serde_json::json!({ "success": true, "hasEmail": true, "email": odd });
        world
            .sandbox
            .add_fault(Fault::new(Z, answer(200, body.to_string())).on("read"));
        let read = world.engine.read_profile(profile.id).await;
        assert_eq!(
            read.expect_err("no address").code,
            Code::UnexpectedAnswer,
            "{odd:.20}"
        );
        let held = world.engine.profile(profile.id).expect("a profile").email;
        assert_eq!(held, None);
    }
}
