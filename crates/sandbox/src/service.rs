//! The three services that are played here, and how they are called elsewhere.
//!
//! Not here: what they answer; each has its own folder.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One of the played services. Written as in the manifests: `z-api`, `webshare`, `mannco-store`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    ZApi,
    Webshare,
    ManncoStore,
}

impl Service {
    pub const ALL: [Self; 3] = [Self::ZApi, Self::Webshare, Self::ManncoStore];

    /// The id that manifests, faults and counters use.
    pub fn id(self) -> &'static str {
        match self {
            Self::ZApi => "z-api",
            Self::Webshare => "webshare",
            Self::ManncoStore => "mannco-store",
        }
    }

    /// The name that mails use.
    pub fn name(self) -> &'static str {
        match self {
            Self::ZApi => "WhatsApp",
            Self::Webshare => "Webshare",
            Self::ManncoStore => "Mannco.store",
        }
    }

    /// The service with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.id() == id)
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
