//! What the shell holds while it runs: the real engine, practice where it was opened, which of the two is shown.
//!
//! Not here: what the page is told of it (`app_state`), how practice works (`practice`).

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use readdress_core::engine::{Engine, MailWatch, Options};
use readdress_core::error::{Problem, Result};
use readdress_core::folder::Folder;
use readdress_core::vault::VaultEnv;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::arguments::Start;
use crate::closing::{self, Stage};
use crate::errands::Errands;
use crate::hand::{Hand, Hands};
use crate::notices::{Notices, Teller};
use crate::practice::Practice;
use crate::preferences::{self, Preferences};
use crate::{logs, practice};

/// Whose profiles the window shows. Practice and real ones never share a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    Real,
    Practice,
}

/// Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Shell(Arc<Inner>);

struct Inner {
    folder: Result<PathBuf>,
    vault: VaultEnv,
    log: tracing::Level,
    report_usable: bool,
    /// Opened once, by the first who needs it; others wait for that one.
    real: OnceLock<Result<Engine>>,
    practice: Mutex<Option<Arc<Practice>>>,
    /// Held while practice is opened or removed.
    practice_gate: tokio::sync::Mutex<()>,
    mode: Mutex<Mode>,
    /// The real mailboxes are watched as long as this is held.
    mail: Mutex<Option<MailWatch>>,
    notices: OnceLock<Notices>,
    teller: Option<Teller>,
    hands: Hands,
    focused: AtomicBool,
    stage: Mutex<Stage>,
    /// Closing asks nobody.
    ends_anyway: AtomicBool,
    patience: Duration,
    /// What the dialog was answered: the page sees its name only.
    chosen_backup: Mutex<Option<PathBuf>>,
    preferences: Mutex<Preferences>,
    settings_problem: Option<Problem>,
    errands: Errands,
    /// A newer program wrote the folder: not a byte of it may change.
    untouched: bool,
}

impl Shell {
    /// Finds the folder and reads the preferences; opens nothing.
    pub fn new(start: &Start) -> Self {
        let folder = folder_of(start);
        let newer = |dir: &PathBuf| Folder::refuse_newer_at(dir).is_err();
        let untouched = folder.as_ref().is_ok_and(newer);
        let (preferences, settings_problem) = match &folder {
            Ok(dir) if untouched => (preferences::peek(&preferences::file_in(dir)), None),
            Ok(dir) => preferences::load(&preferences::file_in(dir)),
            Err(_) => (Preferences::default(), None),
        };
        Self(Arc::new(Inner {
            folder,
            vault: start.vault.clone(),
            log: start.log.unwrap_or(tracing::Level::INFO),
            report_usable: start.report_usable,
            real: OnceLock::new(),
            practice: Mutex::default(),
            practice_gate: tokio::sync::Mutex::default(),
            mode: Mutex::new(Mode::Real),
            mail: Mutex::default(),
            notices: OnceLock::new(),
            teller: start.teller.clone(),
            hands: Hands::default(),
            focused: AtomicBool::new(false),
            stage: Mutex::default(),
            ends_anyway: AtomicBool::new(false),
            patience: start.patience.unwrap_or(closing::PATIENCE),
            chosen_backup: Mutex::default(),
            preferences: Mutex::new(preferences),
            settings_problem,
            errands: Errands::new(start.errands.clone()),
            untouched,
        }))
    }

    /// Opens the folder while the window comes up.
    pub fn open_in_background(&self) {
        let shell = self.clone();
        let spawned = std::thread::Builder::new()
            .name("open-folder".to_owned())
            .spawn(move || drop(shell.real()));
        // Without a thread the first command opens it.
        drop(spawned);
    }

    /// The engine of the user's own profiles. Waits while it is being opened.
    ///
    /// # Errors
    /// Why the folder cannot be used at all: the same problem for the whole run.
    pub fn real(&self) -> Result<Engine> {
        self.0
            .real
            .get_or_init(|| open(self.0.folder.clone()?, self.0.vault.clone(), self.0.log))
            .clone()
    }

    /// The engine of the profiles that the window shows.
    ///
    /// # Errors
    /// As `real`.
    pub fn engine(&self) -> Result<Engine> {
        let real = self.real()?;
        Ok(self
            .practice_shown()
            .map_or(real, |practice| practice.engine().clone()))
    }

    /// Practice, where the window shows it.
    pub fn practice_shown(&self) -> Option<Arc<Practice>> {
        match self.mode() {
            Mode::Practice => self.practice(),
            Mode::Real => None,
        }
    }

    /// Practice, where it was opened in this run.
    pub fn practice(&self) -> Option<Arc<Practice>> {
        lock(&self.0.practice).clone()
    }

    /// Opens practice where needed. `true` where this call has opened it.
    ///
    /// # Errors
    /// As `real`, and what keeps practice from starting.
    pub async fn open_practice(&self) -> Result<(Arc<Practice>, bool)> {
        let _one_at_a_time = self.0.practice_gate.lock().await;
        let folder = self.real()?.folder().practice();
        if let Some(practice) = self.practice() {
            return Ok((practice, false));
        }
        let practice = Arc::new(Practice::open(folder).await?);
        *lock(&self.0.practice) = Some(Arc::clone(&practice));
        Ok((practice, true))
    }

