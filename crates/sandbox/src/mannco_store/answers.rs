//! What Mannco.store answers, up to the two email calls: login, tokens, limits, reads, the 2FA routes.

use super::account::ManncoAccount;
use super::{email, envelope, session};
use crate::Service;
use crate::call::{Answer, Call};
use crate::codes::well_formed;
use crate::practice::opening_address;
use crate::world::World;
use serde_json::{Value, json};

/// Method and path of every route that exists here. The last four must never be called by a client that
/// only changes an address: they switch two-factor on and off.
const ROUTES: [(&str, &str, &str); 11] = [
    ("login", "POST", "/user/login"),
    ("read", "GET", "/user/getContactMail"),
    ("infos", "GET", "/user/infos"),
    ("balance", "GET", "/user/balance"),
    ("is_connected", "GET", "/user/isConnected"),
    ("request", "POST", "/user/email/change/request"),
    ("verify", "POST", "/user/email/change/validate"),
    ("two_factor_create", "GET", "/user/2FA/create"),
    ("two_factor_enrol", "POST", "/user/2FA/validate"),
    ("two_factor_reset_ask", "POST", "/user/reset2FA/ask"),
    ("two_factor_reset", "POST", "/user/reset2FA/validate"),
];

/// The route's name for faults and counters.
pub(crate) fn route(method: &str, path: &str) -> &'static str {
    ROUTES
        .iter()
        .find(|(_, verb, known)| *verb == method && *known == path)
        .map_or("other", |(name, _, _)| name)
}

/// The account that a call names: by key at login, by bearer elsewhere. Opened on first sight unless strict.
pub(crate) fn account_of(world: &mut World, call: &Call) -> Option<String> {
    if route(&call.method, &call.path) == "login" {
        let parameters = call.parameters();
        let key = parameters.get("apiKey").and_then(Value::as_str)?;
        return known_or_opened(world, key, &[]);
    }
    let token = call.authorization("Bearer")?;
    let now = world.now();
    if let Some(id) = world.sessions.account(token, now) {
        return Some(id.to_owned());
    }
    if let Some(id) = world.session_tokens.get(token) {
        return Some(id.clone());
    }
    if session::is_api_token(token) || world.ended_tokens.contains(token) {
        return None;
    }
    known_or_opened(world, token, &[token])
}

fn known_or_opened(world: &mut World, id: &str, tokens: &[&str]) -> Option<String> {
    if world.mannco_store.get(id).is_some() {
        // A key is no bearer: only its tokens are.
        return tokens.is_empty().then(|| id.to_owned());
    }
    if world.settings.strict || !well_formed(id) {
        return None;
    }
    world.put_mannco_store(ManncoAccount {
        api_key: id.to_owned(),
        session_tokens: tokens.iter().map(|token| (*token).to_owned()).collect(),
        email: opening_address(id),
        ..ManncoAccount::default()
    });
    Some(id.to_owned())
}

/// The answer, and its effect on the account.
pub(crate) fn answer(world: &mut World, call: &Call, account: Option<&str>) -> Answer {
    let name = route(&call.method, &call.path);
    let style = world.settings.mannco_store.envelope;
    if name == "other" {
        let exists = ROUTES.iter().any(|(_, _, path)| *path == call.path);
        let (status, text) = if exists {
            (405, "Method not allowed")
        } else {
            (404, "Route not found")
        };
        return envelope::failure(style, status, text);
    }
    let known = account.and_then(|id| world.mannco_store.get(id)).cloned();
    if let Some(refusal) = throttle(world, name, account.unwrap_or_default()) {
        return refusal;
    }
    if name == "login" {
        return login(world, call, known.as_ref());
    }
    if name == "is_connected" {
        return envelope::success(style, &json!({ "connected": known.is_some() }));
    }
    let Some(account) = known else {
        let status = world.settings.mannco_store.token_refused_status;
        return envelope::failure(style, status, "Invalid token");
    };
    match name {
        "read" => match account.contact_mail_gone {
            Some(status) => email::gone(style, status),
            None => envelope::success(style, &json!({ "address": account.email })),
        },
        "request" => email::request(world, call, &account),
        "verify" => email::validate(world, call, &account),
        "balance" => envelope::success(style, &json!({ "balance": 0 })),
        "infos" => envelope::success(style, &infos(&account)),
        _ => two_factor(world, name, &account),
    }
}

/// `2fa` is a text, as documented; `skrill` is not the account's address.
fn infos(account: &ManncoAccount) -> Value {
    json!({ "informations": {
        "steamId": account.steam_id, "name": "Practice", "image": "", "balance": 0,
        "2fa": account.two_factor_enabled.to_string(), "skrill": "",
    }})
}

fn login(world: &mut World, call: &Call, account: Option<&ManncoAccount>) -> Answer {
    let style = world.settings.mannco_store.envelope;
    let given = call
        .parameters()
        .get("apiKey")
        .and_then(Value::as_str)
        .is_some_and(|key| !key.is_empty());
    if !given {
        let status = world.settings.mannco_store.business_status;
        return envelope::failure(style, status, "Missing required parameter: apiKey");
    }
    let Some(account) = account.filter(|account| !account.key_refused) else {
        return envelope::failure(style, 403, "Invalid API key");
    };
    if account.country_blocked {
        return envelope::failure(style, 403, "Country blocked");
    }
    if let Some(seconds) = account.login_wait_seconds {
        let text = format!("Too many logins, try again in {seconds} seconds");
        return envelope::failure(style, 429, &text);
    }
    let now = world.now();
    let jwt = world
        .sessions
        .open(&account.api_key, &account.steam_id, now);
    envelope::success(style, &json!({ "jwt": jwt }))
}

fn throttle(world: &mut World, route: &str, account: &str) -> Option<Answer> {
    let most = world.settings.mannco_store.per_minute;
    if most == 0 {
        return None;
    }
    let now = world.now();
    let key = format!("{} {route} {account}", Service::ManncoStore);
    let standing = world.limits.count(key, most, 60, now);
    if !standing.exceeded {
        return None;
    }
    let wait = standing.reset_in;
    Some(limited(world, most, wait).header("retry-after", wait.to_string()))
}

/// 429 with the three `X-RateLimit-*` headers; `Reset` is Unix time. `Retry-After` is the caller's to add.
pub(crate) fn limited(world: &World, most: u32, wait: i64) -> Answer {
    let text = format!("Rate limit exceeded. Retry after {wait} seconds.");
    let reset = world.now().as_second() + wait;
    envelope::failure(world.settings.mannco_store.envelope, 429, &text)
        .header("x-ratelimit-limit", most.to_string())
        .header("x-ratelimit-remaining", "0")
        .header("x-ratelimit-reset", reset.to_string())
}

/// Real effects, so that a client that calls them is seen to do harm.
fn two_factor(world: &mut World, name: &str, account: &ManncoAccount) -> Answer {
    let style = world.settings.mannco_store.envelope;
    let content = match name {
        "two_factor_create" => json!({ "key": "PRACTICEPRACTICE", "qr": "" }),
        "two_factor_enrol" => {
            world.mannco_store.edit(&account.api_key, |account| {
                account.two_factor_enabled = true
            });
            json!("2FA activated")
        }
        "two_factor_reset" => {
            world.mannco_store.edit(&account.api_key, |account| {
                account.two_factor_enabled = false
            });
            json!("2FA reset")
        }
        _ => json!("2FA reset requested"),
    };
    envelope::success(style, &content)
}
