//! Accounts and settings as JSON for the control routes: list, show, put, change by a merge patch.

use crate::Service;
use crate::accounts::{Account, Accounts};
use crate::control::{Refused, bad, missing};
use crate::knobs::Knobs;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// `held` with the patch's members in it (RFC 7396, but null is a value). Unknown names are refused.
pub(crate) fn patched<T: Serialize + DeserializeOwned>(
    held: &T,
    patch: Value,
) -> Result<T, Refused> {
    let mut whole = serde_json::to_value(held).map_err(bad)?;
    merge(&mut whole, patch);
    serde_json::from_value(whole).map_err(bad)
}

fn merge(into: &mut Value, patch: Value) {
    match (into, patch) {
        (Value::Object(held), Value::Object(patch)) => {
            for (name, value) in patch {
                merge(held.entry(name).or_insert(Value::Null), value);
            }
        }
        (held, patch) => *held = patch,
    }
}

fn all<A: Account + Serialize>(accounts: &Accounts<A>) -> Result<Value, Refused> {
    serde_json::to_value(accounts.iter().collect::<Vec<_>>()).map_err(bad)
}

fn found<A: Account + Serialize>(accounts: &Accounts<A>, id: &str) -> Result<Value, Refused> {
    let account = accounts.get(id).ok_or_else(|| missing("account"))?;
    serde_json::to_value(account).map_err(bad)
}

/// An account with an id, from JSON; what is not said is the default.
fn read<A: Account + DeserializeOwned>(account: Value) -> Result<A, Refused> {
    let account: A = serde_json::from_value(account).map_err(bad)?;
    if account.id().is_empty() {
        return Err(bad("the account needs its id (instance_id or api_key)"));
    }
    Ok(account)
}

pub(crate) fn list(knobs: &Knobs, service: Service) -> Result<Value, Refused> {
    let world = knobs.shared.world();
    match service {
        Service::ZApi => all(&world.z_api),
        Service::Webshare => all(&world.webshare),
        Service::ManncoStore => all(&world.mannco_store),
    }
}

pub(crate) fn one(knobs: &Knobs, service: Service, id: &str) -> Result<Value, Refused> {
    let world = knobs.shared.world();
    match service {
        Service::ZApi => found(&world.z_api, id),
        Service::Webshare => found(&world.webshare, id),
        Service::ManncoStore => found(&world.mannco_store, id),
    }
}

pub(crate) fn put(knobs: &Knobs, service: Service, account: Value) -> Result<(), Refused> {
    match service {
        Service::ZApi => knobs.put_z_api(read(account)?),
        Service::Webshare => knobs.put_webshare(read(account)?),
        Service::ManncoStore => knobs.put_mannco_store(read(account)?),
    }
    Ok(())
}

/// Changes what the patch names and answers the whole account.
pub(crate) fn change(
    knobs: &Knobs,
    service: Service,
    id: &str,
    patch: Value,
) -> Result<Value, Refused> {
    let gone = || missing("account");
    match service {
        Service::ZApi => {
            let account = patched(&knobs.z_api(id).ok_or_else(gone)?, patch)?;
            knobs.change_z_api(id, |held| *held = account);
        }
        Service::Webshare => {
            let account = patched(&knobs.webshare(id).ok_or_else(gone)?, patch)?;
            knobs.change_webshare(id, |held| *held = account);
        }
        Service::ManncoStore => {
            let account = patched(&knobs.mannco_store(id).ok_or_else(gone)?, patch)?;
            knobs.change_mannco_store(id, |held| *held = account);
        }
    }
    one(knobs, service, id)
}
