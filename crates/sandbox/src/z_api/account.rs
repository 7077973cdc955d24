//! An instance at Z-API, and the knobs that bend its answers.

use crate::accounts::Account;
use crate::pending::Pending;
use serde::{Deserialize, Serialize};

/// What an enforced Client-Token answers when the header is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientTokenMissing {
    /// 400 `{"error":"your client-token is not configured"}`, as users report.
    #[default]
    NotConfigured,
    /// 400 `{"error":"null not allowed"}`, as documented (its status is not).
    NullNotAllowed,
}

/// What an acceptable request of a new address answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestAnswer {
    /// `success:true`, `VERIFY_EMAIL`; a code is mailed.
    #[default]
    VerifyEmail,
    /// `success:true` alone; a code is mailed all the same.
    Silent,
    /// `success:true` alone; the address counts at once and no code is mailed.
    Done,
    /// 200 with `success:false` and this message.
    Refused(String),
    /// 200 with `{"error": …}`.
    Error(String),
}

/// One instance. Its id in counters and knobs is `instance_id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ZApiAccount {
    pub instance_id: String,
    pub token: String,
    /// The account security token; when set it is activated, hence demanded.
    pub client_token: Option<String>,
    pub client_token_missing: ClientTokenMissing,
    /// None: no address was ever set.
    pub email: Option<String>,
    pub verified: bool,
    pub pending: Option<Pending>,
    /// A request leaves the old address in force until the code was used.
    pub keeps_old_until_verified: bool,
    pub request_answer: RequestAnswer,
    /// A `message` beside `success:false` of a wrong code; none is documented.
    pub verify_message: Option<String>,
    /// The instance does not exist (any more).
    pub missing: bool,
    /// The caller's IP is not on the allow list.
    pub ip_refused: bool,
    /// A web instance: it has no email routes. What it answers is undocumented.
    pub web: bool,
    /// Whether the phone is connected, for `/status`.
    pub connected: bool,
}

impl Default for ZApiAccount {
    fn default() -> Self {
        Self {
            instance_id: String::new(),
            token: String::new(),
            client_token: None,
            client_token_missing: ClientTokenMissing::default(),
            email: None,
            verified: false,
            pending: None,
            keeps_old_until_verified: false,
            request_answer: RequestAnswer::default(),
            verify_message: None,
            missing: false,
            ip_refused: false,
            web: false,
            connected: true,
        }
    }
}

impl Account for ZApiAccount {
    fn id(&self) -> &str {
        &self.instance_id
    }

    fn address(&self) -> Option<&str> {
        self.email.as_deref()
    }
}
