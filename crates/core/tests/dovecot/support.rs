//! A practice world, an engine on a fresh folder, and a real mailbox that it watches.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use readdress_core::ask::{NewMailbox, NewProfile, RequestChange};
use readdress_core::change::{Proof, State};
use readdress_core::engine::{Engine, MailWatch, Options, Paces, Watching};
use readdress_core::secret::Secret;
use readdress_core::vault::{VaultEnv, new_key_file};
use readdress_core::view::{ChangeView, MailTls, MailboxView, WatchState, WatchView};
use readdress_dovecot::Dovecot;
use readdress_sandbox::{Delivery, Sandbox, Service, practice_accounts};
use tempfile::TempDir;
use uuid::Uuid;

/// Longer than anything here takes, so that a busy machine fails no test.
const LIMIT: Duration = Duration::from_secs(90);

pub struct World<'a> {
    pub sandbox: Sandbox,
    pub engine: Engine,
    pub server: &'a Dovecot,
    pub user: String,
    _watch: MailWatch,
    _folder: TempDir,
}

impl<'a> World<'a> {
    /// No mailbox yet; the practice mails stay where they are made.
    pub async fn new(server: &'a Dovecot, user: &str) -> Self {
        let sandbox = Sandbox::start(readdress_sandbox::Options::default())
            .await
            .expect("practice starts");
        let folder = TempDir::new().expect("a folder");
        let key = folder.path().join("key");
        new_key_file(&key).expect("a key file");
        let engine = Engine::open(Options {
            data_dir: Some(folder.path().join("data")),
            vault: VaultEnv {
                key_file: Some(key),
                ..VaultEnv::default()
            },
            ..Options::default()
        })
        .expect("the engine opens");
        // As in the programs, but for the folder of unwanted mail: nobody tells of it, and a test should not wait long.
        let junk = (Duration::from_secs(1), Duration::from_secs(3));
        let watch = engine.watch_mail_with(Watching {
            paces: Paces {
                junk,
                // What must not wait for its end does not hide behind a short one.
                linger: Duration::from_secs(600),
                ..Paces::default()
            },
            ..Watching::default()
        });
        Self {
            sandbox,
            engine,
            server,
            user: user.to_owned(),
            _watch: watch,
            _folder: folder,
        }
    }

    /// With the user's mailbox, which gets the mail of `serves`.
    pub async fn watching(server: &'a Dovecot, user: &str, serves: &[&str]) -> Self {
        let world = Self::new(server, user).await;
        let new = world.new_mailbox(serves);
        world.add(new).await;
        world
    }

    /// From now on every practice mail is delivered to the mailbox.
    pub fn deliver_all(&self) {
        let delivery = Delivery {
            lmtp: self.server.lmtp(),
            rcpt: Some(self.user.clone()),
        };
        self.sandbox
            .change_settings(|settings| settings.mail.deliver = Some(delivery));
    }

    pub fn new_mailbox(&self, serves: &[&str]) -> NewMailbox {
        NewMailbox {
            user: self.user.clone(),
            host: self.server.host().to_owned(),
            port: self.server.imaps().port(),
            tls: MailTls::Implicit,
            ca_file: Some(self.server.ca_file().to_string_lossy().into_owned()),
            serves: serves.iter().map(|one| (*one).to_owned()).collect(),
            password: Some(Secret::new(self.server.password(&self.user))),
        }
    }

    pub async fn add(&self, new: NewMailbox) -> MailboxView {
        self.engine.add_mailbox(new).await.expect("it is kept")
    }

    /// Asks a practice account of the service for its mail.
    pub async fn request(&self, service: Service, to: &str) -> ChangeView {
        let account = practice_accounts()
            .into_iter()
            .find(|account| account.service == service.id())
            .expect("an account");
        let profile = self
            .engine
            .add_profile(NewProfile {
                service: service.id().to_owned(),
                label: account.label.to_owned(),
                fields: texts(&account.fields),
                secrets: texts(&account.secrets)
                    .into_iter()
                    .map(|(name, value)| (name, Secret::new(value)))
                    .collect(),
                base_url: Some(self.sandbox.urls().of(service).to_owned()),
                draft: None,
            })
            .await
            .expect("the profile is added");
        self.request_for(profile.id, to).await
    }

    pub async fn request_for(&self, profile: Uuid, to: &str) -> ChangeView {
        self.engine
            .request_change(RequestChange {
                profile_id: profile,
                to: to.to_owned(),
                secrets: BTreeMap::new(),
                replace: false,
                anyway: false,
                undo_of: None,
            })
            .await
            .expect("the request is sent")
    }

    /// The mail that practice wrote to this address, as it would be sent.
    pub fn mail_to(&self, address: &str) -> String {
        self.sandbox.last_mail(address).expect("a mail").raw
    }

    /// What watching the only mailbox came to.
    pub fn watch(&self) -> WatchView {
        self.engine.mailboxes().expect("mailboxes")[0].watch.clone()
    }

    /// Waits until the mailbox is looked at, and was looked through once.
    pub async fn until_watched(&self) -> WatchView {
        self.until("it is watched", |watch| {
            matches!(watch.state, WatchState::Watching | WatchState::Polling)
                && watch.looked_at.is_some()
        })
        .await
    }

    pub async fn until(&self, what: &str, is: impl Fn(&WatchView) -> bool) -> WatchView {
        let end = Instant::now() + LIMIT;
        loop {
            let watch = self.watch();
            if is(&watch) {
                return watch;
            }
            assert!(Instant::now() < end, "{what}: {watch:?}{}", self.told());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until the change has ended well, proved by asking the service.
    pub async fn until_changed(&self, change: &ChangeView) {
        let end = Instant::now() + LIMIT;
        loop {
            let now = self.engine.change(change.id).await.expect("the change");
            if now.state == State::Changed {
                assert_eq!(now.proof, Some(Proof::ReadBack));
                return;
            }
            let watch = self.watch();
            let waits = !now.state.is_end() && Instant::now() < end;
            assert!(
                waits,
                "{}: {:?} {:?}, {watch:?}{}",
                now.service,
                now.state,
                now.problem,
                self.told()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn told(&self) -> String {
        let finds: Vec<_> = self.engine.mail_finds();
        let log = self.server.log();
        let from = log.len().saturating_sub(3_000);
        format!(
            "\nfinds: {finds:?}\nserver: {}",
            log.get(from..).unwrap_or(&log)
        )
    }

    /// That nothing was marked, moved or deleted: these mails, in the inbox or the folder for unwanted mail.
    pub fn assert_untouched(&self, inbox: usize, junk: usize) {
        let mails = self.server.mails(&self.user).expect("its mails");
        assert!(mails.iter().all(|mail| mail.flags.is_empty()), "{mails:?}");
        let count = |folder: &str| mails.iter().filter(|mail| mail.folder == folder).count();
        assert_eq!((count(""), count(".Junk")), (inbox, junk), "{mails:?}");
    }
}

fn texts(map: &BTreeMap<&'static str, &'static str>) -> BTreeMap<String, String> {
    map.iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}
