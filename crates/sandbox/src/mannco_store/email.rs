//! Mannco.store's two email calls.

use super::account::ManncoAccount;
use super::envelope;
use super::texts::Refusal;
use crate::Service;
use crate::address::is_address;
use crate::call::{Answer, Call};
use crate::clock::seconds_between;
use crate::mailbox::Content;
use crate::pending::{Pending, Verdict};
use crate::settings::Envelope;
use crate::world::World;
use serde_json::{Value, json};

/// A route that is not offered to API keys any more.
pub(super) fn gone(style: Envelope, status: u16) -> Answer {
    let text = if status == 404 {
        "Route not found"
    } else {
        "Access denied"
    };
    envelope::failure(style, status, text)
}

fn refuse(world: &World, refusal: Refusal) -> Answer {
    let settings = &world.settings.mannco_store;
    envelope::failure(
        settings.envelope,
        settings.business_status,
        refusal.text(settings.texts),
    )
}

fn closed(world: &World, account: &ManncoAccount) -> Option<Answer> {
    if let Some(status) = account.email_routes_gone {
        return Some(gone(world.settings.mannco_store.envelope, status));
    }
    account
        .two_factor_required
        .then(|| refuse(world, Refusal::TwoFactor))
}

/// Mails a code to the new address; one accepted request in five minutes.
pub(super) fn request(world: &mut World, call: &Call, account: &ManncoAccount) -> Answer {
    if let Some(refusal) = closed(world, account) {
        return refusal;
    }
    let parameters = call.parameters();
    let email = match parameters.get("email") {
        Some(Value::String(email)) if !email.is_empty() => email,
        _ => return refuse(world, Refusal::EmailMissing),
    };
    if !is_address(email) {
        return refuse(world, Refusal::EmailInvalid);
    }
    if world.is_taken(Service::ManncoStore, email, &account.api_key) {
        return refuse(world, Refusal::EmailInUse);
    }
    let now = world.now();
    let every = world.settings.mannco_store.request_every_seconds;
    if account
        .requested_at
        .is_some_and(|at| seconds_between(at, now) < every)
    {
        return refuse(world, Refusal::TooSoon);
    }
    let code = world.digits();
    let pending = Pending {
        to: email.clone(),
        code: code.clone(),
        at: now,
        tries: 0,
    };
    world.mannco_store.edit(&account.api_key, |account| {
        account.pending = Some(pending);
        account.requested_at = Some(now);
    });
    world.send(Service::ManncoStore, email, Content::Code(code));
    let style = world.settings.mannco_store.envelope;
    envelope::success(style, &json!("Email change request created successfully"))
}

/// The code as one string, or as a list of single digits.
fn code_of(value: Option<&Value>) -> Option<String> {
    let digit = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match value? {
        Value::Array(list) if !list.is_empty() => list.iter().map(digit).collect(),
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

/// Finishes the change; other sessions end with it.
pub(super) fn validate(world: &mut World, call: &Call, account: &ManncoAccount) -> Answer {
    if let Some(refusal) = closed(world, account) {
        return refusal;
    }
    let Some(code) = code_of(call.parameters().get("code")) else {
        return refuse(world, Refusal::CodeMissing);
    };
    let Some(address) = account.pending.as_ref().map(|pending| pending.to.clone()) else {
        return refuse(world, Refusal::NothingPending);
    };
    if world.is_taken(Service::ManncoStore, &address, &account.api_key) {
        return refuse(world, Refusal::EmailInUse);
    }
    let now = world.now();
    let settings = &world.settings.mannco_store;
    let (valid, most) = (settings.code_valid_seconds, settings.most_tries);
    let verdict = world.mannco_store.edit(&account.api_key, |account| {
        let verdict = account
            .pending
            .as_mut()
            .map(|pending| pending.judge(&code, now, valid, most));
        if verdict == Some(Verdict::Right) {
            account.email = address;
            account.pending = None;
        }
        verdict
    });
    match verdict.flatten() {
        Some(Verdict::Right) => {}
        Some(Verdict::TooMany) => return refuse(world, Refusal::TooManyTries),
        _ => return refuse(world, Refusal::CodeWrong),
    }
    let kept = call
        .authorization("Bearer")
        .filter(|_| !world.settings.mannco_store.change_ends_tokens);
    world.sessions.end(&account.api_key, kept);
    let style = world.settings.mannco_store.envelope;
    envelope::success(style, &json!("Email change validation success"))
}
