//! How each kind of vault gives back its key.
//!
//! Not here: where a new key goes (`make`).

use std::path::{Path, PathBuf};

use super::cipher::{Key, key_of_text};
use super::keychain::{self, Keychain};
use super::{Vault, key_file, passphrase};
use crate::db::VaultRow;
use crate::error::{Code, Problem, Result};
use crate::secret::Secret;
use crate::view::VaultKind;

/// How often a place is looked at that another program may be changing.
const LOOKS: usize = 3;

impl Vault {
    /// Opens the vault that the folder has, or gives it the one that the environment asks for. Holds the gate.
    pub(super) async fn open(&self, passphrase: Option<Secret>) -> Result<Key> {
        let result = match self.inner.db.vault_row()? {
            Some(row) => self.open_newest(row, passphrase).await,
            None => match self.make_first(passphrase.clone()).await {
                // Another program was quicker: there is a vault now.
                Err(problem) if problem.code == Code::Busy => {
                    self.open_newest(self.row()?, passphrase).await
                }
                other => other,
            },
        };
        match &result {
            Ok(key) => {
                self.opened(key);
                self.sweep_later();
            }
            Err(problem) if is_trouble(problem.code) => self.now().problem = Some(problem.clone()),
            Err(_) => {}
        }
        result
    }

    async fn make_first(&self, passphrase: Option<Secret>) -> Result<Key> {
        // Before the person is asked for a kind, or a keychain for a key.
        self.inner.db.refuse_orphans()?;
        self.make_vault(self.kind_for_fresh()?, passphrase).await
    }

    fn kind_for_fresh(&self) -> Result<VaultKind> {
        let env = &self.inner.env;
        env.refuse_empty()?;
        match (env.passphrase(), env.key_file()) {
            (Some(_), Some(path)) => Err(key_file::invalid(path, "two_variables")),
            (Some(_), None) => Ok(VaultKind::Passphrase),
            (None, Some(_)) => Ok(VaultKind::KeyFile),
            (None, None) if env.auto_keychain => Ok(VaultKind::Keychain),
            (None, None) => Err(Code::VaultUnset.into()),
        }
    }

    /// Another program may put a new key in the place of the one that is looked for: then that one is opened.
    async fn open_newest(&self, mut row: VaultRow, passphrase: Option<Secret>) -> Result<Key> {
        for _ in 0..LOOKS {
            let opened = self.open_row(&row, passphrase.clone()).await;
            let now = self.row()?;
            if opened.is_ok() || now.id == row.id {
                return opened;
            }
            row = now;
        }
        self.open_row(&row, passphrase).await
    }

    async fn open_row(&self, row: &VaultRow, passphrase: Option<Secret>) -> Result<Key> {
        let env = &self.inner.env;
        if env.passphrase().is_some() && row.kind != VaultKind::Passphrase {
            return Err(other_kind(Code::PassphraseWrong, row.kind));
        }
        if env.key_file().is_some() && row.kind != VaultKind::KeyFile {
            return Err(other_kind(Code::KeyFileInvalid, row.kind));
        }
        match row.kind {
            VaultKind::Unset => Err(Code::VaultUnset.into()),
            VaultKind::Keychain => self.open_keychain(row).await,
            VaultKind::KeyFile => self.open_key_file(row),
            VaultKind::Passphrase => {
                let passphrase = passphrase
                    .or_else(|| env.passphrase().cloned())
                    .ok_or(Code::VaultLocked)?;
                self.unwrap(row, passphrase).await
            }
        }
    }

    async fn open_keychain(&self, row: &VaultRow) -> Result<Key> {
        let user = row.id.to_string();
        let text = self.keychain(move |keychain| keychain.get(&user)).await?;
        let text = text.ok_or_else(|| keychain::wrong("no_entry"))?;
        let bytes = key_of_text(&text).ok_or_else(|| keychain::wrong("format"))?;
        let key = Key::new(row.id, bytes);
        if key.fits(&row.proof) {
            Ok(key)
        } else {
            Err(keychain::wrong("other_key"))
        }
    }

