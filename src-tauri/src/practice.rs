//! Practice: an engine on a folder of its own, and the three services played on loopback with their mailbox.
//!
//! Not here: how the services answer (the sandbox), which engine the window shows (`state`).

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use readdress_core::ask::NewProfile;
use readdress_core::engine::{Engine, MailWatch, Options};
use readdress_core::error::{Code, Problem, Result};
use readdress_core::folder::private_file;
use readdress_core::view::{PracticeMail, PracticeStart, ProfileView};
use readdress_sandbox::{Mail, PracticeAccount, Sandbox, Service, practice_accounts};
use tauri::async_runtime::JoinHandle;
use uuid::Uuid;

use crate::state::lock;

/// What the played services know, beside the practice database.
const KEPT: &str = "sandbox.json";

pub struct Practice {
    engine: Engine,
    sandbox: Sandbox,
    kept: PathBuf,
    /// What was written last; `None` once practice has ended.
    saved: Mutex<Option<String>>,
    watcher: Mutex<Option<JoinHandle<()>>>,
    /// Its mailboxes are watched as long as this is held.
    mail: Mutex<Option<MailWatch>>,
}

impl Practice {
    /// Opens the practice folder and goes on where practice was left: same accounts, same mails, other ports.
    ///
    /// # Errors
    /// The folder's; `internal` with `reason` where no port is free on loopback.
    pub async fn open(folder: PathBuf) -> Result<Self> {
        let kept = folder.join(KEPT);
        let options = Options {
            data_dir: Some(folder),
            practice: true,
            ..Options::default()
        };
        let engine = tauri::async_runtime::spawn_blocking(move || Engine::open(options))
            .await
            .map_err(|_| Code::Internal)??;
        let sandbox = start_sandbox(&kept).await?;
        for service in Service::ALL {
            engine
                .point_at(service.id(), sandbox.urls().of(service))
                .await?;
        }
        Ok(Self {
            engine,
            sandbox,
            kept,
            saved: Mutex::new(Some(String::new())),
            watcher: Mutex::default(),
            mail: Mutex::default(),
        })
    }

    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    pub fn set_watcher(&self, watcher: JoinHandle<()>) {
        *lock(&self.watcher) = Some(watcher);
    }

    /// Needs the runtime to begin.
    pub fn watch_mail(&self, watch: bool) {
        let mut mail = lock(&self.mail);
        match (watch, mail.is_some()) {
            (true, false) => *mail = Some(self.engine.watch_mail()),
            (false, true) => *mail = None,
            _ => {}
        }
    }

    /// Sends a profile to the played service, whatever was typed: nothing in practice ever leaves this machine.
    ///
    /// # Errors
    /// `service_unknown`: not one of those that are played.
    pub fn aim(&self, profile: &mut NewProfile) -> Result<()> {
        let service = played(&profile.service)?;
        profile.base_url = Some(self.sandbox.urls().of(service).to_owned());
        Ok(())
    }

    /// The practice profile of that service, made where there is none, with its address read.
    ///
    /// # Errors
    /// `service_unknown`, the folder's.
    pub async fn start(&self, service: &str) -> Result<PracticeStart> {
        let account = practice_accounts()
            .into_iter()
            .find(|account| account.service == service)
            .ok_or_else(|| unknown(service))?;
        let id = match self.find(&account)? {
            Some(id) => id,
            None => self.add(&account).await?,
        };
        if let Err(problem) = self.engine.read_profile(id).await {
            tracing::warn!(service, code = ?problem.code, "the practice profile could not be read");
        }
        let profile = self.engine.profile(id)?;
        Ok(PracticeStart {
            profile_id: id,
            suggested: suggested(&account, &profile),
        })
    }

    fn find(&self, account: &PracticeAccount) -> Result<Option<Uuid>> {
        match self.engine.find_profile(account.label) {
            Ok(id) => Ok(Some(id)),
            Err(problem) if problem.code == Code::ProfileUnknown => self.renamed(account),
            Err(problem) => Err(problem),
        }
    }

    /// The user may have given it another label: any profile of that service does.
    fn renamed(&self, account: &PracticeAccount) -> Result<Option<Uuid>> {
        let page = self.engine.profiles(None, 500)?;
        Ok(page
            .items
            .iter()
            .find(|profile| profile.service == account.service)
            .map(|profile| profile.id))
    }

