//! How each kind of vault gets, keeps and gives back its key.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::cipher::Key;
use super::keychain::{self, Keychain};
use super::{Vault, key_file, passphrase, rekey};
use crate::db::VaultRow;
use crate::error::{Code, Problem, Result};
use crate::secret::Secret;
use crate::view::VaultKind;

impl Vault {
    /// Opens the vault that the folder has, or gives it the one that the environment asks for. Holds the gate.
    pub(super) async fn open(&self, passphrase: Option<Secret>) -> Result<Key> {
        let result = match self.inner.db.vault_row()? {
            Some(row) => self.open_row(&row, passphrase).await,
            None => match self.make_vault(self.kind_for_fresh()?, passphrase).await {
                // Another program was quicker: there is a vault now.
                Err(problem) if problem.code == Code::Busy => {
                    self.open_row(&self.row()?, None).await
                }
                other => other,
            },
        };
        match &result {
            Ok(key) => self.opened(key),
            Err(problem) => self.now().problem = Some(problem.clone()),
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
        // A change of keys was committed, and its program ended before the new file was in its place.
        let successor = key_file::read(row.id, &key_file::successor(&path))
            .ok()
            .filter(|key| key.fits(&row.proof));
        match successor {
            Some(key) => {
                key_file::succeed(&path)?;
                Ok(key)
            }
            None => Err(read
                .err()
                .unwrap_or_else(|| key_file::invalid(&path, "other_key"))),
        }
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

    /// The first vault of a folder. Holds the gate.
    pub(super) async fn make_vault(
        &self,
        kind: VaultKind,
        passphrase: Option<Secret>,
    ) -> Result<Key> {
        if self.inner.db.vault_row()?.is_some() {
            return Err(Code::Busy.into());
        }
        let (key, row) = self.make_key(kind, passphrase, false).await?;
        let result = self.inner.db.write(move |db| row.insert(db));
        match result {
            Ok(()) => self.opened(&key),
            Err(_) => self.sweep().await,
        }
        result.map(|()| key)
    }

    /// Another key, of the same or another kind, for all that is sealed. Holds the gate.
    pub(super) async fn change_key(
        &self,
        old: Key,
        old_row: VaultRow,
        kind: VaultKind,
        passphrase: Option<Secret>,
    ) -> Result<()> {
        let succeeds = kind == VaultKind::KeyFile && old_row.kind == VaultKind::KeyFile;
        let (key, row) = self.make_key(kind, passphrase, succeeds).await?;
        let path = row.key_file.clone();
        let result = self.inner.db.write({
            let key = key.clone();
            move |db| rekey::reseal(db, &old_row, &old, &row, &key)
        });
        if result.is_ok() {
            self.opened(&key);
            if let Some(path) = path.filter(|_| succeeds) {
                key_file::succeed(&PathBuf::from(path))?;
            }
        }
        // The old key after a success, the new one after a failure.
        self.sweep().await;
        result
    }

    /// A new key in its place, read back from there, and the row for it. Nothing of the folder has changed yet.
    pub(super) async fn make_key(
        &self,
        kind: VaultKind,
        passphrase: Option<Secret>,
        succeeds: bool,
    ) -> Result<(Key, VaultRow)> {
        let key = Key::random();
        let row = VaultRow {
            id: key.id(),
            kind,
            proof: key.proof(),
            wrapped: None,
            key_file: None,
        };
        match kind {
            VaultKind::Unset => Err(Code::VaultUnset.into()),
            VaultKind::Passphrase => {
                let passphrase = passphrase
                    .or_else(|| self.inner.env.passphrase.clone())
                    .ok_or(Code::VaultLocked)?;
                passphrase::check(&passphrase)?;
                let work_factor = self.inner.work_factor;
                let wrapped = off_thread({
                    let key = key.clone();
                    move || passphrase::wrap(&key, &passphrase, work_factor)
                })
                .await?;
                Ok((
                    key,
                    VaultRow {
                        wrapped: Some(wrapped),
                        ..row
                    },
                ))
            }
            VaultKind::Keychain => {
                // On the list before it is in the keychain, so that no crash can leave it there unknown.
                self.inner.db.add_vault_leftover(key.id())?;
                let stored = self.store_in_keychain(&key).await;
                if let Err(problem) = stored {
                    self.sweep().await;
                    return Err(problem);
                }
                Ok((key, row))
            }
            VaultKind::KeyFile => {
                let recorded = self.inner.db.vault_row()?.and_then(|row| row.key_file);
                let path = self.key_file_of(recorded.as_deref())?;
                if self.inner.throwaway && !path.exists() {
                    key_file::new_key_file(&path)?;
                }
                let source = if succeeds {
                    key_file::write_successor(&path)?;
                    key_file::successor(&path)
                } else {
                    path.clone()
                };
                // Here the key comes from its file.
                let key = key_file::read(key.id(), &source)?;
                let path = std::path::absolute(&path).unwrap_or(path);
                let row = VaultRow {
                    proof: key.proof(),
                    key_file: path.to_str().map(str::to_owned),
                    ..row
                };
                Ok((key, row))
            }
        }
    }

    async fn store_in_keychain(&self, key: &Key) -> Result<()> {
        let user = key.id().to_string();
        let text = Zeroizing::new(STANDARD.encode(key.bytes()));
        self.keychain(move |keychain| {
            keychain.set(&user, &text)?;
            // Some keychains take everything and keep nothing.
            match keychain.get(&user)? {
                Some(kept) if *kept == *text => Ok(()),
                _ => Err(keychain::wrong("not_kept")),
            }
        })
        .await
    }

    /// Removes keys from the keychain that no vault uses. What fails stays on the list for the next time.
    pub(super) async fn sweep(&self) {
        for id in self.inner.db.vault_leftovers().unwrap_or_default() {
            if self.inner.db.claim_vault_leftover(id).is_err() {
                continue;
            }
            let user = id.to_string();
            if self
                .keychain(move |keychain| keychain.delete(&user))
                .await
                .is_err()
            {
                let _ = self.inner.db.add_vault_leftover(id);
            }
        }
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

    fn key_file_of(&self, recorded: Option<&str>) -> Result<PathBuf> {
        let path = self
            .inner
            .env
            .key_file
            .clone()
            .or_else(|| recorded.map(PathBuf::from));
        path.ok_or_else(|| Problem::new(Code::KeyFileInvalid).with("reason", "not_named"))
    }
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
