//! What must be so after every start, by the sandbox's own counters and by the database's own check.

use std::collections::BTreeMap;

use readdress_sandbox::Count;
use rusqlite::Connection;

use crate::game::Played;
use crate::journal;
use crate::seen::{self, Seen};
use crate::stage::{House, Stage};
use crate::strike::Ran;
use crate::user::Act;

type Held = Result<(), String>;

/// What the service counted for one account.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    pub request: Count,
    pub verify: Count,
}

impl Counts {
    pub fn now(stage: &Stage, house: House, account: &str) -> Self {
        Self {
            request: stage.count(house, "request", account),
            verify: stage.count(house, "verify", account),
        }
    }
}

/// One start sends each effect once at most, and only the one it was asked for. What the service has taken is never sent
/// again, unless the person asks for another code.
pub fn sent(act: Act, before: &Counts, after: &Counts) -> Held {
    for (route, before, after, asked) in [
        (
            "request",
            before.request,
            after.request,
            matches!(act, Act::Request | Act::Resend),
        ),
        ("verify", before.verify, after.verify, act == Act::Verify),
    ] {
        let (arrived, taken) = (after.received - before.received, after.taken - before.taken);
        if arrived > 0 && !asked {
            return Err(format!("SENT TWICE: {act:?} sent {route}"));
        }
        if taken > 1 || arrived > taken + 1 {
            return Err(format!("SENT TWICE: {act:?} sent {route} {arrived} times"));
        }
        if arrived > 0 && before.taken > 0 && act != Act::Resend {
            return Err(format!("SENT TWICE: {route} had been taken before"));
        }
    }
    Ok(())
}

/// A start that nobody killed does what was asked, or says that the outcome is unknown.
pub fn exit(act: Act, ran: &Ran) -> Held {
    let fits = match act {
        Act::Settle => matches!(ran.code, Some(0 | 3)),
        // The profile that a killed start did not get to add.
        Act::Look => matches!(ran.code, Some(0 | 2)),
        _ => ran.code == Some(0),
    };
    if fits {
        Ok(())
    } else {
        let Ran {
            code,
            stdout,
            stderr,
            ..
        } = ran;
        Err(format!("{act:?} ended with {code:?}\n{stdout}\n{stderr}"))
    }
}

/// What is shown is true.
pub fn standing(seen: &Seen, counts: &Counts, held: Option<&(String, bool)>, to: &str) -> Held {
    let is_new = held.is_some_and(|(email, verified)| email == to && *verified);
    let Counts { request, verify } = counts;
    match seen.state.as_str() {
        "requesting" | "verifying" => {
            return Err("a dead program's call is shown as under way".to_owned());
        }
        "planned" if request.received > 0 => {
            return Err("SENT TWICE: shown as not sent, and the request had arrived".to_owned());
        }
        "awaiting_code" if request.taken == 0 => {
            return Err("it waits for a code that nobody was asked for".to_owned());
        }
        "awaiting_code" if verify.taken > 0 => {
            return Err("SENT TWICE: it asks for a code that the service has taken".to_owned());
        }
        "changed" if !is_new => {
            return Err(format!("FALSE CHANGED: the service holds {held:?}"));
        }
        "planned" | "awaiting_code" | "unknown" | "changed" | "cancelled" => {}
        other => return Err(format!("it stands {other}")),
    }
    if seen.to != to {
        return Err(format!("LOST: it goes to {}", seen.to));
    }
    match journal::fault(seen, [request.received, verify.received]) {
        Some(fault) => Err(format!("the journal: {fault}: {:?}", seen.events)),
        None => Ok(()),
    }
}

/// Nothing that was there is gone: the change, its end, a line of its journal.
pub fn kept(before: Option<&Seen>, now: Option<&Seen>, counts: &Counts) -> Held {
    match (before, now) {
        (None, None) if counts.request.received > 0 => {
            Err("LOST: the service was asked, and no change is there".to_owned())
        }
        (Some(before), None) => Err(format!("LOST: {before:?}")),
        (Some(before), Some(now)) => {
            if before.id != now.id || !now.events.starts_with(&before.events) {
                return Err(format!("LOST: {before:?} became {now:?}"));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// As the killed program left it: looked at in a copy, so that the program itself has to mend what is to be mended.
pub fn database_of_the_killed(stage: &Stage) -> Held {
    let database = stage.database();
    if !database.exists() {
        return Ok(());
    }
    let told = |why: std::io::Error| why.to_string();
    let copy = stage.path().join("copy.db");
    for end in ["", "-wal"] {
        let from = stage.path().join(format!("data/readdress.db{end}"));
        let to = stage.path().join(format!("copy.db{end}"));
        if from.exists() {
            std::fs::copy(from, to).map_err(told)?;
        } else {
            let _ = std::fs::remove_file(to);
        }
    }
    sound(&copy)
}

fn sound(database: &std::path::Path) -> Held {
    let told = |why: rusqlite::Error| format!("the database: {why}");
    let db = Connection::open(database).map_err(told)?;
    let verdict: String = db
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .map_err(told)?;
    let strangers: i64 = db
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| {
            row.get(0)
        })
        .map_err(told)?;
    if verdict == "ok" && strangers == 0 {
        Ok(())
    } else {
        Err(format!(
            "the database: {verdict}, {strangers} rows without their parents"
        ))
    }
}

/// At the very end: every change stands where its game left it, and there are no others.
pub fn whole_folder(stage: &Stage, ends: &[Played]) -> Held {
    let looked = stage.ask(&["history"])?;
    let now: BTreeMap<String, Seen> = seen::changes(&looked.stdout)?
        .into_iter()
        .map(|change| (change.id.clone(), change))
        .collect();
    for played in ends {
        match now.get(&played.last.id) {
            Some(change) if *change == played.last => {}
            other => return Err(format!("LOST: {:?} became {other:?}", played.last)),
        }
    }
    if now.len() != ends.len() {
        return Err(format!(
            "{} changes were begun, {} are there",
            ends.len(),
            now.len()
        ));
    }
    sound(&stage.database())
}
