//! Changes as they are on disk: opened, sealed, and settled where their sender is dead.

use uuid::Uuid;

use super::context::{Context, LOOKS};
use super::{Engine, lock};
use crate::change::Change;
use crate::db::{SealedValue, StoredChange};
use crate::error::Result;
use crate::vault::{Key, open_kept_values, seal_values, sealed_with};

impl Engine {
    /// A change as it is on disk, with its values opened; one whose sender is dead is settled as unknown first.
    pub(super) async fn stored_change(&self, id: Uuid) -> Result<Change> {
        let stored = self.closed_change(id)?;
        self.open_values(stored).await
    }

    /// As `stored_change`, with its values still sealed: enough to look at it or to end it, and asks no vault.
    pub(super) fn closed_change(&self, id: Uuid) -> Result<StoredChange> {
        self.mind_clock()?;
        let stored = self.0.db.change(id)?;
        if !self.orphaned(&stored.change) {
            return Ok(stored);
        }
        self.recover_one(id)?;
        self.0.db.change(id)
    }

    /// As `stored_change`, for a call under way.
    pub(super) async fn change_during(&self, context: &Context, id: Uuid) -> Result<Change> {
        let stored = self.0.db.change(id)?;
        if stored.values.is_empty() {
            return Ok(stored.change);
        }
        let key = self.key_during(context).await?;
        if is_of(&stored, &key) {
            return Ok(open_kept_values(&key, stored));
        }
        // Another program has changed the key between the two looks.
        let key = self.key_during(context).await?;
        Ok(open_kept_values(&key, self.0.db.change(id)?))
    }

    pub(super) fn orphaned(&self, change: &Change) -> bool {
        let sending = change.state.is_sending() || change.resending;
        sending
            && change.owner.is_none_or(|owner| {
                if owner == self.0.db.process() {
                    !lock(&self.0.flights).contains(&change.id)
                } else {
                    !self.0.folder.is_alive(owner)
                }
            })
    }

    /// Another program may change the key between the look at the change and that at the key: then both are looked at again.
    pub(super) async fn open_values(&self, mut stored: StoredChange) -> Result<Change> {
        let mut looks = 0;
        loop {
            if stored.values.is_empty() {
                return Ok(stored.change);
            }
            let key = self.0.vault.key().await?;
            looks += 1;
            if looks == LOOKS || is_of(&stored, &key) {
                return Ok(open_kept_values(&key, stored));
            }
            stored = self.0.db.change(stored.change.id)?;
        }
    }

    /// The code that was kept for the change's step is there, and can no longer be read.
    pub(super) fn kept_is_damaged(&self, change: &Change) -> Result<bool> {
        Ok(self.0.db.change(change.id)?.values.len() > change.values.len())
    }

    /// The values to write, where they are others than before.
    pub(super) async fn sealed_values(
        &self,
        context: &Context,
        before: &Change,
        after: &Change,
    ) -> Result<Option<Vec<SealedValue>>> {
        let same = before.values.len() == after.values.len()
            && before
                .values
                .iter()
                .zip(&after.values)
                .all(|(a, b)| a.step == b.step && a.marked == b.marked && a.text == b.text);
        if same {
            return Ok(None);
        }
        if after.values.is_empty() {
            return Ok(Some(Vec::new()));
        }
        Ok(Some(seal_values(&self.key_during(context).await?, after)))
    }
}

fn is_of(stored: &StoredChange, key: &Key) -> bool {
    let mut values = stored.values.iter();
    values.all(|value| sealed_with(&value.cipher) == Some(key.id()))
}
