//! The vault's own row, and the lists of keys that a crash may have left in the keychain.

use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::Db;
use super::column::{Cells, Id, Name};
use super::fail::Fail;
use crate::error::{Code, Problem, Result};
use crate::view::VaultKind;

/// Begins the `meta` key of a key that the keychain shall let go of. (Of its own: it may outlive what `vault_leftovers` holds.)
pub(super) const DOOMED: &str = "vault_doomed:";

/// Which kind of vault the folder has.
#[derive(Debug, Clone)]
pub(crate) struct VaultRow {
    /// The key's id: in the header of all it sealed, and the user name in the keychain.
    pub id: Uuid,
    pub kind: VaultKind,
    /// A known text sealed by the key: tells a foreign key from ours.
    pub proof: Vec<u8>,
    /// The key under the passphrase.
    pub wrapped: Option<Vec<u8>>,
    /// Where the key file was, for programs started without the variable.
    pub key_file: Option<String>,
}

impl VaultRow {
    pub fn insert(&self, db: &Connection) -> std::result::Result<(), Fail> {
        let rows = db
            .prepare_cached(
                "INSERT INTO vault (one, id, kind, proof, wrapped, key_file) VALUES (1, ?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
            )?
            .execute(params![Id(self.id), Name(self.kind), self.proof, self.wrapped, self.key_file])?;
        let listed = db
            .prepare_cached("DELETE FROM vault_leftovers WHERE id = ?1")?
            .execute([Id(self.id)])?;
        // No longer listed: a neighbour took it for a leftover and may have removed it from the keychain.
        let swept = self.kind == VaultKind::Keychain && listed == 0;
        if rows == 1 && !swept {
            Ok(())
        } else {
            Err(Code::Busy.into())
        }
    }

    /// Puts `self` in the place of the row `old`; a key that was in the keychain is doomed.
    pub fn replace(&self, db: &Connection, old: Option<&Self>) -> std::result::Result<(), Fail> {
        if let Some(old) = old {
            let rows = db
                .prepare_cached("DELETE FROM vault WHERE id = ?1")?
                .execute([Id(old.id)])?;
            if rows != 1 {
                return Err(super::guard::quicker());
            }
            if old.kind == VaultKind::Keychain {
                doom(db, old.id)?;
            }
        }
        self.insert(db)
    }
}

fn add_leftover(db: &Connection, id: Uuid) -> std::result::Result<(), Fail> {
    db.prepare_cached("INSERT INTO vault_leftovers (id) VALUES (?1) ON CONFLICT DO NOTHING")?
        .execute([Id(id)])?;
    Ok(())
}

fn doom(db: &Connection, id: Uuid) -> std::result::Result<(), Fail> {
    db.prepare_cached("INSERT INTO meta (key, value) VALUES (?1, '') ON CONFLICT DO NOTHING")?
        .execute([format!("{DOOMED}{id}")])?;
    Ok(())
}

/// Refuses to give a folder a vault while it holds what another one has sealed: that one's row was taken away.
///
/// # Errors
/// `secret_damaged` with `reason = vault`.
pub(crate) fn refuse_orphans(db: &Connection) -> std::result::Result<(), Fail> {
    let sealed: bool = db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM secrets) OR EXISTS (SELECT 1 FROM change_values) \
             OR EXISTS (SELECT 1 FROM mailboxes WHERE password IS NOT NULL)",
        )?
        .query_row([], |row| row.get(0))?;
    let vault: bool = db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM vault)")?
        .query_row([], |row| row.get(0))?;
    if sealed && !vault {
        return Err(Problem::new(Code::SecretDamaged)
            .with("table", "vault")
            .with("field", "row")
            .with("reason", "vault")
            .into());
    }
    Ok(())
}

impl Db {
    /// As the function of that name.
    pub(crate) fn refuse_orphans(&self) -> Result<()> {
        self.read(refuse_orphans)
    }

    pub(crate) fn vault_row(&self) -> Result<Option<VaultRow>> {
        let row = self.stored_vault_row()?;
        if row.as_ref().is_some_and(|row| row.kind == VaultKind::Unset) {
            // Never written so; taken for "none yet" it would be replaced.
            let file = self.inner.file.display().to_string();
            return Err(Problem::new(Code::DatabaseDamaged).with("file", file));
        }
        Ok(row)
    }

    fn stored_vault_row(&self) -> Result<Option<VaultRow>> {
        self.read(|db| {
            let mut find =
                db.prepare_cached("SELECT id, kind, proof, wrapped, key_file FROM vault")?;
            let row = find.query_row([], |row| {
                let mut cells = Cells::new(row);
                Ok(VaultRow {
                    id: cells.id()?,
                    kind: cells.name()?,
                    proof: cells.get()?,
                    wrapped: cells.get()?,
                    key_file: cells.get()?,
                })
            });
            Ok(row.optional()?)
        })
    }

