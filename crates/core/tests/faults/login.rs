//! Tokens that are refused for ever: at most one login in a step, and each call at most once more.

use std::collections::BTreeMap;

use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_sandbox::Service::ManncoStore;

use crate::gate::{Gate, Spoil};
use crate::room::{Case, Room, patient};
use crate::script::{answer, send};

/// How often `route` and the login were received.
fn came(gate: &Gate, route: &str) -> (usize, usize) {
    (gate.received(route), gate.received("login"))
}

async fn waiting(room: &Room) -> (Case, uuid::Uuid, String) {
    let case = room.case(ManncoStore, false, false).await;
    let view = room
        .engine
        .request_change(room.ask(&case))
        .await
        .expect("sent");
    let code = room.code(&case).expect("a mail came");
    (case, view.id, code)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_refused_for_ever_costs_one_login_in_a_step() {
    let room = Room::new(patient()).await;
    let none = BTreeMap::new();
    for (status, code) in [(401, Code::CredentialsRefused), (403, Code::NotSupported)] {
        let refused = || Spoil::Play(send(answer(status, "", "")));

        let case = room.case(ManncoStore, false, false).await;
        case.gate.spoil("request", refused(), false);
        let view = room
            .engine
            .request_change(room.ask(&case))
            .await
            .expect("sent");
        assert_eq!(
            (view.state, view.problem.map(|it| it.code)),
            (State::Refused, Some(code))
        );
        // One login for the read before, one for the request.
        assert_eq!(came(&case.gate, "request"), (2, 2), "{status}");
        assert_eq!(room.count(&case, "request").taken, 0);

        let (case, id, pin) = waiting(&room).await;
        case.gate.spoil("verify", refused(), false);
        let view = room.engine.submit_code(id, &pin).await.expect("sent");
        assert_eq!(
            (view.state, view.problem.map(|it| it.code)),
            (State::AwaitingCode, Some(code))
        );
        assert!(view.has_value, "the code is kept");
        assert_eq!(came(&case.gate, "verify"), (2, 1), "{status}");

        let (case, id, _) = waiting(&room).await;
        case.gate.spoil("request", refused(), false);
        let view = room
            .engine
            .resend_code(id, &none, true)
            .await
            .expect("sent");
        assert_eq!(
            (view.state, view.problem.map(|it| it.code)),
            (State::AwaitingCode, Some(code))
        );
        assert_eq!(came(&case.gate, "request"), (2, 1), "{status}");

        let (case, ..) = waiting(&room).await;
        case.gate.spoil("read", refused(), false);
        let problem = room
            .engine
            .read_profile(case.profile)
            .await
            .expect_err("refused");
        assert_eq!(problem.code, code);
        assert_eq!(came(&case.gate, "read"), (2, 1), "{status}");
    }
}

/// The closing read is one step, however often it is tried.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_reads_share_one_login() {
    let room = Room::new(patient()).await;
    let (case, id, pin) = waiting(&room).await;
    case.gate
        .spoil("read", Spoil::Play(send(answer(401, "", ""))), false);
    let view = room.engine.submit_code(id, &pin).await.expect("sent");
    let problem = view.problem.expect("a problem");
    assert_eq!(
        (view.state, problem.code),
        (State::Unknown, Code::ReadBackFailed)
    );
    assert_eq!(problem.params["cause"], "credentials_refused");
    // Refused, renewed, refused; then twice with the same token.
    assert_eq!(came(&case.gate, "read"), (4, 1));
}

/// A read is tried again, the login that it needs is not; nor is it for the request that follows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_without_an_answer_is_made_once() {
    let room = Room::new(patient()).await;
    for (what, moves) in [("502", send(answer(502, "", ""))), ("closed", vec![])] {
        let case = room.case(ManncoStore, false, false).await;
        case.gate.spoil("login", Spoil::Play(moves.clone()), false);
        let problem = room
            .engine
            .read_profile(case.profile)
            .await
            .expect_err("no token");
        assert_eq!(problem.code, Code::LoginFailed, "{what}");
        assert_eq!(came(&case.gate, "read"), (0, 1), "{what}");
        let view = room
            .engine
            .request_change(room.ask(&case))
            .await
            .expect("planned");
        assert_eq!(
            (view.state, view.problem.map(|it| it.code)),
            (State::Planned, Some(Code::LoginFailed))
        );
        assert_eq!(
            came(&case.gate, "request"),
            (0, 2),
            "{what}: once for each of the two"
        );
    }
}
