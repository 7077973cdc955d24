//! Makes the fixture of the schema that is today's: `cargo test -p readdress-core --test upgrade -- --ignored make`.
//!
//! Run it once for each new schema, with the number of that schema in `HERE`; a fixture that was released never changes.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use readdress_core::ask::{NewMailbox, NewProfile, RequestChange};
use readdress_core::change::{Change, Event, EventKind, State};
use readdress_core::db::{ChangeWrite, Db, Expect, Job};
use readdress_core::engine::{Engine, Options};
use readdress_core::folder::Folder;
use readdress_core::secret::Secret;
use readdress_core::vault::{VaultEnv, new_key_file};
use readdress_core::view::{MailTls, NetworkSettings, ProfileView, ProxyChoice};
use readdress_sandbox::{Fault, FaultKind, Sandbox, Service, practice_accounts};
use uuid::Uuid;

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/schema-2");

#[tokio::test]
#[ignore = "writes the fixture anew"]
async fn make() {
    let here = Path::new(HERE);
    std::fs::create_dir_all(here).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let key = dir.path().join("key");
    new_key_file(&key).unwrap();
    let engine = Engine::open(Options {
        data_dir: Some(dir.path().join("data")),
        vault: VaultEnv {
            key_file: Some(key.clone()),
            ..VaultEnv::default()
        },
        ..Options::default()
    })
    .unwrap();
    let sandbox = Sandbox::start(readdress_sandbox::Options::default())
        .await
        .unwrap();

    // Three real ones: a change that waits, one without an answer, one that is done.
    let waiting = add(&engine, &sandbox, Service::ZApi).await;
    request(&engine, &waiting, "waits@new.example").await;
    let unknown = add(&engine, &sandbox, Service::Webshare).await;
    sandbox.add_fault(
        Fault::new(Service::Webshare, FaultKind::Cut)
            .on("request")
            .times(1)
            .taken(),
    );
    request(&engine, &unknown, "unknown@new.example").await;
    let done = add(&engine, &sandbox, Service::ManncoStore).await;
    let change = request(&engine, &done, "done@new.example").await;
    let code = sandbox.last_mail("done@new.example").unwrap().code.unwrap();
    engine.submit_code(change, &code).await.unwrap();
    engine
        .set_network(&NetworkSettings {
            proxy: ProxyChoice::Own {
                url: "http://proxy.example:3128".to_owned(),
            },
            ca_file: None,
        })
        .unwrap();
    add_mailboxes(&engine).await;
    let folder = engine.folder().clone();
    drop(engine);
    write_others(&folder);
    let db = Db::open(&folder).unwrap();
    db.put_code_mail(change, "No-Reply@mannco.example", Timestamp::now())
        .await
        .unwrap();
    drop(db);

    let db = rusqlite::Connection::open(folder.db_path()).unwrap();
    let file = here.join("readdress.db");
    let _ = std::fs::remove_file(&file);
    db.execute("VACUUM INTO ?1", [file.to_str().unwrap()])
        .unwrap();
    std::fs::copy(&key, here.join("key")).unwrap();
    std::fs::write(here.join("sandbox.json"), sandbox.save().unwrap()).unwrap();
    std::fs::write(here.join("made_at"), Timestamp::now().to_string()).unwrap();
}

async fn add(engine: &Engine, sandbox: &Sandbox, service: Service) -> ProfileView {
    let account = practice_accounts()
        .into_iter()
        .find(|account| account.service == service.id())
        .unwrap();
    let texts = |map: &BTreeMap<&'static str, &'static str>| -> BTreeMap<String, String> {
        map.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    let secrets = texts(&account.secrets)
        .into_iter()
        .map(|(name, value)| (name, Secret::new(value)))
        .collect();
    let profile = NewProfile {
        service: service.id().to_owned(),
        label: account.label.to_owned(),
        fields: texts(&account.fields),
        secrets,
        base_url: Some(sandbox.urls().of(service).to_owned()),
        draft: None,
    };
    engine.add_profile(profile).await.unwrap()
}

/// One with everything, and one whose password was dropped with an older vault.
async fn add_mailboxes(engine: &Engine) {
    let new = NewMailbox {
        user: "ops@new.example".to_owned(),
        host: "imap.new.example".to_owned(),
        port: 993,
        tls: MailTls::Implicit,
        ca_file: None,
        serves: vec!["ops@new.example".to_owned(), "*@new.example".to_owned()],
        password: Some(Secret::new("fixture password")),
    };
    engine.add_mailbox(new.clone()).await.unwrap();
    let dropped = NewMailbox {
        user: "ana".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: 1143,
        tls: MailTls::Starttls,
        serves: vec!["ana@old.example".to_owned()],
        ..new
    };
    let dropped = engine.add_mailbox(dropped).await.unwrap();
    let raw = rusqlite::Connection::open(engine.folder().db_path()).unwrap();
    raw.execute(
        "UPDATE mailboxes SET password = NULL WHERE id = ?1",
        [dropped.id.as_bytes()],
    )
    .unwrap();
}

async fn request(engine: &Engine, profile: &ProfileView, to: &str) -> Uuid {
    let ask = RequestChange {
        profile_id: profile.id,
        to: to.to_owned(),
        secrets: BTreeMap::new(),
        replace: false,
        anyway: false,
        undo_of: None,
    };
    engine.request_change(ask).await.unwrap().id
}

/// A change of a removed profile in each of the states, by the program's own writer; what was being sent belongs to a
/// program that is gone.
fn write_others(folder: &Folder) {
    let db = Db::open(folder).unwrap();
    let states = [
        State::Planned,
        State::Requesting,
        State::AwaitingCode,
        State::Verifying,
        State::Unknown,
        State::Refused,
        State::Expired,
        State::Cancelled,
    ];
    for (n, state) in (1u128..).zip(states) {
        let now =
            Timestamp::from_second(1_763_600_000).unwrap() + Duration::from_secs(n as u64 * 60);
        let started = state != State::Planned;
        let change = Change {
            id: Uuid::from_u128(n),
            profile_id: None,
            label: format!("Removed, {}", state.as_str()),
            service: "z-api".to_owned(),
            from: Some("old@old.example".to_owned()),
            to: format!("{}@new.example", state.as_str()),
            state,
            at: u32::from(started),
            step: if started { "verify" } else { "request" }.to_owned(),
            code_used: state == State::Verifying,
            proof: None,
            tries: 1,
            requested_at: started.then_some(now),
            expires_at: started.then_some(now),
            resend_at: None,
            retry_at: None,
            problem: None,
            values: Vec::new(),
            cancelled_there: None,
            undo_of: None,
            owner: state.is_sending().then(|| Uuid::from_u128(999)),
            resending: false,
            version: 0,
            created_at: now,
            updated_at: now,
        };
        let event = Event {
            at: now,
            kind: EventKind::Planned,
            step: None,
            status: None,
            millis: None,
            meaning: None,
            says: Some("words of the service".to_owned()),
        };
        db.commit_blocking(Job::new().change(ChangeWrite::new(change, Expect::New).event(event)))
            .unwrap();
    }
}
