//! A step with its values in their places: one tree, from which the wire, the masked preview and curl are written.
//!
//! Not here: finding the values (`render`), how a place encodes (`encode`).

use std::collections::BTreeSet;

use super::encode::{Place, escape};
use crate::http::Method;
use crate::secret::Secret;

/// A call, possibly with gaps for what is not known yet.
#[derive(Debug, Clone)]
pub struct Sketch {
    pub(super) method: Method,
    pub(super) origin: String,
    /// Segments; the manifest's own text is taken as encoded.
    pub(super) path: Vec<Vec<Part>>,
    pub(super) query: Vec<(String, Vec<Part>)>,
    pub(super) headers: Vec<(String, Vec<Part>)>,
    pub(super) body: FilledBody,
}

#[derive(Debug, Clone)]
pub(super) enum FilledBody {
    None,
    Json(FilledTree),
    Form(Vec<(String, Vec<Part>)>),
}

#[derive(Debug, Clone)]
pub(super) enum FilledTree {
    Plain(String),
    Text(Vec<Part>),
    List(Vec<FilledTree>),
    Object(Vec<(String, FilledTree)>),
}

/// A piece of a filled template.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Fixed(String),
    Value {
        name: String,
        secret: bool,
        text: Secret,
    },
    /// Not known yet; only in previews.
    Missing {
        name: String,
        secret: bool,
    },
}

/// Something that writes parts: the wire, a masked text, a shell word.
pub(super) trait Ink {
    /// Text that is encoded already.
    fn raw(&mut self, text: &str);
    fn part(&mut self, part: &Part, place: Place);

    fn parts(&mut self, parts: &[Part], place: Place) {
        for part in parts {
            match part {
                Part::Fixed(text) if place == Place::Path => self.raw(text),
                Part::Fixed(text) => self.raw(&escape(text, place)),
                other => self.part(other, place),
            }
        }
    }
}

impl Sketch {
    /// Where the call goes: `https://host[:port]`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    pub(super) fn write_target(&self, ink: &mut impl Ink) {
        for segment in &self.path {
            ink.raw("/");
            ink.parts(segment, Place::Path);
        }
        for (at, (name, parts)) in self.query.iter().enumerate() {
            ink.raw(if at == 0 { "?" } else { "&" });
            ink.raw(&escape(name, Place::Query));
            ink.raw("=");
            ink.parts(parts, Place::Query);
        }
    }

    /// Writes the body, and tells its content type.
    pub(super) fn write_body(&self, ink: &mut impl Ink) -> Option<&'static str> {
        match &self.body {
            FilledBody::None => None,
            FilledBody::Json(tree) => {
                write_tree(tree, ink);
                Some("application/json")
            }
            FilledBody::Form(list) => {
                for (at, (name, parts)) in list.iter().enumerate() {
                    ink.raw(if at == 0 { "" } else { "&" });
                    ink.raw(&escape(name, Place::Form));
                    ink.raw("=");
                    ink.parts(parts, Place::Form);
                }
                Some("application/x-www-form-urlencoded")
            }
        }
    }

    /// Names of the secrets that the call carries or, in a preview, will carry.
    pub fn secret_names(&self) -> BTreeSet<String> {
        let mut names = Names(BTreeSet::new());
        self.write_target(&mut names);
        for (_, parts) in &self.headers {
            names.parts(parts, Place::Header);
        }
        self.write_body(&mut names);
        names.0
    }
}

fn write_tree(tree: &FilledTree, ink: &mut impl Ink) {
    match tree {
        FilledTree::Plain(text) => ink.raw(text),
        FilledTree::Text(parts) => {
            ink.raw("\"");
            ink.parts(parts, Place::Json);
            ink.raw("\"");
        }
        FilledTree::List(items) => {
            for (at, item) in items.iter().enumerate() {
                ink.raw(if at == 0 { "[" } else { "," });
                write_tree(item, ink);
            }
            ink.raw(if items.is_empty() { "[]" } else { "]" });
        }
        FilledTree::Object(members) => {
            for (at, (name, item)) in members.iter().enumerate() {
                ink.raw(if at == 0 { "{\"" } else { ",\"" });
                ink.raw(&escape(name, Place::Json));
                ink.raw("\":");
                write_tree(item, ink);
            }
            ink.raw(if members.is_empty() { "{}" } else { "}" });
        }
    }
}

/// Collects names of secrets.
struct Names(BTreeSet<String>);

impl Ink for Names {
    fn raw(&mut self, _: &str) {}

    fn part(&mut self, part: &Part, _: Place) {
        if let Part::Value {
            name, secret: true, ..
        }
        | Part::Missing { name, secret: true } = part
        {
            self.0.insert(name.clone());
        }
    }
}
