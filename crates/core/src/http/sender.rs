//! The one sender: every byte that leaves for a service leaves here.
//!
//! Not here: how clients are built (`client`), what an error proves (`fault`), retries (`engine`; nothing is sent twice here).

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::client::{self, Network, Route};
use super::outgoing::Outgoing;
use super::{Answer, Request, Sent, body, fault};
use crate::error::{Problem, Result};
use crate::kill;
use crate::view::NetworkSettings;

/// How long each stage may take. Keep `connect` < `read` < `total`: a `total` that ends while still connecting
/// cannot prove that nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Name lookup, TCP, proxy and TLS together.
    pub connect: Duration,
    /// Silence while waiting for the answer or for its next piece.
    pub read: Duration,
    /// From start to the last byte of the answer.
    pub total: Duration,
    /// An unused connection is closed after this: minutes pass between a request and its code, and a POST on a
    /// stale connection becomes a needless unknown.
    pub idle: Duration,
    /// Bytes of an answer after decoding.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(20),
            total: Duration::from_secs(60),
            idle: Duration::from_secs(4),
            body: 1024 * 1024,
        }
    }
}

/// Sends requests; cheap to clone, clones share their connections.
#[derive(Clone)]
pub struct Sender {
    inner: Arc<Inner>,
}

struct Inner {
    network: Result<Network>,
    limits: Limits,
    // Built at first use: a call to a loopback server never loads the system's roots.
    outside: OnceLock<Result<reqwest::Client>>,
    loopback: OnceLock<Result<reqwest::Client>>,
    loopback_tls: OnceLock<Result<reqwest::Client>>,
}

impl Sender {
    /// Checks the settings; opens nothing.
    ///
    /// Errors: `proxy_invalid` (param `reason`), `certificate_invalid` (params `file`, `reason`).
    pub fn new(settings: &NetworkSettings) -> Result<Self> {
        Self::with_limits(settings, Limits::default())
    }

    /// As [`Sender::new`], with other limits than the usual ones.
    pub fn with_limits(settings: &NetworkSettings, limits: Limits) -> Result<Self> {
        Ok(Self::build(Ok(Network::check(settings)?), limits))
    }

    /// Sends nothing: every call ends with `problem`. For stored settings that no longer hold, so that the
    /// program opens and says so instead of going around a proxy.
    pub fn broken(problem: Problem) -> Self {
        Self::build(Err(problem), Limits::default())
    }

    fn build(network: Result<Network>, limits: Limits) -> Self {
        Self {
            inner: Arc::new(Inner {
                network,
                limits,
                outside: OnceLock::new(),
                loopback: OnceLock::new(),
                loopback_tls: OnceLock::new(),
            }),
        }
    }

    /// Sends once and reads the whole answer. Never follows a redirect, never sends again by itself, except where a
    /// kept-alive connection had closed before the first byte was written.
    pub async fn send(&self, request: Request) -> Sent {
        // A request that cannot be built never leaves.
        let outgoing = match Outgoing::check(request) {
            Ok(outgoing) => outgoing,
            Err(problem) => return Sent::NotSent(problem),
        };
        let client = match self.client(outgoing.route) {
            Ok(client) => client,
            Err(problem) => return Sent::NotSent(problem.with("host", outgoing.host)),
        };
        let Outgoing { request, host, .. } = outgoing;
        let begun = Instant::now();
        kill::point("wire_before_send");
        let mut response = match client.execute(request).await {
            Ok(response) => response,
            Err(error) => return fault::before_head(&error, &host),
        };
        kill::point("wire_after_head");
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            })
            .collect();
        match body::read(&mut response, self.inner.limits.body).await {
            Ok(body) => Sent::Answer(Answer {
                status,
                headers,
                body,
                took: begun.elapsed(),
                at: crate::clock::now(),
            }),
            Err(problem) => Sent::NoAnswer(Problem {
                status: Some(status),
                ..problem.with("host", host)
            }),
        }
    }

    fn client(&self, route: Route) -> Result<&reqwest::Client> {
        let cell = match route {
            Route::Outside => &self.inner.outside,
            Route::Loopback => &self.inner.loopback,
            Route::LoopbackTls => &self.inner.loopback_tls,
        };
        let network = self.inner.network.as_ref().map_err(Clone::clone)?;
        cell.get_or_init(|| client::build(route, network, &self.inner.limits))
            .as_ref()
            .map_err(Clone::clone)
    }
}
