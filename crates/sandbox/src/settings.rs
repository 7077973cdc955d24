//! Knobs that hold for the whole sandbox or for a whole service.
//!
//! Not here: knobs of one account (each service's `account.rs`) and faults of the wire (`faults.rs`).

use crate::Service;
use crate::mail_shapes::{CodeForm, Language, Shape};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// All sandbox-wide knobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Only known accounts are served. Off: any well-formed credential opens a practice account.
    pub strict: bool,
    /// How many requests the list keeps.
    pub keep_requests: usize,
    /// Codes to hand out next, first one first; then random ones again.
    pub next_codes: Vec<String>,
    /// Addresses that belong to somebody else at every service.
    pub taken_addresses: Vec<String>,
    /// Seconds by service that the `Date` of its answers is ahead of this machine's clock.
    pub date_ahead: BTreeMap<Service, i64>,
    pub mail: MailSettings,
    pub z_api: ZApiSettings,
    pub webshare: WebshareSettings,
    pub mannco_store: ManncoSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            strict: false,
            keep_requests: 10_000,
            next_codes: Vec::new(),
            taken_addresses: Vec::new(),
            date_ahead: BTreeMap::new(),
            mail: MailSettings::default(),
            z_api: ZApiSettings::default(),
            webshare: WebshareSettings::default(),
            mannco_store: ManncoSettings::default(),
        }
    }
}

/// How mails look and travel. What is not set rotates from mail to mail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailSettings {
    pub shape: Option<Shape>,
    pub language: Option<Language>,
    pub code_form: Option<CodeForm>,
    /// Mails arrive this many seconds after they were sent, by the sandbox's clock.
    pub late_seconds: u64,
    /// Mails are sent and never arrive.
    pub lost: bool,
    /// Where mails go beside the practice mailbox. Not kept by `save`: it belongs to one run.
    pub deliver: Option<Delivery>,
}

/// A real mail server that takes the mails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// Its LMTP port.
    pub lmtp: SocketAddr,
    /// The mailbox that gets all of them, whoever they are written to; `None`: each its own.
    #[serde(default)]
    pub rcpt: Option<String>,
}

/// Z-API's undocumented choices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ZApiSettings {
    /// The status of `Instance not found` (seen: 404, 400).
    pub not_found_status: u16,
    /// Errors in `{error}` come with HTTP 200, as several clients report.
    pub errors_as_200: bool,
    /// How long a code lives; "limited" in the documentation.
    pub code_valid_seconds: i64,
    /// Wrong codes before the request is closed.
    pub most_tries: u32,
}

impl Default for ZApiSettings {
    fn default() -> Self {
        Self {
            not_found_status: 404,
            errors_as_200: false,
            code_valid_seconds: 15 * 60,
            most_tries: 5,
        }
    }
}

/// In which of the three seen shapes Webshare tells field errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldErrors {
    /// `{"field":[{"message":"…","code":"…"}]}`, as the live API answers.
    #[default]
    Objects,
    /// `{"field":["…"]}`, as documented.
    Texts,
    /// `{"field":"…"}`.
    Bare,
}

/// Webshare's undocumented choices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebshareSettings {
    pub field_errors: FieldErrors,
    /// A wrong password is refused with 400; otherwise it is answered 204 and no mail is sent.
    pub wrong_password_is_400: bool,
    pub code_valid_seconds: i64,
    pub most_tries: u32,
    /// The general limit; 0 turns it off.
    pub per_minute: u32,
}

impl Default for WebshareSettings {
    fn default() -> Self {
        Self {
            field_errors: FieldErrors::Objects,
            wrong_password_is_400: false,
            code_valid_seconds: 24 * 60 * 60,
            most_tries: u32::MAX,
            per_minute: 240,
        }
    }
}

/// Which of the two documented envelopes Mannco.store uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Envelope {
    /// `{err, success, content}`.
    #[default]
    New,
    /// `{status, data, message}`, of the first pages.
    Old,
}

/// Which of the two documented sets of error texts Mannco.store uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Texts {
    /// The later page: "Too many requests", "Invalid or expired code", …
    #[default]
    New,
    /// The first page: "Failed to create email change request! Need to wait 5 mins!", …
    Old,
}

/// Mannco.store's undocumented choices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ManncoSettings {
    pub envelope: Envelope,
    pub texts: Texts,
    /// The status of business errors; 300 is documented.
    pub business_status: u16,
    /// The status with which a token is refused (seen: 401, 403).
    pub token_refused_status: u16,
    /// Seconds between two accepted requests of one account.
    pub request_every_seconds: i64,
    pub code_valid_seconds: i64,
    pub most_tries: u32,
    /// Calls a minute per account and route; 0 turns it off.
    pub per_minute: u32,
    /// Tokens end with a finished change; whether they do is unknown.
    pub change_ends_tokens: bool,
}

impl Default for ManncoSettings {
    fn default() -> Self {
        Self {
            envelope: Envelope::New,
            texts: Texts::New,
            business_status: 300,
            token_refused_status: 403,
            request_every_seconds: 5 * 60,
            code_valid_seconds: 24 * 60 * 60,
            most_tries: 5,
            per_minute: 600,
            change_ends_tokens: false,
        }
    }
}
