//! HTTP/2, where a server can say that it did not look at a request, and where most of its ends say nothing.

use readdress_core::error::Code;
use tokio_rustls::TlsAcceptor;

use crate::authority::Flaw;
use crate::frames::{frame, go_away, headers_200, reset};
use crate::gate::Line;
use crate::play::play;
use crate::room::{Room, impatient, patient};
use crate::row::{Means, Row, line};
use crate::script::{Move, send, send_then};

const NOT_LOOKED_AT: Means = Means::NotSent(Code::Unreachable, "turned_away");
const NO_ANSWER: Means = Means::Untold(Code::NoAnswer);
const ODD: Means = Means::Untold(Code::UnexpectedAnswer);

fn data(bytes: &[u8], end: bool) -> Vec<u8> {
    frame(0, u8::from(end), 1, bytes)
}

fn rows(tls: &TlsAcceptor) -> Vec<Row> {
    let row = |what, moves: Vec<Move>, means| {
        line(what, Line::Frames(tls.clone(), moves), means).over_tls()
    };
    vec![
        row("REFUSED_STREAM", send(reset(7)), NOT_LOOKED_AT),
        row("RST_STREAM, NO_ERROR", send(reset(0)), NO_ANSWER),
        row("RST_STREAM, INTERNAL_ERROR", send(reset(2)), NO_ANSWER),
        row("RST_STREAM, CANCEL", send(reset(8)), NO_ANSWER),
        row("RST_STREAM, ENHANCE_YOUR_CALM", send(reset(11)), NO_ANSWER),
        row("RST_STREAM, HTTP_1_1_REQUIRED", send(reset(13)), NO_ANSWER),
        row(
            "GOAWAY before this stream",
            send(go_away(0, 0)),
            NOT_LOOKED_AT,
        ),
        row(
            "GOAWAY before it, INTERNAL_ERROR",
            send(go_away(0, 2)),
            NOT_LOOKED_AT,
        ),
        row(
            "GOAWAY after this stream, and closed",
            send(go_away(1, 0)),
            NO_ANSWER,
        ),
        row(
            "GOAWAY after it, INTERNAL_ERROR",
            send(go_away(1, 2)),
            NO_ANSWER,
        ),
        row("closed without a frame", vec![], NO_ANSWER),
        // A close that is read together with what came before it may hide it.
        row(
            "closed after the headers",
            send_then(headers_200(0, false), Move::Wait(250)),
            ODD,
        ),
        row(
            "reset after the headers",
            send([headers_200(0, false), reset(2)].concat()),
            ODD,
        ),
        row(
            "reset in the body",
            send(
                [
                    headers_200(0, false),
                    data(b"{\"success\"", false),
                    reset(8),
                ]
                .concat(),
            ),
            ODD,
        ),
        row(
            "GOAWAY in the body, and closed",
            send_then(
                [headers_200(0, false), data(b"{", false), go_away(1, 2)].concat(),
                Move::Wait(250),
            ),
            ODD,
        ),
        row("an empty 200", send(headers_200(0, true)), ODD).at(&crate::row::EFFECTS[..3]),
        row(
            "not JSON",
            send([headers_200(0, false), data(b"yes", true)].concat()),
            ODD,
        )
        .at(&crate::row::EFFECTS[..3]),
        row(
            "a body before the headers",
            send(data(b"{}", true)),
            NO_ANSWER,
        ),
        row(
            "a frame of a foreign stream",
            send(frame(0, 0, 99, b"{}")),
            NO_ANSWER,
        ),
        row(
            "a frame that is too long",
            send(frame(0, 0, 1, &vec![0; 20_000])),
            NO_ANSWER,
        ),
        row(
            "headers that are no HPACK",
            send(frame(1, 5, 1, &[0xff; 40])),
            NO_ANSWER,
        ),
        row(
            "100 KB of headers",
            send(headers_200(1_000, true)),
            NO_ANSWER,
        ),
        row(
            "HTTP/1.1 after all",
            send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
            NO_ANSWER,
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http2_that_ends_badly() {
    let room = Room::new(patient()).await;
    let rows = rows(&room.authority.acceptor(Flaw::None, &["h2"]));
    play("http2", &room, rows).await;
}

/// Frames without end that are no answer: a limit ends them, or the client's own measure.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http2_without_an_end() {
    let room = Room::new(impatient()).await;
    let tls = room.authority.acceptor(Flaw::None, &["h2"]);
    let row = |what, start: Vec<u8>, again: Vec<u8>, code| {
        let moves = vec![Move::Send(start), Move::Forever(again, 20)];
        line(what, Line::Frames(tls.clone(), moves), Means::Untold(code))
            .over_tls()
            .at(&crate::row::EFFECTS[..3])
            .within(0, 40_000)
    };
    let ping = frame(6, 0, 0, &[0; 8]);
    let settings = frame(4, 0, 0, &[]);
    let continued = frame(9, 0, 1, &[0, 1, b'x', 1, b'y']);
    let rows = vec![
        row("PING without end", Vec::new(), ping, Code::TimedOut),
        row("SETTINGS without end", Vec::new(), settings, Code::TimedOut),
        row(
            "CONTINUATION without end",
            frame(1, 0, 1, &[0x88]),
            continued,
            Code::NoAnswer,
        ),
        row(
            "empty DATA without end",
            headers_200(0, false),
            data(b"", false),
            Code::TimedOut,
        ),
    ];
    play("http2 floods", &room, rows).await;
}
