//! The engine: the only room that joins manifests, machine, sender, database and vault.
//!
//! One engine per data folder and process. Not here: windows, sentences, the command line. Its files:
//! `profiles` and `typed` · `reading` · `plan`, `changes` and `cancel` (what a person asks) · `stored` · `run` (one change
//! until it rests) · `calls` (one call and what it means) · `not_kept` · `points` · `given` and `pasted` · `views` · `history` and
//! `history_csv` · `journal` · `limits` · `clock` · `diagnostics` · `settings` · `services` and `look` (files of the user's own) · `flow`
//! (files edited meanwhile) · `backup` · `mailboxes`, `mail_servers` and `watch`.

mod backup;
mod calls;
mod cancel;
mod changes;
mod clock;
mod context;
mod diagnostics;
mod flow;
mod given;
mod history;
mod history_csv;
mod journal;
mod limits;
mod look;
mod mail_servers;
mod mailboxes;
mod not_kept;
mod pasted;
mod plan;
mod points;
mod practice;
mod preview;
mod profiles;
mod reading;
mod run;
mod services;
mod settings;
mod stored;
mod typed;
mod views;
mod watch;

pub use journal::{Contradiction, JournalCheck};
pub use watch::{MailWatch, Paces, Watching, post};

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::sync::broadcast;
use uuid::Uuid;

use crate::clock::now;
use crate::db::Db;
use crate::error::{Problem, Result};
use crate::folder::Folder;
use crate::http::sender::{Limits, Sender};
use crate::manifest::{Catalog, Manifest, Pasted};
use crate::vault::{Vault, VaultEnv};
use crate::view::Changed;

/// Where the engine works and how its vault opens.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `None`: the OS's folder for application data, or `READDRESS_DATA_DIR`.
    pub data_dir: Option<PathBuf>,
    /// One more folder of user manifests.
    pub services_dir: Option<PathBuf>,
    pub vault: VaultEnv,
    /// Practice: a throw-away key in the folder, no keychain.
    pub practice: bool,
    /// How long the stages of a call may take.
    pub limits: Limits,
}

/// The core, opened on one folder. Cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    folder: Folder,
    db: Db,
    vault: Vault,
    catalog: RwLock<Arc<Catalog>>,
    /// One more folder of user manifests.
    services_dir: Option<PathBuf>,
    sender: RwLock<Sender>,
    limits: Limits,
    /// Secrets of pastes on *Add profile*: in memory only, until saved or forgotten.
    drafts: Mutex<BTreeMap<Uuid, Pasted>>,
    changed: broadcast::Sender<Changed>,
    /// New profiles of this process come one after the other: each commit would send the others back to look again.
    adding: tokio::sync::Mutex<()>,
    /// Changes with a call on its way in this process.
    flights: Mutex<HashSet<Uuid>>,
    network_problem: Mutex<Option<Problem>>,
    clocks: clock::Clocks,
    /// What watching mailboxes came to.
    desk: Arc<watch::Desk>,
}

impl Engine {
    /// Opens the folder, its database and the manifests, and settles what a dead process left.
    ///
    /// # Errors
    /// `folder_read_only`, `disk_full`, `database_damaged`, `database_newer`, `database_busy`.
    pub fn open(options: Options) -> Result<Self> {
        Self::open_on(options, Db::open)
    }

    /// For tests: as [`Db::open_with_pages`].
    #[doc(hidden)]
    pub fn open_with_pages(options: Options, pages: u32) -> Result<Self> {
        Self::open_on(options, |folder| Db::open_with_pages(folder, pages))
    }

    fn open_on(options: Options, open: impl FnOnce(&Folder) -> Result<Db>) -> Result<Self> {
        let path = match options.data_dir {
            Some(path) => path,
            None => Folder::default_path()?,
        };
        let folder = Folder::open(&path)?;
        let db = open(&folder)?;
        let vault = if options.practice {
            Vault::practice(db.clone(), &folder)
        } else {
            Vault::new(db.clone(), options.vault)
        };
        let (sender, network_problem) =
            match Sender::with_limits(&db.network_settings()?, options.limits) {
                Ok(sender) => (sender, None),
                // A proxy or CA file that no longer works must not keep the window shut: it is said, and calls fail.
                Err(problem) => (Sender::broken(problem.clone()), Some(problem)),
            };
        let engine = Self(Arc::new(Inner {
            folder,
            db,
            vault,
            catalog: RwLock::default(),
            services_dir: options.services_dir,
            sender: RwLock::new(sender),
            limits: options.limits,
            drafts: Mutex::default(),
            adding: tokio::sync::Mutex::default(),
            changed: broadcast::channel(256).0,
            flights: Mutex::default(),
            network_problem: Mutex::new(network_problem),
            clocks: clock::Clocks::default(),
            desk: Arc::default(),
        }));
        // Of a restore whose program died; what does not work now is tried again at the next start.
        if let Err(problem) = engine.finish_restore() {
            tracing::warn!(code = ?problem.code, "a restored manifest is not in its place");
        }
        engine.load_catalog();
        engine.begin_clock()?;
        engine.recover()?;
        Ok(engine)
    }

    pub fn folder(&self) -> &Folder {
        &self.0.folder
    }

    pub fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// Says what is new on disk, as it is committed.
    pub fn subscribe(&self) -> broadcast::Receiver<Changed> {
        self.0.changed.subscribe()
    }

    /// Grows when another process commits (`PRAGMA data_version`): poll it about once a second, on a thread that may
    /// wait. Settles too what a process that died meanwhile left on its way.
    pub fn data_version(&self) -> i64 {
        // What cannot be settled now is tried again at the next poll.
        let _ = self.mind_clock();
        let _ = self.0.db.stay_alive();
        let _ = self.recover();
        self.0.db.data_version()
    }

    /// Things that are not as they should be and keep nobody from working: a manifest file, a folder into which others may
    /// write, a proxy, and a clock that the last answers found to be wrong.
    pub fn notices(&self) -> Vec<Problem> {
        let mut notices = self.catalog().faults().to_vec();
        notices.extend(self.0.folder.shared());
        notices.extend(lock(&self.0.network_problem).clone());
        notices.extend(self.clock_notices());
        notices
    }

    fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(
            &self
                .0
                .catalog
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// As the files are now.
    fn read_catalog(&self) -> Catalog {
        let catalog = Catalog::with_folder(&self.0.folder.services_dir());
        match &self.0.services_dir {
            Some(extra) => catalog.and_folder(extra),
            None => catalog,
        }
    }

    fn load_catalog(&self) {
        let catalog = self.read_catalog();
        *self
            .0
            .catalog
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(catalog);
    }

    fn manifest(&self, service: &str) -> Result<Arc<Manifest>> {
        self.catalog().get(service).ok_or_else(|| {
            Problem::new(crate::error::Code::ServiceUnknown).with("service", service)
        })
    }

    fn sender(&self) -> Sender {
        self.0
            .sender
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn tell(&self, profile: Option<Uuid>, change: Option<Uuid>) {
        // Nobody may be listening: that is fine.
        let _ = self.0.changed.send(Changed {
            profiles: profile.into_iter().collect(),
            changes: change.into_iter().collect(),
            ..Changed::default()
        });
    }
}

/// A lock whose holder panicked still holds whole data here: every write under it is one assignment.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
