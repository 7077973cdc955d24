//! The two envelopes: `{err, success, content}` and, on the first pages, `{status, data, message}`.

use crate::call::Answer;
use crate::settings::Envelope;
use serde_json::{Value, json};

/// A success; it took effect.
pub(super) fn success(envelope: Envelope, content: &Value) -> Answer {
    let body = match envelope {
        Envelope::New => json!({ "err": false, "success": true, "content": content }),
        Envelope::Old => json!({ "status": "success", "data": content }),
    };
    Answer::json(200, &body).took()
}

/// A refusal with its text.
pub(super) fn failure(envelope: Envelope, status: u16, text: &str) -> Answer {
    let body = match envelope {
        Envelope::New => json!({ "err": true, "success": false, "content": text }),
        Envelope::Old => {
            let word = if status == 403 { "forbidden" } else { "error" };
            json!({ "status": word, "message": text })
        }
    };
    Answer::json(status, &body)
}
