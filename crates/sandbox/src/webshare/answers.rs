//! What Webshare answers, up to the two email calls: paths, tokens, limits, profile, activation.

use super::account::WebshareAccount;
use super::{email, errors};
use crate::Service;
use crate::call::{Answer, Call};
use crate::codes::{letters, well_formed};
use crate::practice::opening_address;
use crate::world::World;
use serde_json::{Value, json};

/// Method and path under `/api/v2/` of every route that exists here.
const ROUTES: [(&str, &str, &str); 9] = [
    ("read", "GET", "profile/"),
    ("request", "POST", "changeemail/"),
    ("verify", "POST", "changeemail/complete/"),
    ("activation", "GET", "activation/"),
    ("activation_resend", "POST", "activation/resend/"),
    ("activation_complete", "POST", "activation/complete/"),
    ("two_factor_code", "POST", "twofactorauth/codeauth/"),
    ("two_factor_resend", "POST", "twofactorauth/email/resend/"),
    ("logout", "POST", "logout/"),
];

/// The route's name for faults and counters.
pub(crate) fn route(method: &str, path: &str) -> &'static str {
    let tail = path.strip_prefix("/api/v2/").unwrap_or("");
    ROUTES
        .iter()
        .find(|(_, verb, known)| *verb == method && *known == tail)
        .map_or("other", |(name, _, _)| name)
}

/// The account whose key or login token came; opened on first sight unless the sandbox is strict.
pub(crate) fn account_of(world: &mut World, call: &Call) -> Option<String> {
    let token = call.authorization("Token")?;
    if world.webshare.get(token).is_some() {
        return Some(token.to_owned());
    }
    if let Some(id) = world.login_tokens.get(token) {
        return Some(id.clone());
    }
    if world.settings.strict || !well_formed(token) || world.ended_tokens.contains(token) {
        return None;
    }
    world.put_webshare(WebshareAccount {
        api_key: token.to_owned(),
        email: opening_address(token),
        ..WebshareAccount::default()
    });
    Some(token.to_owned())
}

/// The answer, and its effect on the account.
pub(crate) fn answer(world: &mut World, call: &Call, account: Option<&str>) -> Answer {
    let Some(tail) = call.path.strip_prefix("/api/v2/") else {
        return errors::detail(404, "Not found.");
    };
    if !ROUTES.iter().any(|(_, _, known)| *known == tail) {
        return unknown_path(call, tail);
    }
    let name = route(&call.method, &call.path);
    if name == "activation_complete" {
        return email::complete_activation(world, call);
    }
    let account = match caller(world, call, account) {
        Ok(account) => account,
        Err(refusal) => return refusal,
    };
    if let Some(refusal) = refuse_form(call, name).or_else(|| throttle(world, &account)) {
        return refusal;
    }
    match name {
        "read" => profile(&account),
        "request" => email::request(world, call, &account),
        "verify" => email::complete(world, call, &account),
        "activation" => activation(world, &account),
        "activation_resend" => {
            super::send_activation_mail(world, &account.api_key);
            Answer::empty(204).took()
        }
        "two_factor_code" => two_factor_code(world, call),
        "two_factor_resend" => Answer::json(200, &json!({ "email_sent": true })).took(),
        _ => logout(world, call),
    }
}

/// Django adds the slash with a 301 for paths that exist with it; everything else is not found.
fn unknown_path(call: &Call, tail: &str) -> Answer {
    let slashed = format!("{tail}/");
    if !ROUTES.iter().any(|(_, _, known)| *known == slashed) {
        return errors::detail(404, "Not found.");
    }
    let query = call
        .query
        .as_deref()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    Answer::empty(301).header("location", format!("/api/v2/{slashed}{query}"))
}

/// Who calls, or why nobody may: 401, then the 403 states of an account.
fn caller(world: &World, call: &Call, account: Option<&str>) -> Result<WebshareAccount, Answer> {
    let challenge = |answer: Answer| answer.header("www-authenticate", "Token");
    if call.authorization("Token").is_none() {
        let text = "Authentication credentials were not provided.";
        return Err(challenge(errors::detail(401, text)));
    }
    let known = account
        .and_then(|id| world.webshare.get(id))
        .filter(|account| !account.token_refused);
    let Some(account) = known else {
        return Err(challenge(errors::detail(401, "Invalid token.")));
    };
    if account.deleted {
        return Err(errors::forbidden(
            "Your account is deleted.",
            "account_deleted",
        ));
    }
    if account.suspended {
        return Err(errors::forbidden(
            "Your registerandlogin is suspended.",
            "account_suspended",
        ));
    }
    let two_factor_route = call.path.contains("/twofactorauth/");
    if account.two_factor_needed && !two_factor_route {
        return Err(errors::forbidden(
            "Two factor authentication is needed.",
            "2fa_needed",
        ));
    }
    let with_key = call.authorization("Token") == Some(account.api_key.as_str());
    if account.api_key_not_allowed && with_key && call.path.contains("/changeemail/") {
        let text = "Cannot query this API endpoint with an API key.";
        return Err(errors::forbidden(text, "api_key_not_allowed"));
    }
    Ok(account.clone())
}

