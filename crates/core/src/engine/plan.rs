//! Planning a change and sending its request: what must be so before anything leaves.

use uuid::Uuid;

use super::Engine;
use super::context::{Context, missing};
use super::run::Limits;
use crate::ask::RequestChange;
use crate::change::machine::{Ending, Input};
use crate::change::show::shown_state;
use crate::change::{Change, Event, EventKind, State};
use crate::db::{ChangeWrite, Expect, Guard, Job};
use crate::email::EmailAddress;
use crate::error::Result;
use crate::kill;
use crate::manifest;
use crate::profile::Profile;
use crate::view::ChangeView;

impl Engine {
    /// Plans a change and sends its request. What the service answers stands in the view (`state`, `problem`).
    ///
    /// # Errors
    /// What keeps it from being planned: `email_invalid`, `change_open` (with `change`, `address`), `rate_limited`
    /// (counted by the journal; `anyway` sends), `field_missing`, the vault's and the folder's.
    pub async fn request_change(&self, ask: RequestChange) -> Result<ChangeView> {
        self.mind_clock()?;
        let to = EmailAddress::parse(&ask.to)?;
        let profile = self.0.db.profile(ask.profile_id)?;
        let context = self.context(profile, &ask.secrets).await?;
        self.check_complete(&context, context.first_step())?;
        let standing = self.standing_change(&context.profile).await?;
        let planned = standing
            .as_ref()
            .filter(|open| open.state == State::Planned && to.same_as(&open.to));
        if let Some(open) = standing.as_ref().filter(|_| planned.is_none())
            && !ask.replace
            && shown_state(open, super::now()) != State::Expired
        {
            return Err(open.in_the_way());
        }
        // The service asked to wait with requests, whatever their address.
        let unsent = standing
            .as_ref()
            .filter(|open| open.state == State::Planned);
        let retry_at = unsent.and_then(|open| open.retry_at);
        self.check_limit(&context, context.first_step(), retry_at, ask.anyway)?;
        let change = match planned {
            Some(planned) => self.in_its_flow(planned.clone())?,
            None => self.plan(&context, &to, ask.undo_of, standing).await?,
        };
        let limits = Limits::of(ask.anyway);
        let change = self.drive(context, change, Input::Send, limits).await?;
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
        let now = super::now();
        let profile = &context.profile;
        let change = Change {
            id: self.0.db.next_change_id(now)?,
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
        let mut job = Job::new().guard(Guard::SameAccount(Box::new(profile.clone())));
        if let Some(standing) = &standing {
            job.changes
                .push(self.ended(standing, Input::Cancel(Ending::Replaced))?);
        }
        job.changes
            .push(ChangeWrite::new(change.clone(), Expect::New).event(planned));
        kill::point("before_plan");
        self.0.db.commit(job).await?;
        kill::point("after_plan");
        if let Some(standing) = standing {
            self.tell(None, Some(standing.id));
        }
        self.tell(Some(profile.id), Some(change.id));
        Ok(change)
    }

    /// All that the step needs is there, before anything is planned or sent again.
    pub(super) fn check_complete(&self, context: &Context, step: &str) -> Result<()> {
        let needs = manifest::needs(&context.manifest, step);
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
