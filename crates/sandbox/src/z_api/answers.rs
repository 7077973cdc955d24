//! What Z-API answers, call by call.

use super::account::{ClientTokenMissing, RequestAnswer, ZApiAccount};
use crate::Service;
use crate::address::is_address;
use crate::call::{Answer, Call};
use crate::codes::well_formed;
use crate::mailbox::Content;
use crate::pending::{Pending, Verdict};
use crate::practice::opening_address;
use crate::world::World;
use serde_json::{Map, Value, json};

/// Method and path tail of every route that exists.
const ROUTES: [(&str, &str, &str); 7] = [
    ("read", "GET", "security/email"),
    ("request", "POST", "security/email"),
    ("verify", "POST", "security/verify-email"),
    ("remove", "POST", "security/email/remove"),
    ("status", "GET", "status"),
    ("me", "GET", "me"),
    ("device", "GET", "device"),
];

/// Instance id, instance token and the rest of `/instances/{id}/token/{token}/{rest}`.
fn parts(path: &str) -> Option<(&str, &str, &str)> {
    let (id, rest) = path.strip_prefix("/instances/")?.split_once('/')?;
    let (token, rest) = rest.strip_prefix("token/")?.split_once('/')?;
    Some((id, token, rest))
}

/// The route's name for faults and counters.
pub(crate) fn route(method: &str, path: &str) -> &'static str {
    let tail = parts(path).map_or("", |(_, _, tail)| tail);
    ROUTES
        .iter()
        .find(|(_, verb, known)| *verb == method && *known == tail)
        .map_or("other", |(name, _, _)| name)
}

/// The instance that a call names; opened on first sight unless the sandbox is strict.
pub(crate) fn account_of(world: &mut World, call: &Call) -> Option<String> {
    let (id, token, _) = parts(&call.path)?;
    if let Some(known) = world.z_api.get(id) {
        return (known.token == token && !known.missing).then(|| id.to_owned());
    }
    if world.settings.strict || !well_formed(id) || !well_formed(token) {
        return None;
    }
    world.z_api.put(ZApiAccount {
        instance_id: id.to_owned(),
        token: token.to_owned(),
        email: Some(opening_address(id)),
        verified: true,
        ..ZApiAccount::default()
    });
    Some(id.to_owned())
}

/// The answer, and its effect on the instance.
pub(crate) fn answer(world: &mut World, call: &Call, account: Option<&str>) -> Answer {
    let Some((_, _, tail)) = parts(&call.path) else {
        return no_such_path(world);
    };
    let Some(account) = account.and_then(|id| world.z_api.get(id)).cloned() else {
        return error(
            world,
            world.settings.z_api.not_found_status,
            "Instance not found",
        );
    };
    if let Some(refusal) = refuse_caller(world, call, &account) {
        return refusal;
    }
    if !ROUTES.iter().any(|(_, _, known)| *known == tail) {
        return no_such_path(world);
    }
    let name = route(&call.method, &call.path);
    if name == "other" {
        return error(world, 405, "Method Not Allowed");
    }
    if account.web && tail.starts_with("security/") {
        return error(world, 400, "Available only for mobile instances");
    }
    if call.method == "POST" && call.content_type().as_deref() != Some("application/json") {
        return error(world, 415, "Unsupported Media Type");
    }
    let Some(body) = call.json_object() else {
        return error(world, 400, "Invalid request body");
    };
    match name {
        "read" => read(&account),
        "request" => request(world, &account, &body),
        "verify" => verify(world, &account, &body),
        "remove" => remove(world, &account),
        "status" => status(&account),
        "me" => me(&account),
        _ => device(&account),
    }
}

/// `{error}`, with HTTP 200 when the knob says so.
fn error(world: &World, status: u16, text: &str) -> Answer {
    let status = if world.settings.z_api.errors_as_200 {
        200
    } else {
        status
    };
    Answer::json(status, &json!({ "error": text }))
}

fn no_such_path(world: &World) -> Answer {
    let status = if world.settings.z_api.errors_as_200 {
        200
    } else {
        404
    };
    let message = "Unable to find matching target resource method";
    Answer::json(status, &json!({ "error": "NOT_FOUND", "message": message }))
}

