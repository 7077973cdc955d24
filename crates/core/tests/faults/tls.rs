//! TLS that must not be trusted, or that does not come about: nothing is sent then.

use readdress_core::error::Code;

use crate::authority::{Authority, Flaw};
use crate::gate::Line;
use crate::play::play;
use crate::room::{Room, patient};
use crate::row::{Means, Row, alter, line};
use crate::script::{JSON, Move, send_then};

fn shows(what: &'static str, authority: &Authority, flaw: Flaw, reason: &'static str) -> Row {
    let line_of = Line::Shows(authority.acceptor(flaw, &["http/1.1"]));
    line(what, line_of, Means::NotSent(Code::TlsFailed, reason)).over_tls()
}

fn says(what: &'static str, bytes: &[u8], reason: &'static str) -> Row {
    line(
        what,
        Line::Says(bytes.to_vec()),
        Means::NotSent(Code::TlsFailed, reason),
    )
    .over_tls()
}

fn rows(own: &Authority) -> Vec<Row> {
    vec![
        shows("an expired certificate", own, Flaw::Expired, "expired"),
        shows(
            "a certificate of tomorrow",
            own,
            Flaw::NotYetValid,
            "not_yet_valid",
        ),
        shows(
            "a certificate of another host",
            own,
            Flaw::OtherHost,
            "wrong_host",
        ),
        shows(
            "a self-signed certificate",
            own,
            Flaw::SelfSigned,
            "self_signed",
        ),
        shows(
            "an unknown authority",
            own,
            Flaw::UnknownAuthority,
            "unknown_authority",
        ),
        shows(
            "an authority made anew",
            own,
            Flaw::AuthorityMadeAnew,
            "unknown_authority",
        ),
        shows(
            "self-signed in its name",
            own,
            Flaw::SelfSignedInItsName,
            "self_signed",
        ),
        says(
            "plain HTTP on the TLS port",
            b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n",
            "not_tls",
        ),
        says("closed in the handshake", b"", "handshake"),
        says(
            "an alert in the handshake",
            b"\x15\x03\x03\x00\x02\x02\x28",
            "handshake",
        ),
        says(
            "half a record in the handshake",
            b"\x16\x03\x03\x10\x00\x02",
            "handshake",
        ),
        line(
            "reset in the handshake",
            Line::Reset,
            Means::NotSent(Code::Unreachable, "closed"),
        )
        .over_tls(),
        alter(
            "all is well",
            |it| vec![Move::Send(it.plain())],
            Means::Harmless,
        )
        .over_tls(),
        // Without its close message nobody knows whether the body is whole.
        alter(
            "an end that TLS does not confirm",
            |it| {
                let head = format!(
                    "HTTP/1.1 {} OK\r\n{JSON}connection: close\r\n\r\n",
                    it.status
                );
                send_then([head.as_bytes(), &it.body].concat(), Move::Drop)
            },
            Means::Untold(Code::UnexpectedAnswer),
        )
        .over_tls(),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_that_must_not_be_trusted() {
    let room = Room::new(patient()).await;
    let rows = rows(&room.authority);
    play("tls", &room, rows).await;
}
