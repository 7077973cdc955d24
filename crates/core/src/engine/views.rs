//! Rows to views: what the page and `--json` show.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Engine;
use super::context::{bare_shape, shape_of};
use crate::change::machine::Shape;
use crate::change::{Change, Event, State, show};
use crate::error::{Code, Result};
use crate::manifest::Manifest;
use crate::profile::Profile;
use crate::view::{ChangeView, EventView, ProfileView, ServiceView};

impl Engine {
    pub fn services(&self) -> Result<Vec<ServiceView>> {
        let counts = self.0.db.profiles_per_service()?;
        let catalog = self.catalog();
        let view = |manifest: Arc<Manifest>| {
            let own = catalog.is_own(&manifest.id);
            let mut view = manifest.view(own, counts.get(&manifest.id).copied().unwrap_or(0));
            view.accepted = self.is_looked_at(&manifest)?;
            if let Some(of) = self.limit_scope(&manifest.id)? {
                view.limits.iter_mut().for_each(|limit| limit.of = of);
            }
            Ok(view)
        };
        catalog.all().into_iter().map(view).collect()
    }

    pub(super) fn profile_view(&self, profile: Profile, change: Option<Change>) -> ProfileView {
        let shown =
            change.filter(|change| !matches!(change.state, State::Changed | State::Cancelled));
        ProfileView {
            id: profile.id,
            host: host_of(&profile.origin),
            label: profile.label,
            service: profile.service,
            base_url: profile.base_url,
            fields: profile.fields,
            has_secret: user_secrets(profile.has_secret),
            email: profile.email,
            verified: profile.verified,
            checked_at: profile.checked_at,
            known: profile.known,
            problem: profile.problem,
            change: shown.map(|change| self.view_of(&change, &[])),
        }
    }

    pub(super) fn change_view(&self, change: &Change) -> Result<ChangeView> {
        let events = self.0.db.events(change.id)?;
        Ok(self.view_of(change, &events))
    }

    pub(super) fn change_view_with_events(&self, change: &Change) -> Result<ChangeView> {
        let events = self.0.db.events(change.id)?;
        let mut view = self.view_of(change, &events);
        view.events = events.into_iter().map(event_view).collect();
        Ok(view)
    }

    /// `events` give the steps their times; without them the steps have none.
    pub(super) fn view_of(&self, change: &Change, events: &[Event]) -> ChangeView {
        let now = super::now();
        let manifest = self.manifest(&change.service).ok();
        let shape = manifest.as_deref().map(shape_of);
        let (placed, problem) = match self.in_its_flow(change.clone()) {
            Ok(placed) => (placed, None),
            Err(problem) => (change.clone(), Some(problem)),
        };
        let change = &placed;
        // With an unplaced step nothing can be done but end it.
        let lost = problem
            .as_ref()
            .is_some_and(|problem| problem.code == Code::FlowChanged);
        let problem = problem.filter(|_| lost).or_else(|| change.problem.clone());
        let waits_for = manifest
            .as_deref()
            .filter(|_| matches!(change.state, State::AwaitingCode | State::Unknown))
            .and_then(|manifest| {
                manifest.waits_for(&change.step, change.from.as_deref(), &change.to)
            });
        ChangeView {
            id: change.id,
            profile_id: change.profile_id,
            profile: change.label.clone(),
            service: change.service.clone(),
            from: change.from.clone(),
            to: change.to.clone(),
            state: show::shown_state(change, now),
            open: !change.state.is_end(),
            step: change.step.clone(),
            steps: shape
                .as_ref()
                .map(|shape| show::steps(change, shape, events))
                .unwrap_or_default(),
            proof: change.proof,
            tries: change.tries,
            waits_for,
            requested_at: change.requested_at,
            expires_at: change.expires_at,
            resend_at: change.resend_at,
            retry_at: change.retry_at,
            problem,
            has_value: show::has_value(change),
            cancelled_there: change.cancelled_there,
            undo_of: change.undo_of,
            created_at: change.created_at,
            updated_at: change.updated_at,
            can: show::can(change, shape.as_ref().filter(|_| !lost), now),
            events: Vec::new(),
        }
    }

    /// The flow of its manifest; where that is gone, one that allows to end the change.
    pub(super) fn shape_for(&self, change: &Change) -> Shape {
        self.manifest(&change.service)
            .map_or_else(|_| bare_shape(change), |manifest| shape_of(&manifest))
    }
}

pub(super) fn event_view(event: Event) -> EventView {
    EventView {
        at: event.at,
        kind: event.kind,
        step: event.step,
        status: event.status,
        millis: event.millis,
        meaning: event.meaning,
        says: event.says,
    }
}

/// Host, and the port where it is not the usual one: another port is another server.
pub(super) fn host_of(origin: &str) -> String {
    let Ok(url) = url::Url::parse(origin) else {
        return String::new();
    };
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Captured session tokens are nobody's to edit.
fn user_secrets(all: BTreeMap<String, u32>) -> BTreeMap<String, u32> {
    all.into_iter()
        .filter(|(name, _)| !name.starts_with(super::context::CAPTURED))
        .collect()
}
