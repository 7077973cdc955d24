//! Connections that do not come about, or that end before an answer.

use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_sandbox::Service::{ManncoStore, Webshare, ZApi};

use crate::gate::Line;
use crate::play::play;
use crate::room::{Room, patient};
use crate::row::{Means, Row, Step, alter, line, wire};
use crate::script::{Move, send, send_then};

const NO_ANSWER: Means = Means::Untold(Code::NoAnswer);

fn rows() -> Vec<Row> {
    let cut = |bytes: &str| send_then(bytes, Move::Reset);
    vec![
        line(
            "refused",
            Line::Refused,
            Means::NotSent(Code::Unreachable, "refused"),
        ),
        wire("reset, request read", vec![Move::Reset], NO_ANSWER),
        wire("closed, request read", vec![], NO_ANSWER),
        wire("reset in the status line", cut("HTTP/1.1 2"), NO_ANSWER),
        wire(
            "closed in the headers",
            send("HTTP/1.1 200 OK\r\ncontent-le"),
            NO_ANSWER,
        ),
        wire(
            "closed before the body",
            send("HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n"),
            Means::Untold(Code::UnexpectedAnswer),
        ),
        alter(
            "reset in the body",
            |truth| {
                let whole = truth.plain();
                send_then(&whole[..whole.len() - 3], Move::Reset)
            },
            Means::Untold(Code::UnexpectedAnswer),
        ),
        wire(
            "another protocol",
            send("SSH-2.0-OpenSSH_9.2p1\r\n"),
            Means::Untold(Code::UnexpectedAnswer),
        ),
        wire(
            "an answer of HTTP/0.9",
            send("{\"success\":true}"),
            Means::Untold(Code::UnexpectedAnswer),
        ),
        wire("reset, closing read", vec![Move::Reset], NO_ANSWER).at(&[Step::ReadBack]),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_lost() {
    let room = Room::new(patient()).await;
    play("lost", &room, rows()).await;
}

/// A profile whose host no name server knows: nothing was sent, whatever was asked.
#[tokio::test]
async fn a_name_that_is_gone() {
    let room = Room::new(patient()).await;
    for service in [ZApi, Webshare, ManncoStore] {
        let gate = room.case(service, false, false).await.gate;
        let origin = "https://readdress-test.invalid".to_owned();
        let case = room.case_at(service, false, gate, origin).await;
        let view = room
            .engine
            .request_change(room.ask(&case))
            .await
            .expect("planned");
        let problem = view.problem.expect("a problem");
        assert_eq!(
            (view.state, problem.code),
            (State::Planned, Code::Unreachable),
            "{service:?}"
        );
        assert_eq!(problem.params["reason"], "dns", "{service:?}");
        let problem = room
            .engine
            .read_profile(case.profile)
            .await
            .expect_err("no name");
        assert_eq!(
            (problem.code, problem.params["reason"].as_str()),
            (Code::Unreachable, "dns")
        );
    }
}
