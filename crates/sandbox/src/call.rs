//! One call as a service sees it, and one answer as it leaves.
//!
//! Not here: the transport (`server.rs`) and what a call means (each service).

use axum::body::Bytes;
use axum::http::HeaderMap;
use serde_json::{Map, Value};

/// A request whose body has been read whole.
#[derive(Debug)]
pub(crate) struct Call {
    pub method: String,
    pub path: String,
    pub query: Option<String>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Call {
    /// A header's value, when it is there and readable.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The media type without its parameters, in lower case.
    pub(crate) fn content_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        let media = value.split(';').next()?.trim();
        (!media.is_empty()).then(|| media.to_ascii_lowercase())
    }

    /// The body as a JSON object; an empty body is an empty object.
    pub(crate) fn json_object(&self) -> Option<Map<String, Value>> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Some(Map::new());
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Some(object),
            _ => None,
        }
    }

    /// The body's parameters, from JSON or from a form, by content type.
    pub(crate) fn parameters(&self) -> Map<String, Value> {
        match self.content_type().as_deref() {
            Some("application/x-www-form-urlencoded") => form(&self.body),
            _ => self.json_object().unwrap_or_default(),
        }
    }

    /// What follows `scheme` in the `Authorization` header.
    pub(crate) fn authorization(&self, scheme: &str) -> Option<&str> {
        let (word, value) = self.header("authorization")?.trim().split_once(' ')?;
        let value = value.trim();
        (word.eq_ignore_ascii_case(scheme) && !value.is_empty()).then_some(value)
    }
}

/// A form's fields; `code[]=1&code[]=2` becomes a list, as PHP reads it.
fn form(body: &[u8]) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        let value = Value::String(value.into_owned());
        match name.strip_suffix("[]") {
            Some(name) => match fields
                .entry(name)
                .or_insert_with(|| Value::Array(Vec::new()))
            {
                Value::Array(list) => list.push(value),
                other => *other = value,
            },
            None => {
                fields.insert(name.into_owned(), value);
            }
        }
    }
    fields
}

/// What a service answers. `took` says that the call had its effect (a read: that it was served).
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
    pub took: bool,
}

impl Answer {
    /// A JSON body with any status, without effect.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content_type: Some("application/json".to_owned()),
            body: body.to_string().into_bytes(),
            took: false,
        }
    }

    /// No body at all, without effect.
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content_type: None,
            body: Vec::new(),
            took: false,
        }
    }

    pub(crate) fn took(mut self) -> Self {
        self.took = true;
        self
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}