fn refuse_caller(world: &World, call: &Call, account: &ZApiAccount) -> Option<Answer> {
    if account.ip_refused {
        return Some(error(world, 403, "[IP request] not allowed"));
    }
    let expected = account.client_token.as_deref()?;
    match call.header("client-token") {
        Some(given) if given == expected => None,
        // The real service echoes the token; a client must not repeat it.
        Some(given) => Some(error(
            world,
            403,
            &format!("Client-Token {given} not allowed"),
        )),
        None => Some(match account.client_token_missing {
            ClientTokenMissing::NotConfigured => {
                error(world, 400, "your client-token is not configured")
            }
            ClientTokenMissing::NullNotAllowed => error(world, 400, "null not allowed"),
        }),
    }
}

fn read(account: &ZApiAccount) -> Answer {
    let body = match &account.email {
        Some(email) => json!({
            "success": true, "hasEmail": true, "email": email, "verified": account.verified,
        }),
        None => json!({ "success": true, "hasEmail": false }),
    };
    Answer::json(200, &body).took()
}

fn request(world: &mut World, account: &ZApiAccount, body: &Map<String, Value>) -> Answer {
    let Some(email) = body.get("email").and_then(Value::as_str) else {
        return error(world, 400, "email is required");
    };
    if !is_address(email) {
        return refused("Invalid email");
    }
    match &account.request_answer {
        RequestAnswer::Refused(text) => return refused(text),
        RequestAnswer::Error(text) => return Answer::json(200, &json!({ "error": text })),
        RequestAnswer::Done => {
            world.z_api.edit(&account.instance_id, |account| {
                account.email = Some(email.to_owned());
                account.verified = true;
                account.pending = None;
            });
            return Answer::json(200, &json!({ "success": true })).took();
        }
        RequestAnswer::VerifyEmail | RequestAnswer::Silent => {}
    }
    let now = world.now();
    let code = world.digits();
    let pending = Pending {
        to: email.to_owned(),
        code: code.clone(),
        at: now,
        tries: 0,
    };
    world.z_api.edit(&account.instance_id, |account| {
        if !account.keeps_old_until_verified {
            account.email = Some(email.to_owned());
            account.verified = false;
        }
        account.pending = Some(pending);
    });
    world.send(Service::ZApi, email, Content::Code(code));
    let body = match account.request_answer {
        RequestAnswer::Silent => json!({ "success": true }),
        _ => json!({ "success": true, "message": "VERIFY_EMAIL" }),
    };
    Answer::json(200, &body).took()
}

fn refused(message: &str) -> Answer {
    Answer::json(200, &json!({ "success": false, "message": message }))
}

fn verify(world: &mut World, account: &ZApiAccount, body: &Map<String, Value>) -> Answer {
    let Some(code) = body.get("verificationCode").and_then(Value::as_str) else {
        return error(world, 400, "verificationCode is required");
    };
    let now = world.now();
    let (valid, most) = (
        world.settings.z_api.code_valid_seconds,
        world.settings.z_api.most_tries,
    );
    let right = world.z_api.edit(&account.instance_id, |account| {
        let Some(pending) = &mut account.pending else {
            return false;
        };
        if pending.judge(code, now, valid, most) != Verdict::Right {
            return false;
        }
        account.email = Some(pending.to.clone());
        account.verified = true;
        account.pending = None;
        true
    });
    if right == Some(true) {
        return Answer::json(200, &json!({ "success": true })).took();
    }
    match &account.verify_message {
        Some(message) => refused(message),
        None => Answer::json(200, &json!({ "success": false })),
    }
}

fn remove(world: &mut World, account: &ZApiAccount) -> Answer {
    world.z_api.edit(&account.instance_id, |account| {
        account.email = None;
        account.verified = false;
        account.pending = None;
    });
    Answer::json(200, &json!({ "success": true, "message": "REMOVED" })).took()
}

/// `error` is filled even when all is well, as documented.
fn status(account: &ZApiAccount) -> Answer {
    let text = if account.connected {
        "You are already connected"
    } else {
        "You are not connected"
    };
    let connected = account.connected;
    let body = json!({ "connected": connected, "error": text, "smartphoneConnected": connected });
    Answer::json(200, &body).took()
}

fn me(account: &ZApiAccount) -> Answer {
    let body = json!({
        "id": account.instance_id, "token": account.token, "name": "Practice instance",
        "due": 0, "connected": account.connected, "paymentStatus": "PAID",
        "created": "2026-01-15T12:00:00Z",
    });
    Answer::json(200, &body).took()
}

fn device(account: &ZApiAccount) -> Answer {
    let body = json!({
        "phone": "5511900000000", "name": "Practice", "imgUrl": null,
        "device": { "sessionName": "Z-API", "device_model": "Z-API" },
        "originalDevice": "android", "sessionId": 1, "isBusiness": false,
        "connected": account.connected,
    });
    Answer::json(200, &body).took()
}
