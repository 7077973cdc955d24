//! The format of a manifest file, as TOML spells it: what serde reads and what the JSON Schema describes.
//!
//! Not here: meaning. `parse` turns this into a [`super::Manifest`] and says what is wrong with it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::view::Texts;

/// A service's API as data: one TOML file per service.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Readdress manifest")]
pub struct ManifestSource {
    /// Version of this format; always 1.
    pub schema: u32,
    /// Lower-case letters, digits and dashes; unique among manifests.
    pub id: String,
    /// As the service writes its own name.
    pub name: String,
    /// Page of the service's documentation.
    pub docs: String,
    /// Scheme, host and common start of every path. The host may hold a plain field, never a secret.
    pub base_url: String,
    /// Headers of every step. One whose optional field is empty is left out.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// What a profile consists of, in the order shown.
    #[serde(default, rename = "field")]
    pub fields: Vec<FieldSource>,
    /// At least one of these sets of secret fields must be given.
    #[serde(default)]
    pub needs_one_of: Vec<Vec<String>>,
    pub flow: FlowSource,
    /// The calls, by id.
    #[serde(rename = "step")]
    pub steps: BTreeMap<String, StepSource>,
    /// Rules for answers of every step, tried after the step's own.
    #[serde(default, rename = "answer")]
    pub answers: Vec<AnswerSource>,
    /// JSON Pointers to the service's own words, in order; `*` stands for any member or item.
    #[serde(default)]
    pub says: Vec<String>,
    /// Where a refusal says from when on trying again makes sense.
    #[serde(default)]
    pub retry: RetrySource,
    #[serde(default, rename = "limit")]
    pub limits: Vec<LimitSource>,
    #[serde(default)]
    pub times: TimesSource,
    /// What only this manifest can know, in each language.
    #[serde(default)]
    pub texts: BTreeMap<TextKey, Texts>,
}

/// The texts a manifest may give.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TextKey {
    /// Where the service keeps the keys.
    KeysFound,
    /// What to know about this service.
    About,
    /// What will happen, told before the request is sent.
    BeforeRequest,
    /// What the accepted request means.
    AfterRequest,
    /// Shown while the code is awaited.
    Waiting,
    /// What cancelling means there.
    CancelMeans,
    /// Why there may be no mail.
    NoMail,
    /// What becomes of the old address.
    OldAddress,
}

/// One field of a profile.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldSource {
    /// Lower-case letters, digits and underscores.
    pub id: String,
    pub label: Texts,
    /// Where it is found.
    pub help: Option<Texts>,
    /// Encrypted, never shown.
    #[serde(default)]
    pub secret: bool,
    /// May stay empty; what uses it is then left out of the call.
    #[serde(default)]
    pub optional: bool,
    /// Asked at each request and held for that call only, unless the user keeps it.
    #[serde(default)]
    pub ask_each_time: bool,
    /// Regular expression of the usual shape; a mismatch only warns.
    pub looks: Option<String>,
}

/// Which steps make a change, and which serve it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlowSource {
    /// One to six steps, in order.
    pub change: Vec<String>,
    /// Sent again when no code came.
    pub resend: Option<String>,
    /// Takes a request back.
    pub cancel: Option<String>,
    /// Asks which address the service holds.
    pub read: Option<String>,
    /// Fetches a token, before the first step that needs it and when the token is refused.
    pub login: Option<String>,
}

/// One HTTP call.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepSource {
    pub method: MethodSource,
    /// Follows the base URL; starts with a slash.
    pub path: String,
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Added to those of the manifest, or instead of them.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// `false` leaves out the manifest's headers that carry a secret.
    #[serde(default = "yes")]
    pub auth: bool,
    /// A tree whose strings are templates.
    #[schemars(with = "Option<serde_json::Value>")]
    pub json: Option<toml::Value>,
    /// An `application/x-www-form-urlencoded` body.
    #[schemars(with = "Option<BTreeMap<String, String>>")]
    pub form: Option<toml::map::Map<String, toml::Value>>,
    pub waits_for: Option<WaitsForSource>,
    /// Tried in order; the first that fits decides.
    #[serde(default, rename = "answer")]
    pub answers: Vec<AnswerSource>,
    /// Instead of the manifest's `says`.
    pub says: Option<Vec<String>>,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub enum MethodSource {
    #[serde(rename = "GET")]
    Get,
    #[serde(rename = "POST")]
    Post,
    #[serde(rename = "PUT")]
    Put,
    #[serde(rename = "PATCH")]
    Patch,
    #[serde(rename = "DELETE")]
    Delete,
}

