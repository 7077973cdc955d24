//! The vault's own row, and the list of keys that a crash may have left in the keychain.

use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::Db;
use super::column::{Cells, Id, Name};
use super::fail::Fail;
use crate::error::{Code, Result};
use crate::view::VaultKind;

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

    /// Puts `self` in the place of the row `old`; a key that was in the keychain goes onto the list of leftovers.
    pub fn replace(&self, db: &Connection, old: Option<&Self>) -> std::result::Result<(), Fail> {
        if let Some(old) = old {
            let rows = db
                .prepare_cached("DELETE FROM vault WHERE id = ?1")?
                .execute([Id(old.id)])?;
            if rows != 1 {
                return Err(Code::Busy.into());
            }
            if old.kind == VaultKind::Keychain {
                add_leftover(db, old.id)?;
            }
        }
        self.insert(db)
    }

    /// Puts `self`'s wrapped key in the place of the one in `old`, if that is still there.
    pub fn rewrap(&self, db: &Connection, old: &Self) -> std::result::Result<(), Fail> {
        let rows = db
            .prepare_cached("UPDATE vault SET wrapped = ?3 WHERE id = ?1 AND wrapped IS ?2")?
            .execute(params![Id(old.id), old.wrapped, self.wrapped])?;
        if rows == 1 {
            Ok(())
        } else {
            Err(Code::Busy.into())
        }
    }
}

fn add_leftover(db: &Connection, id: Uuid) -> std::result::Result<(), Fail> {
    db.prepare_cached("INSERT INTO vault_leftovers (id) VALUES (?1) ON CONFLICT DO NOTHING")?
        .execute([Id(id)])?;
    Ok(())
}

impl Db {
    pub(crate) fn vault_row(&self) -> Result<Option<VaultRow>> {
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

    /// Keys that may lie in the keychain without belonging to a vault.
    pub(crate) fn vault_leftovers(&self) -> Result<Vec<Uuid>> {
        self.read(|db| {
            let mut find = db.prepare_cached("SELECT id FROM vault_leftovers")?;
            let ids = find.query_map([], |row| Ok(row.get::<_, Id>(0)?.0))?;
            Ok(ids.collect::<rusqlite::Result<_>>()?)
        })
    }

    pub(crate) fn add_vault_leftover(&self, id: Uuid) -> Result<()> {
        self.write(move |db| add_leftover(db, id))
    }

    /// Claims a leftover for removal, so that it cannot become a vault's key any more; `busy` if it just has.
    pub(crate) fn claim_vault_leftover(&self, id: Uuid) -> Result<()> {
        self.write(move |db| {
            let rows = db
                .prepare_cached("DELETE FROM vault_leftovers WHERE id = ?1")?
                .execute([Id(id)])?;
            if rows == 1 {
                Ok(())
            } else {
                Err(Code::Busy.into())
            }
        })
    }
}
