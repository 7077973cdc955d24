//! A practice world and an engine on a fresh folder.

use std::collections::BTreeMap;

use readdress_core::ask::{NewProfile, RequestChange};
use readdress_core::engine::{Engine, Options};
use readdress_core::secret::Secret;
use readdress_core::vault::{VaultEnv, new_key_file};
use readdress_core::view::{ChangeView, ProfileView};
use readdress_sandbox::{Sandbox, Service, practice_accounts};
use tempfile::TempDir;
use uuid::Uuid;

pub struct World {
    pub sandbox: Sandbox,
    pub engine: Engine,
    pub folder: TempDir,
    /// The test wrote into the database itself: a change and its journal need not agree.
    pub row_moved: bool,
}

impl World {
    pub async fn new() -> Self {
        let sandbox = Sandbox::start(readdress_sandbox::Options::default())
            .await
            .expect("practice starts");
        let folder = TempDir::new().expect("a folder");
        new_key_file(&folder.path().join("key")).expect("a key file");
        let engine = open(&folder);
        Self {
            sandbox,
            engine,
            folder,
            row_moved: false,
        }
    }

    /// The same folder, as another program sees it.
    pub fn other_engine(&self) -> Engine {
        open(&self.folder)
    }

    pub fn account(service: Service) -> readdress_sandbox::PracticeAccount {
        practice_accounts()
            .into_iter()
            .find(|account| account.service == service.id())
            .expect("an account")
    }

    pub fn new_profile(&self, service: Service) -> NewProfile {
        let account = Self::account(service);
        NewProfile {
            service: service.id().to_owned(),
            label: account.label.to_owned(),
            fields: texts(&account.fields),
            secrets: texts(&account.secrets)
                .into_iter()
                .map(|(name, value)| (name, Secret::new(value)))
                .collect(),
            base_url: Some(self.sandbox.urls().of(service).to_owned()),
            draft: None,
        }
    }

    pub async fn profile(&self, service: Service) -> ProfileView {
        self.engine
            .add_profile(self.new_profile(service))
            .await
            .expect("the profile is added")
    }

    pub async fn request(&self, profile: Uuid, to: &str) -> ChangeView {
        self.engine
            .request_change(ask(profile, to))
            .await
            .expect("the request is sent")
    }

    /// The raw mail that last went to `to`.
    pub fn mail(&self, to: &str) -> String {
        self.sandbox.last_mail(to).expect("a mail came").raw
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

fn open(folder: &TempDir) -> Engine {
    let vault = VaultEnv {
        key_file: Some(folder.path().join("key")),
        ..VaultEnv::default()
    };
    Engine::open(Options {
        data_dir: Some(folder.path().join("data")),
        vault,
        ..Options::default()
    })
    .expect("the engine opens")
}

fn texts(map: &BTreeMap<&'static str, &'static str>) -> BTreeMap<String, String> {
    map.iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// What became of a request: state and problem.
pub fn ended(
    change: &ChangeView,
) -> (
    readdress_core::change::State,
    Option<readdress_core::error::Code>,
) {
    (
        change.state,
        change.problem.as_ref().map(|problem| problem.code),
    )
}

impl World {
    /// Requests the account's new address, as the table tests do.
    pub async fn request_at(&self, service: Service) -> ChangeView {
        let profile = self.profile(service).await;
        self.request(profile.id, Self::account(service).new_email)
            .await
    }

    /// Requested, and the code of the mail at hand.
    pub async fn waiting_at(&self, service: Service) -> (ChangeView, String) {
        let change = self.request_at(service).await;
        let mail = self.sandbox.last_mail(&change.to).expect("a mail came");
        let code = mail
            .code
            .or(mail.link)
            .expect("it carries a code or a link");
        (change, code)
    }

    /// The practice account's id in knobs and counters.
    pub fn account_id(service: Service) -> String {
        let account = Self::account(service);
        let id = account
            .fields
            .get("instance_id")
            .or(account.secrets.get("api_key"));
        (*id.expect("an id")).to_owned()
    }
}

/// Whatever a test did: at its end each change stands where its journal leads.
impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() || self.row_moved {
            return;
        }
        let check = self.engine.check_journals().expect("the journals are read");
        assert_eq!(check.contradict, [], "a change and its journal");
    }
}
