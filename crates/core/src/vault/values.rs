//! Between sealed rows and plain values.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::cipher::{Key, Place};
use crate::change::{Change, Value};
use crate::db::{SealedValue, StoredChange};
use crate::error::Result;
use crate::secret::Secret;

/// A token captured by a login is kept under this prefix and its secret's name. It can be had again, by a login.
pub(crate) const CAPTURED: &str = "login:";

/// The change's values as they are stored.
pub fn seal_values(key: &Key, change: &Change) -> Vec<SealedValue> {
    let seal = |value: &Value| SealedValue {
        step: value.step.clone(),
        cipher: key.seal(Place::value(change.id, &value.step), &value.text),
        marked: value.marked,
    };
    change.values.iter().map(seal).collect()
}

/// The change with its values in the clear.
///
/// # Errors
/// `secret_damaged`.
pub fn open_values(key: &Key, stored: StoredChange) -> Result<Change> {
    let mut change = stored.change;
    for value in stored.values {
        let text = key.open(Place::value(change.id, &value.step), &value.cipher)?;
        change.values.push(Value {
            step: value.step,
            text,
            marked: value.marked,
        });
    }
    Ok(change)
}

/// As [`open_values`], for a change that goes on: a code that can no longer be read is as good as none, and can be given
/// again.
pub(crate) fn open_kept_values(key: &Key, stored: StoredChange) -> Change {
    let mut change = stored.change;
    for value in stored.values {
        if let Ok(text) = key.open(Place::value(change.id, &value.step), &value.cipher) {
            change.values.push(Value {
                step: value.step,
                text,
                marked: value.marked,
            });
        }
    }
    change
}

/// A profile's secrets in the clear. A session that can no longer be read is as good as none: left out.
///
/// # Errors
/// `secret_damaged`.
pub fn open_secrets(
    key: &Key,
    profile: Uuid,
    sealed: &BTreeMap<String, Vec<u8>>,
) -> Result<BTreeMap<String, Secret>> {
    let mut secrets = BTreeMap::new();
    for (field, cipher) in sealed {
        match key.open(Place::secret(profile, field), cipher) {
            Ok(secret) => {
                secrets.insert(field.clone(), secret);
            }
            Err(_) if field.starts_with(CAPTURED) => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(secrets)
}
