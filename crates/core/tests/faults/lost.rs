//! Connections that do not come about, or that end before an answer.

use readdress_core::error::Code;

use crate::gate::Line;
use crate::play::play;
use crate::room::{Room, patient};
use crate::row::{Means, Row, Step, alter, line, wire};
use crate::script::{Move, send, send_then};

const NO_ANSWER: Means = Means::Untold(Code::NoAnswer);

fn rows() -> Vec<Row> {
    let cut = |bytes: &str| send_then(bytes, Move::Reset);
    vec![
        line("refused", Line::Refused, Means::NotSent(Code::Unreachable, "refused")),
        wire("reset, request read", vec![Move::Reset], NO_ANSWER),
        wire("closed, request read", vec![], NO_ANSWER),
        wire("reset in the status line", cut("HTTP/1.1 2"), NO_ANSWER),
        wire("closed in the headers", send("HTTP/1.1 200 OK\r\ncontent-le"), NO_ANSWER),
        wire("closed before the body", send("HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n"), Means::Untold(Code::UnexpectedAnswer)),
        alter("reset in the body", |truth| {
            let whole = truth.plain();
            send_then(&whole[..whole.len() - 3], Move::Reset)
        }, Means::Untold(Code::UnexpectedAnswer)),
        wire("another protocol", send("SSH-2.0-OpenSSH_9.2p1\r\n"), Means::Untold(Code::UnexpectedAnswer)),
        wire("an answer of HTTP/0.9", send("{\"success\":true}"), Means::Untold(Code::UnexpectedAnswer)),
        wire("reset, closing read", vec![Move::Reset], NO_ANSWER).at(&[Step::ReadBack]),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_lost() {
    let room = Room::new(patient()).await;
    play("lost", &room, rows()).await;
}
