//! Webshare's email calls: request, complete, the link opened in a browser, activation.

use super::account::WebshareAccount;
use super::{answers, errors};
use crate::Service;
use crate::address::is_address;
use crate::call::{Answer, Call};
use crate::codes::letters;
use crate::mailbox::Content;
use crate::pending::{Pending, Verdict};
use crate::world::World;
use serde_json::{Map, Value, json};

/// A required text field, or its 400.
fn required(world: &World, body: &Map<String, Value>, name: &str) -> Result<String, Answer> {
    let shape = world.settings.webshare.field_errors;
    match body.get(name) {
        None | Some(Value::Null) => Err(errors::field(
            shape,
            name,
            "This field is required.",
            "required",
        )),
        Some(Value::String(text)) if text.trim().is_empty() => Err(errors::field(
            shape,
            name,
            "This field may not be blank.",
            "blank",
        )),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(errors::field(shape, name, "Not a valid string.", "invalid")),
    }
}

/// Beyond the address's form and uniqueness always 204, also with a wrong password: then no mail goes out.
pub(super) fn request(world: &mut World, call: &Call, account: &WebshareAccount) -> Answer {
    let shape = world.settings.webshare.field_errors;
    let body = call.json_object().unwrap_or_default();
    let (password, email) = match (
        required(world, &body, "password"),
        required(world, &body, "new_email"),
    ) {
        (Ok(password), Ok(email)) => (password, email),
        (Err(refusal), _) | (_, Err(refusal)) => return refusal,
    };
    if !is_address(&email) {
        return errors::field(
            shape,
            "new_email",
            "Enter a valid email address.",
            "invalid",
        );
    }
    if world.is_taken(Service::Webshare, &email, &account.api_key) {
        return errors::field(
            shape,
            "new_email",
            "This email address is already in use.",
            "unique",
        );
    }
    if account
        .password
        .as_ref()
        .is_some_and(|right| *right != password)
    {
        if world.settings.webshare.wrong_password_is_400 {
            return errors::field(shape, "password", "Invalid password.", "invalid");
        }
        return Answer::empty(204);
    }
    let code = world.segment();
    let pending = Pending {
        to: email.clone(),
        code: code.clone(),
        at: world.now(),
        tries: 0,
    };
    world
        .webshare
        .edit(&account.api_key, |account| account.pending = Some(pending));
    world.send(Service::Webshare, &email, Content::ChangeLink(code));
    Answer::empty(204).took()
}

/// Finishes the change with the link's code.
pub(super) fn complete(world: &mut World, call: &Call, account: &WebshareAccount) -> Answer {
    let shape = world.settings.webshare.field_errors;
    let body = call.json_object().unwrap_or_default();
    let code = match required(world, &body, "confirmation_code") {
        Ok(code) => code,
        Err(refusal) => return refusal,
    };
    if finish(world, &account.api_key, &code) {
        return Answer::empty(204).took();
    }
    errors::field(
        shape,
        "confirmation_code",
        "Invalid confirmation code.",
        "invalid",
    )
}

/// Whether the code was right; then the address is changed.
fn finish(world: &mut World, id: &str, code: &str) -> bool {
    let now = world.now();
    let (valid, most) = (
        world.settings.webshare.code_valid_seconds,
        world.settings.webshare.most_tries,
    );
    let Some(address) = world
        .webshare
        .get(id)
        .and_then(|a| a.pending.as_ref())
        .map(|p| p.to.clone())
    else {
        return false;
    };
    // Somebody may have taken the address since it was requested.
    let free = !world.is_taken(Service::Webshare, &address, id);
    let done = world.webshare.edit(id, |account| {
        let right = account
            .pending
            .as_mut()
            .is_some_and(|pending| pending.judge(code, now, valid, most) == Verdict::Right);
        if right && free {
            account.email = address;
            account.pending = None;
        }
        right && free
    });
    done == Some(true)
}

/// The mailed link opened in a browser that is logged in: completes the change without the API.
pub(crate) fn open_link(world: &mut World, id: &str) -> bool {
    let pending = world
        .webshare
        .get(id)
        .and_then(|account| account.pending.clone());
    pending.is_some_and(|pending| finish(world, id, &pending.code))
}

/// Mails the other kind of link. False when there is no such account.
pub(crate) fn send_activation_mail(world: &mut World, id: &str) -> bool {
    let token = letters(40);
    let Some(email) = world.webshare.edit(id, |account| {
        account.activation_token = Some(token.clone());
        account.email.clone()
    }) else {
        return false;
    };
    world.send(Service::Webshare, &email, Content::ActivationLink(token));
    true
}

/// Needs no authorisation; gives a login token.
pub(super) fn complete_activation(world: &mut World, call: &Call) -> Answer {
    let shape = world.settings.webshare.field_errors;
    let body = call.json_object().unwrap_or_default();
    let token = match required(world, &body, "activation_token") {
        Ok(token) => token,
        Err(refusal) => return refusal,
    };
    let found = world
        .webshare
        .iter()
        .find(|a| a.activation_token.as_ref() == Some(&token));
    let Some(id) = found.map(|account| account.api_key.clone()) else {
        return errors::field(
            shape,
            "activation_token",
            "Invalid activation token.",
            "invalid",
        );
    };
    world.webshare.edit(&id, |account| {
        account.verified = true;
        account.activation_token = None;
    });
    let login = answers::new_login_token(world, &id);
    Answer::json(200, &json!({ "token": login })).took()
}