/// Method, `Accept`, content type and JSON, in Django REST framework's order.
fn refuse_form(call: &Call, name: &str) -> Option<Answer> {
    if name == "other" {
        let text = format!("Method \"{}\" not allowed.", call.method);
        return Some(errors::detail(405, &text));
    }
    let accept = call.header("accept").unwrap_or("*/*");
    if !["*/*", "application/*", "application/json"]
        .iter()
        .any(|kind| accept.contains(kind))
    {
        return Some(errors::detail(
            406,
            "Could not satisfy the request Accept header.",
        ));
    }
    if call.body.is_empty() {
        return None;
    }
    let kind = call.content_type().unwrap_or_default();
    if kind != "application/json" {
        let text = format!("Unsupported media type \"{kind}\" in request.");
        return Some(errors::detail(415, &text));
    }
    if call.json_object().is_none() {
        return Some(errors::detail(
            400,
            "JSON parse error - Expecting value: line 1 column 1 (char 0)",
        ));
    }
    None
}

fn throttle(world: &mut World, account: &WebshareAccount) -> Option<Answer> {
    let most = world.settings.webshare.per_minute;
    if most == 0 {
        return None;
    }
    let now = world.now();
    let key = format!("{} {}", Service::Webshare, account.api_key);
    let standing = world.limits.count(key, most, 60, now);
    standing.exceeded.then(|| {
        errors::detail(429, "Request was throttled.")
            .header("retry-after", standing.reset_in.to_string())
    })
}

fn profile(account: &WebshareAccount) -> Answer {
    let body = json!({
        "id": 1, "email": account.email, "first_name": "Practice", "last_name": "Account",
        "last_login": "2026-01-15T12:00:00.000000-08:00", "timezone": "America/Los_Angeles",
        "subscribed_bandwidth_usage_notifications": true, "subscribed_subscription_notifications": true,
        "subscribed_proxy_usage_statistics": true, "subscribed_usage_warnings": true,
        "tracking_id": "practice", "created_at": "2026-01-15T12:00:00.000000-08:00",
        "updated_at": "2026-01-15T12:00:00.000000-08:00",
    });
    Answer::json(200, &body).took()
}

fn activation(world: &World, account: &WebshareAccount) -> Answer {
    let sent = account
        .activation_token
        .as_ref()
        .map(|_| world.now().to_string());
    let body = json!({
        "email_is_verified": account.verified,
        "last_time_email_verification_email_sent": sent,
        "created_at": "2026-01-15T12:00:00.000000-08:00",
        "updated_at": "2026-01-15T12:00:00.000000-08:00",
    });
    Answer::json(200, &body).took()
}

/// It needs a captcha, which a program has not: always the field's error.
fn two_factor_code(world: &World, call: &Call) -> Answer {
    let shape = world.settings.webshare.field_errors;
    let sent = call.json_object().unwrap_or_default();
    let name = if sent.get("code").and_then(Value::as_str).is_none() {
        "code"
    } else {
        "recaptcha"
    };
    errors::field(shape, name, "This field is required.", "required")
}

/// The token that was used is worth nothing afterwards. API keys are not tokens of a login: they stay.
fn logout(world: &mut World, call: &Call) -> Answer {
    if let Some(token) = call.authorization("Token").map(str::to_owned)
        && let Some(id) = world.login_tokens.remove(&token)
    {
        world
            .webshare
            .edit(&id, |account| account.login_token = None);
        world.ended_tokens.insert(token);
    }
    Answer::empty(204).took()
}

/// A fresh login token for an account.
pub(super) fn new_login_token(world: &mut World, id: &str) -> String {
    let token = letters(40);
    world.edit_webshare(id, |account| account.login_token = Some(token.clone()));
    token
}
