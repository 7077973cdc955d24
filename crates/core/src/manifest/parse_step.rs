//! The steps of a manifest file, one by one.
//!
//! Not here: their answer rules (`parse_rule`), what they wait for (`parse_waits`), what the whole file must hold (`parse`).

use std::collections::BTreeSet;

use super::mistakes::{Mistakes, Names};
use super::model::{Body, Step, Tree};
use super::parse_rule::{pointers, rules};
use super::parse_waits::read_waits;
use super::pointer::Pointer;
use super::render::climbs;
use super::source::{ManifestSource, MethodSource, StepSource};
use super::template::Template;
use crate::http::Method;

/// Headers that the sender sets itself.
const OWN_HEADERS: [&str; 7] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "content-type",
    "upgrade",
    "te",
];

pub fn step(
    m: &mut Mistakes,
    names: &Names<'_>,
    raw: &ManifestSource,
    id: &str,
    step: &StepSource,
    says: &[Pointer],
) -> Step {
    let path = read_path(m, names, id, &step.path);
    let query = step.query.iter().map(|(name, text)| {
        (
            name.clone(),
            names.template(m, &["step", id, "query", name], text),
        )
    });
    let query = query.collect();
    let body = read_body(m, names, id, step);
    let says = match &step.says {
        Some(own) => pointers(m, &["step", id, "says"], own),
        None => says.to_vec(),
    };
    let step = Step {
        id: id.to_owned(),
        method: method(step.method),
        path,
        query,
        headers: read_headers(m, names, raw, id, step),
        body,
        waits_for: step
            .waits_for
            .as_ref()
            .and_then(|waits| read_waits(m, raw, id, waits)),
        bucket: None,
        answers: rules(m, &["step", id, "answer"], &step.answers),
        says,
    };
    if raw.steps[id].answers.is_empty() {
        m.add(
            &["step", id],
            "a step needs at least one [[answer]] rule of its own",
            None,
        );
    }
    if step.waits_for.is_none() && super::needs::step_names(&step).contains("code") {
        let hint = "waits_for = { what = \"code\", sent_to = \"new\" }".to_owned();
        m.add(
            &["step", id],
            "this step sends `code` and does not wait for one",
            Some(hint),
        );
    }
    step
}

fn method(raw: MethodSource) -> Method {
    match raw {
        MethodSource::Get => Method::Get,
        MethodSource::Post => Method::Post,
        MethodSource::Put => Method::Put,
        MethodSource::Patch => Method::Patch,
        MethodSource::Delete => Method::Delete,
    }
}

fn read_path(m: &mut Mistakes, names: &Names<'_>, id: &str, path: &str) -> Vec<Template> {
    let place = ["step", id, "path"];
    let Some(rest) = path.strip_prefix('/') else {
        m.add(
            &place,
            "a path starts with `/`",
            Some(format!("\"/{path}\"")),
        );
        return Vec::new();
    };
    if rest.contains(['?', '#']) {
        m.add(
            &place,
            "a path holds no `?` and no `#`",
            Some("use `query = { name = \"value\" }`".to_owned()),
        );
    }
    rest.split('/')
        .map(|part| segment(m, names, &place, part))
        .collect()
}

/// One path segment; what it names cannot be left out.
pub fn segment(m: &mut Mistakes, names: &Names<'_>, place: &[&str], text: &str) -> Template {
    let template = names.template(m, place, text);
    for name in template.names() {
        if names.fields.get(name).is_some_and(|field| field.optional) {
            m.add(
                place,
                format!("the optional field `{name}` cannot be left out of a path"),
                None,
            );
        }
    }
    if climbs(text) {
        m.add(place, "`.` and `..` are not path segments", None);
    }
    if text.contains('\\') || text.contains(|c: char| c.is_control() || c.is_whitespace()) {
        m.add(
            place,
            "a path holds no backslash and no space",
            Some("write `%5C` or `%20`".to_owned()),
        );
    }
    template
}

fn read_headers(
    m: &mut Mistakes,
    names: &Names<'_>,
    raw: &ManifestSource,
    id: &str,
    step: &StepSource,
) -> Vec<(String, Template)> {
    let mut headers: Vec<(String, Template)> = Vec::new();
    let mut taken = BTreeSet::new();
    let own = step.headers.iter().map(|(name, text)| (name, text, true));
    let shared = raw.headers.iter().map(|(name, text)| (name, text, false));
    for (name, text, is_own) in own.chain(shared) {
        let own_place = ["step", id, "headers", name];
        let place = if is_own {
            &own_place[..]
        } else {
            &["headers", name][..]
        };
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(token) {
            m.add(place, format!("`{name}` is not a header name"), None);
        }
        if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            m.add(
                place,
                format!("a manifest cannot set `{name}`"),
                Some("Readdress sets it from the call".to_owned()),
            );
        }
        if text.chars().any(char::is_control) {
            m.add(place, "a header holds no line breaks", None);
        }
        let template = names.template(m, place, text);
        let skipped = !is_own && !step.auth && template.names().any(|name| names.is_secret(name));
        if !skipped && taken.insert(name.to_ascii_lowercase()) {
            headers.push((name.clone(), template));
        }
    }
    headers.sort_by(|(one, _), (other, _)| one.cmp(other));
    headers
}

fn read_body(m: &mut Mistakes, names: &Names<'_>, id: &str, step: &StepSource) -> Body {
    if step.json.is_some() && step.form.is_some() {
        m.add(
            &["step", id, "form"],
            "a step has `json` or `form`, not both",
            None,
        );
    }
    if let (Some(_), MethodSource::Get) = (step.json.as_ref(), step.method) {
        m.add(
            &["step", id, "json"],
            "a GET has no body",
            Some("use `query`".to_owned()),
        );
    }
    match (&step.json, &step.form) {
        (Some(tree), _) => Body::Json(read_tree(m, names, &["step", id, "json"], tree)),
        (None, Some(form)) => {
            let mut list = Vec::new();
            for (name, value) in form {
                let place = ["step", id, "form", name];
                match value.as_str() {
                    Some(text) => list.push((name.clone(), names.template(m, &place, text))),
                    None => m.add(
                        &place,
                        "a form holds texts",
                        Some("put it in quotes".to_owned()),
                    ),
                }
            }
            Body::Form(list)
        }
        (None, None) => Body::None,
    }
}

fn read_tree(m: &mut Mistakes, names: &Names<'_>, place: &[&str], value: &toml::Value) -> Tree {
    match value {
        toml::Value::String(text) => Tree::Text(names.template(m, place, text)),
        toml::Value::Boolean(yes) => Tree::Plain(yes.to_string()),
        toml::Value::Integer(number) => Tree::Plain(number.to_string()),
        toml::Value::Float(number) if number.is_finite() => {
            Tree::Plain(serde_json::Value::from(*number).to_string())
        }
        toml::Value::Float(_) | toml::Value::Datetime(_) => {
            m.add(
                place,
                "JSON has no such value",
                Some("put it in quotes".to_owned()),
            );
            Tree::Plain("null".to_owned())
        }
        toml::Value::Array(items) => {
            let read = |(at, item): (usize, &toml::Value)| {
                read_tree(m, names, &[place, &[&at.to_string()]].concat(), item)
            };
            Tree::List(items.iter().enumerate().map(read).collect())
        }
        toml::Value::Table(table) => {
            let read = |(name, item): (&String, &toml::Value)| {
                (
                    name.clone(),
                    read_tree(m, names, &[place, &[name]].concat(), item),
                )
            };
            Tree::Object(table.iter().map(read).collect())
        }
    }
}
