//! Manifests of the user's own: their host is looked at and accepted before the first key is given to them.
//!
//! Not here: a host that changes later for a profile that is there (`origin_changed`).

use super::Engine;
use crate::db::ACCEPTED;
use crate::error::{Code, Problem, Result};
use crate::manifest::{Catalog, Manifest};

impl Engine {
    /// The user has seen this host and trusts the file with keys for it.
    ///
    /// # Errors
    /// `service_unknown`; `service_new` (with the true host) where the file names another host by now; the folder's.
    pub fn accept_service(&self, id: &str, host: &str) -> Result<()> {
        let manifest = self.manifest(id)?;
        if Catalog::is_shipped(id) {
            return Ok(());
        }
        if manifest.host() != host {
            return Err(new_service(&manifest));
        }
        self.0.db.set_meta(&key(id), Some(host))
    }

    /// Shipped, or accepted with the host that it names now.
    pub(super) fn is_looked_at(&self, manifest: &Manifest) -> Result<bool> {
        // By its id and not by what the list says now: it may have been read anew since this manifest was taken from it.
        if Catalog::is_shipped(&manifest.id) {
            return Ok(true);
        }
        let accepted = self.0.db.meta(&key(&manifest.id))?;
        Ok(accepted.is_some_and(|host| host == manifest.host()))
    }

    /// # Errors
    /// `service_new`: nothing is stored or sent for a file whose host nobody has looked at.
    pub(super) fn check_looked_at(&self, manifest: &Manifest) -> Result<()> {
        match self.is_looked_at(manifest)? {
            true => Ok(()),
            false => Err(new_service(manifest)),
        }
    }
}

fn new_service(manifest: &Manifest) -> Problem {
    Problem::new(Code::ServiceNew)
        .with("service", manifest.name.clone())
        .with("id", manifest.id.clone())
        .with("host", manifest.host())
}

pub(super) fn key(id: &str) -> String {
    format!("{ACCEPTED}{id}")
}
