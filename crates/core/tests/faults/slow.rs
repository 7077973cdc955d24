//! Answers that take for ever, at each stage.

use std::time::{Duration, Instant};

use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_core::http::Limits;
use readdress_sandbox::Service;

use crate::gate::{Line, Spoil};
use crate::play::play;
use crate::room::{Room, impatient};
use crate::row::{EFFECTS, Means, Row, Step, alter, line, wire};
use crate::script::{Move, send_then};

const LATE: Means = Means::Untold(Code::TimedOut);

fn rows() -> Vec<Row> {
    vec![
        #[cfg(target_os = "linux")]
        line(
            "no connection comes about",
            Line::Full,
            Means::NotSent(Code::TimedOut, "connect"),
        )
        .within(900, 40_000),
        line(
            "TLS: silence in the handshake",
            Line::Silent,
            Means::NotSent(Code::TimedOut, "connect"),
        )
        .over_tls()
        .within(900, 40_000),
        wire("no answer ever", vec![Move::Hang], LATE).within(1_800, 40_000),
        wire(
            "silence in the headers",
            send_then("HTTP/1.1 200 OK\r\nx-a", Move::Hang),
            LATE,
        )
        .within(1_800, 40_000)
        .at(&EFFECTS),
        wire(
            "headers, a byte at a time",
            drip("HTTP/1.1 200 OK\r\nx-a: "),
            LATE,
        )
        .within(1_800, 40_000)
        .at(&EFFECTS),
        wire(
            "silence in the body",
            send_then("HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{", Move::Hang),
            LATE,
        )
        .within(1_800, 40_000),
        wire(
            "body, a byte at a time",
            drip("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n"),
            LATE,
        )
        .within(2_800, 40_000),
        alter(
            "late, and still in time",
            |truth| vec![Move::Wait(400), Move::Send(truth.plain())],
            Means::Harmless,
        )
        .at(&[Step::Request]),
        wire("no answer ever, closing read", vec![Move::Hang], LATE)
            .at(&[Step::ReadBack])
            .within(4_000, 60_000),
    ]
}

/// This, and then a byte every fifth of a second.
fn drip(start: &str) -> Vec<Move> {
    vec![Move::Send(start.into()), Move::Forever(b" ".to_vec(), 200)]
}

/// Reads that hang for long: the second begins within 15 s of the first, the third would not.
async fn closing_reads_that_hang() {
    let limits = Limits {
        read: Duration::from_secs(6),
        total: Duration::from_secs(8),
        ..impatient()
    };
    let room = Room::new(limits).await;
    let case = room.case(Service::ZApi, false, false).await;
    let view = room
        .engine
        .request_change(room.ask(&case))
        .await
        .expect("sent");
    let code = room.code(&case).expect("a mail came");
    case.gate
        .spoil("read", Spoil::Play(vec![Move::Hang]), false);
    let begun = Instant::now();
    let view = room.hasty.submit_code(view.id, &code).await.expect("sent");
    assert_eq!(view.state, State::Unknown);
    assert_eq!(case.gate.received("read"), 2);
    assert!(
        begun.elapsed() < Duration::from_secs(30),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_take_for_ever() {
    let room = Room::new(impatient()).await;
    // Both mostly wait.
    tokio::join!(play("slow", &room, rows()), closing_reads_that_hang());
}
