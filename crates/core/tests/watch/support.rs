//! Practice services, an engine that watches a mailbox in memory, and a courier between the two.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use readdress_core::ask::{NewMailbox, NewProfile, RequestChange};
use readdress_core::change::State;
use readdress_core::engine::{Engine, MailWatch, Options, Paces, Watching};
use readdress_core::error::Code;
use readdress_core::secret::Secret;
use readdress_core::vault::{VaultEnv, new_key_file};
use readdress_core::view::{ChangeView, MailFindView, MailTls, WatchView};
use readdress_sandbox::{Sandbox, Service, ZApiAccount, practice_accounts};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::office::{INBOX, Office, Window};

pub struct World {
    pub sandbox: Sandbox,
    pub engine: Engine,
    pub office: Office,
    pub folder: TempDir,
    /// Seconds that the wall's clock was moved by.
    pub moved: Arc<AtomicI64>,
}

impl World {
    /// With a mailbox for `practice.example`, not watched yet.
    pub async fn new() -> Self {
        let world = Self::without_mailbox().await;
        world
            .engine
            .add_mailbox(mailbox("mail-password"))
            .await
            .expect("kept");
        world
    }

    pub async fn without_mailbox() -> Self {
        let sandbox = Sandbox::start(readdress_sandbox::Options::default())
            .await
            .expect("practice starts");
        let folder = TempDir::new().expect("a folder");
        new_key_file(&folder.path().join("key")).expect("a key file");
        Self {
            sandbox,
            engine: open(&folder),
            office: Office::new(),
            folder,
            moved: Arc::default(),
        }
    }

    /// The same folder, as another program sees it.
    pub fn other_engine(&self) -> Engine {
        open(&self.folder)
    }

    pub fn watch(&self) -> MailWatch {
        self.watch_on(&self.engine, quick())
    }

    pub fn watch_on(&self, engine: &Engine, paces: Paces) -> MailWatch {
        let moved = Arc::clone(&self.moved);
        engine.watch_mail_with(Watching {
            post: Box::new(Window(self.office.clone())),
            paces,
            wall: Box::new(move || {
                let moved = SignedDuration::from_secs(moved.load(Ordering::SeqCst));
                readdress_core::clock::now() + moved
            }),
        })
    }

    /// Brings what the services mail into the inbox, until it is dropped.
    pub fn courier(&self, folder: &'static str) -> Courier {
        let (knobs, office) = (self.sandbox.knobs(), self.office.clone());
        Courier(tokio::spawn(async move {
            let mut last = None;
            loop {
                for mail in knobs.mails(None, last) {
                    office.deliver(folder, &mail.raw);
                    last = Some(mail.id);
                }
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
        }))
    }

    pub async fn profile(&self, service: Service) -> Uuid {
        let account = practice_accounts()
            .into_iter()
            .find(|account| account.service == service.id())
            .expect("an account");
        let secrets = texts(&account.secrets);
        self.add(service, account.label, texts(&account.fields), secrets)
            .await
    }

    /// One more instance at Z-API.
    pub async fn z_api(&self, n: u32) -> Uuid {
        let instance_id = format!("3C0FFEE0{n:024}");
        let token = format!("PRACTICE{n:024}");
        self.sandbox.put_z_api(ZApiAccount {
            instance_id: instance_id.clone(),
            token: token.clone(),
            client_token: Some("practice-client-token".into()),
            email: Some(format!("before{n}@practice.example")),
            verified: true,
            ..ZApiAccount::default()
        });
        let fields = [("instance_id".to_owned(), instance_id)];
        let secrets = [
            ("token".to_owned(), token),
            (
                "client_token".to_owned(),
                "practice-client-token".to_owned(),
            ),
        ];
        self.add(
            Service::ZApi,
            &format!("Z {n}"),
            fields.into(),
            secrets.into(),
        )
        .await
    }

    async fn add(
        &self,
        service: Service,
        label: &str,
        fields: BTreeMap<String, String>,
        secrets: BTreeMap<String, String>,
    ) -> Uuid {
        let new = NewProfile {
            service: service.id().to_owned(),
            label: label.to_owned(),
            fields,
            secrets: secrets
                .into_iter()
                .map(|(name, value)| (name, Secret::new(value)))
                .collect(),
            base_url: Some(self.sandbox.urls().of(service).to_owned()),
            draft: None,
        };
        self.engine.add_profile(new).await.expect("added").id
    }

    pub async fn request(&self, profile: Uuid, to: &str) -> ChangeView {
        let asked = self.engine.request_change(ask(profile, to)).await;
        asked.expect("requested")
    }

    pub fn view(&self) -> WatchView {
        self.engine.mailboxes().expect("mailboxes")[0].watch.clone()
    }

    /// What the services mailed last to `to`.
    pub fn code(&self, to: &str) -> String {
        let mail = self.sandbox.last_mail(to).expect("a mail");
        mail.code.expect("a code")
    }

    pub fn verified(&self, service: Service) -> u64 {
        self.sandbox.count(service, "verify").received
    }

    pub async fn until_changed(&self, change: Uuid) -> ChangeView {
        until("it is changed", async || {
            let view = self.engine.change(change).await.expect("a change");
            (view.state == State::Changed).then_some(view)
        })
        .await
    }

    pub async fn until_find(&self) -> MailFindView {
        until("a mail is asked about", async || {
            self.engine.mail_finds().into_iter().next()
        })
        .await
    }

    pub async fn until_view(&self, what: &str, is: impl Fn(&WatchView) -> bool) -> WatchView {
        until(what, async || Some(self.view()).filter(|view| is(view))).await
    }
}

/// Whatever a test did: at its end each change stands where its journal leads.
impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let check = self.engine.check_journals().expect("the journals are read");
            assert_eq!(check.contradict, [], "a change and its journal");
        }
    }
}

