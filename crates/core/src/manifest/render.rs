//! A step and the values for it become a call.
//!
//! Not here: sending (`http`), how values are encoded (`encode`) or masked (`masked`).

use std::collections::BTreeMap;
use std::ops::Deref;

use super::encode::{Place, escape};
use super::model::{Body, Manifest, Tree};
use super::sketch::{FilledBody, FilledTree, Ink, Part, Sketch};
use super::template::{Piece, Template};
use crate::error::{Code, Problem, Result};
use crate::http::Request;
use crate::secret::Secret;

/// What a step is filled with.
pub struct Inputs<'a> {
    /// Instead of the manifest's scheme, host and port.
    pub base_url: Option<&'a str>,
    /// The profile's plain fields.
    pub fields: &'a BTreeMap<String, String>,
    /// Its secret fields, and the secrets that a login gave.
    pub secrets: &'a BTreeMap<String, Secret>,
    /// `new_email`, `old_email`, `code`.
    pub values: &'a BTreeMap<String, Secret>,
}

/// A complete call.
#[derive(Debug, Clone)]
pub struct Rendered(Sketch);

impl Deref for Rendered {
    type Target = Sketch;

    fn deref(&self) -> &Sketch {
        &self.0
    }
}

impl Rendered {
    /// The call for the sender.
    pub fn request(&self) -> Request {
        let mut url = Wire(self.0.origin.clone());
        self.0.write_target(&mut url);
        let header = |(name, parts): &(String, Vec<Part>)| {
            let mut value = Wire(String::new());
            value.parts(parts, Place::Header);
            (name.clone(), Secret::new(value.0))
        };
        let mut body = Wire(String::new());
        let kind = self.0.write_body(&mut body);
        Request {
            method: self.0.method,
            url: Secret::new(url.0),
            headers: self.0.headers.iter().map(header).collect(),
            body: kind.map(|kind| (kind.to_owned(), Secret::new(body.0))),
        }
    }
}

/// Writes what goes over the wire.
struct Wire(String);

impl Ink for Wire {
    fn raw(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn part(&mut self, part: &Part, place: Place) {
        if let Part::Value { text, .. } = part {
            self.0.push_str(&escape(text.expose(), place));
        }
    }
}

/// The call of `step`, complete.
///
/// Errors: `field_missing` and `field_invalid` (params: `field`), `base_url_invalid`.
pub fn render(manifest: &Manifest, step: &str, inputs: &Inputs<'_>) -> Result<Rendered> {
    fill(manifest, step, inputs, true).map(Rendered)
}

/// The call of `step` as far as it is known: secrets and values may be missing.
///
/// Errors: `field_missing` for a plain field, `field_invalid`, `base_url_invalid`.
pub fn preview(manifest: &Manifest, step: &str, inputs: &Inputs<'_>) -> Result<Sketch> {
    fill(manifest, step, inputs, false)
}

fn fill(manifest: &Manifest, step: &str, inputs: &Inputs<'_>, complete: bool) -> Result<Sketch> {
    let step = manifest
        .step(step)
        .ok_or_else(|| Problem::new(Code::Internal).with("step", step))?;
    let filler = Filler {
        manifest,
        inputs,
        complete,
    };
    let body = match &step.body {
        Body::None => FilledBody::None,
        Body::Json(tree) => {
            FilledBody::Json(filler.tree(tree)?.unwrap_or(FilledTree::Object(Vec::new())))
        }
        Body::Form(list) => FilledBody::Form(filler.pairs(list)?),
    };
    let headers = filler.pairs(&step.headers)?;
    headers
        .iter()
        .try_for_each(|(_, parts)| check_header(parts))?;
    let path = manifest
        .base_url
        .path
        .iter()
        .chain(&step.path)
        .map(|segment| {
            let parts = filler.template(segment)?;
            check_segment(&parts)?;
            Ok(parts)
        });
    Ok(Sketch {
        method: step.method,
        origin: manifest.origin(inputs.fields, inputs.base_url)?,
        path: path.collect::<Result<_>>()?,
        query: filler.pairs(&step.query)?,
        headers,
        body,
    })
}

struct Filler<'a> {
    manifest: &'a Manifest,
    inputs: &'a Inputs<'a>,
    complete: bool,
}

