//! The vault: the data key that seals every secret, and the kinds of places it can be kept in.
//!
//! Opened at the first need of a secret, never at start. Not here: the sealed values themselves (`db`).

mod cipher;
mod env;
mod home;
mod key_file;
#[doc(hidden)]
pub mod keychain;
mod make;
mod passphrase;
mod rekey;
mod sweep;
mod values;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::db::{Db, VaultRow};
use crate::error::{Code, Problem, Result};
use crate::folder::Folder;
use crate::secret::Secret;
use crate::view::{VaultKind, VaultState, VaultView};
use keychain::{Keychain, Thread};

pub(crate) use cipher::sealed_with;
pub use cipher::{Key, Place};
pub use env::VaultEnv;
pub use key_file::new_key_file;
pub use passphrase::MIN_CHARS as MIN_PASSPHRASE_CHARS;
pub(crate) use passphrase::{check as check_passphrase, composed};
pub(crate) use values::{CAPTURED, open_kept_values};
pub use values::{open_secrets, open_values, seal_values};

/// A handle to the folder's vault. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    env: VaultEnv,
    /// Practice: the key file is made when it is missing.
    throwaway: bool,
    work_factor: u8,
    keychain: Thread,
    /// Called with the name of each point at which a crash would matter: tests end the program there.
    at: fn(&str),
    /// One opening or change of keys at a time.
    gate: tokio::sync::Mutex<()>,
    now: Mutex<Now>,
}

/// What is known without asking.
#[derive(Default)]
struct Now {
    key: Option<Key>,
    /// By the user, and until the user unlocks it.
    locked: bool,
    problem: Option<Problem>,
    keychain_works: Option<bool>,
}

impl Vault {
    pub fn new(db: Db, env: VaultEnv) -> Self {
        Self::build(db, env, false, passphrase::WORK_FACTOR, Thread::system())
    }

    /// The vault of practice mode: a throw-away key in the practice folder itself. `folder` is that of `db`.
    pub fn practice(db: Db, folder: &Folder) -> Self {
        let env = VaultEnv {
            key_file: Some(folder.path().join("practice.key")),
            ..VaultEnv::default()
        };
        Self::build(db, env, true, passphrase::WORK_FACTOR, Thread::system())
    }

    /// For tests: another keychain, asked no longer than `limit`, and a cheap scrypt.
    #[doc(hidden)]
    pub fn for_tests(db: Db, env: VaultEnv, keychain: Box<dyn Keychain>, limit: Duration) -> Self {
        Self::build(db, env, false, 2, Thread::new(keychain, limit))
    }

    /// For tests: `at` is called at each point at which a crash would matter.
    #[doc(hidden)]
    pub fn for_crash_tests(
        db: Db,
        env: VaultEnv,
        keychain: Box<dyn Keychain>,
        at: fn(&str),
    ) -> Self {
        let thread = Thread::new(keychain, keychain::LIMIT);
        Self::build_at(db, env, false, 2, thread, at)
    }

    fn build(db: Db, env: VaultEnv, throwaway: bool, work_factor: u8, keychain: Thread) -> Self {
        Self::build_at(
            db,
            env,
            throwaway,
            work_factor,
            keychain,
            crate::kill::point,
        )
    }

