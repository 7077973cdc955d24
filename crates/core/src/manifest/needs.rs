//! Which names a step's templates use, so that the engine knows what to fetch, ask or log in for.
//!
//! Not here: filling them in (`render`).

use std::collections::BTreeSet;

use super::mistakes::VALUES;
use super::model::{Body, Manifest, Step, Tree};

/// The names that a step uses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// Plain fields.
    pub fields: BTreeSet<String>,
    /// Secret fields that must be there, and secrets that a login gives.
    pub secrets: BTreeSet<String>,
    /// Secret fields that are used if set.
    pub optional_secrets: BTreeSet<String>,
    /// `new_email`, `code`, …
    pub values: BTreeSet<String>,
}

/// Which names `step` uses, those of the base URL and of the shared headers included.
pub fn needs(manifest: &Manifest, step: &str) -> Needs {
    let mut needs = Needs::default();
    let Some(step) = manifest.step(step) else {
        return needs;
    };
    let base = manifest
        .base_url
        .path
        .iter()
        .chain([&manifest.base_url.host])
        .flat_map(|template| template.names());
    for name in base.chain(step_names(step)) {
        let list = if VALUES.contains(&name) {
            &mut needs.values
        } else if !manifest.is_secret(name) {
            &mut needs.fields
        } else if manifest.may_be_left_out(name) {
            &mut needs.optional_secrets
        } else {
            &mut needs.secrets
        };
        list.insert(name.to_owned());
    }
    needs
}

/// The names that a step's own templates use.
pub(super) fn step_names(step: &Step) -> BTreeSet<&str> {
    let pairs = step
        .query
        .iter()
        .chain(&step.headers)
        .map(|(_, template)| template);
    let mut names: BTreeSet<&str> = step
        .path
        .iter()
        .chain(pairs)
        .flat_map(|template| template.names())
        .collect();
    match &step.body {
        Body::None => {}
        Body::Json(tree) => tree_names(tree, &mut names),
        Body::Form(list) => names.extend(list.iter().flat_map(|(_, template)| template.names())),
    }
    names
}

fn tree_names<'a>(tree: &'a Tree, names: &mut BTreeSet<&'a str>) {
    match tree {
        Tree::Plain(_) => {}
        Tree::Text(template) => names.extend(template.names()),
        Tree::List(items) => items.iter().for_each(|item| tree_names(item, names)),
        Tree::Object(members) => members.iter().for_each(|(_, item)| tree_names(item, names)),
    }
}
