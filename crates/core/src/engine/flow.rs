//! Changes whose manifest was edited while they were open: found again by their step's name, or held back.
//!
//! Not here: how a step is found (`change::align`), edits that lead to another host (`calls`: `origin_changed`).

use uuid::Uuid;

use super::Engine;
use super::context::shape_of;
use crate::change::Change;
use crate::change::align::align;
use crate::error::{Code, Problem, Result};

impl Engine {
    /// As `stored_change`, at its place in the flow as it is now.
    ///
    /// # Errors
    /// `flow_changed`: its step is not there any more. Nothing is sent until it is, or until the change is cancelled.
    pub(super) async fn ready_change(&self, id: Uuid) -> Result<Change> {
        self.in_its_flow(self.stored_change(id).await?)
    }

    /// # Errors
    /// `flow_changed`. A manifest that is gone is told by whoever needs it.
    pub(super) fn in_its_flow(&self, change: Change) -> Result<Change> {
        let Ok(manifest) = self.manifest(&change.service) else {
            return Ok(change);
        };
        let (step, label) = (change.step.clone(), change.label.clone());
        align(change, &shape_of(&manifest)).ok_or_else(|| {
            Problem::new(Code::FlowChanged)
                .with("service", manifest.name.clone())
                .with("label", label)
                .with("step", step)
        })
    }
}
