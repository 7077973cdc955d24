//! Each schema that was released: 1 of version 0.1.0, and 2.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use readdress_core::ask::Settle;
use readdress_core::change::{EventKind, Proof, State};
use readdress_core::engine::{Engine, Options};
use readdress_core::vault::VaultEnv;
use readdress_core::view::{ChangeView, ProxyChoice};
use readdress_sandbox::{Sandbox, Service, practice_accounts};
use tempfile::TempDir;

const LATEST: i64 = 2;

fn fixture(schema: i64) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fixtures.join(format!("schema-{schema}"))
}

/// A copy of the fixture, as a folder of a user.
fn copied(schema: i64) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::copy(
        fixture(schema).join("readdress.db"),
        data.join("readdress.db"),
    )
    .unwrap();
    let key = dir.path().join("key");
    std::fs::write(&key, std::fs::read(fixture(schema).join("key")).unwrap()).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // A checkout does not keep it, and a key file that others may read is refused.
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    dir
}

fn open(dir: &TempDir) -> Engine {
    Engine::open(Options {
        data_dir: Some(dir.path().join("data")),
        vault: VaultEnv {
            key_file: Some(dir.path().join("key")),
            ..VaultEnv::default()
        },
        ..Options::default()
    })
    .unwrap()
}

fn version(file: &Path) -> i64 {
    let db = rusqlite::Connection::open(file).unwrap();
    db.query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap()
}

fn copies(dir: &TempDir) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir.path().join("data/copies"))
        .into_iter()
        .flatten();
    entries.flatten().map(|entry| entry.path()).collect()
}

fn all(engine: &Engine) -> Vec<ChangeView> {
    engine
        .history(&Default::default(), None, 100, true)
        .unwrap()
        .items
}

#[test]
fn it_is_upgraded_with_a_copy_where_it_has_to_be() {
    for schema in 1..=LATEST {
        let dir = copied(schema);
        let file = dir.path().join("data/readdress.db");
        assert_eq!(version(&file), schema, "a released fixture never changes");
        drop(open(&dir));
        assert_eq!(version(&file), LATEST);
        // And it stays so.
        drop(open(&dir));
        let copies = copies(&dir);
        let versions: Vec<i64> = copies.iter().map(|copy| version(copy)).collect();
        if schema == LATEST {
            assert_eq!(versions, [0; 0]);
        } else {
            assert_eq!(versions, [schema]);
            let name = copies[0].to_string_lossy();
            assert!(name.ends_with(&format!("-before-v{LATEST}.db")), "{name}");
        }
    }
}

#[tokio::test]
async fn profiles_secrets_and_settings_are_there() {
    for schema in 1..=LATEST {
        are_there(&open(&copied(schema))).await;
    }
}

async fn are_there(engine: &Engine) {
    let profiles = engine.profiles(None, 100).unwrap().items;
    assert_eq!(profiles.len(), 3);
    let key = engine.vault().key().await.unwrap();
    let db = readdress_core::db::Db::open(engine.folder()).unwrap();
    for account in practice_accounts() {
        let profile = profiles
            .iter()
            .find(|profile| profile.service == account.service)
            .unwrap();
        assert_eq!(profile.label, account.label);
        for (name, value) in &account.fields {
            assert_eq!(profile.fields[*name], *value);
        }
        let sealed = db.secrets(profile.id).unwrap();
        for (name, value) in &account.secrets {
            let place = readdress_core::vault::Place::secret(profile.id, name);
            assert_eq!(key.open(place, &sealed[*name]).unwrap().expose(), *value);
        }
    }
    let network = engine.network().unwrap();
    assert_eq!(
        network.proxy,
        ProxyChoice::Own {
            url: "http://proxy.example:3128".to_owned()
        }
    );
    let since = Timestamp::UNIX_EPOCH;
    assert_eq!(
        db.uses_since("z-api", None, "request", since)
            .unwrap()
            .len()
            + db.uses_since("mannco-store", None, "request", since)
                .unwrap()
                .len(),
        1
    );
}

#[test]
fn the_history_is_there_and_what_was_being_sent_is_unknown() {
    for schema in 1..=LATEST {
        is_there(&all(&open(&copied(schema))));
    }
}

