//! What a person asks of a change: plan and send, give the code, resend, cancel, settle, check.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::context::{Context, missing};
use super::{Engine, lock};
use crate::ask::{RequestChange, Settle};
use crate::change::machine::{Input, Why, turn};
use crate::change::show::shown_state;
use crate::change::{Change, Event, EventKind, State};
use crate::db::{ChangeWrite, Expect, Job, SealedValue, StoredChange};
use crate::email::EmailAddress;
use crate::error::{Code, Problem, Result};
use crate::manifest;
use crate::profile::Profile;
use crate::secret::Secret;
use crate::vault::{open_values, seal_values};
use crate::view::ChangeView;

impl Engine {
    /// Plans a change and sends its request. What the service answers stands in the view (`state`, `problem`).
    ///
    /// # Errors
    /// What keeps it from being planned: `email_invalid`, `change_open` (with `change`, `address`), `rate_limited`
    /// (counted by the journal; `anyway` sends), `field_missing`, the vault's and the folder's.
    pub async fn request_change(&self, ask: RequestChange) -> Result<ChangeView> {
        let to = EmailAddress::parse(&ask.to)?;
        let profile = self.0.db.profile(ask.profile_id)?;
        let context = self.context(profile, &ask.secrets).await?;
        self.check_complete(&context)?;
        let standing = self.standing_change(&context.profile).await?;
        let planned = standing
            .as_ref()
            .filter(|open| open.state == State::Planned && to.same_as(&open.to));
        if let Some(open) = standing.as_ref().filter(|_| planned.is_none())
            && !ask.replace
            && shown_state(open, Timestamp::now()) != State::Expired
        {
            return Err(in_the_way(open));
        }
        let retry_at = planned.and_then(|open| open.retry_at);
        if let Some(at) = retry_at.filter(|&at| at > Timestamp::now() && !ask.anyway) {
            return Err(context.name(Code::RateLimited.into()).retry_at(at));
        }
        self.check_limit(&context, context.first_step(), ask.anyway)?;
        let change = match planned {
            Some(planned) => planned.clone(),
            None => self.plan(&context, &to, ask.undo_of, standing).await?,
        };
        let change = self.drive(context, change, Input::Send).await?;
        self.change_view(&change)
    }

    async fn standing_change(&self, profile: &Profile) -> Result<Option<Change>> {
        let Some(open) = self.0.db.open_change_of(profile.id)? else {
            return Ok(None);
        };
        let open = self.stored_change(open.change.id).await?;
        Ok(Some(open).filter(|open| !open.state.is_end()))
    }

