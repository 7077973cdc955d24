//! When a service takes the next request: counted from the journal, per profile or per service.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::Engine;
use super::context::Context;
use crate::db::{Guard, Prune, Room, free_at};
use crate::error::{Code, Problem, Result};
use crate::manifest::{LimitOf, Manifest};

/// How long counted calls are kept beyond their window.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

impl Engine {
    /// When `step` may be sent again; `None` if now.
    pub(super) fn too_soon(
        &self,
        manifest: &Manifest,
        profile: Uuid,
        step: &str,
    ) -> Result<Option<Timestamp>> {
        let now = super::now();
        let scope = self.limit_scope(&manifest.id)?;
        let mut latest = None;
        for limit in manifest
            .limits
            .iter()
            .filter(|limit| limit.steps.iter().any(|s| s == step))
        {
            let counted = match scope.unwrap_or(limit.of) {
                LimitOf::Profile => Some(profile),
                LimitOf::Service => None,
            };
            let since = now.checked_sub(limit.per).unwrap_or(Timestamp::MIN);
            let uses = self
                .0
                .db
                .uses_since(&manifest.id, counted, &limit.bucket, since)?;
            latest = latest.max(free_at(&uses, limit.max, limit.per, now));
        }
        Ok(latest)
    }

    /// Whose calls count together at this service by the user's choice; `None` where the manifest's word holds.
    pub fn limit_scope(&self, service: &str) -> Result<Option<LimitOf>> {
        let kept = self.0.db.meta(&scope_key(service))?;
        Ok(kept.and_then(|kept| serde_json::from_value(serde_json::Value::String(kept)).ok()))
    }

    /// Counts this service's limits per profile or for the whole service; `None` goes back to the manifest's word.
    /// For limits whose scope nobody documents (Mannco.store: one request in five minutes, per account or per IP?).
    ///
    /// # Errors
    /// `service_unknown`, the folder's.
    pub fn set_limit_scope(&self, service: &str, of: Option<LimitOf>) -> Result<()> {
        self.manifest(service)?;
        let kept = of.map(|of| match of {
            LimitOf::Profile => "profile",
            LimitOf::Service => "service",
        });
        self.0.db.set_meta(&scope_key(service), kept)
    }

    /// `asked`: the time that the service asked to wait for, as the change has it. The latest one counts.
    pub(super) fn check_limit(
        &self,
        context: &Context,
        step: &str,
        asked: Option<Timestamp>,
        anyway: bool,
    ) -> Result<()> {
        let now = super::now();
        let asked = asked.filter(|&at| at > now);
        let kept = self.0.db.asked_to_wait(context.profile.id, step, now)?;
        let counted = self.too_soon(&context.manifest, context.profile.id, step)?;
        match asked.max(kept).max(counted) {
            Some(at) if !anyway => Err(context.name(Problem::new(Code::RateLimited)).retry_at(at)),
            _ => Ok(()),
        }
    }

    /// The same as a condition of the commit: another program, or another change, may take the last place meanwhile.
    pub(super) fn limit_guards(
        &self,
        context: &Context,
        step: &str,
        now: Timestamp,
    ) -> Result<Vec<Guard>> {
        let profile = context.profile.id;
        let scope = self.limit_scope(&context.manifest.id)?;
        let mut guards = vec![Guard::NoWait {
            profile,
            step: step.to_owned(),
            now,
        }];
        let limits = context.manifest.limits.iter();
        for limit in limits.filter(|limit| limit.steps.iter().any(|one| one == step)) {
            guards.push(Guard::Room(Room {
                service: context.manifest.id.clone(),
                profile: (scope.unwrap_or(limit.of) == LimitOf::Profile).then_some(profile),
                bucket: limit.bucket.clone(),
                max: limit.max,
                per: limit.per,
                now,
            }));
        }
        Ok(guards)
    }
}

/// What no limit of this bucket counts any more. A day longer than needed: the clock may be set back.
pub(super) fn no_longer_counted(
    manifest: &Manifest,
    bucket: &str,
    now: Timestamp,
) -> Option<Prune> {
    let limits = manifest
        .limits
        .iter()
        .filter(|limit| limit.bucket == bucket);
    let longest = limits.map(|limit| limit.per).max()?;
    let before = now.checked_sub(longest).ok()?.checked_sub(KEPT).ok()?;
    Some(Prune {
        service: manifest.id.clone(),
        bucket: bucket.to_owned(),
        before,
    })
}

fn scope_key(service: &str) -> String {
    format!("limit_of:{service}")
}
