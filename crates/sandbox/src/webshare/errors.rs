//! Webshare's refusals: `{detail, code}` and the three shapes of field errors.

use crate::call::Answer;
use crate::settings::FieldErrors;
use serde_json::{Map, Value, json};

/// `{"detail": …}`.
pub(super) fn detail(status: u16, text: &str) -> Answer {
    Answer::json(status, &json!({ "detail": text }))
}

/// 403 `{"detail": …, "code": …}`.
pub(super) fn forbidden(text: &str, code: &str) -> Answer {
    Answer::json(403, &json!({ "detail": text, "code": code }))
}

/// 400 with one field's error, in the shape that the settings name.
pub(super) fn field(shape: FieldErrors, name: &str, text: &str, code: &str) -> Answer {
    let value = match shape {
        FieldErrors::Objects => json!([{ "message": text, "code": code }]),
        FieldErrors::Texts => json!([text]),
        FieldErrors::Bare => json!(text),
    };
    let mut body = Map::new();
    body.insert(name.to_owned(), value);
    Answer::json(400, &Value::Object(body))
}
