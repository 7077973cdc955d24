//! A profile: one account at one service. Plain data; secrets are not in it, only the names of those that are set.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

/// Row of `profiles`. `fields` holds the plain ones; `has_secret` names the secret fields that are stored, with their length in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub id: Uuid,
    /// Unique without case (compared by `label_key`).
    pub label: String,
    pub service: String,
    /// Replaces scheme, host and port of the manifest's base URL: https, or http on loopback.
    pub base_url: Option<String>,
    /// The origin (`https://host[:port]`) rendered when the profile was made; secrets go nowhere else.
    pub origin: String,
    pub fields: BTreeMap<String, String>,
    pub has_secret: BTreeMap<String, u32>,
    /// The address at the last read-back or proof, as the service shows it.
    pub email: Option<String>,
    /// Whether the service called it verified; `None` where it does not say.
    pub verified: Option<bool>,
    pub checked_at: Option<Timestamp>,
    /// How the address is known: see [`Known`].
    pub known: Known,
    /// The problem of the last check, until a check works.
    pub problem: Option<crate::error::Problem>,
    pub created_at: Timestamp,
}

/// How a profile's address is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Known {
    /// Never read.
    NeverChecked,
    /// The service says that there is none.
    NotSet,
    /// Read, and the service does not say whether it is verified, or says that it is not.
    AsRead,
    /// Read, and the service calls it verified.
    Verified,
    /// A change of ours ended there, with its proof.
    Changed,
    /// Another address than the one our last change proved.
    ChangedElsewhere,
}

/// How labels compare: without case, without outer spaces.
pub fn label_key(label: &str) -> String {
    label.trim().to_lowercase()
}