/// What a step waits for before it can be sent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitsForSource {
    pub what: What,
    pub sent_to: SentTo,
    /// Regular expression of the usual shape; a mismatch only warns.
    pub looks: Option<String>,
    /// The link that carries the code.
    pub link: Option<LinkSource>,
    /// Links of the same service with another purpose.
    #[serde(default)]
    pub not_links: Vec<NotLinkSource>,
    /// What is documented about the mail itself. Only for mails in a watched mailbox.
    #[serde(default)]
    pub mail: MailSource,
}

/// Who sends the mail, and what it says of itself. Leave out what the service does not document.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailSource {
    /// `noreply@example.com`, `*@example.com`, or `*@*.example.com` for any host under it. A mail from another sender is asked about.
    #[serde(default)]
    pub from: Vec<String>,
    /// Words of which the subject holds one, without regard to case. They tell two services' mails apart that come to one address.
    #[serde(default)]
    pub subject: Vec<String>,
    /// What the mail calls its sender where that is not the service's own name.
    #[serde(default)]
    pub names: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Code,
    Link,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SentTo {
    New,
    Old,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkSource {
    /// `dashboard.example.com`, or `*.example.com` for any host under it.
    pub host: String,
    /// `/changeemail/{code}/confirm/`; `*` stands for any one segment.
    pub path: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotLinkSource {
    /// The host of `link` where left out.
    pub host: Option<String>,
    pub path: String,
    /// One word for what this link does, such as `activation`.
    pub kind: String,
}

/// One rule: which answers it fits, and what they mean.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerSource {
    /// `300`, `"4xx"`, or a list of them. Any status where left out.
    #[schemars(with = "Option<StatusSchema>")]
    pub status: Option<toml::Value>,
    /// JSON Pointer to matcher: a plain value, `{contains = "…"}`, `{not_empty = true}`, `{absent = true}`. A table means all, a list any.
    #[schemars(with = "Option<serde_json::Value>")]
    pub body: Option<toml::Value>,
    /// Texts of which the service's own words contain one, without regard to case.
    #[serde(default)]
    #[schemars(with = "Option<OneOrMany>")]
    pub text: Option<toml::Value>,
    pub means: Means,
    /// With `token_refused`: what the same answer means right after a fresh login.
    pub again: Option<Means>,
    /// With `rate_limited`: how long to wait where the answer does not say, such as `"5min"`.
    pub retry_after: Option<String>,
    /// Name of a value to JSON Pointer: kept for later steps.
    #[serde(default)]
    pub gives: BTreeMap<String, String>,
    /// What a read shows.
    pub shows: Option<ShowsSource>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(
    dead_code,
    reason = "describes the shape in the JSON Schema; values are checked in `parse`"
)]
enum StatusSchema {
    One(u16),
    Class(String),
    Many(Vec<StatusSchema>),
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(
    dead_code,
    reason = "describes the shape in the JSON Schema; values are checked in `parse`"
)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// What an answer can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    Ok,
    CodeSent,
    /// It worked or it did not: reading the address settles it.
    ReadBack,
    /// Log in again, once.
    TokenRefused,
    CodeWrongOrExpired,
    EmailInvalid,
    EmailSame,
    EmailTaken,
    CredentialsRefused,
    LoginTokenNeeded,
    PasswordRefused,
    TwoFactorRequired,
    AccountNotFound,
    AccountSuspended,
    AccountDeleted,
    PlaceBlocked,
    NotSupported,
    RateLimited,
    CodeWrong,
    CodeExpired,
    TooManyAttempts,
    NothingPending,
    RequestRefused,
}

/// JSON Pointers into a read's answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowsSource {
    pub email: Option<String>,
    pub verified: Option<String>,
    /// The account has no address.
    #[serde(default)]
    pub none: bool,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetrySource {
    /// Response headers that hold a Unix time, after `Retry-After`.
    #[serde(default)]
    pub headers: Vec<String>,
    /// Regular expression over the service's words; its first group is a number of seconds.
    pub pattern: Option<String>,
    /// Where nothing says, such as `"60s"`.
    pub default: Option<String>,
}

/// So many calls of these steps in so much time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitSource {
    /// One word; steps of one bucket are counted together.
    pub bucket: String,
    pub max: u32,
    /// A duration such as `"5min"`.
    pub per: String,
    #[serde(default)]
    pub of: LimitOf,
    pub steps: Vec<String>,
}

/// Whose calls are counted together.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, Deserialize, JsonSchema, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LimitOf {
    #[default]
    Profile,
    Service,
}

/// Durations such as `"24h"`, `"5min"`, `"90s"`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimesSource {
    /// How long a code holds.
    pub expires_after: Option<String>,
    /// How long to wait before a code can be asked for again.
    pub resend_after: Option<String>,
    /// After how long without a mail the text `no_mail` is shown.
    pub no_mail_after: Option<String>,
}

/// The JSON Schema of the format, for editors.
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(ManifestSource).to_value()
}