    async fn add(&self, account: &PracticeAccount) -> Result<Uuid> {
        let own = |pairs: &std::collections::BTreeMap<&str, &str>| -> Vec<(String, String)> {
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
        };
        let mut profile = NewProfile {
            service: account.service.to_owned(),
            label: account.label.to_owned(),
            fields: own(&account.fields).into_iter().collect(),
            secrets: own(&account.secrets)
                .into_iter()
                .map(|(name, value)| (name, readdress_core::secret::Secret::new(value)))
                .collect(),
            base_url: None,
            draft: None,
        };
        self.aim(&mut profile)?;
        Ok(self.engine.add_profile(profile).await?.id)
    }

    /// What lies in the practice mailbox, oldest first, dated by the real clock.
    pub fn mails(&self) -> Vec<PracticeMail> {
        let ahead = self.sandbox.now().duration_since(Timestamp::now());
        self.sandbox
            .mails(None, None)
            .into_iter()
            .map(|mail| shown(mail, ahead))
            .collect()
    }

    /// Lets time pass: the services' clock goes ahead, and what the journal dates comes that much nearer.
    ///
    /// # Errors
    /// `busy` while a call is on its way, the folder's.
    pub async fn pass_time(&self, seconds: u32) -> Result<()> {
        self.engine.pass_time(seconds).await?;
        self.sandbox.advance(Duration::from_secs(seconds.into()));
        self.save();
        Ok(())
    }

    /// Keeps what the played services know, else the profiles would read as "changed elsewhere" at the next start.
    pub fn save(&self) {
        let mut saved = lock(&self.saved);
        let Some(last) = saved.as_mut() else { return };
        let state = match self.sandbox.save() {
            Ok(state) if state == *last => return,
            Ok(state) => state,
            Err(error) => return tracing::warn!(%error, "practice has no state to save"),
        };
        match write_whole(&self.kept, &state) {
            Ok(()) => *last = state,
            Err(error) => tracing::warn!(kind = ?error.kind(), "practice could not be saved"),
        }
    }

    /// Stops telling, and saves no more.
    pub async fn end(&self) {
        *lock(&self.saved) = None;
        self.watch_mail(false);
        let watcher = lock(&self.watcher).take();
        if let Some(watcher) = watcher {
            watcher.abort();
            // Only its abort can be the answer.
            let _ = watcher.await;
        }
    }
}

async fn start_sandbox(kept: &Path) -> Result<Sandbox> {
    let restore = std::fs::read_to_string(kept).ok();
    let options = |restore| readdress_sandbox::Options {
        restore,
        ..Default::default()
    };
    let started = match Sandbox::start(options(restore)).await {
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            // Only practice: it begins anew, and the file stays for whoever wants to know.
            tracing::warn!("the practice state is damaged and was set aside");
            let _ = std::fs::rename(kept, kept.with_extension("damaged.json"));
            Sandbox::start(options(None)).await
        }
        started => started,
    };
    started.map_err(|error| Problem::new(Code::Internal).with("reason", error.kind().to_string()))
}

/// Whole or not at all: a crash in between leaves the file of before.
fn write_whole(file: &Path, text: &str) -> std::io::Result<()> {
    let beside = file.with_extension("new");
    let mut new = private_file(
        &beside,
        OpenOptions::new().write(true).create(true).truncate(true),
    )?;
    new.write_all(text.as_bytes())?;
    std::fs::rename(&beside, file)
}

/// Deletes the practice folder. Windows lets go of open files a little late.
///
/// # Errors
/// `folder_read_only`.
pub async fn remove_folder(folder: PathBuf) -> Result<()> {
    for attempt in 0..20 {
        match std::fs::remove_dir_all(&folder) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) if attempt == 19 => {
                return Err(Problem::new(Code::FolderReadOnly)
                    .with("file", folder.display().to_string())
                    .with("reason", error.kind().to_string()));
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    Ok(())
}

fn played(id: &str) -> Result<Service> {
    Service::ALL
        .into_iter()
        .find(|service| service.id() == id)
        .ok_or_else(|| unknown(id))
}

fn unknown(service: &str) -> Problem {
    Problem::new(Code::ServiceUnknown).with("service", service)
}

/// The address of an open change, else the one of the two practice addresses that the account does not have.
fn suggested(account: &PracticeAccount, profile: &ProfileView) -> String {
    match &profile.change {
        Some(change) if change.open => change.to.clone(),
        _ if profile.email.as_deref() == Some(account.new_email) => account.email.to_owned(),
        _ => account.new_email.to_owned(),
    }
}

fn shown(mail: Mail, ahead: SignedDuration) -> PracticeMail {
    PracticeMail {
        id: u32::try_from(mail.id).unwrap_or(u32::MAX),
        at: mail.at.checked_sub(ahead).unwrap_or(mail.at),
        to: mail.to,
        from: mail.from,
        subject: mail.subject,
        text: mail.text,
        raw: mail.raw,
    }
}