    /// Writes the new change; one that stands in its place ends in the same commit.
    async fn plan(
        &self,
        context: &Context,
        to: &EmailAddress,
        undo_of: Option<Uuid>,
        standing: Option<Change>,
    ) -> Result<Change> {
        let now = Timestamp::now();
        let profile = &context.profile;
        let change = Change {
            id: Uuid::now_v7(),
            profile_id: Some(profile.id),
            label: profile.label.clone(),
            service: profile.service.clone(),
            from: profile.email.clone(),
            to: to.as_str().to_owned(),
            state: State::Planned,
            at: 0,
            step: context.first_step().to_owned(),
            code_used: false,
            proof: None,
            tries: 0,
            requested_at: None,
            expires_at: None,
            resend_at: None,
            retry_at: None,
            problem: None,
            values: Vec::new(),
            cancelled_there: None,
            undo_of,
            owner: None,
            resending: false,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let planned = Event {
            at: now,
            kind: EventKind::Planned,
            step: None,
            status: None,
            millis: None,
            meaning: None,
            says: None,
        };
        let mut job = Job::default();
        if let Some(standing) = standing {
            job.changes
                .push(self.ended(&standing, Input::Cancel { replaced: true })?);
            self.tell(None, Some(standing.id));
        }
        job.changes
            .push(ChangeWrite::new(change.clone(), Expect::New).event(planned));
        self.0.db.commit(job).await?;
        self.tell(Some(profile.id), Some(change.id));
        Ok(change)
    }

    /// Gives the code: a code, a link, or the whole mail.
    ///
    /// # Errors
    /// `code_not_found`, `code_ambiguous`, `link_wrong_kind`, `link_other_service`, `code_refused_before`,
    /// `change_not_open`, `busy`, the vault's.
    pub async fn submit_code(&self, change: Uuid, text: &str) -> Result<ChangeView> {
        let change = self.stored_change(change).await?;
        let value = self.code_in(&change, text)?;
        let context = self.context_of(&change, &BTreeMap::new()).await?;
        let input = Input::Given(value);
        let sending = change.state.is_sending() && lock(&self.0.flights).contains(&change.id);
        let change = if sending {
            self.put_in(&context, change, input).await?
        } else {
            self.drive(context, change, input).await?
        };
        self.change_view(&change)
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
        let change = self.stored_change(change).await?;
        let context = self.context_of(&change, once).await?;
        if change.state == State::AwaitingCode {
            self.check_complete(&context)?;
            if let Some(step) = context.shape.resend_step.clone() {
                self.check_limit(&context, &step, anyway)?;
            }
        }
        let change = self
            .drive(context, change, Input::Resend { anyway })
            .await?;
        self.change_view(&change)
    }

    /// Ends the change here. No shipped service has a call for it: a code that comes may still work.
    ///
    /// # Errors
    /// `change_not_open`, `busy`.
    pub async fn cancel_change(&self, change: Uuid) -> Result<ChangeView> {
        let change = self.stored_change(change).await?;
        let change = self
            .put_alone(&change, Input::Cancel { replaced: false })
            .await?;
        self.change_view(&change)
    }

    /// Settles an unknown outcome; `Check` also asks about a change that waits for its code.
    ///
    /// # Errors
    /// `change_not_open`, `busy`, and with `Check` what kept the service from telling.
    pub async fn settle_change(&self, change: Uuid, how: Settle) -> Result<ChangeView> {
        let change = self.stored_change(change).await?;
        if how == Settle::Check {
            return self.check_change(change).await;
        }
        let context = self.context_of(&change, &BTreeMap::new()).await?;
        let input = match how {
            Settle::Worked => Input::Worked,
            _ => {
                self.check_complete(&context)?;
                Input::SendAgain
            }
        };
        let change = self.drive(context, change, input).await?;
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
        let change = self.stored_change(id).await?;
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

    /// A change as it is on disk, with its values opened; one whose sender is dead is settled as unknown first.
    pub(super) async fn stored_change(&self, id: Uuid) -> Result<Change> {
        let mut stored = self.0.db.change(id)?;
        if self.orphaned(&stored.change) {
            self.recover_one(id)?;
            stored = self.0.db.change(id)?;
        }
        self.open_values(stored).await
    }

    fn orphaned(&self, change: &Change) -> bool {
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
        Ok(Some(seal_values(&self.0.vault.key().await?, after)))
    }

    async fn context_of(
        &self,
        change: &Change,
        once: &BTreeMap<String, Secret>,
    ) -> Result<Arc<Context>> {
        let profile = change.profile_id.ok_or(Code::ProfileUnknown)?;
        self.context(self.0.db.profile(profile)?, once).await
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
    async fn put_alone(&self, change: &Change, input: Input) -> Result<Change> {
        let write = self.ended(change, input)?;
        let after = write.change.clone();
        self.0.db.commit(write).await?;
        self.tell(change.profile_id, Some(change.id));
        Ok(after)
    }

    fn ended(&self, change: &Change, input: Input) -> Result<ChangeWrite> {
        let now = Timestamp::now();
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

    /// All that the flow's first step needs is there, before anything is planned.
    fn check_complete(&self, context: &Context) -> Result<()> {
        let needs = manifest::needs(&context.manifest, context.first_step());
        let secrets = context.secrets();
        let gives = context
            .manifest
            .login
            .as_ref()
            .map(|login| login.gives.as_str());
        let lacking = needs
            .secrets
            .iter()
            .filter(|name| !(gives == Some(name.as_str()) && context.can_login()))
            .find(|name| !secrets.contains_key(*name))
            .or_else(|| {
                needs
                    .fields
                    .iter()
                    .find(|name| !context.profile.fields.contains_key(*name))
            });
        match lacking {
            Some(name) => Err(context.name(missing(name))),
            None => Ok(()),
        }
    }
}

fn in_the_way(open: &Change) -> Problem {
    Problem::new(Code::ChangeOpen)
        .with("label", open.label.clone())
        .with("change", open.id.to_string())
        .with("address", open.to.clone())
        .with("state", open.state.as_str())
}
