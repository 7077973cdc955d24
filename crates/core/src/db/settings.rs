//! Settings that both programs need, as text by key.
//!
//! Not here: what only the window needs (the shell's store).

use rusqlite::{OptionalExtension, params};

use super::Db;
use crate::error::{Code, Problem, Result};
use crate::view::NetworkSettings;

pub(super) const NETWORK: &str = "network";

pub(super) fn network_of(text: &str) -> Option<NetworkSettings> {
    serde_json::from_str(text).ok()
}

impl Db {
    /// Proxy and certificate authority; the defaults while nothing was set.
    ///
    /// # Errors
    /// `database_damaged` if the row is none of ours.
    pub fn network_settings(&self) -> Result<NetworkSettings> {
        let Some(text) = self.meta(NETWORK)? else {
            return Ok(NetworkSettings::default());
        };
        network_of(&text).ok_or_else(|| {
            Problem::new(Code::DatabaseDamaged)
                .with("file", self.inner.file.display().to_string())
                .with("key", NETWORK)
        })
    }

    pub fn set_network_settings(&self, settings: &NetworkSettings) -> Result<()> {
        let text = serde_json::to_string(settings).map_err(|_| Code::Internal)?;
        self.set_meta(NETWORK, Some(&text))
    }

    /// The text kept under that key.
    pub fn meta(&self, key: &str) -> Result<Option<String>> {
        self.read(|db| {
            let mut find = db.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
            Ok(find.query_row([key], |row| row.get(0)).optional()?)
        })
    }

    /// Keeps a text under a key, or removes it.
    pub fn set_meta(&self, key: &str, value: Option<&str>) -> Result<()> {
        let (key, value) = (key.to_owned(), value.map(str::to_owned));
        self.write(move |db| {
            match &value {
                Some(value) => db
                    .prepare_cached(
                        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    )?
                    .execute(params![key, value])?,
                None => db.prepare_cached("DELETE FROM meta WHERE key = ?1")?.execute([&key])?,
            };
            Ok(())
        })
    }
}
