//! What a gate plays in place of a service's answer: bytes, pauses, and how the connection ends.
//!
//! Not here: sockets (`gate`).

/// One thing that happens on the wire. After the last one the connection is closed in order.
#[derive(Clone)]
pub enum Move {
    Send(Vec<u8>),
    /// Milliseconds.
    Wait(u64),
    /// The same bytes again and again, so many milliseconds apart, until the caller is gone.
    Forever(Vec<u8>, u64),
    /// Nothing more; the connection stays open.
    Hang,
    /// A reset instead of a farewell.
    Reset,
    /// No farewell at all: under TLS without its close message.
    Drop,
    /// The connection stays, and serves the next request.
    Keep,
}

/// The service's true answer to the call that a gate is about to spoil.
pub struct Truth {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Truth {
    /// The whole answer as it would have come.
    pub fn plain(&self) -> Vec<u8> {
        self.with(JSON, &self.body)
    }

    /// The same status with other headers and another body.
    pub fn with(&self, headers: &str, body: &[u8]) -> Vec<u8> {
        answer(self.status, headers, body)
    }
}

pub const JSON: &str = "content-type: application/json\r\n";
pub const HTML: &str = "content-type: text/html\r\n";

/// An answer with its length, and the last one of its connection; `headers` are whole lines.
pub fn answer(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = match status {
        204 => String::new(),
        _ => format!("content-length: {}\r\n", body.len()),
    };
    let head = format!("HTTP/1.1 {status} Said\r\n{headers}{length}connection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// A page as gateways make them.
pub fn page(status: u16) -> Vec<u8> {
    answer(
        status,
        HTML,
        format!("<html><title>{status}</title><h1>Service trouble</h1></html>"),
    )
}

pub fn send(bytes: impl Into<Vec<u8>>) -> Vec<Move> {
    vec![Move::Send(bytes.into())]
}

pub fn send_then(bytes: impl Into<Vec<u8>>, then: Move) -> Vec<Move> {
    vec![Move::Send(bytes.into()), then]
}
