//! What a person asks of a change: plan and send, give the code, resend, cancel, settle, check.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::context::Context;
use super::run::Limits;
use super::{Engine, lock};
use crate::ask::Settle;
use crate::change::machine::{Input, Why, kept_value, turn};
use crate::change::{Change, State};
use crate::db::{ChangeWrite, Expect};
use crate::error::{Code, Problem, Result};
use crate::kill;
use crate::secret::Secret;
use crate::view::ChangeView;

impl Engine {
    /// Gives the code: a code, a link, or the whole mail; nothing where the one that is kept shall be sent.
    ///
    /// # Errors
    /// `code_not_found`, `code_ambiguous`, `link_wrong_kind`, `link_other_service`, `code_refused_before`, `flow_changed`,
    /// `change_not_open`, `busy`, the vault's.
    pub async fn submit_code(&self, change: Uuid, text: &str) -> Result<ChangeView> {
        let change = self.ready_change(change).await?;
        let kept = kept_value(&change, &change.step).filter(|_| text.trim().is_empty());
        let value = match kept {
            Some(kept) => kept.text.clone(),
            None if text.trim().is_empty() && self.kept_is_damaged(&change)? => {
                return Err(Problem::new(Code::SecretDamaged)
                    .with("field", change.step)
                    .with("label", change.label)
                    .with("reason", "code"));
            }
            None => self.code_in(&change, text)?,
        };
        // What a person typed says nothing of the sender of a mail that came before.
        if kept_value(&change, &change.step).is_none_or(|kept| kept.text != value) {
            self.0.db.drop_code_mail(change.id).await?;
        }
        let change = self.give_value(change, value).await?;
        self.change_view(&change)
    }

    /// Gives a value, as it was typed or mailed: sent now, or kept for the call under way.
    pub(super) async fn give_value(&self, change: Change, value: Secret) -> Result<Change> {
        let context = self.context_of(&change, &BTreeMap::new()).await?;
        let input = Input::Given(value);
        let sending = change.state.is_sending() && lock(&self.0.flights).contains(&change.id);
        if sending {
            self.put_in(&context, change, input).await
        } else {
            self.drive(context, change, input, Limits::Pass).await
        }
    }

    fn code_in(&self, change: &Change, text: &str) -> Result<Secret> {
        let read = self.read_code(change, text)?;
        match (read.problem, read.value) {
            (Some(problem), _) => Err(problem),
            (None, Some(value)) => Ok(Secret::new(value)),
            (None, None) => Err(Code::CodeNotFound.into()),
        }
    }

    /// Asks the service for another code.
    ///
    /// # Errors
    /// `rate_limited` with `retry_at` (too soon), `change_not_open`, `not_supported`, `busy`, the vault's.
    pub async fn resend_code(
        &self,
        change: Uuid,
        once: &BTreeMap<String, Secret>,
        anyway: bool,
    ) -> Result<ChangeView> {
        let change = self.ready_change(change).await?;
        let context = self.context_of(&change, once).await?;
        if change.state == State::AwaitingCode
            && !change.resending
            && let Some(step) = &context.shape.resend_step
        {
            self.check_complete(&context, step)?;
            self.check_limit(&context, step, change.resend_at, anyway)?;
        }
        let change = self
            .drive(
                context,
                change,
                Input::Resend { anyway },
                Limits::of(anyway),
            )
            .await?;
        self.change_view(&change)
    }

    /// Settles an unknown outcome; `Check` also asks about a change that waits for its code. `once` are secrets for a call
    /// that is sent again.
    ///
    /// # Errors
    /// `change_not_open`, `busy`, with `SendAgain` `field_missing`, and with `Check` what kept the service from telling.
    pub async fn settle_change(
        &self,
        change: Uuid,
        how: Settle,
        once: &BTreeMap<String, Secret>,
    ) -> Result<ChangeView> {
        let change = self.ready_change(change).await?;
        if how == Settle::Check {
            return self.check_change(change).await;
        }
        let context = self.context_of(&change, once).await?;
        let input = match how {
            Settle::Worked => Input::Worked,
            _ if change.state == State::Unknown => {
                self.check_complete(&context, &change.step)?;
                Input::SendAgain
            }
            _ => Input::SendAgain,
        };
        // The person knows that the service may count one more.
        let change = self.drive(context, change, input, Limits::Pass).await?;
        self.change_view(&change)
    }

