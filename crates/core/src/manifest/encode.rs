//! How each place of a call encodes a value, so that no value breaks out of its place.
//!
//! Not here: shell quoting (`curl`).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Where in a call a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Path,
    Query,
    Header,
    /// Inside a JSON string.
    Json,
    Form,
}

/// All but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// `text` as it is written at `place`. Headers have no escapes: `render` refuses what they cannot hold.
pub fn escape(text: &str, place: Place) -> String {
    match place {
        Place::Path | Place::Query | Place::Form => utf8_percent_encode(text, RESERVED).to_string(),
        Place::Header => text.to_owned(),
        Place::Json => {
            let quoted = serde_json::Value::from(text).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        }
    }
}
