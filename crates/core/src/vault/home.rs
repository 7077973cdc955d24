//! How each kind of vault gives back its key.
//!
//! Not here: where a new key goes (`make`).

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::cipher::Key;
use super::keychain::{self, Keychain};
use super::{Vault, key_file, passphrase};
use crate::db::VaultRow;
use crate::error::{Code, Problem, Result};
use crate::secret::Secret;
use crate::view::VaultKind;

impl Vault {
    /// Opens the vault that the folder has, or gives it the one that the environment asks for. Holds the gate.
    pub(super) async fn open(&self, passphrase: Option<Secret>) -> Result<Key> {
        let result = match self.inner.db.vault_row()? {
            Some(row) => self.open_row(&row, passphrase).await,
            None => match self
                .make_vault(self.kind_for_fresh()?, passphrase.clone())
                .await
            {
                // Another program was quicker: there is a vault now.
                Err(problem) if problem.code == Code::Busy => {
                    self.open_row(&self.row()?, passphrase).await
                }
                other => other,
            },
        };
        match &result {
            Ok(key) => self.opened(key),
            Err(problem) if is_trouble(problem.code) => self.now().problem = Some(problem.clone()),
            Err(_) => {}
        }
        result
    }

    fn kind_for_fresh(&self) -> Result<VaultKind> {
        let env = &self.inner.env;
        match (&env.passphrase, &env.key_file) {
            (Some(_), Some(path)) => Err(key_file::invalid(path, "two_variables")),
            (Some(_), None) => Ok(VaultKind::Passphrase),
            (None, Some(_)) => Ok(VaultKind::KeyFile),
            (None, None) if env.auto_keychain => Ok(VaultKind::Keychain),
            (None, None) => Err(Code::VaultUnset.into()),
        }
    }

    async fn open_row(&self, row: &VaultRow, passphrase: Option<Secret>) -> Result<Key> {
        let env = &self.inner.env;
        if env.passphrase.is_some() && row.kind != VaultKind::Passphrase {
            return Err(other_kind(Code::PassphraseWrong, row.kind));
        }
        if env.key_file.is_some() && row.kind != VaultKind::KeyFile {
            return Err(other_kind(Code::KeyFileInvalid, row.kind));
        }
        match row.kind {
            VaultKind::Unset => Err(Code::VaultUnset.into()),
            VaultKind::Keychain => self.open_keychain(row).await,
            VaultKind::KeyFile => self.open_key_file(row),
            VaultKind::Passphrase => {
                let passphrase = passphrase
                    .or_else(|| env.passphrase.clone())
                    .ok_or(Code::VaultLocked)?;
                self.unwrap(row, passphrase).await
            }
        }
    }

    async fn open_keychain(&self, row: &VaultRow) -> Result<Key> {
        let user = row.id.to_string();
        let text = self.keychain(move |keychain| keychain.get(&user)).await?;
        let text = text.ok_or_else(|| keychain::wrong("no_entry"))?;
        let bytes = STANDARD.decode(text.trim()).map(Zeroizing::new).ok();
        let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
        let key = Key::new(
            row.id,
            Zeroizing::new(bytes.ok_or_else(|| keychain::wrong("format"))?),
        );
        if key.fits(&row.proof) {
            Ok(key)
        } else {
            Err(keychain::wrong("other_key"))
        }
    }

    fn open_key_file(&self, row: &VaultRow) -> Result<Key> {
        let path = self.key_file_of(row.key_file.as_deref())?;
        let read = key_file::read(row.id, &path);
        if read.as_ref().is_ok_and(|key| key.fits(&row.proof)) {
            return read;
        }
        finish_change(row, &path)?.ok_or_else(|| {
            read.err()
                .unwrap_or_else(|| key_file::invalid(&path, "other_key"))
        })
    }

    pub(super) async fn unwrap(&self, row: &VaultRow, passphrase: Secret) -> Result<Key> {
        let row = row.clone();
        off_thread(move || {
            let wrapped = row.wrapped.as_deref().unwrap_or_default();
            let key = passphrase::unwrap(row.id, wrapped, &passphrase)?;
            let damaged = || {
                Problem::new(Code::SecretDamaged)
                    .with("table", "vault")
                    .with("field", "proof")
            };
            if key.fits(&row.proof) {
                Ok(key)
            } else {
                Err(damaged())
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
            .key_file
            .clone()
            .or_else(|| recorded.map(PathBuf::from));
        path.ok_or_else(|| Problem::new(Code::KeyFileInvalid).with("reason", "not_named"))
    }
}

/// A change of keys was committed, and its program ended before the new file was in its place: brings it there.
pub(super) fn finish_change(row: &VaultRow, path: &Path) -> Result<Option<Key>> {
    let successor = key_file::read(row.id, &key_file::successor(path))
        .ok()
        .filter(|key| key.fits(&row.proof));
    if successor.is_some() {
        key_file::succeed(path)?;
    }
    Ok(successor)
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
