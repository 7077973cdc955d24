//! Bytes to and from a mail server, within time and bounds. Nothing of them is logged or kept: passwords and codes pass here.
//!
//! Not here: how a connection comes about (`connect`), tags and what they answer (`talk`).

use std::time::Duration;

use imap_proto::Response;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use super::frame::{Bounds, Frame, TooMuch};

/// What carries the conversation: TCP in the clear, or TLS over it.
pub(super) trait Carrier: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Carrier for T {}

/// Why bytes did not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    TimedOut,
    Cut,
    /// Endless, oversized, or no reply of any kind.
    Garbage,
}

/// One reply, its line end included.
pub(super) struct Raw {
    pub bytes: Vec<u8>,
    /// It holds literals: its strings are as they are, without escapes.
    pub literals: bool,
    /// Nested as nothing that was asked for.
    pub deep: bool,
}

impl Raw {
    /// What it holds, as far as imap-proto knows. That goes into each parenthesis by a call of its own, so it gets none that
    /// would lead it through its stack.
    pub fn parsed(&self) -> Option<Response<'_>> {
        let parsed = (!self.deep).then(|| Response::parse(&self.bytes));
        Some(parsed?.ok()?.1)
    }

    /// A string out of it without the escapes of a quoted one, which imap-proto leaves in.
    pub fn plain(&self, string: &[u8]) -> Vec<u8> {
        if self.literals {
            return string.to_vec();
        }
        let mut plain = Vec::with_capacity(string.len());
        let mut bytes = string.iter();
        while let Some(byte) = bytes.next() {
            let escaped = (*byte == b'\\').then(|| bytes.next()).flatten();
            plain.push(*escaped.unwrap_or(byte));
        }
        plain
    }

    pub fn plain_text(&self, string: &str) -> String {
        String::from_utf8_lossy(&self.plain(string.as_bytes())).into_owned()
    }
}

/// How much is read at once.
const CHUNK: usize = 16 * 1024;

pub(super) struct Wire {
    carrier: Box<dyn Carrier>,
    buffer: Vec<u8>,
    /// What comes before it in the buffer was handed out already.
    start: usize,
    frame: Frame,
    bounds: Bounds,
    /// Bytes that the answer may still have.
    left: usize,
}

impl Wire {
    pub fn new(carrier: impl Carrier + 'static) -> Self {
        Self {
            carrier: Box::new(carrier),
            buffer: Vec::new(),
            start: 0,
            frame: Frame::default(),
            bounds: Bounds::SMALL,
            left: Bounds::SMALL.total,
        }
    }

    /// What the next answer may be.
    pub fn expect(&mut self, bounds: Bounds) {
        self.bounds = bounds;
        self.left = bounds.total;
    }

    pub async fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), Broken> {
        let until = Instant::now() + within;
        let write = async {
            self.carrier.write_all(bytes).await?;
            self.carrier.flush().await
        };
        match timeout_at(until, write).await {
            // What goes wrong in TLS after its handshake says nothing about the server's certificate.
            Ok(sent) => sent.map_err(|_| Broken::Cut),
            Err(_) => Err(Broken::TimedOut),
        }
    }

    /// The next reply. A future that is dropped loses nothing of it.
    pub async fn next(&mut self, until: Instant) -> Result<Raw, Broken> {
        loop {
            let unread = &self.buffer[self.start..];
            let end = self.frame.end(unread, &self.bounds);
            if let Some(end) = end.map_err(|TooMuch| Broken::Garbage)? {
                let bytes = unread[..end].to_vec();
                self.start += end;
                let Frame { literals, deep, .. } = std::mem::take(&mut self.frame);
                return Ok(Raw {
                    bytes,
                    literals,
                    deep,
                });
            }
            self.buffer.drain(..std::mem::take(&mut self.start));
            if self.buffer.is_empty() {
                // What a large mail needed is not kept for the next words.
                self.buffer = Vec::new();
            }
            self.buffer.reserve(CHUNK);
            let mut room = (&mut self.carrier).take(CHUNK as u64);
            let read = timeout_at(until, room.read_buf(&mut self.buffer)).await;
            match read.map_err(|_| Broken::TimedOut)? {
                Ok(0) => return Err(Broken::Cut),
                Ok(count) => {
                    self.left = self.left.checked_sub(count).ok_or(Broken::Garbage)?;
                }
                Err(_) => return Err(Broken::Cut),
            }
        }
    }

    /// What carries it, and what was read and not looked at yet.
    pub fn into_parts(mut self) -> (Box<dyn Carrier>, Vec<u8>) {
        let unread = self.buffer.split_off(self.start);
        (self.carrier, unread)
    }

    /// Closes it; the other side may be gone already.
    pub async fn shut(&mut self, until: Instant) {
        let _ = timeout_at(until, self.carrier.shutdown()).await;
    }
}
