//! What was typed for a profile: its label, fields and secrets, as far as they can be judged alone.
//!
//! Not here: what its service asks of them (`manifest::profile`).

use std::collections::BTreeMap;

use super::context::missing;
use crate::error::{Code, Problem, Result};
use crate::link::is_unseen;
use crate::profile::label_key;
use crate::secret::Secret;

/// Longest secret, in bytes.
const LONGEST_SECRET: usize = 64 * 1024;

/// # Errors
/// `field_invalid`: no service has keys of that length.
pub(super) fn check_lengths(secrets: &BTreeMap<String, Secret>) -> Result<()> {
    let long = |secret: &Secret| secret.expose().len() > LONGEST_SECRET;
    match secrets.iter().find(|(_, secret)| long(secret)) {
        Some((name, _)) => Err(Problem::new(Code::FieldInvalid).with("field", name)),
        None => Ok(()),
    }
}

/// What the edit names is replaced, and removed where it is empty; what it does not name stays.
pub(super) fn patched(
    held: &BTreeMap<String, String>,
    edit: Option<&BTreeMap<String, String>>,
) -> BTreeMap<String, String> {
    let mut fields = held.clone();
    fields.extend(
        edit.into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    trimmed(fields)
}

/// 1 to 80 characters, all of which can be seen: two labels that look the same would be taken for each other.
pub(super) fn checked_label(label: &str) -> Result<String> {
    let label = label.trim();
    if label.is_empty() {
        return Err(missing("label"));
    }
    let bad = label.chars().count() > 80 || label.chars().any(char::is_control) || hides(label);
    if bad || label_key(label).is_empty() {
        let shown: String = label.chars().take(80).collect();
        return Err(Problem::new(Code::LabelInvalid).with("label", shown));
    }
    Ok(label.to_owned())
}

/// A joiner has its place in emoji and in scripts that need it, never beside plain letters.
fn hides(label: &str) -> bool {
    let mut before = 'a';
    label.chars().any(|c| {
        let joins = matches!(c, '\u{200c}' | '\u{200d}') && !before.is_ascii();
        before = c;
        is_unseen(c) && !joins
    })
}

pub(super) fn trimmed(fields: BTreeMap<String, String>) -> BTreeMap<String, String> {
    fields
        .into_iter()
        .map(|(name, value)| (name, value.trim().to_owned()))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}