    fn open_key_file(&self, row: &VaultRow) -> Result<Key> {
        let path = self.key_file_of(row.key_file.as_deref())?;
        let next = key_file::successor(&path);
        let mut refused = None;
        for _ in 0..LOOKS {
            for place in [&path, &next] {
                match key_file::read(row.id, place) {
                    Ok(key) if key.fits(&row.proof) => {
                        if place == &next {
                            self.finish_change(row, &path);
                        }
                        return Ok(key);
                    }
                    Err(problem) if place == &path => refused = Some(problem),
                    _ => {}
                }
            }
            // Between the two looks a neighbour may have brought the next file to its place.
        }
        Err(refused.unwrap_or_else(|| key_file::invalid(&path, "other_key")))
    }

    /// A change of keys was committed, and its program has not brought the new file to its place: brings it there, unless
    /// that program, or another, is about to. Alone: what lies beside the key may be the next change's by now.
    fn finish_change(&self, row: &VaultRow, path: &Path) {
        let Ok(_alone) = self.inner.db.alone() else {
            return;
        };
        if self.row().is_ok_and(|now| now.id == row.id) {
            // The key is open; where its file lies is tried again the next time.
            let _ = finish_change(row, path);
        }
    }

    pub(super) async fn unwrap(&self, row: &VaultRow, passphrase: Secret) -> Result<Key> {
        let row = row.clone();
        off_thread(move || {
            let wrapped = row.wrapped.as_deref().unwrap_or_default();
            let key = passphrase::unwrap(row.id, wrapped, &passphrase)?;
            if key.fits(&row.proof) {
                Ok(key)
            } else {
                Err(super::damaged("proof"))
            }
        })
        .await
    }

    pub(super) async fn keychain<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut dyn Keychain) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let result = self.inner.keychain.ask(question).await;
        let missing = result
            .as_ref()
            .is_err_and(|problem| problem.code == Code::KeychainMissing);
        self.now().keychain_works = Some(!missing);
        result
    }

    pub(super) fn key_file_of(&self, recorded: Option<&str>) -> Result<PathBuf> {
        let path = self
            .inner
            .env
            .key_file()
            .cloned()
            .or_else(|| recorded.map(PathBuf::from));
        path.ok_or_else(key_file_not_named)
    }
}

pub(super) fn key_file_not_named() -> Problem {
    Problem::new(Code::KeyFileInvalid).with("reason", "not_named")
}

/// Brings the new file of a committed change of keys to its place, if it is not there. For who is alone.
pub(super) fn finish_change(row: &VaultRow, path: &Path) -> Result<()> {
    let successor = key_file::read(row.id, &key_file::successor(path))
        .ok()
        .filter(|key| key.fits(&row.proof));
    if successor.is_some() {
        key_file::succeed(path)?;
    }
    Ok(())
}

/// What keeps the vault shut until something is repaired or typed anew; a locked one is no trouble.
fn is_trouble(code: Code) -> bool {
    matches!(
        code,
        Code::PassphraseWrong
            | Code::KeyFileInvalid
            | Code::KeychainMissing
            | Code::KeychainWrong
            | Code::SecretDamaged
    )
}

/// A variable, or a request, that belongs to another kind of vault than the folder has.
pub(super) fn other_kind(code: Code, kind: VaultKind) -> Problem {
    let kind = match kind {
        VaultKind::Unset => "unset",
        VaultKind::Keychain => "keychain",
        VaultKind::Passphrase => "passphrase",
        VaultKind::KeyFile => "key_file",
    };
    Problem::new(code)
        .with("reason", "other_kind")
        .with("kind", kind)
}

/// scrypt takes a good part of a second: not on a thread that serves others.
pub(super) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(Code::Internal.into()))
}