    /// Ends practice and deletes all that it kept.
    ///
    /// # Errors
    /// As `real`; `busy` while a practice call is on its way; the folder's.
    pub async fn remove_practice(&self) -> Result<()> {
        let _one_at_a_time = self.0.practice_gate.lock().await;
        let folder = self.real()?.folder().practice();
        if self
            .practice()
            .is_some_and(|practice| practice.engine().calls_under_way() > 0)
        {
            return Err(readdress_core::error::Code::Busy.into());
        }
        self.set_mode(Mode::Real);
        let practice = lock(&self.0.practice).take();
        if let Some(practice) = practice {
            practice.end().await;
        }
        practice::remove_folder(folder).await
    }

    pub fn mode(&self) -> Mode {
        *lock(&self.0.mode)
    }

    /// The mailboxes of practice are watched while it is shown. Needs the runtime.
    pub fn set_mode(&self, mode: Mode) {
        *lock(&self.0.mode) = mode;
        if let Some(practice) = self.practice() {
            practice.watch_mail(mode == Mode::Practice);
        }
    }

    pub fn folder_path(&self) -> Option<&Path> {
        self.0.folder.as_deref().ok()
    }

    /// The folder, for what is kept there beside the database; `None` where nothing may be.
    pub fn folder_to_write(&self) -> Option<&Path> {
        self.folder_path().filter(|_| !self.0.untouched)
    }

    pub fn errands(&self) -> &Errands {
        &self.0.errands
    }

    pub fn report_usable(&self) -> bool {
        self.0.report_usable
    }

    pub fn chosen_backup(&self) -> Option<PathBuf> {
        lock(&self.0.chosen_backup).clone()
    }

    pub fn set_chosen_backup(&self, path: PathBuf) {
        *lock(&self.0.chosen_backup) = Some(path);
    }

    pub fn preferences(&self) -> Preferences {
        lock(&self.0.preferences).clone()
    }

    pub fn set_preferences(&self, preferences: Preferences) {
        *lock(&self.0.preferences) = preferences;
    }

    pub fn settings_problem(&self) -> Option<Problem> {
        self.0.settings_problem.clone()
    }

    /// Watches the real mailboxes from now on, and tells what becomes of their changes. Needs the runtime.
    pub fn watch(&self, engine: &Engine, notices: Notices) {
        *lock(&self.0.mail) = Some(engine.watch_mail());
        // Twice is no harm: the first one stays.
        let _ = self.0.notices.set(notices);
    }

    pub fn notices(&self) -> Option<&Notices> {
        self.0.notices.get()
    }

    pub fn teller(&self) -> Option<&Teller> {
        self.0.teller.as_ref()
    }

    /// The person does something with this change or profile, until the answer is dropped.
    pub fn by_hand(&self, id: Uuid) -> Hand {
        self.0.hands.begin(id)
    }

    pub fn is_by_hand(&self, id: Uuid) -> bool {
        self.0.hands.are_on(id)
    }

    pub fn set_focused(&self, focused: bool) {
        self.0.focused.store(focused, Ordering::Relaxed);
    }

    pub fn is_focused(&self) -> bool {
        self.0.focused.load(Ordering::Relaxed)
    }

    pub fn stage(&self) -> Stage {
        *lock(&self.0.stage)
    }

    /// Answers what held before.
    pub fn set_stage(&self, stage: Stage) -> Stage {
        std::mem::replace(&mut lock(&self.0.stage), stage)
    }

    pub fn ends_anyway(&self) -> bool {
        self.0.ends_anyway.load(Ordering::Relaxed)
    }

    pub fn set_ends_anyway(&self, ends: bool) {
        self.0.ends_anyway.store(ends, Ordering::Relaxed);
    }

    pub fn patience(&self) -> Duration {
        self.0.patience
    }

    /// Those whose mailboxes are watched. One that is still being opened watches nothing yet.
    pub fn watching_engines(&self) -> Vec<Engine> {
        let real = self.0.real.get().and_then(|real| real.clone().ok());
        let practice = self.practice_shown();
        let practice = practice.map(|practice| practice.engine().clone());
        real.into_iter().chain(practice).collect()
    }

    /// Calls on their way: closing waits for them.
    pub fn calls_under_way(&self) -> usize {
        // A folder that is still being opened has sent nothing.
        let real = self.0.real.get().and_then(|real| real.as_ref().ok());
        let practice = self.practice();
        real.map_or(0, Engine::calls_under_way)
            + practice.map_or(0, |practice| practice.engine().calls_under_way())
    }
}

/// Where everything is kept.
///
/// # Errors
/// Nobody names a folder, and the system has none for this user.
pub fn folder_of(start: &Start) -> Result<PathBuf> {
    let folder = match &start.data_dir {
        Some(dir) => dir.clone(),
        None => Folder::default_path()?,
    };
    // The store resolves a relative path against a folder of its own choice.
    Ok(std::path::absolute(&folder).unwrap_or(folder))
}

fn open(path: PathBuf, vault: VaultEnv, log: tracing::Level) -> Result<Engine> {
    let opened = Folder::open(&path).and_then(|folder| {
        logs::start(&folder.logs_dir(), log);
        preferences::prepare(&folder.path().join("window.json"));
        Engine::open(Options {
            data_dir: Some(path),
            vault,
            ..Options::default()
        })
    });
    match &opened {
        // What was found is told in one line with all the rest (`started`).
        Ok(_) => {}
        Err(problem) => tracing::error!(code = ?problem.code, "the folder cannot be used"),
    }
    opened
}

/// Every write under these locks is one assignment: what a panic left is whole.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