    async fn check_change(&self, change: Change) -> Result<ChangeView> {
        if change.state.is_end() {
            return Err(Code::ChangeNotOpen.into());
        }
        if change.state.is_sending() || change.resending {
            return Err(Code::Busy.into());
        }
        let context = self.context_of(&change, &BTreeMap::new()).await?;
        let (reading, facts) = self.call_read(&context, 3).await;
        let problem = match &reading {
            crate::change::machine::Reading::Failed(problem) => Some(problem.clone()),
            crate::change::machine::Reading::NotOffered => {
                Some(context.name(Code::NotSupported.into()))
            }
            crate::change::machine::Reading::Shows { .. } => None,
        };
        // The answer may have told that this machine's clock was moved: then the times on disk moved along.
        let newer = self.change_during(&context, change.id).await?;
        let change = match newer.version == change.version {
            true => self.in_its_flow(newer)?,
            false => change,
        };
        let change = self
            .put_in(&context, change, Input::Read(Why::Check, reading, facts))
            .await?;
        match problem {
            Some(problem) => Err(problem),
            None => self.change_view(&change),
        }
    }

    /// One change with its events.
    pub async fn change(&self, id: Uuid) -> Result<ChangeView> {
        let change = self.closed_change(id)?.into_shown();
        self.change_view_with_events(&change)
    }

    /// The change that a script names by its id, or by its profile's label (the open one, else the last).
    ///
    /// # Errors
    /// `change_unknown`, `profile_unknown`.
    pub fn find_change(&self, name: &str) -> Result<Uuid> {
        if let Ok(id) = Uuid::parse_str(name)
            && let Ok(stored) = self.0.db.change(id)
        {
            return Ok(stored.change.id);
        }
        let profile = self.find_profile(name)?;
        let open = self.0.db.open_change_of(profile)?;
        let found = match open {
            Some(open) => Some(open),
            None => self.0.db.last_change_of(profile)?,
        };
        found
            .map(|stored| stored.change.id)
            .ok_or_else(|| Problem::new(Code::ChangeUnknown).with("label", name))
    }

    pub(super) async fn context_of(
        &self,
        change: &Change,
        once: &BTreeMap<String, Secret>,
    ) -> Result<Arc<Context>> {
        let profile = change.profile_id.ok_or(Code::ProfileUnknown)?;
        let context = self.context(self.0.db.profile(profile)?, once).await?;
        context.remember_codes(change);
        Ok(context)
    }

    /// One turn that sends nothing.
    pub(super) async fn put_in(
        &self,
        context: &Context,
        change: Change,
        input: Input,
    ) -> Result<Change> {
        Ok(self
            .put(context, &change, input, &mut super::run::Run::default())
            .await?
            .change)
    }

    /// One turn that needs neither a call nor a secret: a locked vault keeps nobody from cancelling.
    pub(super) async fn put_alone(&self, change: &Change, input: Input) -> Result<Change> {
        let write = self.ended(change, input)?;
        let after = write.change.clone();
        kill::point("before_end");
        self.0.db.commit(write).await?;
        kill::point("after_end");
        self.tell(change.profile_id, Some(change.id));
        Ok(after)
    }

    pub(super) fn ended(&self, change: &Change, input: Input) -> Result<ChangeWrite> {
        let now = super::now();
        let shape = self.shape_for(change);
        let mut done = turn(change, &shape, input, self.0.db.process(), now)?;
        let expect = Expect::Version(change.version);
        done.change.version = expect.next();
        Ok(ChangeWrite {
            change: done.change,
            expect,
            values: Some(Vec::new()),
            events: done.events,
        })
    }
}