    fn build_at(
        db: Db,
        env: VaultEnv,
        throwaway: bool,
        work_factor: u8,
        keychain: Thread,
        at: fn(&str),
    ) -> Self {
        let inner = Inner {
            db,
            env,
            throwaway,
            work_factor,
            keychain,
            at,
            gate: tokio::sync::Mutex::default(),
            now: Mutex::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The key, for sealing and opening. Opens the vault if that needs no person; a fresh folder gets one here.
    ///
    /// Ask for it at each need and do not keep it: another program may change the key.
    ///
    /// # Errors
    /// `vault_unset`, `vault_locked`, `passphrase_wrong`, `passphrase_too_short`, `key_file_invalid`, `keychain_missing`,
    /// `keychain_wrong`. A variable that does not belong to this kind of vault has `reason = other_kind`.
    pub async fn key(&self) -> Result<Key> {
        if let Some(key) = self.open_key()? {
            return Ok(key);
        }
        let _gate = self.inner.gate.lock().await;
        if let Some(key) = self.open_key()? {
            return Ok(key);
        }
        if self.now().locked {
            return Err(Code::VaultLocked.into());
        }
        self.open(None).await
    }

    /// The key only if it is open already: for lists, which must not open the vault.
    pub fn key_if_open(&self) -> Option<Key> {
        self.open_key().ok().flatten()
    }

    /// Opens the vault, or lets it be opened again after `lock`. A passphrase is needed only where the vault has one and
    /// the environment does not.
    ///
    /// # Errors
    /// As [`Vault::key`].
    pub async fn unlock(&self, passphrase: Option<Secret>) -> Result<()> {
        let _gate = self.inner.gate.lock().await;
        self.open(passphrase).await?;
        self.now().locked = false;
        Ok(())
    }

    /// Forgets the key until `unlock`.
    pub fn lock(&self) {
        let mut now = self.now();
        now.key = None;
        now.problem = None;
        now.locked = true;
    }

    /// What Settings shows. Asks neither keychain nor file.
    pub fn view(&self) -> VaultView {
        let row = self.inner.db.vault_row();
        let now = self.now();
        let (kind, problem) = match &row {
            Ok(Some(row)) => (row.kind, now.problem.clone()),
            Ok(None) => (
                VaultKind::Unset,
                self.inner
                    .db
                    .refuse_orphans()
                    .err()
                    .or_else(|| now.problem.clone()),
            ),
            Err(problem) => (VaultKind::Unset, Some(problem.clone())),
        };
        let open = matches!((&now.key, &row), (Some(key), Ok(Some(row))) if key.id() == row.id);
        let state = match &problem {
            _ if open => VaultState::Open,
            // A wrong passphrase is tried again; these need a repair.
            Some(problem) if !matches!(problem.code, Code::PassphraseWrong | Code::VaultLocked) => {
                VaultState::Broken
            }
            _ if kind == VaultKind::Unset => VaultState::Unset,
            _ => VaultState::Locked,
        };
        VaultView {
            kind,
            state,
            problem,
            keychain_works: now.keychain_works,
        }
    }

    /// Whether this machine has a keychain that answers; waits for it up to 10 s.
    pub async fn try_keychain(&self) -> bool {
        self.keychain(|keychain| keychain.get("none")).await.is_ok()
    }

    /// Gives a fresh folder its vault.
    ///
    /// # Errors
    /// `busy` if it has one already; else as [`Vault::key`].
    pub async fn set_up(&self, kind: VaultKind, passphrase: Option<Secret>) -> Result<()> {
        let _gate = self.inner.gate.lock().await;
        self.make_vault(kind, passphrase).await.map(drop)
    }

    /// Seals everything with a new key under another passphrase: who knows the old one and has an old copy of the folder
    /// opens nothing that is kept from now on.
    ///
    /// # Errors
    /// `passphrase_wrong`, `passphrase_too_short`; `vault_unset`; as [`Vault::change_kind`].
    pub async fn change_passphrase(&self, current: Secret, next: Secret) -> Result<()> {
        passphrase::check(&next)?;
        let _gate = self.inner.gate.lock().await;
        let row = self.row()?;
        if row.kind != VaultKind::Passphrase {
            return Err(home::other_kind(Code::PassphraseWrong, row.kind));
        }
        let key = self.unwrap(&row, current).await?;
        self.change_key(key, row, VaultKind::Passphrase, Some(next))
            .await
    }

    /// Moves the vault to another kind of place, with a new key. `passphrase` is the new kind's.
    ///
    /// # Errors
    /// As [`Vault::key`]; `busy` or `database_busy` if another program does so meanwhile; `secret_damaged` if one value
    /// does not open.
    pub async fn change_kind(&self, kind: VaultKind, passphrase: Option<Secret>) -> Result<()> {
        let old = self.key().await?;
        let _gate = self.inner.gate.lock().await;
        let row = self.row()?;
        self.change_key(old, row, kind, passphrase).await
    }

    /// Seals everything with a new key of the same kind. A vault with a passphrase needs it here, or in the environment.
    ///
    /// # Errors
    /// As [`Vault::change_kind`].
    pub async fn make_new_key(&self, passphrase: Option<Secret>) -> Result<()> {
        let old = self.key().await?;
        let _gate = self.inner.gate.lock().await;
        let row = self.row()?;
        let passphrase = passphrase.or_else(|| self.inner.env.passphrase().cloned());
        if row.kind == VaultKind::Passphrase {
            // The old one must open the old key, or a slip of the finger would lock everything away.
            self.unwrap(&row, passphrase.clone().ok_or(Code::VaultLocked)?)
                .await?;
        }
        let kind = row.kind;
        self.change_key(old, row, kind, passphrase).await
    }

    /// A new, empty vault: all secrets and given codes are dropped, profiles and history stay. Needs no old key.
    ///
    /// # Errors
    /// As [`Vault::set_up`].
    pub async fn reset(&self, kind: VaultKind, passphrase: Option<Secret>) -> Result<()> {
        let _gate = self.inner.gate.lock().await;
        let old = self.inner.db.vault_row()?;
        let (key, row) = self.make_key(kind, passphrase, false).await?;
        let at = self.inner.at;
        let result = self
            .inner
            .db
            .write_async(move |db| {
                rekey::start_anew(db, old.as_ref(), &row)?;
                at("vault: before the commit");
                Ok(())
            })
            .await;
        at("vault: after the commit");
        if result.is_ok() {
            self.opened(&key);
            self.inner.db.forget_deleted();
        }
        self.sweep().await;
        result
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.inner
            .now
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn row(&self) -> Result<VaultRow> {
        self.inner
            .db
            .vault_row()?
            .ok_or_else(|| Code::VaultUnset.into())
    }

    /// The key, if it is open and still the folder's.
    fn open_key(&self) -> Result<Option<Key>> {
        if self.now().key.is_none() {
            return Ok(None);
        }
        let id = self.inner.db.vault_row()?.map(|row| row.id);
        let mut now = self.now();
        now.key.take_if(|key| Some(key.id()) != id);
        Ok(now.key.clone())
    }

    fn opened(&self, key: &Key) {
        let mut now = self.now();
        now.key = Some(key.clone());
        now.problem = None;
        now.locked = false;
    }
}

/// The vault's own row is not as it was written: nothing opens with it, and it is not written over.
fn damaged(field: &str) -> Problem {
    Problem::new(Code::SecretDamaged)
        .with("table", "vault")
        .with("field", field)
        .with("reason", "vault")
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}
