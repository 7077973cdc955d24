//! An account at Webshare, and the knobs that bend its answers.

use crate::accounts::Account;
use crate::pending::Pending;
use serde::{Deserialize, Serialize};

/// One account. Its id in counters and knobs is `api_key`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebshareAccount {
    pub api_key: String,
    /// A dashboard login token that works in the same header.
    pub login_token: Option<String>,
    /// None: any password is right.
    pub password: Option<String>,
    pub email: String,
    /// `email_is_verified` of the activation call.
    pub verified: bool,
    pub pending: Option<Pending>,
    /// 401 "Invalid token." for every token of this account.
    pub token_refused: bool,
    /// The API key may not call the email endpoints (403 `api_key_not_allowed`); a login token may.
    pub api_key_not_allowed: bool,
    /// 403 `2fa_needed` from any endpoint.
    pub two_factor_needed: bool,
    /// 403 `account_suspended`.
    pub suspended: bool,
    /// 403 `account_deleted`.
    pub deleted: bool,
    /// The newest activation token that was mailed.
    pub activation_token: Option<String>,
}

impl Default for WebshareAccount {
    fn default() -> Self {
        Self {
            api_key: String::new(),
            login_token: None,
            password: None,
            email: "before@practice.example".to_owned(),
            verified: true,
            pending: None,
            token_refused: false,
            api_key_not_allowed: false,
            two_factor_needed: false,
            suspended: false,
            deleted: false,
            activation_token: None,
        }
    }
}

impl Account for WebshareAccount {
    fn id(&self) -> &str {
        &self.api_key
    }

    fn address(&self) -> Option<&str> {
        Some(&self.email)
    }
}