fn is_there(changes: &[ChangeView]) {
    assert_eq!(changes.len(), 11);
    for was in [
        "planned",
        "awaiting_code",
        "unknown",
        "refused",
        "expired",
        "cancelled",
        "requesting",
        "verifying",
    ] {
        let change = changes
            .iter()
            .find(|change| change.profile == format!("Removed, {was}"))
            .unwrap();
        let last = change.events.last().unwrap();
        assert_eq!(
            change.events[0].says.as_deref(),
            Some("words of the service")
        );
        match was {
            "requesting" | "verifying" => {
                assert_eq!(
                    (change.state, last.kind),
                    (State::Unknown, EventKind::Recovered)
                );
            }
            // Its code has run out since.
            "awaiting_code" => assert_eq!(change.state, State::Expired),
            was => assert_eq!(change.state.as_str(), was),
        }
    }
    let done = changes
        .iter()
        .find(|change| change.to == "done@new.example")
        .unwrap();
    assert_eq!(
        (done.state, done.proof),
        (State::Changed, Some(Proof::ReadBack))
    );
}

/// The services are played on from where they stood, on another port.
#[tokio::test]
async fn open_changes_go_on() {
    for schema in 1..=LATEST {
        go_on(schema).await;
    }
}

async fn go_on(schema: i64) {
    let dir = copied(schema);
    let read = |name: &str| std::fs::read_to_string(fixture(schema).join(name)).unwrap();
    let sandbox = Sandbox::start(readdress_sandbox::Options {
        restore: Some(read("sandbox.json")),
        ..Default::default()
    })
    .await
    .unwrap();
    sandbox.set_clock(read("made_at").trim().parse().unwrap());
    let db = rusqlite::Connection::open(dir.path().join("data/readdress.db")).unwrap();
    for service in [Service::ZApi, Service::Webshare, Service::ManncoStore] {
        let url = sandbox.urls().of(service);
        db.execute(
            "UPDATE profiles SET base_url = ?1, origin = ?1 WHERE service = ?2",
            [url, service.id()],
        )
        .unwrap();
    }
    drop(db);
    let engine = open(&dir);
    let find = |to: &str| {
        all(&engine)
            .into_iter()
            .find(|change| change.to == to)
            .unwrap()
            .id
    };

    let code = sandbox.last_mail("waits@new.example").unwrap().raw;
    let done = engine
        .submit_code(find("waits@new.example"), &code)
        .await
        .unwrap();
    assert_eq!(
        (done.state, done.proof),
        (State::Changed, Some(Proof::ReadBack))
    );

    let unknown = find("unknown@new.example");
    let link = sandbox.last_mail("unknown@new.example").unwrap().raw;
    let checked = engine
        .settle_change(unknown, Settle::Check, &Default::default())
        .await
        .unwrap();
    assert_eq!(
        checked.state,
        State::Unknown,
        "the old address proves nothing"
    );
    let done = engine.submit_code(unknown, &link).await.unwrap();
    assert_eq!(done.state, State::Changed);
}

/// Schema 1 had none of it: it is there, empty, and can be used.
#[tokio::test]
async fn mailboxes_and_senders_are_there_from_schema_2_on() {
    for schema in 1..=LATEST {
        let dir = copied(schema);
        let engine = open(&dir);
        let shown = engine.mailboxes().unwrap();
        let shown: Vec<_> = shown
            .iter()
            .map(|one| (one.user.as_str(), one.has_password))
            .collect();
        let db = readdress_core::db::Db::open(engine.folder()).unwrap();
        let senders = db.proved_senders("mannco-store").unwrap();
        if schema == 1 {
            assert_eq!((shown.len(), senders.len()), (0, 0));
            let done = all(&engine).into_iter();
            let done = done.filter(|change| change.to == "done@new.example");
            let id = done.map(|change| change.id).next().unwrap();
            db.put_code_mail(id, "a@mannco.example", Timestamp::now())
                .await
                .unwrap();
            assert_eq!(
                db.proved_senders("mannco-store").unwrap(),
                ["a@mannco.example"]
            );
            continue;
        }
        assert_eq!(shown, [("ops@new.example", true), ("ana", false)]);
        assert_eq!(senders, ["no-reply@mannco.example"]);
        let row = db.mailboxes().unwrap().remove(0);
        assert_eq!((row.host.as_str(), row.port), ("imap.new.example", 993));
        assert_eq!(row.serves, ["ops@new.example", "*@new.example"]);
        let key = engine.vault().key().await.unwrap();
        let place = readdress_core::vault::Place::mailbox(row.id);
        let password = key.open(place, &row.password.unwrap()).unwrap();
        assert_eq!(password.expose(), "fixture password");
    }
}
