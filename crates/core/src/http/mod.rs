//! The wire as the rest of core sees it: one request, and what became of it.
//!
//! Not here: what a request holds (`manifest::render`), what an answer means (`manifest::answer`), retries of reads (`engine`).

mod body;
mod client;
mod fault;
mod outgoing;
mod self_signed;
pub mod sender;
pub(crate) mod tls;
pub mod wait;

use std::time::Duration;

pub use sender::{Limits, Sender};
pub use wait::retry_after;

use jiff::{SignedDuration, Timestamp};

use crate::error::Problem;
use crate::secret::Secret;

/// A rendered call. URL, headers and body may hold secrets, so none of it prints.
#[derive(Clone)]
pub struct Request {
    pub method: Method,
    /// Absolute, already encoded by place.
    pub url: Secret,
    pub headers: Vec<(String, Secret)>,
    /// Content type and bytes.
    pub body: Option<(String, Secret)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// Makes *ring* the process's TLS provider. First thing in every `main`, and harmless when called again.
/// [`Sender`] does not need it; other users of rustls in the process do.
pub fn install_crypto() {
    // An error only says that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// What became of a request.
#[derive(Debug)]
pub enum Sent {
    /// A whole answer came within the limits.
    Answer(Answer),
    /// Certainly nothing reached the service: DNS, connect, TLS, proxy.
    NotSent(Problem),
    /// It may have reached the service: no answer, a cut, oversized or undecodable one.
    NoAnswer(Problem),
}

/// A whole answer, decoded, at most 1 MiB.
#[derive(Clone)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case, in order of arrival.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub took: Duration,
    /// When it was complete, by this machine's clock.
    pub at: Timestamp,
}

impl Answer {
    /// How far the server's clock is ahead of this machine's (negative: behind), by its `Date` (RFC 9110, section 6.6.1).
    /// The answer took its time, and a date has whole seconds: what that may explain is left out, so zero means
    /// "no difference that is certain". `None` without a date.
    pub fn ahead(&self) -> Option<SignedDuration> {
        let header = |name: &str| {
            let found = self.headers.iter().find(|(own, _)| own == name);
            found.map(|(_, value)| value.trim())
        };
        let date = Timestamp::try_from(httpdate::parse_http_date(header("date")?).ok()?).ok()?;
        // A cache on the way hands out what was dated earlier.
        let age = header("age").and_then(|age| age.parse::<u32>().ok());
        let first = date
            .checked_add(SignedDuration::from_secs(age.unwrap_or(0).into()))
            .ok()?;
        let last = first.checked_add(SignedDuration::from_secs(1)).ok()?;
        let begun = self.at.checked_sub(self.took).ok()?;
        Some(if first > self.at {
            first.duration_since(self.at)
        } else if last < begun {
            last.duration_since(begun)
        } else {
            SignedDuration::ZERO
        })
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Request({:?})", self.method)
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.status, self.body.len())
    }
}
