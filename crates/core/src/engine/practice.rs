//! What only practice needs: services that move to other ports at each start, and time that passes on demand.
//!
//! Never called on the user's own profiles. Not here: the played services.

use jiff::SignedDuration;

use super::Engine;
use crate::db::{Job, ProfileWrite};
use crate::error::{Code, Result};
use crate::view::Changed;

impl Engine {
    /// Lets every profile of `service` call `base_url` from now on.
    ///
    /// # Errors
    /// `service_unknown`, `base_url_invalid`, the folder's.
    pub async fn point_at(&self, service: &str, base_url: &str) -> Result<()> {
        let manifest = self.manifest(service)?;
        let mut job = Job::default();
        let mut after = None;
        loop {
            let (profiles, next, _) = self.0.db.profiles_page(after.as_deref(), 500)?;
            for mut profile in profiles
                .into_iter()
                .filter(|profile| profile.service == service)
            {
                profile.base_url = Some(base_url.to_owned());
                profile.origin = manifest.origin(&profile.fields, Some(base_url))?;
                job.profiles.push(ProfileWrite::Edit(profile));
            }
            match next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        if job.profiles.is_empty() {
            Ok(())
        } else {
            self.0.db.commit(job).await
        }
    }

    /// As if so much time had passed since everything that is on disk.
    ///
    /// # Errors
    /// `busy` while a call is on its way, the folder's.
    pub async fn pass_time(&self, seconds: u32) -> Result<()> {
        if self.calls_under_way() > 0 {
            return Err(Code::Busy.into());
        }
        self.0
            .db
            .shift_times(SignedDuration::from_secs(seconds.into()))?;
        // Nobody may be listening: that is fine.
        let _ = self.0.changed.send(Changed {
            all: true,
            ..Changed::default()
        });
        Ok(())
    }
}
