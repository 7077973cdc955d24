//! Changes as they are on disk: opened, sealed, and settled where their sender is dead.

use uuid::Uuid;

use super::context::Context;
use super::{Engine, lock};
use crate::change::Change;
use crate::db::{SealedValue, StoredChange};
use crate::error::Result;
use crate::vault::{open_values, seal_values};

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
        open_values(&self.key_during(context).await?, stored)
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

    async fn open_values(&self, stored: StoredChange) -> Result<Change> {
        if stored.values.is_empty() {
            return Ok(stored.change);
        }
        open_values(&self.0.vault.key().await?, stored)
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