pub struct Courier(JoinHandle<()>);

impl Drop for Courier {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Spans for tests: nothing waits for long but what must not happen by itself.
pub fn quick() -> Paces {
    let millis = Duration::from_millis;
    Paces {
        retry: (millis(20), millis(200)),
        steady: millis(500),
        poll: (millis(10), millis(50)),
        junk: (millis(10), millis(50)),
        linger: millis(20),
        others: millis(30),
        again: [millis(20), millis(20), millis(20)],
    }
}

pub fn ask(profile: Uuid, to: &str) -> RequestChange {
    RequestChange {
        profile_id: profile,
        to: to.to_owned(),
        secrets: BTreeMap::new(),
        replace: false,
        anyway: false,
        undo_of: None,
    }
}

pub fn mailbox(password: &str) -> NewMailbox {
    NewMailbox {
        user: "ops@practice.example".to_owned(),
        host: "imap.practice.example".to_owned(),
        port: 993,
        tls: MailTls::Implicit,
        ca_file: None,
        serves: vec!["*@practice.example".to_owned()],
        password: Some(Secret::new(password)),
    }
}

/// Asks again until it is so; a minute is longer than any machine needs.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = std::time::Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Long enough for what must not happen to happen a few times.
pub async fn a_while() {
    tokio::time::sleep(Duration::from_millis(300)).await;
}

pub fn code_of(problem: Option<&readdress_core::error::Problem>) -> Option<Code> {
    problem.map(|problem| problem.code)
}

pub fn hour_ago() -> Timestamp {
    Timestamp::now() - SignedDuration::from_hours(1)
}

pub fn in_half_an_hour() -> Timestamp {
    Timestamp::now() + SignedDuration::from_mins(30)
}

pub fn bring(world: &World, to: &str) {
    let raw = world.sandbox.last_mail(to).expect("a mail").raw;
    world.office.deliver(INBOX, &raw);
}

fn open(folder: &TempDir) -> Engine {
    Engine::open(Options {
        data_dir: Some(folder.path().join("data")),
        vault: VaultEnv {
            key_file: Some(folder.path().join("key")),
            ..VaultEnv::default()
        },
        ..Options::default()
    })
    .expect("the engine opens")
}

fn texts(map: &BTreeMap<&'static str, &'static str>) -> BTreeMap<String, String> {
    map.iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}
