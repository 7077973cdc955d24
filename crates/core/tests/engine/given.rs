//! What is pasted or offered, among changes that wait: it goes to the right one, or says why to none.

use readdress_core::error::Code;
use readdress_core::view::{ChangeView, Understood};
use readdress_sandbox::Service;

use crate::support::World;

const TO: &str = "ana@shared.example";

/// A change that waits at the address that all of these tests share, and the mail that came for it.
async fn waiting(world: &World, service: Service) -> (ChangeView, String) {
    let profile = world.profile(service).await;
    let change = world.request(profile.id, TO).await;
    (change, world.mail(TO))
}

fn code_of(understood: &Understood) -> Option<(Code, Option<&str>)> {
    let problem = understood.problem.as_ref()?;
    Some((
        problem.code,
        problem.params.get("reason").map(String::as_str),
    ))
}

#[tokio::test]
async fn mails_of_three_services_at_one_address_find_their_changes() {
    let world = World::new().await;
    let mut all = Vec::new();
    for service in [Service::ZApi, Service::Webshare, Service::ManncoStore] {
        all.push(waiting(&world, service).await);
    }
    for (change, mail) in &all {
        let read = world
            .engine
            .understand_code(None, mail)
            .await
            .expect("read");
        assert_eq!(read.change, Some(change.id), "{read:?}");
        assert!(read.value.is_some() && !read.too_old, "{read:?}");
        assert_eq!(read.mail_to.as_deref(), Some(TO));
        assert!(read.mail_at.is_some() && read.mail_from.is_some());
        assert_eq!(
            world
                .engine
                .offered_code(mail)
                .expect("read")
                .and_then(|one| one.change),
            Some(change.id).filter(|_| change.service == "webshare"),
            "a code that fits two changes is nobody's to offer"
        );
    }
    // A bare code could be for two of them: asked, not guessed.
    let read = world
        .engine
        .understand_code(None, "271828")
        .await
        .expect("read");
    assert_eq!(code_of(&read), Some((Code::ChangeUnknown, None)));
    assert!(read.choices.len() >= 2);
}

#[tokio::test]
async fn a_link_is_named_by_the_service_that_it_belongs_to() {
    let world = World::new().await;
    let change = "https://dashboard.webshare.io/changeemail/AbC-1/confirm/";
    let activation = "https://dashboard.webshare.io/activation/AbC-1/confirm/";
    let engine = &world.engine;
    for (link, expected) in [
        (change, (Code::LinkOtherService, Some("unclaimed"))),
        (activation, (Code::LinkWrongKind, Some("activation"))),
        ("https://a.example/x", (Code::CodeNotFound, None)),
    ] {
        let read = engine.understand_code(None, link).await.expect("read");
        assert_eq!(code_of(&read), Some(expected), "nothing waits: {link}");
    }
    let (at_z_api, _) = waiting(&world, Service::ZApi).await;
    for (text, expected, other) in [
        (
            change.to_owned(),
            (Code::LinkOtherService, Some("known")),
            Some("Webshare"),
        ),
        (
            activation.to_owned(),
            (Code::LinkOtherService, Some("known_kind")),
            Some("Webshare"),
        ),
        (
            format!("Hi,\nopen {change} soon.\n"),
            (Code::LinkOtherService, Some("known")),
            Some("Webshare"),
        ),
        (
            "https://a.example/x".to_owned(),
            (Code::LinkOtherService, None),
            None,
        ),
    ] {
        for asked in [Some(at_z_api.id), None] {
            let read = engine.understand_code(asked, &text).await.expect("read");
            assert_eq!(code_of(&read), Some(expected), "{text}");
            let params = &read.problem.expect("a problem").params;
            assert_eq!(params.get("other").map(String::as_str), other, "{text}");
            assert_eq!(params["service"], "Z-API");
            assert!(params["host"].ends_with(if other.is_some() {
                "webshare.io"
            } else {
                "a.example"
            }));
        }
    }
}

