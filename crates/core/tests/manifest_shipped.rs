//! The manifests compiled in: they parse, they name themselves as their files do, and they speak three languages.

use readdress_core::manifest::{Catalog, Manifest, needs};

const SOURCES: [(&str, &str); 3] = [
    ("z-api", include_str!("../../../services/z-api.toml")),
    ("webshare", include_str!("../../../services/webshare.toml")),
    (
        "mannco-store",
        include_str!("../../../services/mannco-store.toml"),
    ),
];

#[test]
fn each_parses_and_is_named_as_its_file() {
    for (id, source) in SOURCES {
        match Manifest::parse(source, id) {
            Ok(manifest) => assert_eq!(manifest.id, id),
            Err(faults) => panic!(
                "{}",
                faults
                    .iter()
                    .map(|fault| fault.render())
                    .collect::<String>()
            ),
        }
    }
    let ids: Vec<_> = Catalog::shipped()
        .all()
        .iter()
        .map(|manifest| manifest.id.clone())
        .collect();
    assert_eq!(ids, ["z-api", "webshare", "mannco-store"]);
}

#[test]
fn each_says_everything_in_three_languages() {
    for manifest in Catalog::shipped().all() {
        let view = manifest.view(false, 0);
        let fields = view
            .fields
            .iter()
            .flat_map(|field| [Some(&field.label), field.help.as_ref()])
            .flatten();
        for texts in view.texts.values().chain(fields) {
            for language in ["en", "pt-BR", "es"] {
                assert!(texts.contains_key(language), "{}: {texts:?}", manifest.id);
            }
        }
        let keys: Vec<_> = view.texts.keys().map(String::as_str).collect();
        let all = [
            "about",
            "after_request",
            "before_request",
            "cancel_means",
            "keys_found",
            "no_mail",
            "old_address",
            "waiting",
        ];
        assert_eq!(keys, all, "{}", manifest.id);
    }
}

#[test]
fn the_engine_learns_what_each_step_needs() {
    let catalog = Catalog::shipped();
    let mannco = catalog.get("mannco-store").unwrap();
    let login = mannco.login.as_ref().unwrap();
    assert_eq!(
        (
            login.step.as_str(),
            login.needs.as_slice(),
            login.gives.as_str()
        ),
        ("login", &["api_key".to_owned()][..], "session_token")
    );
    assert!(needs(&mannco, "request").secrets.contains("session_token"));
    assert!(!needs(&mannco, "login").secrets.contains("session_token"));
    let webshare = catalog.get("webshare").unwrap();
    let request = needs(&webshare, "request");
    assert!(request.secrets.contains("password") && request.values.contains("new_email"));
    assert!(!needs(&webshare, "verify").secrets.contains("password"));
    let z_api = catalog.get("z-api").unwrap();
    let request = needs(&z_api, "request");
    assert!(
        request.optional_secrets.contains("client_token") && request.fields.contains("instance_id")
    );
    for manifest in catalog.all() {
        assert_eq!(
            (
                manifest.resend_step(),
                manifest.cancel_step(),
                manifest.has_read()
            ),
            (Some("request"), None, true)
        );
    }
}

#[test]
fn limits_and_times_are_the_documented_ones() {
    let catalog = Catalog::shipped();
    let mannco = catalog.get("mannco-store").unwrap();
    let limit = mannco.limit_of("request").unwrap();
    assert_eq!(
        (
            limit.max,
            limit.per.as_secs(),
            mannco.steps["request"].bucket.as_deref()
        ),
        (1, 300, Some("request"))
    );
    assert_eq!(mannco.expires_after().unwrap().as_secs(), 24 * 60 * 60);
    assert_eq!(mannco.view(false, 0).resend_after, Some(300));
    let webshare = catalog.get("webshare").unwrap();
    assert_eq!(
        (
            webshare.expires_after(),
            webshare.view(false, 0).no_mail_after
        ),
        (None, Some(10))
    );
    assert_eq!(webshare.host(), "proxy.webshare.io");
}
