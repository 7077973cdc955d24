//! The mails of practice, in every shape and language: each is used by itself, with its very value.

use std::collections::BTreeMap;
use std::time::Duration;

use readdress_core::mail::arrived::{Verdict, Waiting, WaitingList};
use readdress_core::manifest::Catalog;
use readdress_sandbox::{Language, Mail, Service, Shape};

use crate::support::World;

const SHAPES: [Shape; 5] = [
    Shape::Plain,
    Shape::Html,
    Shape::Alternative,
    Shape::QuotedPrintable,
    Shape::Base64,
];
const LANGUAGES: [Language; 3] = [Language::En, Language::PtBr, Language::Es];

fn judge(service: Service, mail: &Mail) -> Verdict {
    let manifest = Catalog::shipped().get(service.id()).expect("shipped");
    let mut steps = manifest.steps.values();
    let waits_for = steps.find_map(|step| step.waits_for.as_ref());
    let waiting = Waiting {
        change: uuid::Uuid::from_u128(1),
        waits: waits_for
            .expect("it waits")
            .for_address(Some(mail.to.clone())),
        since: mail.at,
        senders: Vec::new(),
        refused: Vec::new(),
        tried: false,
    };
    WaitingList::new(vec![waiting]).judge(mail.raw.as_bytes(), mail.at)
}

async fn all_are_used(service: Service) {
    let world = World::new().await;
    let change = world.request_at(service).await;
    for shape in SHAPES {
        for language in LANGUAGES {
            world.sandbox.change_settings(|settings| {
                settings.mail.shape = Some(shape);
                settings.mail.language = Some(language);
            });
            world.sandbox.advance(Duration::from_secs(301));
            let once = BTreeMap::new();
            let sent = world.engine.resend_code(change.id, &once, true).await;
            sent.expect("another mail");
            let mail = world.sandbox.last_mail(&change.to).expect("a mail came");
            match judge(service, &mail) {
                Verdict::Use { value, sender, .. } => {
                    assert_eq!(Some(value.expose()), mail.code.as_deref());
                    assert!(sender.is_some());
                }
                other => panic!("{shape:?} {language:?}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn z_api() {
    all_are_used(Service::ZApi).await;
}

#[tokio::test]
async fn webshare() {
    all_are_used(Service::Webshare).await;
}

#[tokio::test]
async fn mannco_store() {
    all_are_used(Service::ManncoStore).await;
}
