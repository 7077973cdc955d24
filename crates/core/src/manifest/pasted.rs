//! Smart paste: a service's URL or a curl command, matched backwards against the manifests' templates.
//!
//! Not here: taking the text apart (`shell_words`), codes out of mails (`mail::code`). Nothing is sent.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

use super::catalog::Catalog;
use super::model::{Body, Manifest, Step, Tree};
use super::profile::is_loopback;
use super::shell_words::CallText;
use super::template::{Piece, Template};
use crate::secret::Secret;

/// Longest text that is looked at, in bytes.
const LONGEST_PASTE: usize = 64 * 1024;

/// What a pasted text holds of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pasted {
    pub service: String,
    pub fields: BTreeMap<String, String>,
    pub secrets: BTreeMap<String, Secret>,
    /// Set where the pasted origin is this machine: a practice or test server.
    pub base_url: Option<String>,
}

/// The profile in a pasted text: the manifest that explains most of it.
pub fn read_pasted(catalog: &Catalog, text: &str) -> Option<Pasted> {
    if text.len() > LONGEST_PASTE {
        return None;
    }
    let call = CallText::read(text);
    let all = catalog.all();
    let tries = all.iter().flat_map(|manifest| {
        call.urls
            .iter()
            .filter_map(|url| explain(manifest, url, &call))
    });
    // The first of equals: shipped manifests come first.
    tries
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, pasted)| pasted)
}

/// The values of a call to `url`, and how much of the call the manifest explains.
fn explain(manifest: &Manifest, url: &Url, call: &CallText) -> Option<(usize, Pasted)> {
    let host = url.host_str()?;
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let is_own_host = url.scheme() == manifest.base_url.scheme
        && unfill_all(
            &manifest.base_url.host,
            &format!("{host}{port}"),
            &mut found,
        );
    if !is_own_host && !is_loopback(host) {
        return None;
    }
    let segments: Vec<String> = url
        .path_segments()?
        .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect();
    let base = &manifest.base_url.path;
    let in_base = segments
        .get(..base.len())
        .and_then(|first| fits(base, first));
    let fits_base = in_base.is_some();
    found.extend(in_base.unwrap_or_default());
    let rest = segments.get(base.len()..).unwrap_or_default();
    let step = manifest
        .steps
        .values()
        .filter(|_| fits_base)
        .find_map(|step| fits(&step.path, rest));
    let explained = fits_base && (step.is_some() || !base.is_empty());
    if !is_own_host && !explained {
        return None;
    }
    let score =
        4 * usize::from(is_own_host) + 2 * usize::from(step.is_some()) + usize::from(explained);
    found.extend(step.unwrap_or_default());
    for step in manifest.steps.values() {
        from_headers(step, call, &mut found);
        for body in &call.bodies {
            from_body(step, body, &mut found);
        }
    }
    let (mut fields, mut secrets) = (BTreeMap::new(), BTreeMap::new());
    for (name, value) in found
        .into_iter()
        .filter(|(_, value)| !is_placeholder(value))
    {
        match manifest.field(&name) {
            Some(field) if field.secret => drop(secrets.insert(name, Secret::new(value))),
            Some(_) => drop(fields.insert(name, value)),
            None => {}
        }
    }
    if fields.is_empty() && secrets.is_empty() {
        return None;
    }
    let score = score + fields.len() + secrets.len();
    let base_url = (!is_own_host).then(|| url.origin().ascii_serialization());
    Some((
        score,
        Pasted {
            service: manifest.id.clone(),
            fields,
            secrets,
            base_url,
        },
    ))
}

/// What fills templates, one a segment, so that they read as `segments`.
fn fits(templates: &[Template], segments: &[String]) -> Option<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let same = |(template, text): (&Template, &String)| unfill_all(template, text, &mut found);
    (templates.len() == segments.len() && templates.iter().zip(segments).all(same)).then_some(found)
}

fn unfill_all(template: &Template, text: &str, found: &mut BTreeMap<String, String>) -> bool {
    if let Some((name, value)) = template.unfill(text) {
        found.insert(name.to_owned(), value.to_owned());
        return true;
    }
    match template.0.as_slice() {
        [] => text.is_empty(),
        [Piece::Text(own)] => own == text,
        _ => false,
    }
}

fn from_headers(step: &Step, call: &CallText, found: &mut BTreeMap<String, String>) {
    for (name, template) in &step.headers {
        let pasted = call
            .headers
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name));
        for (field, value) in pasted.filter_map(|(_, text)| template.unfill(text)) {
            found
                .entry(field.to_owned())
                .or_insert_with(|| value.to_owned());
        }
    }
}

fn from_body(step: &Step, body: &str, found: &mut BTreeMap<String, String>) {
    match &step.body {
        Body::None => {}
        Body::Json(tree) => {
            if let Ok(value) = serde_json::from_str(body) {
                from_tree(tree, &value, found);
            }
        }
        Body::Form(list) => {
            let pairs: BTreeMap<String, String> = url::form_urlencoded::parse(body.as_bytes())
                .into_owned()
                .collect();
            for (name, template) in list {
                if let Some((field, value)) = pairs.get(name).and_then(|text| template.unfill(text))
                {
                    found
                        .entry(field.to_owned())
                        .or_insert_with(|| value.to_owned());
                }
            }
        }
    }
}

fn from_tree(tree: &Tree, value: &Value, found: &mut BTreeMap<String, String>) {
    match (tree, value) {
        (Tree::Text(template), Value::String(text)) => {
            if let Some((name, value)) = template.unfill(text) {
                found
                    .entry(name.to_owned())
                    .or_insert_with(|| value.to_owned());
            }
        }
        (Tree::Object(members), Value::Object(values)) => {
            for (name, tree) in members {
                if let Some(value) = values.get(name) {
                    from_tree(tree, value, found);
                }
            }
        }
        (Tree::List(items), Value::Array(values)) => {
            items
                .iter()
                .zip(values)
                .for_each(|(tree, value)| from_tree(tree, value, found));
        }
        _ => {}
    }
}

/// `$TOKEN`, `<token>`, `{token}`, dots: what examples and masked texts hold instead of a value.
fn is_placeholder(value: &str) -> bool {
    value.starts_with('$')
        || value.contains(['<', '>', '{', '}', '•', '…'])
        || value.starts_with("YOUR")
        || value.trim().is_empty()
}