#[tokio::test]
async fn only_what_fits_one_change_without_doubt_is_offered() {
    let world = World::new().await;
    let offered = |text: &str| world.engine.offered_code(text).expect("read");
    assert!(offered("271828").is_none(), "nothing waits");
    let (change, mail) = waiting(&world, Service::ManncoStore).await;
    for text in [
        "271828",
        " 271 828\n",
        "271-828",
        "Your verification code is 271828",
    ] {
        let one = offered(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(
            (one.change, one.value.as_deref()),
            (Some(change.id), Some("271828"))
        );
        assert!(one.problem.is_none());
    }
    assert_eq!(offered(&mail).and_then(|one| one.change), Some(change.id));
    let elsewhere = mail.replace(TO, "bob@shared.example");
    let long = format!("271828{}", " ".repeat(9 << 10));
    for text in [
        "",
        " ",
        "2718",
        "27182818",
        "hunter2",
        "Tr0ub4dor&3",
        "correct horse",
        "QX72LD",
        "https://a.example/271828",
        "111111 or 222222",
        elsewhere.as_str(),
        long.as_str(),
    ] {
        assert!(offered(text).is_none(), "{text}");
    }
    let (at_webshare, link) = waiting(&world, Service::Webshare).await;
    assert_eq!(
        offered(&link).and_then(|one| one.change),
        Some(at_webshare.id)
    );
    assert!(
        offered("hunter2").is_none(),
        "any word could be a link's value"
    );
    assert_eq!(
        offered("271828").and_then(|one| one.change),
        Some(change.id)
    );
    let (_, _) = waiting(&world, Service::ZApi).await;
    assert!(
        offered("271828").is_none(),
        "two changes wait for six digits"
    );
}

#[tokio::test]
async fn a_mail_from_before_the_request_is_told() {
    let world = World::new().await;
    let (change, mail) = waiting(&world, Service::ManncoStore).await;
    let (date, rest) = mail.split_once("\r\n").expect("a header");
    assert!(date.starts_with("Date: "), "{date}");
    let old = format!("Date: Fri, 20 Nov 2020 10:15:30 +0000\r\n{rest}");
    let read = world
        .engine
        .understand_code(Some(change.id), &old)
        .await
        .expect("read");
    assert!(read.too_old && read.value.is_some(), "{read:?}");
    assert!(world.engine.offered_code(&old).expect("read").is_none());
    let read = world
        .engine
        .understand_code(Some(change.id), &mail)
        .await
        .expect("read");
    assert!(!read.too_old);
}

/// The text is taken apart once for all of them. (They are copies of one row: only what a paste looks at is theirs.)
#[tokio::test]
async fn among_a_thousand_changes_the_right_one_is_found() {
    let mut world = World::new().await;
    world.row_moved = true;
    let (first, mail) = waiting(&world, Service::ManncoStore).await;
    let db = rusqlite::Connection::open(world.folder.path().join("data/readdress.db"));
    db.expect("the database")
        .execute_batch(
            "WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 1000) \
             INSERT INTO changes SELECT unhex(printf('%032x', n)), NULL, c.label || n, c.service, c.from_email, \
             'ana+' || n || '@shared.example', 'ana+' || n || '@shared.example', c.state, c.open, c.at, c.step, c.code_used, \
             c.proof, c.tries, c.requested_at, c.expires_at, c.resend_at, c.retry_at, c.problem, c.cancelled_there, c.undo_of, \
             c.owner, c.resending, c.version, c.created_at, c.updated_at, c.search FROM many, changes c",
        )
        .expect("copies");
    let attached = "QUJD".repeat(18) + "\r\n";
    for n in [1, 500, 1000] {
        // A large mail: taken apart a thousand times it would take minutes.
        let to = format!("Ana+{n}@Shared.example");
        let mail = mail.replace(TO, &to) + &attached.repeat(20_000);
        let read = world
            .engine
            .understand_code(None, &mail)
            .await
            .expect("read");
        assert_eq!(read.change, Some(uuid::Uuid::from_u128(n)), "{read:?}");
        assert_eq!(read.mail_to, Some(to));
    }
    let read = world
        .engine
        .understand_code(None, &mail)
        .await
        .expect("read");
    assert_eq!(read.change, Some(first.id));
    let nobody = mail.replace(TO, "nobody@shared.example");
    let read = world
        .engine
        .understand_code(None, &nobody)
        .await
        .expect("read");
    assert_eq!(
        (read.change, read.mail_to.as_deref(), read.other_recipient),
        (None, Some("nobody@shared.example"), true)
    );
}
