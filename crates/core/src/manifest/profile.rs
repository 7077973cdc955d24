//! A profile's values against a manifest: what is missing, unknown or malformed, and the origin that gets its secrets.
//!
//! Not here: storing profiles (`db`), labels (`crate::profile`).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use url::Url;

use super::model::{BaseUrl, Manifest};
use super::template::{Piece, Template};
use crate::error::{Code, Problem, Result};

/// Longest value of a plain field, in bytes.
const LONGEST_FIELD: usize = 2048;

impl Manifest {
    /// Whether a profile is complete. `secrets` names those that are set.
    ///
    /// Errors: `field_unknown`, `field_missing`, `field_invalid` (params: `field`), `base_url_invalid`.
    pub fn check_profile(
        &self,
        fields: &BTreeMap<String, String>,
        secrets: &BTreeSet<String>,
        base_url: Option<&str>,
    ) -> Result<()> {
        for (id, value) in fields {
            if self.field(id).is_none_or(|field| field.secret) {
                return Err(Problem::new(Code::FieldUnknown).with("field", id));
            }
            if value.chars().any(char::is_control) || value.len() > LONGEST_FIELD {
                return Err(Problem::new(Code::FieldInvalid).with("field", id));
            }
        }
        if let Some(id) = secrets
            .iter()
            .find(|id| !self.field(id).is_some_and(|field| field.secret) && !self.is_given(id))
        {
            return Err(Problem::new(Code::FieldUnknown).with("field", id));
        }
        for field in self
            .fields
            .iter()
            .filter(|field| !field.optional && !field.ask_each_time)
        {
            let there = if field.secret {
                secrets.contains(&field.id)
            } else {
                fields
                    .get(&field.id)
                    .is_some_and(|value| !value.trim().is_empty())
            };
            if !there {
                return Err(Problem::new(Code::FieldMissing).with("field", &field.id));
            }
        }
        let complete = |set: &Vec<String>| set.iter().all(|id| secrets.contains(id));
        if let (false, Some(first)) = (
            self.needs_one_of.iter().any(complete),
            self.needs_one_of.first(),
        ) {
            let missing = first
                .iter()
                .find(|id| !secrets.contains(*id))
                .cloned()
                .unwrap_or_default();
            return Err(Problem::new(Code::FieldMissing).with("field", missing));
        }
        self.check_segments(fields)?;
        self.origin(fields, base_url).map(|_| ())
    }

    /// A field that fills a path segment may not be a step up or down the path.
    fn check_segments(&self, fields: &BTreeMap<String, String>) -> Result<()> {
        let steps = self.steps.values().flat_map(|step| &step.path);
        for template in self.base_url.path.iter().chain(steps) {
            if let [Piece::Gap(name)] = template.0.as_slice()
                && fields
                    .get(name)
                    .is_some_and(|value| matches!(value.as_str(), "." | ".."))
            {
                return Err(Problem::new(Code::FieldInvalid).with("field", name));
            }
        }
        Ok(())
    }

    /// The only origin that gets this profile's secrets: `https://host[:port]`.
    ///
    /// Errors: `base_url_invalid`; `field_missing`, `field_invalid` for a field in the host.
    pub fn origin(
        &self,
        fields: &BTreeMap<String, String>,
        base_url: Option<&str>,
    ) -> Result<String> {
        match base_url.map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) => own_origin(text),
            None => Ok(format!(
                "{}://{}",
                self.base_url.scheme,
                fill_host(&self.base_url.host, fields)?
            )),
        }
    }
}

impl BaseUrl {
    /// Host and port as written; gaps stay `{{name}}`.
    pub fn host_text(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Gap(name) => format!("{{{{{name}}}}}"),
        };
        self.host.0.iter().map(piece).collect()
    }
}

/// https, or http on loopback; no user info, path, query or fragment.
fn own_origin(text: &str) -> Result<String> {
    let wrong = || Problem::new(Code::BaseUrlInvalid);
    let url = Url::parse(text).map_err(|_| wrong())?;
    let host = url.host_str().ok_or_else(wrong)?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(host));
    if !plain || !safe || url.path() != "/" || text.contains('@') {
        return Err(wrong());
    }
    Ok(url.origin().ascii_serialization())
}

/// Whether a host, as a URL writes it, is this machine.
pub fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn fill_host(host: &Template, fields: &BTreeMap<String, String>) -> Result<String> {
    let mut text = String::new();
    for piece in &host.0 {
        match piece {
            Piece::Text(literal) => text.push_str(literal),
            Piece::Gap(name) => {
                let value = fields
                    .get(name)
                    .map(|value| value.trim())
                    .filter(|value| !value.is_empty());
                let value =
                    value.ok_or_else(|| Problem::new(Code::FieldMissing).with("field", name))?;
                let label = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
                if !value.chars().all(label)
                    || value.starts_with('.')
                    || value.ends_with('.')
                    || value.contains("..")
                {
                    return Err(Problem::new(Code::FieldInvalid).with("field", name));
                }
                text.push_str(&value.to_ascii_lowercase());
            }
        }
    }
    Ok(text)
}
