//! The documents of `--json`. Scripts depend on the keys: add, never rename. Times are RFC 3339, UTC, to the millisecond.
//!
//! Not here: when a document is printed (`console`), what is in a view (core).

mod mailbox;

use std::collections::BTreeMap;

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use readdress_core::change::{EventKind, Proof, State};
use readdress_core::error::{Code, Problem};
use readdress_core::profile::Known;
use readdress_core::view::{ChangeView, EventView, ProfileView, WaitsForView};
use serde::{Serialize, Serializer};
use serde_json::Value;
use uuid::Uuid;

use crate::told::Told;

pub use mailbox::{FindDocument, MailboxDocument};

/// One change.
#[derive(Debug, Serialize)]
pub struct ChangeDocument<'a> {
    pub change: Uuid,
    /// The profile's label.
    pub profile: &'a str,
    pub to: &'a str,
    pub state: State,
    pub waits_for: Option<&'a WaitsForView>,
    #[serde(serialize_with = "time")]
    pub expires_at: Option<Timestamp>,
    /// Never before the service's own time, so that a script may sleep until then.
    #[serde(serialize_with = "later_time")]
    pub retry_at: Option<Timestamp>,
    pub service: &'a str,
    pub from: Option<&'a str>,
    pub step: &'a str,
    pub proof: Option<Proof>,
    pub tries: u32,
    #[serde(serialize_with = "later_time")]
    pub resend_at: Option<Timestamp>,
    #[serde(serialize_with = "time")]
    pub requested_at: Option<Timestamp>,
    pub open: bool,
    pub cancelled_there: Option<bool>,
    #[serde(serialize_with = "time")]
    pub created_at: Option<Timestamp>,
    #[serde(serialize_with = "time")]
    pub updated_at: Option<Timestamp>,
    pub problem: Option<ErrorDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<EventDocument<'a>>>,
    /// In `pending`: the mailboxes that get its mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mailboxes: Option<Vec<MailboxDocument<'a>>>,
    /// After waiting: the mail that a person must decide about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub find: Option<FindDocument<'a>>,
}

impl<'a> ChangeDocument<'a> {
    pub fn of(view: &'a ChangeView) -> Self {
        Self {
            change: view.id,
            profile: &view.profile,
            to: &view.to,
            state: view.state,
            waits_for: view.waits_for.as_ref(),
            expires_at: view.expires_at,
            retry_at: view.retry_at,
            service: &view.service,
            from: view.from.as_deref(),
            step: &view.step,
            proof: view.proof,
            tries: view.tries,
            resend_at: view.resend_at,
            requested_at: view.requested_at,
            open: view.open,
            cancelled_there: view.cancelled_there,
            created_at: Some(view.created_at),
            updated_at: Some(view.updated_at),
            problem: view.problem.as_ref().map(ErrorDocument::of),
            events: None,
            mailboxes: None,
            find: None,
        }
    }

    pub fn with_events(view: &'a ChangeView) -> Self {
        let events = view.events.iter().map(EventDocument::of).collect();
        Self {
            events: Some(events),
            ..Self::of(view)
        }
    }
}

/// One line of the journal.
#[derive(Debug, Serialize)]
pub struct EventDocument<'a> {
    #[serde(serialize_with = "time")]
    pub at: Option<Timestamp>,
    pub kind: EventKind,
    pub step: Option<&'a str>,
    pub status: Option<u16>,
    pub millis: Option<u32>,
    pub meaning: Option<&'a str>,
    pub says: Option<&'a str>,
}

impl<'a> EventDocument<'a> {
    fn of(event: &'a EventView) -> Self {
        Self {
            at: Some(event.at),
            kind: event.kind,
            step: event.step.as_deref(),
            status: event.status,
            millis: event.millis,
            meaning: event.meaning.as_deref(),
            says: event.says.as_deref(),
        }
    }
}

/// What went wrong: `error` beside a document, or alone.
#[derive(Debug, Serialize)]
pub struct ErrorDocument<'a> {
    pub code: Code,
    pub params: &'a BTreeMap<String, String>,
    pub service_says: Option<&'a str>,
    #[serde(serialize_with = "later_time")]
    pub retry_at: Option<Timestamp>,
    pub status: Option<u16>,
}

impl<'a> ErrorDocument<'a> {
    pub fn of(problem: &'a Problem) -> Self {
        Self {
            code: problem.code,
            params: &problem.params,
            service_says: problem.service_says.as_deref(),
            retry_at: problem.retry_at,
            status: problem.status,
        }
    }
}

/// The value of `error`, with the sentences for a person where they are known.
pub fn error_document(problem: &Problem, told: Option<&Told>) -> Value {
    let mut error = serde_json::to_value(ErrorDocument::of(problem)).unwrap_or_default();
    if let (Some(told), Some(members)) = (told, error.as_object_mut()) {
        members.insert("message".to_owned(), told.what.as_str().into());
        members.insert("next".to_owned(), told.next.as_str().into());
    }
    error
}

/// One profile. `has_secret` names the secrets that are stored.
#[derive(Debug, Serialize)]
pub struct ProfileDocument<'a> {
    pub id: Uuid,
    pub label: &'a str,
    pub service: &'a str,
    pub base_url: Option<&'a str>,
    pub fields: &'a BTreeMap<String, String>,
    pub has_secret: Vec<&'a str>,
    pub email: Option<&'a str>,
    pub verified: Option<bool>,
    #[serde(serialize_with = "time")]
    pub checked_at: Option<Timestamp>,
    pub host: &'a str,
    pub known: Known,
    pub problem: Option<ErrorDocument<'a>>,
}

impl<'a> ProfileDocument<'a> {
    pub fn of(view: &'a ProfileView) -> Self {
        Self {
            id: view.id,
            label: &view.label,
            service: &view.service,
            base_url: view.base_url.as_deref(),
            fields: &view.fields,
            has_secret: view.has_secret.keys().map(String::as_str).collect(),
            email: view.email.as_deref(),
            verified: view.verified,
            checked_at: view.checked_at,
            host: &view.host,
            known: view.known,
            problem: view.problem.as_ref().map(ErrorDocument::of),
        }
    }
}

fn time<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    written(*at, RoundMode::Trunc, serializer)
}

fn later_time<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    written(*at, RoundMode::Ceil, serializer)
}

fn written<S: Serializer>(
    at: Option<Timestamp>,
    mode: RoundMode,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let round = TimestampRound::new().smallest(Unit::Millisecond).mode(mode);
    // Only the last moments of the year 9999 cannot be rounded up.
    at.map(|at| at.round(round).unwrap_or(at))
        .serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_to_wait_for_is_never_too_early() {
        let problem = Problem::new(Code::RateLimited)
            .retry_at("2026-11-20T08:00:00.0001Z".parse().expect("a time"));
        let document = serde_json::to_value(ErrorDocument::of(&problem)).expect("a document");
        assert_eq!(document["retry_at"], "2026-11-20T08:00:00.001Z");
        assert_eq!(document["code"], "rate_limited");
        assert!(document["service_says"].is_null());
    }
}
