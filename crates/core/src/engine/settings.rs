//! Settings that both programs need: proxy and certificate authority.

use super::{Engine, lock};
use crate::error::Result;
use crate::http::sender::Sender;
use crate::view::NetworkSettings;

impl Engine {
    pub fn network(&self) -> Result<NetworkSettings> {
        self.0.db.network_settings()
    }

    /// Tries the settings, keeps them, and uses them from the next call on.
    ///
    /// # Errors
    /// `proxy_invalid`, `certificate_invalid`: nothing is kept then.
    pub fn set_network(&self, settings: &NetworkSettings) -> Result<()> {
        let sender = Sender::with_limits(settings, self.0.limits)?;
        self.0.db.set_network_settings(settings)?;
        *self
            .0
            .sender
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = sender;
        *lock(&self.0.network_problem) = None;
        Ok(())
    }
}