    /// The id of the vault's key; `None` where the folder has no vault yet.
    pub(crate) fn vault_key(&self) -> Result<Option<Uuid>> {
        Ok(self.vault_row()?.map(|row| row.id))
    }

    /// Keys that may lie in the keychain without belonging to a vault.
    pub(crate) fn vault_leftovers(&self) -> Result<Vec<Uuid>> {
        self.read(|db| {
            let mut find = db.prepare_cached("SELECT id FROM vault_leftovers")?;
            let ids = find.query_map([], |row| Ok(row.get::<_, Id>(0)?.0))?;
            Ok(ids.collect::<rusqlite::Result<_>>()?)
        })
    }

    pub(crate) async fn add_vault_leftover(&self, id: Uuid) -> Result<()> {
        self.write_async(move |db| add_leftover(db, id)).await
    }

    /// Keys that are no vault's any more and may still lie in the keychain.
    pub(crate) fn vault_doomed(&self) -> Result<Vec<Uuid>> {
        self.read(|db| {
            let mut find = db.prepare_cached("SELECT key FROM meta WHERE key GLOB ?1")?;
            let keys = find.query_map([format!("{DOOMED}*")], |row| row.get::<_, String>(0))?;
            let keys = keys.collect::<rusqlite::Result<Vec<_>>>()?;
            let ids = keys.iter().filter_map(|key| key.strip_prefix(DOOMED));
            Ok(ids.filter_map(|id| Uuid::try_parse(id).ok()).collect())
        })
    }

    /// The keychain has let go of it.
    pub(crate) async fn forget_vault_doomed(&self, id: Uuid) -> Result<()> {
        self.write_async(move |db| {
            db.prepare_cached("DELETE FROM meta WHERE key = ?1")?
                .execute([format!("{DOOMED}{id}")])?;
            Ok(())
        })
        .await
    }

    /// Dooms a leftover, so that it cannot become a vault's key any more; `busy` if it just has.
    pub(crate) async fn doom_vault_leftover(&self, id: Uuid) -> Result<()> {
        self.write_async(move |db| {
            let rows = db
                .prepare_cached("DELETE FROM vault_leftovers WHERE id = ?1")?
                .execute([Id(id)])?;
            if rows == 1 {
                doom(db, id)
            } else {
                Err(Code::Busy.into())
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::Folder;

    fn row(kind: VaultKind) -> VaultRow {
        VaultRow {
            id: Uuid::now_v7(),
            kind,
            proof: vec![1],
            wrapped: None,
            key_file: None,
        }
    }

    /// A neighbour sweeps the keychain between "the new key is stored" and "it is the folder's".
    #[tokio::test]
    async fn a_key_that_was_swept_never_becomes_the_vaults() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&Folder::open(dir.path()).unwrap()).unwrap();
        let new = row(VaultKind::Keychain);
        db.add_vault_leftover(new.id).await.unwrap();
        db.doom_vault_leftover(new.id).await.unwrap();
        assert_eq!(
            db.doom_vault_leftover(new.id).await.unwrap_err().code,
            Code::Busy
        );
        let swept = new.clone();
        assert_eq!(
            db.write_async(move |db| swept.insert(db))
                .await
                .unwrap_err()
                .code,
            Code::Busy
        );
        assert!(db.vault_row().unwrap().is_none());

        db.add_vault_leftover(new.id).await.unwrap();
        let kept = new.clone();
        db.write_async(move |db| kept.insert(db)).await.unwrap();
        assert_eq!(
            db.doom_vault_leftover(new.id).await.unwrap_err().code,
            Code::Busy,
            "a vault's key is no leftover"
        );
        assert_eq!(db.vault_row().unwrap().unwrap().id, new.id);
    }

    #[tokio::test]
    async fn a_row_replaces_only_the_one_it_was_made_from() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&Folder::open(dir.path()).unwrap()).unwrap();
        let [first, second, late] = [VaultKind::Passphrase; 3].map(row);
        let insert = first.clone();
        db.write_async(move |db| insert.insert(db)).await.unwrap();
        let (old, new) = (first.clone(), second.clone());
        db.write_async(move |db| new.replace(db, Some(&old)))
            .await
            .unwrap();
        assert_eq!(
            db.write_async(move |db| late.replace(db, Some(&first)))
                .await
                .unwrap_err()
                .code,
            Code::Busy
        );
        assert_eq!(db.vault_row().unwrap().unwrap().id, second.id);
    }
}
