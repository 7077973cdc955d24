//! An account at Mannco.store, and the knobs that bend its answers.

use crate::accounts::Account;
use crate::pending::Pending;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One account. Its id in counters and knobs is `api_key` (or, opened by a pasted token, that token).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ManncoAccount {
    pub api_key: String,
    /// Tokens of a web session that work as a bearer beside those from the login.
    pub session_tokens: Vec<String>,
    pub steam_id: String,
    pub email: String,
    pub pending: Option<Pending>,
    /// When the last request was accepted: the next one has to wait.
    pub requested_at: Option<Timestamp>,
    /// `informations["2fa"]`.
    pub two_factor_enabled: bool,
    /// The email routes answer "2FA validation required".
    pub two_factor_required: bool,
    /// 403 "Invalid API key" at login.
    pub key_refused: bool,
    /// 403 "Country blocked" at login.
    pub country_blocked: bool,
    /// The login itself is limited: "try again in N seconds".
    pub login_wait_seconds: Option<u32>,
    /// The email routes are gone for API keys: this status (403 or 404).
    pub email_routes_gone: Option<u16>,
    /// `content.address` is not offered any more either: this status.
    pub contact_mail_gone: Option<u16>,
}

impl Default for ManncoAccount {
    fn default() -> Self {
        Self {
            api_key: String::new(),
            session_tokens: Vec::new(),
            steam_id: "76561190000000001".to_owned(),
            email: "before@practice.example".to_owned(),
            pending: None,
            requested_at: None,
            two_factor_enabled: true,
            two_factor_required: false,
            key_refused: false,
            country_blocked: false,
            login_wait_seconds: None,
            email_routes_gone: None,
            contact_mail_gone: None,
        }
    }
}

impl Account for ManncoAccount {
    fn id(&self) -> &str {
        &self.api_key
    }

    fn address(&self) -> Option<&str> {
        Some(&self.email)
    }
}
