//! HTTP/2 in raw frames: enough to let a request in and to end it badly.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::script::Move;

const HEADERS: u8 = 1;
const PREFACE: usize = 24;

/// A frame (RFC 9113, section 4.1).
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len())
        .expect("a short payload")
        .to_be_bytes();
    let mut bytes = length[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// `RST_STREAM` of the first stream.
pub fn reset(code: u32) -> Vec<u8> {
    frame(3, 0, 1, &code.to_be_bytes())
}

/// `GOAWAY` that names `last` as the last stream that was looked at.
pub fn go_away(last: u32, code: u32) -> Vec<u8> {
    frame(7, 0, 0, &[last.to_be_bytes(), code.to_be_bytes()].concat())
}

/// `:status: 200` from the static table, and so many headers more.
pub fn headers_200(more: usize, end: bool) -> Vec<u8> {
    let mut block = vec![0x88];
    for _ in 0..more {
        // Literal without indexing, a name of one letter and a value of 100.
        block.extend([0, 1, b'x', 100]);
        block.extend([b'y'; 100]);
    }
    let mut bytes = Vec::new();
    let parts: Vec<_> = block.chunks(16_000).collect();
    for (number, part) in parts.iter().enumerate() {
        let last = if number + 1 == parts.len() { 4 } else { 0 };
        let (kind, flags) = match number {
            0 => (HEADERS, last | u8::from(end)),
            _ => (9, last),
        };
        bytes.extend(frame(kind, flags, 1, part));
    }
    bytes
}

/// Plays the moves once the headers of a request have come.
pub async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    moves: &[Move],
    arrived: impl Fn(),
) {
    let mut preface = [0; PREFACE];
    if stream.read_exact(&mut preface).await.is_err() {
        return;
    }
    let settings = frame(4, 0, 0, &[]);
    if stream
        .write_all(&settings)
        .await
        .and(stream.flush().await)
        .is_err()
    {
        return;
    }
    loop {
        let mut head = [0; 9];
        if stream.read_exact(&mut head).await.is_err() {
            return;
        }
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        if stream.read_exact(&mut payload).await.is_err() {
            return;
        }
        if head[3] == HEADERS {
            break;
        }
    }
    arrived();
    for one in moves {
        match one {
            Move::Send(bytes) => {
                if stream
                    .write_all(bytes)
                    .await
                    .and(stream.flush().await)
                    .is_err()
                {
                    return;
                }
            }
            Move::Forever(bytes, pause) => {
                while stream
                    .write_all(bytes)
                    .await
                    .and(stream.flush().await)
                    .is_ok()
                {
                    tokio::time::sleep(Duration::from_millis(*pause)).await;
                }
                return;
            }
            Move::Wait(pause) => tokio::time::sleep(Duration::from_millis(*pause)).await,
            _ => return,
        }
    }
    let _ = stream.shutdown().await;
    crate::gate::drain(stream).await;
}
