//! Faults: what may go wrong between a service and its caller, planned per service, route and account.
//!
//! Not here: how a fault is played on the wire (`play.rs`).

use crate::Service;
use serde::{Deserialize, Serialize};

/// One planned fault. The first one that fits a call is played.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub service: Service,
    /// None: every route.
    #[serde(default)]
    pub route: Option<String>,
    /// None: every account.
    #[serde(default)]
    pub account: Option<String>,
    /// How many calls it meets; None: until it is taken away.
    #[serde(default)]
    pub times: Option<u32>,
    /// Milliseconds of real time before anything is answered, after the call had its effect.
    #[serde(default)]
    pub delay_ms: u64,
    /// For kinds that put something else in the answer's place: the call had its effect all the same.
    #[serde(default)]
    pub taken: bool,
    pub kind: FaultKind,
}

/// What is played.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The true answer, after the delay.
    Late,
    /// 429 in the service's own words.
    RateLimited(RetryAfter),
    /// Any answer.
    Answer {
        status: u16,
        #[serde(default)]
        content_type: Option<String>,
        #[serde(default)]
        headers: Vec<(String, String)>,
        #[serde(default)]
        body: String,
    },
    /// An HTML page, as a gateway in front of a service would answer.
    HtmlPage { status: u16 },
    /// The connection is reset without an answer.
    Cut,
    /// The connection is closed in order, without an answer.
    Close,
    /// No answer ever; the connection stays open.
    Hang,
    /// The true answer's head and half of its body, then the connection is cut.
    CutInBody,
    /// The true answer, one byte at a time.
    SlowDrip { every_ms: u64 },
    /// 200 and a JSON body that never ends.
    Endless,
    /// 200 and a small gzip body that unpacks to so many mebibytes.
    GzipBomb { mebibytes: u32 },
    /// The true answer under another content type, or under none.
    ContentType(Option<String>),
    /// The true answer with bytes that are not UTF-8 in one more value.
    InvalidUtf8,
    /// A redirect to `to`, or to the same path on the recorder.
    Redirect {
        status: u16,
        #[serde(default)]
        to: Option<String>,
    },
}

/// What a 429 says about waiting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// No header at all.
    #[default]
    Absent,
    /// Seconds; may be negative.
    Seconds(i64),
    /// An HTTP date so many seconds from the sandbox's now.
    DateIn(i64),
    /// Anything.
    Text(String),
}

impl Fault {
    /// This kind, for every route and account of a service, until taken away, without effect.
    pub fn new(service: Service, kind: FaultKind) -> Self {
        Self {
            service,
            route: None,
            account: None,
            times: None,
            delay_ms: 0,
            taken: false,
            kind,
        }
    }

    /// Only on this route.
    #[must_use]
    pub fn on(mut self, route: &str) -> Self {
        self.route = Some(route.to_owned());
        self
    }

    /// Only for this account.
    #[must_use]
    pub fn of(mut self, account: &str) -> Self {
        self.account = Some(account.to_owned());
        self
    }

    /// Only for the next `times` calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// The call has its effect, although its answer is replaced.
    #[must_use]
    pub fn taken(mut self) -> Self {
        self.taken = true;
        self
    }

    /// Milliseconds before anything is answered.
    #[must_use]
    pub fn delayed(mut self, delay_ms: u64) -> Self {
        self.delay_ms = delay_ms;
        self
    }

    /// Whether the service sees the call: always when its true answer is needed.
    pub(crate) fn reaches_the_service(&self) -> bool {
        self.taken
            || matches!(
                self.kind,
                FaultKind::Late
                    | FaultKind::CutInBody
                    | FaultKind::SlowDrip { .. }
                    | FaultKind::ContentType(_)
                    | FaultKind::InvalidUtf8
            )
    }

    fn fits(&self, service: Service, route: &str, account: &str) -> bool {
        self.service == service
            && self.route.as_deref().is_none_or(|wanted| wanted == route)
            && self
                .account
                .as_deref()
                .is_none_or(|wanted| wanted == account)
            && self.times != Some(0)
    }
}

/// The planned faults, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    planned: Vec<Fault>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.planned.push(fault);
    }

    pub(crate) fn all(&self) -> Vec<Fault> {
        self.planned.clone()
    }

    pub(crate) fn clear(&mut self) {
        self.planned.clear();
    }

    /// The fault for this call, counted down; used-up ones go.
    pub(crate) fn next(&mut self, service: Service, route: &str, account: &str) -> Option<Fault> {
        let place = self
            .planned
            .iter()
            .position(|fault| fault.fits(service, route, account))?;
        let fault = self.planned[place].clone();
        if let Some(times) = &mut self.planned[place].times {
            *times -= 1;
            if *times == 0 {
                self.planned.remove(place);
            }
        }
        Some(fault)
    }
}
