//! When a service takes the next request: counted from the journal, per profile or per service.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::Engine;
use super::context::Context;
use crate::error::{Code, Problem, Result};
use crate::manifest::{LimitOf, Manifest};

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

    /// `asked`: the time that the service asked to wait for. The later one counts.
    pub(super) fn check_limit(
        &self,
        context: &Context,
        step: &str,
        asked: Option<Timestamp>,
        anyway: bool,
    ) -> Result<()> {
        let asked = asked.filter(|&at| at > super::now());
        let counted = self.too_soon(&context.manifest, context.profile.id, step)?;
        match asked.max(counted) {
            Some(at) if !anyway => Err(context.name(Problem::new(Code::RateLimited)).retry_at(at)),
            _ => Ok(()),
        }
    }
}

fn scope_key(service: &str) -> String {
    format!("limit_of:{service}")
}

/// When the window of `per` has room again. `uses` may be in any order; the clock may have been set back.
fn free_at(uses: &[Timestamp], max: u32, per: Duration, now: Timestamp) -> Option<Timestamp> {
    let mut inside: Vec<Timestamp> = uses
        .iter()
        .copied()
        .filter(|&at| at <= now && now < at + per)
        .collect();
    if inside.len() < max as usize {
        return None;
    }
    inside.sort_unstable();
    let frees = inside[inside.len() - max as usize];
    Some(frees + per)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::free_at;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("a time")
    }

    #[test]
    fn one_in_five_minutes() {
        let five = Duration::from_secs(300);
        assert_eq!(free_at(&[], 1, five, at(1000)), None);
        assert_eq!(free_at(&[at(900)], 1, five, at(1000)), Some(at(1200)));
        assert_eq!(free_at(&[at(700)], 1, five, at(1000)), None);
    }

    #[test]
    fn the_oldest_of_a_full_window_frees_it() {
        let minute = Duration::from_secs(60);
        assert_eq!(
            free_at(&[at(980), at(950), at(990)], 3, minute, at(1000)),
            Some(at(1010))
        );
        assert_eq!(free_at(&[at(980), at(950)], 3, minute, at(1000)), None);
    }

    #[test]
    fn a_clock_set_back_does_not_lock_for_ever() {
        assert_eq!(
            free_at(&[at(9000)], 1, Duration::from_secs(300), at(1000)),
            None
        );
    }
}
