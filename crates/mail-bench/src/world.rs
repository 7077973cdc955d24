//! A mail server, the practice services, and an engine that watches one mailbox.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use readdress_core::ask::{NewMailbox, NewProfile, RequestChange};
use readdress_core::change::{Proof, State};
use readdress_core::engine::{Engine, MailWatch, Options};
use readdress_core::secret::Secret;
use readdress_core::vault::{VaultEnv, new_key_file};
use readdress_core::view::{MailTls, WatchState, WatchView};
use readdress_dovecot::{Dovecot, FIRST_USER};
use readdress_sandbox::Sandbox;
use tempfile::TempDir;
use uuid::Uuid;

use crate::Outcome;

/// Whose mail the mailbox gets: everybody's at this domain.
pub const DOMAIN: &str = "bench.example.test";

/// After this long something is wrong.
const LIMIT: Duration = Duration::from_secs(300);

pub struct World {
    pub server: Dovecot,
    pub sandbox: Sandbox,
    pub engine: Engine,
    _watch: MailWatch,
    _folder: TempDir,
}

impl World {
    pub async fn start() -> Outcome<Self> {
        let server = Dovecot::start()?;
        let sandbox = Sandbox::start(readdress_sandbox::Options::default()).await?;
        let folder = TempDir::new()?;
        let key = folder.path().join("key");
        new_key_file(&key).map_err(told)?;
        let engine = Engine::open(Options {
            data_dir: Some(folder.path().join("data")),
            vault: VaultEnv {
                key_file: Some(key),
                ..VaultEnv::default()
            },
            ..Options::default()
        })
        .map_err(told)?;
        engine
            .add_mailbox(NewMailbox {
                user: FIRST_USER.to_owned(),
                host: server.host().to_owned(),
                port: server.imaps().port(),
                tls: MailTls::Implicit,
                ca_file: Some(server.ca_file().to_string_lossy().into_owned()),
                serves: vec![format!("*@{DOMAIN}")],
                password: Some(Secret::new(server.password(FIRST_USER))),
            })
            .await
            .map_err(told)?;
        let watch = engine.watch_mail();
        Ok(Self {
            server,
            sandbox,
            engine,
            _watch: watch,
            _folder: folder,
        })
    }

    /// An account that the practice service opens on first sight.
    pub async fn profile(&self, number: usize) -> Outcome<Uuid> {
        let secrets = [
            ("token", "BE9C0000000000000000000000000000"),
            ("client_token", "bench-client-token"),
        ];
        let profile = self
            .engine
            .add_profile(NewProfile {
                service: "z-api".to_owned(),
                label: format!("Line {number}"),
                fields: BTreeMap::from([("instance_id".to_owned(), instance(number))]),
                secrets: secrets
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), Secret::new(value.to_owned())))
                    .collect(),
                base_url: Some(self.sandbox.urls().z_api.clone()),
                draft: None,
            })
            .await
            .map_err(told)?;
        Ok(profile.id)
    }

    /// Requests a change; answers it, and the mail that practice wrote for it.
    pub async fn request(&self, profile: Uuid, to: &str) -> Outcome<(Uuid, String)> {
        let change = self
            .engine
            .request_change(RequestChange {
                profile_id: profile,
                to: to.to_owned(),
                secrets: BTreeMap::new(),
                replace: false,
                anyway: true,
                undo_of: None,
            })
            .await
            .map_err(told)?;
        let mail = self.sandbox.last_mail(to).ok_or("no mail was written")?;
        Ok((change.id, mail.raw))
    }

    fn watch(&self) -> Outcome<WatchView> {
        let mut mailboxes = self.engine.mailboxes().map_err(told)?;
        Ok(mailboxes.pop().ok_or("the mailbox is gone")?.watch)
    }

    pub fn looked_at(&self) -> Outcome<Option<jiff::Timestamp>> {
        Ok(self.watch()?.looked_at)
    }

    /// Until the server would tell at once, for this many changes.
    pub async fn until_watching(&self, waiting: usize) -> Outcome<()> {
        let end = Instant::now() + LIMIT;
        loop {
            let watch = self.watch()?;
            if watch.state == WatchState::Watching
                && watch.looked_at.is_some()
                && usize::try_from(watch.waiting) == Ok(waiting)
            {
                // Its IDLE is on the way when the state is told.
                tokio::time::sleep(Duration::from_millis(300)).await;
                return Ok(());
            }
            if Instant::now() > end {
                return Err(format!("not watched: {watch:?}").into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub async fn until_resting(&self) -> Outcome<()> {
        let end = Instant::now() + LIMIT;
        while self.watch()?.state != WatchState::Resting {
            if Instant::now() > end {
                return Err("it does not rest".into());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }

    /// Whether it is changed, and proved by asking the service; an error where it never will be.
    pub async fn is_changed(&self, change: Uuid) -> Outcome<bool> {
        let now = self.engine.change(change).await.map_err(told)?;
        match (now.state, now.proof) {
            (State::Changed, Some(Proof::ReadBack)) => Ok(true),
            (state, _) if state.is_end() || state == State::Unknown => {
                Err(format!("{state:?} {:?}", now.problem).into())
            }
            _ => Ok(false),
        }
    }

    pub async fn until_changed(&self, change: Uuid) -> Outcome<()> {
        let end = Instant::now() + LIMIT;
        while !self.is_changed(change).await? {
            if Instant::now() > end {
                let finds = self.engine.mail_finds();
                return Err(format!("never changed: {:?} {finds:?}", self.watch()?).into());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }
}

pub fn instance(number: usize) -> String {
    format!("{:032X}", 0xBE_0000 + number)
}

/// A problem in words; it carries no secret.
pub fn told(problem: impl std::fmt::Debug) -> String {
    format!("{problem:?}")
}
