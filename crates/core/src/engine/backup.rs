//! Backups of this folder, and back.
//!
//! Not here: what a backup looks like (`backup`).

use std::path::Path;
use std::sync::{Arc, Mutex};

use super::{Engine, lock};
use crate::backup::export::Export;
use crate::backup::manifests::{self, Pending};
use crate::backup::read::Checked;
use crate::backup::restore::Restore;
use crate::backup::{Lock, Tell};
use crate::db::{Copied, PENDING};
use crate::error::{Code, Problem, Result};
use crate::http::sender::Sender;
use crate::kill;
use crate::secret::Secret;
use crate::vault::Key;
use crate::view::{BackupView, Changed, RestoredView};

impl Engine {
    /// Writes everything of this folder into one encrypted file, as it is at one moment. A file of that name is replaced
    /// once the new one is whole.
    ///
    /// # Errors
    /// The vault's; `secret_damaged` with `label`; `disk_full`, `folder_read_only` with `reason = backup` of the file.
    pub async fn export_backup(&self, path: &Path, lock: Lock, tell: Tell) -> Result<BackupView> {
        let mut again = true;
        loop {
            // A folder without a vault has no secrets.
            let key = match self.0.db.vault_key()? {
                Some(_) => Some(self.0.vault.key().await?),
                None => None,
            };
            let done = self
                .write_backup(path, lock.clone(), key, Arc::clone(&tell))
                .await;
            // Another program has changed the key since it was asked for.
            let busy = done
                .as_ref()
                .is_err_and(|problem| problem.code == Code::Busy);
            if !(busy && std::mem::take(&mut again)) {
                return done;
            }
        }
    }

    async fn write_backup(
        &self,
        path: &Path,
        lock: Lock,
        key: Option<Key>,
        tell: Tell,
    ) -> Result<BackupView> {
        let engine = self.clone();
        let path = path.to_owned();
        off_thread(move || {
            let export = Export {
                path: &path,
                lock: &lock,
                manifests: manifests::collect(&engine.0.folder),
                key,
                now: super::now(),
                tell: &tell,
            };
            engine.0.db.contents(|contents| export.write(contents))
        })
        .await
    }

    /// Fills this folder from a backup: all of it, or nothing. The file is read to its end before anything is changed.
    /// With `replace`, what is here goes: a copy of the database is kept in the folder. Open changes that had been sent
    /// are *unknown* afterwards. The folder keeps its vault.
    ///
    /// # Errors
    /// `backup_passphrase_wrong`, `backup_invalid`, `backup_newer`; `folder_not_empty` without `replace`, with `made_at`,
    /// `profiles` and `changes` of the backup and `profiles_here`, `changes_here`, `mailboxes_here`; `busy` while a call is on its way; the
    /// vault's; the folder's.
    pub async fn restore_backup(
        &self,
        path: &Path,
        passphrase: Secret,
        replace: bool,
        tell: Tell,
    ) -> Result<RestoredView> {
        let (path, reading) = (path.to_owned(), Arc::clone(&tell));
        let checked = off_thread(move || Checked::open(&path, &passphrase, &reading)).await?;
        if !lock(&self.0.flights).is_empty() {
            return Err(busy(Code::Busy.into()));
        }
        let here = self.0.db.amounts()?;
        let in_the_way = manifests::in_the_way(&self.0.folder, &checked.manifests);
        let empty = here.profiles == 0 && here.changes == 0 && here.mailboxes == 0 && !in_the_way;
        if !empty && !replace {
            let backup = checked.view();
            return Err(Problem::new(Code::FolderNotEmpty)
                .with("made_at", backup.made_at.to_string())
                .with("profiles", backup.profiles.to_string())
                .with("changes", backup.changes.to_string())
                .with("profiles_here", here.profiles.to_string())
                .with("changes_here", here.changes.to_string())
                .with("mailboxes_here", here.mailboxes.to_string()));
        }
        let key = match checked.has_secrets() {
            true => Some(self.0.vault.key().await?),
            false => None,
        };
        let engine = self.clone();
        off_thread(move || engine.fill(checked, key, !empty, tell))
            .await
            .map_err(busy)
    }

    fn fill(
        &self,
        checked: Checked,
        key: Option<Key>,
        replace: bool,
        tell: Tell,
    ) -> Result<RestoredView> {
        let backup = checked.view();
        let copied = match replace {
            true => Some(Arc::new(self.0.db.copy("before-restore")?)),
            false => None,
        };
        let done = self.commit(checked, key, replace, copied.clone(), tell);
        match (&done, &copied) {
            (Ok(_), Some(copied)) => self.0.db.keep_copy(copied),
            (Err(_), Some(copied)) => self.0.db.discard_copy(copied),
            _ => {}
        }
        let unknown = done?;
        kill::point("restore: committed");
        // The rows are here, whatever becomes of the files: "nothing was changed" would be a lie. The next start tries again.
        if let Err(problem) = self.finish_restore() {
            tracing::warn!(code = ?problem.code, "a restored manifest is not in its place");
        }
        self.read_anew();
        Ok(RestoredView {
            backup,
            unknown,
            copy: copied.map(|copied| copied.path.display().to_string()),
        })
    }

    fn commit(
        &self,
        checked: Checked,
        key: Option<Key>,
        replace: bool,
        copied: Option<Arc<Copied>>,
        tell: Tell,
    ) -> Result<u32> {
        let folder = &self.0.folder;
        let pending = manifests::stage(folder, &checked.manifests, replace)?;
        let staged = pending.clone();
        let restore = Restore {
            checked,
            process: self.0.db.process(),
            key,
            replace,
            copied,
            pending,
            now: super::now(),
            tell,
        };
        let unknown = Arc::new(Mutex::new(0));
        let count = Arc::clone(&unknown);
        let done = self.0.db.write(move |db| {
            *lock(&count) = restore.run(db)?;
            Ok(())
        });
        done.inspect_err(|_| manifests::unstage(folder, &staged))?;
        Ok(*lock(&unknown))
    }

    /// Brings the manifest files of a restore to their places: at once, or at the next start where a program died between.
    pub(super) fn finish_restore(&self) -> Result<()> {
        let Some(pending) = self.0.db.meta(PENDING)? else {
            return Ok(());
        };
        let pending: Pending = serde_json::from_str(&pending).map_err(|_| {
            Problem::new(Code::DatabaseDamaged)
                .with("file", self.0.folder.db_path().display().to_string())
        })?;
        manifests::finish(&self.0.folder, &pending)?;
        self.0.db.set_meta(PENDING, None)
    }

    /// Services, network and lists may all be others now.
    fn read_anew(&self) {
        self.load_catalog();
        let sender = self
            .0
            .db
            .network_settings()
            .and_then(|settings| Sender::new(&settings));
        let (sender, problem) = match sender {
            Ok(sender) => (sender, None),
            Err(problem) => (Sender::broken(problem.clone()), Some(problem)),
        };
        *self
            .0
            .sender
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = sender;
        *lock(&self.0.network_problem) = problem;
        // Nobody may be listening: that is fine.
        let _ = self.0.changed.send(Changed {
            all: true,
            ..Changed::default()
        });
    }
}

/// Not a change is busy, but the folder.
fn busy(problem: Problem) -> Problem {
    match problem.code {
        Code::Busy => problem.with("reason", "restore"),
        _ => problem,
    }
}

/// Encryption, scrypt and thousands of rows: not on a thread that serves others.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(Code::Internal.into()))
}
