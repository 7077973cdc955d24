//! Cancelling: at the service too where its manifest has a call for it, and always here.
//!
//! Not here: replacing a change by another one (`plan`).

use std::collections::BTreeMap;

use uuid::Uuid;

use super::Engine;
use super::calls::Values;
use super::context::shape_of;
use super::not_kept::not_kept;
use crate::change::align::aligned;
use crate::change::machine::{Ending, Facts, Input, Outcome};
use crate::change::{Change, Event, EventKind, State};
use crate::db::{ChangeWrite, Expect};
use crate::error::Result;
use crate::kill;
use crate::secret::Secret;
use crate::view::ChangeView;

impl Engine {
    /// Ends the change. Without a cancel call at the service, or where it gives no clear yes, it ends here only: a code that
    /// comes may still work (`cancelled_there` says which).
    ///
    /// # Errors
    /// `change_not_open`, `busy`; the vault's where the service has a cancel call.
    pub async fn cancel_change(&self, change: Uuid) -> Result<ChangeView> {
        let change = self.closed_change(change)?.change;
        let sent =
            matches!(change.state, State::AwaitingCode | State::Unknown) && !change.resending;
        // A flow that was edited under it sends nothing, not even this.
        let step = self
            .manifest(&change.service)
            .ok()
            .filter(|manifest| aligned(&change, &shape_of(manifest)).is_some())
            .and_then(|manifest| manifest.cancel_step().map(str::to_owned));
        let ended = match step.filter(|_| sent && change.profile_id.is_some()) {
            Some(step) => self.cancel_there(change, &step).await?,
            None => self.put_alone(&change, Input::Cancel(Ending::Here)).await?,
        };
        self.change_view(&ended)
    }

    /// The intent is on disk first, as for any call with an effect. A program that dies in between leaves the change
    /// open: cancelling again does no harm.
    async fn cancel_there(&self, change: Change, step: &str) -> Result<Change> {
        let _flight = self.take_off(change.id)?;
        let context = self.context_of(&change, &BTreeMap::new()).await?;
        let mut change = change;
        let expect = Expect::Version(change.version);
        kill::point("before_cancel_intent");
        self.0
            .db
            .commit(ChangeWrite::new(change.clone(), expect).event(noted(
                step,
                EventKind::Intent,
                &Facts::default(),
            )))
            .await?;
        change.version = expect.next();
        kill::point("after_cancel_intent");

        let values = Values::from([("new_email".to_owned(), Secret::new(change.to.clone()))]);
        let mut fresh = false;
        let (mut outcome, mut facts) = self.call_effect(&context, step, &values, &mut fresh).await;
        if matches!(outcome, Outcome::TokenRefused) && self.login(&context).await.is_ok() {
            fresh = true;
            (outcome, facts) = self.call_effect(&context, step, &values, &mut fresh).await;
        }
        kill::point("cancel_answered");
        let ending = match outcome {
            Outcome::Ok | Outcome::CodeSent => Ending::There,
            _ => Ending::Here,
        };
        let kind = if facts.status.is_some() {
            EventKind::Answer
        } else {
            EventKind::NoAnswer
        };
        // Before the end that follows from it, or the journal's times would go back.
        let answer = noted(step, kind, &facts);
        let mut write = self.ended(&change, Input::Cancel(ending))?;
        write.events.insert(0, answer);
        let after = write.change.clone();
        self.0
            .db
            .commit(write)
            .await
            .map_err(|problem| context.name(not_kept(problem)))?;
        kill::point("cancel_kept");
        self.tell(after.profile_id, Some(after.id));
        Ok(after)
    }
}

fn noted(step: &str, kind: EventKind, facts: &Facts) -> Event {
    Event {
        at: super::now(),
        kind,
        step: Some(step.to_owned()),
        status: facts.status,
        millis: facts.millis,
        meaning: None,
        says: facts.says.clone(),
    }
}
