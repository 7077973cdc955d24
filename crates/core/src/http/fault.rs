//! What an error of the wire proves: that nothing was sent, or only that no answer came. When in doubt, the latter:
//! a request that is sent again by mistake costs more than a question to the user.
//!
//! Not here: texts of errors (they may hold a URL, and a URL may hold a token), I/O.

use std::error::Error;
use std::io;

use super::{Sent, tls};
use crate::error::{Code, Problem};

/// An error before the answer's head was there.
pub(super) fn before_head(error: &reqwest::Error, host: &str) -> Sent {
    let told = |problem: Problem| problem.with("host", host);
    if error.is_builder() {
        return Sent::NotSent(told(
            Problem::new(Code::BaseUrlInvalid).with("reason", "not_a_url"),
        ));
    }
    if error.is_connect() {
        return Sent::NotSent(told(connecting(error)));
    }
    // hyper's word for a request that was still queued when its connection closed: no byte of it was written.
    if find::<hyper::Error>(error).is_some_and(hyper::Error::is_canceled) {
        return Sent::NotSent(told(problem(Code::Unreachable, "closed")));
    }
    // RFC 9113, sections 6.8 and 8.7: neither a stream beyond the last one that a GOAWAY names (only those end with
    // its error) nor a refused one was processed in any way.
    if find::<h2::Error>(error).is_some_and(|h2| {
        h2.is_remote() && (h2.is_go_away() || h2.reason() == Some(h2::Reason::REFUSED_STREAM))
    }) {
        return Sent::NotSent(told(problem(Code::Unreachable, "turned_away")));
    }
    Sent::NoAnswer(told(waiting(error)))
}

/// An error after the head, while the body came.
pub(super) fn in_body(error: &reqwest::Error) -> Problem {
    if error.is_timeout() {
        return problem(Code::TimedOut, "body");
    }
    let cut = find::<hyper::Error>(error).is_some() || io_kind(error).is_some_and(is_closed);
    // A truncated compressed body ends as UnexpectedEof too: for a person it is cut either way.
    problem(Code::UnexpectedAnswer, if cut { "cut" } else { "encoding" })
}

/// No connection came about, so nothing was sent.
fn connecting(error: &reqwest::Error) -> Problem {
    if let Some(reason) = proxy_reason(error) {
        return problem(Code::ProxyFailed, reason);
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return problem(Code::TlsFailed, tls::reason(tls));
    }
    if error.is_timeout() {
        return problem(Code::TimedOut, "connect");
    }
    if error.is_dns() {
        return problem(Code::Unreachable, "dns");
    }
    match io_kind(error) {
        Some(io::ErrorKind::ConnectionRefused) => problem(Code::Unreachable, "refused"),
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
            problem(Code::Unreachable, "no_route")
        }
        // The other side hung up in the middle of the handshake.
        Some(io::ErrorKind::UnexpectedEof) => problem(Code::TlsFailed, "handshake"),
        Some(kind) if is_closed(kind) => problem(Code::Unreachable, "closed"),
        _ => problem(Code::Unreachable, "connect"),
    }
}

/// The request may have been read; its answer was not.
fn waiting(error: &reqwest::Error) -> Problem {
    if error.is_timeout() {
        return problem(Code::TimedOut, "answer");
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return problem(Code::TlsFailed, tls::reason(tls));
    }
    match find::<hyper::Error>(error) {
        Some(hyper) if hyper.is_parse() => problem(Code::UnexpectedAnswer, "not_http"),
        _ => problem(Code::Unreachable, "closed"),
    }
}

/// `auth`, `unreachable` or `refused`, if it was the proxy. Its error types are private to their crates, so
/// their words have to do; a test per kind pins them.
fn proxy_reason(error: &reqwest::Error) -> Option<&'static str> {
    let at = chain(error).find(|cause| {
        let words = cause.to_string();
        words.starts_with("tunnel error") || words.contains("socks proxy")
    })?;
    let says = |part: &str| chain(at).any(|cause| cause.to_string().contains(part));
    Some(if says("authorization required") {
        "auth"
    } else if says("underlying connection") || io_kind(at).is_some_and(|kind| !is_closed(kind)) {
        "unreachable"
    } else {
        "refused"
    })
}

fn is_closed(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::NotConnected
    )
}

fn problem(code: Code, reason: &str) -> Problem {
    Problem::new(code).with("reason", reason)
}

/// The kind of the first I/O error that has one: connectors wrap theirs once more as `Other`.
fn io_kind(error: &(dyn Error + 'static)) -> Option<io::ErrorKind> {
    chain(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .map(io::Error::kind)
        .find(|kind| *kind != io::ErrorKind::Other)
}

fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    chain(error).find_map(|cause| cause.downcast_ref::<E>())
}

/// An error and all its causes.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| cause(*error))
}

/// `io::Error` shows the causes of what it wraps, but not the wrapped error itself.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}