impl Filler<'_> {
    fn value(&self, name: &str) -> Option<Secret> {
        let secret = self
            .inputs
            .values
            .get(name)
            .or_else(|| self.inputs.secrets.get(name))
            .cloned();
        let plain = || {
            self.inputs
                .fields
                .get(name)
                .map(|text| Secret::new(text.as_str()))
        };
        secret.or_else(plain).filter(|text| !text.is_empty())
    }

    /// Whether an optional field in it is empty.
    fn is_left_out(&self, template: &Template) -> bool {
        template
            .names()
            .any(|name| self.manifest.may_be_left_out(name) && self.value(name).is_none())
    }

    fn template(&self, template: &Template) -> Result<Vec<Part>> {
        let fill = |piece: &Piece| {
            let name = match piece {
                Piece::Text(text) => return Ok(Part::Fixed(text.clone())),
                Piece::Gap(name) => name.clone(),
            };
            let secret = self.manifest.is_secret(&name);
            let is_plain_field = !secret && self.manifest.field(&name).is_some();
            match self.value(&name) {
                // A code is as good as a key for as long as it lives.
                Some(text) => Ok(Part::Value {
                    secret: secret || name == "code",
                    name,
                    text,
                }),
                None if self.complete || is_plain_field => {
                    Err(Problem::new(Code::FieldMissing).with("field", name))
                }
                None => Ok(Part::Missing { name, secret }),
            }
        };
        template.0.iter().map(fill).collect()
    }

    fn pairs(&self, list: &[(String, Template)]) -> Result<Vec<(String, Vec<Part>)>> {
        let kept = list
            .iter()
            .filter(|(_, template)| !self.is_left_out(template));
        kept.map(|(name, template)| Ok((name.clone(), self.template(template)?)))
            .collect()
    }

    /// `None`: left out.
    fn tree(&self, tree: &Tree) -> Result<Option<FilledTree>> {
        Ok(Some(match tree {
            Tree::Plain(text) => FilledTree::Plain(text.clone()),
            Tree::Text(template) if self.is_left_out(template) => return Ok(None),
            Tree::Text(template) => FilledTree::Text(self.template(template)?),
            Tree::List(items) => {
                let items = items
                    .iter()
                    .map(|item| self.tree(item))
                    .collect::<Result<Vec<_>>>()?;
                FilledTree::List(items.into_iter().flatten().collect())
            }
            Tree::Object(members) => {
                let filled = members
                    .iter()
                    .map(|(name, item)| Ok(self.tree(item)?.map(|item| (name.clone(), item))));
                FilledTree::Object(
                    filled
                        .collect::<Result<Vec<_>>>()?
                        .into_iter()
                        .flatten()
                        .collect(),
                )
            }
        }))
    }
}

/// Header values have no escapes, so a line break in one is refused.
fn check_header(parts: &[Part]) -> Result<()> {
    let broken = parts.iter().find_map(|part| match part {
        Part::Value { name, text, .. } if text.expose().chars().any(char::is_control) => Some(name),
        _ => None,
    });
    broken.map_or(Ok(()), |name| {
        Err(Problem::new(Code::FieldInvalid).with("field", name))
    })
}

/// `.` and `..` would climb the path however they are encoded.
fn check_segment(parts: &[Part]) -> Result<()> {
    let text = |part: &Part| match part {
        Part::Fixed(text) => text.clone(),
        Part::Value { text, .. } => escape(text.expose(), Place::Path),
        Part::Missing { .. } => "?".to_owned(),
    };
    let whole: String = parts.iter().map(text).collect();
    let name = parts.iter().find_map(|part| match part {
        Part::Value { name, .. } => Some(name),
        _ => None,
    });
    match name {
        Some(name) if climbs(&whole) => Err(Problem::new(Code::FieldInvalid).with("field", name)),
        _ => Ok(()),
    }
}

/// Whether a path segment, as it goes over the wire, is a step up or down: URLs take `%2e` for a dot.
pub(super) fn climbs(segment: &str) -> bool {
    let plain = percent_encoding::percent_decode_str(segment).decode_utf8_lossy();
    matches!(plain.as_ref(), "." | "..")
}
