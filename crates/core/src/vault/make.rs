//! New keys: made, kept in their place, and only then the folder's.

use std::path::PathBuf;

use secrecy::ExposeSecret;

use super::cipher::{Key, key_of_text, key_text};
use super::home::off_thread;
use super::{Vault, home, key_file, keychain, passphrase, rekey};
use crate::db::VaultRow;
use crate::error::{Code, Problem, Result};
use crate::secret::Secret;
use crate::view::VaultKind;

impl Vault {
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
        let at = self.inner.at;
        let result = self
            .inner
            .db
            .write_async(move |db| {
                crate::db::refuse_orphans(db)?;
                row.insert(db)?;
                at("vault: before the commit");
                Ok(())
            })
            .await;
        at("vault: after the commit");
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
        if old.id() != old_row.id {
            // Another one was quicker. With the key of before everything would look damaged, and sessions and codes be dropped.
            return Err(Problem::new(Code::Busy).with("reason", "quicker"));
        }
        let succeeds = kind == VaultKind::KeyFile && old_row.kind == VaultKind::KeyFile;
        let at = self.inner.at;
        // Two programs at once would write over each other's new file: the key that is committed could be the one lost.
        let _alone = succeeds.then(|| self.inner.db.alone()).transpose()?;
        let (key, row) = self.make_key(kind, passphrase, succeeds).await?;
        let path = row.key_file.clone();
        let result = self
            .inner
            .db
            .write_async({
                let key = key.clone();
                move |db| {
                    rekey::reseal(db, &old_row, &old, &row, &key)?;
                    at("vault: before the commit");
                    Ok(())
                }
            })
            .await;
        at("vault: after the commit");
        if result.is_ok() {
            self.opened(&key);
            self.inner.db.forget_deleted();
            if let Some(path) = path.filter(|_| succeeds) {
                key_file::succeed(&PathBuf::from(path))?;
                at("vault: key file in place");
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
                    .or_else(|| self.inner.env.passphrase().cloned())
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
                self.inner.db.add_vault_leftover(key.id()).await?;
                (self.inner.at)("vault: listed, not stored");
                let stored = self.store_in_keychain(&key).await;
                if let Err(problem) = stored {
                    self.sweep().await;
                    return Err(problem);
                }
                (self.inner.at)("vault: stored and read back");
                Ok((key, row))
            }
            VaultKind::KeyFile => {
                let now = self.inner.db.vault_row()?;
                let recorded = now.as_ref().and_then(|row| row.key_file.as_deref());
                let path = self.key_file_of(recorded)?;
                if self.inner.throwaway && !path.exists() {
                    key_file::new_key_file(&path)?;
                }
                let source = if succeeds {
                    if let Some(now) = &now {
                        home::finish_change(now, &path)?;
                    }
                    key_file::write_successor(&path)?;
                    (self.inner.at)("vault: next key file written");
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
        let (user_again, text) = (user.clone(), key_text(key.bytes()));
        self.keychain(move |keychain| keychain.set(&user_again, &text))
            .await?;
        (self.inner.at)("vault: stored, not read back");
        // Some keychains take everything and keep nothing. A question of its own: a slow one has its time for each.
        let kept = self.keychain(move |keychain| keychain.get(&user)).await?;
        let kept = kept.and_then(|text| key_of_text(&text));
        match kept {
            Some(kept) if kept.expose_secret() == key.bytes() => Ok(()),
            _ => Err(keychain::wrong("not_kept")),
        }
    }
}
