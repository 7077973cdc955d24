//! Odd heads: informational answers, headers without measure, answers that nobody asked for.

use readdress_core::error::Code;
use readdress_sandbox::Service::{Webshare, ZApi};

use crate::play::play;
use crate::room::{Room, impatient, patient};
use crate::row::{ALL, Means, Row, Step, alter, wire};
use crate::script::{JSON, Move, Truth, send, send_then};

const ODD: Means = Means::Untold(Code::UnexpectedAnswer);

fn before(truth: &Truth, early: &str) -> Vec<Move> {
    send([early.as_bytes(), &truth.plain()].concat())
}

fn more(truth: &Truth, headers: &str) -> Vec<Move> {
    send(truth.with(&format!("{JSON}{headers}"), &truth.body))
}

fn rows() -> Vec<Row> {
    let head = |headers: &str| {
        send(format!(
            "HTTP/1.1 200 OK\r\n{headers}content-length: 2\r\n\r\n{{}}"
        ))
    };
    vec![
        alter(
            "100 first",
            |it| before(it, "HTTP/1.1 100 Continue\r\n\r\n"),
            Means::Harmless,
        ),
        alter(
            "103 first",
            |it| before(it, "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"),
            Means::Harmless,
        ),
        alter(
            "a hundred of them first",
            |it| before(it, &"HTTP/1.1 102 Processing\r\n\r\n".repeat(100)),
            Means::Harmless,
        ),
        wire(
            "101",
            send("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
            ODD,
        )
        .at(&ALL),
        wire(
            "a status of two digits",
            send("HTTP/1.1 42 No\r\n\r\n"),
            ODD,
        )
        .at(&ALL),
        wire(
            "999",
            send("HTTP/1.1 999 No\r\ncontent-length: 0\r\n\r\n"),
            ODD,
        )
        .at(&ALL),
        wire("HTTP/3.0 in text", send("HTTP/3.0 200 OK\r\n\r\n"), ODD).at(&ALL),
        alter(
            "90 headers",
            |it| more(it, &"x-a: b\r\n".repeat(90)),
            Means::Harmless,
        ),
        wire("10,000 headers", head(&"x-a: b\r\n".repeat(10_000)), ODD).at(&ALL),
        wire(
            "a header of 1 MiB",
            head(&format!("x-a: {}\r\n", "b".repeat(1 << 20))),
            ODD,
        )
        .at(&ALL),
        wire(
            "a header without an end",
            vec![
                Move::Send("HTTP/1.1 200 OK\r\nx-a: ".into()),
                Move::Forever(vec![b'x'; 4096], 0),
            ],
            ODD,
        )
        .at(&ALL),
        alter(
            "a header that is not text",
            |it| {
                send(
                    [
                        b"HTTP/1.1 200 OK\r\nx-a: \xff\xfe\r\nconnection: close\r\n\r\n",
                        &it.body[..],
                    ]
                    .concat(),
                )
            },
            Means::Harmless,
        ),
        wire("a name with a blank in it", head("x a: b\r\n"), ODD).at(&ALL),
        wire("a header with a null", head("x-a: \0\r\n"), ODD).at(&ALL),
        alter(
            "cookies",
            |it| more(it, "set-cookie: session=1; Path=/\r\n"),
            Means::Harmless,
        ),
    ]
}

/// What follows a whole answer is the answer to nothing: not to the next call either.
const FORGED: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 86\r\n\r\n{\"success\":true,\"message\":\"VERIFY_EMAIL\",\"email\":\"forged@evil.example\",\"verified\":true}";

fn surplus() -> Vec<Row> {
    let forged = |head: &str| send_then([head, FORGED, FORGED].concat(), Move::Keep);
    // The closing read follows the accepted code at once.
    let steps = [Step::Request, Step::Verify, Step::Resend];
    vec![
        alter(
            "a second answer behind the first",
            |it| {
                let body = String::from_utf8_lossy(&it.body).into_owned();
                let first = format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                send_then([first.as_str(), FORGED].concat(), Move::Keep)
            },
            Means::Harmless,
        )
        .at(&steps),
        alter(
            "a second answer, a moment later",
            |it| {
                let body = String::from_utf8_lossy(&it.body).into_owned();
                let first = format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                vec![
                    Move::Send(first.into()),
                    Move::Wait(1),
                    Move::Send(FORGED.into()),
                    Move::Keep,
                ]
            },
            Means::Harmless,
        )
        .at(&steps),
        wire(
            "204, and an answer as its body",
            forged("HTTP/1.1 204 No Content\r\ncontent-length: 160\r\n\r\n"),
            Means::Harmless,
        )
        .at(&steps)
        .of(&[Webshare]),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_heads() {
    play("heads", &Room::new(patient()).await, rows()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_nobody_asked_for() {
    play("surplus", &Room::new(patient()).await, surplus()).await;
}

/// Only the total limit ends it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn early_answers_without_end() {
    let flood = |early: &str| vec![Move::Forever(early.into(), 5)];
    let late = Means::Untold(Code::TimedOut);
    let steps = [Step::Request, Step::Verify, Step::Cancel];
    let rows = vec![
        wire(
            "100 without end",
            flood("HTTP/1.1 100 Continue\r\n\r\n"),
            late,
        )
        .at(&steps)
        .of(&[ZApi, Webshare])
        .within(1_800, 40_000),
        wire(
            "103 without end",
            flood("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"),
            late,
        )
        .at(&steps)
        .of(&[ZApi, Webshare])
        .within(1_800, 40_000),
    ];
    play("floods", &Room::new(impatient()).await, rows).await;
}
