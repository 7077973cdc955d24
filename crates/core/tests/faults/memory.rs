//! Bombs cost no memory: the peak is measured in a process of its own, since other tests have theirs.

use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_core::http::Limits;
use readdress_sandbox::Service::ZApi;

use crate::body::{brotli_bomb, gzip};
use crate::gate::Spoil;
use crate::room::Room;
use crate::script::{Move, answer, send};

/// Says to the test below that it runs in a process of its own.
const ALONE: &str = "READDRESS_TEST_ALONE";
/// The largest answer that is read, and as much again for each of the buffers on its way.
const MOST_KIB: u64 = 12 * 1024;

#[test]
#[cfg(target_os = "linux")]
fn bombs_cost_no_memory() {
    let me = std::env::current_exe().expect("a program");
    let ran = std::process::Command::new(me)
        .args(["--exact", "memory::bombs_alone", "--ignored", "--nocapture"])
        .env(ALONE, "1")
        .output()
        .expect("it runs");
    let told = String::from_utf8_lossy(&ran.stderr).into_owned();
    eprintln!("{told}");
    assert!(ran.status.success(), "{told}");
    assert!(told.contains("brotli"), "it ran: {told}");
}

/// The largest resident size so far, in KiB (proc(5), `VmHWM`).
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .expect("a peak");
    line.trim()
        .trim_end_matches(" kB")
        .parse()
        .expect("a number")
}

#[tokio::test]
#[ignore = "run by `bombs_cost_no_memory`, in a process of its own"]
async fn bombs_alone() {
    if std::env::var_os(ALONE).is_none() {
        return;
    }
    let packed = gzip(&vec![b' '; 64 << 20]);
    let room = Room::new(Limits::default()).await;
    let bombs: [(&str, Vec<Move>); 5] = [
        (
            "endless",
            vec![
                Move::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
                Move::Forever(vec![b' '; 4096], 0),
            ],
        ),
        (
            "endless headers",
            vec![
                Move::Send(b"HTTP/1.1 200 OK\r\nx: ".to_vec()),
                Move::Forever(vec![b'x'; 4096], 0),
            ],
        ),
        ("nested", send(answer(200, "", "[".repeat(1_000_000)))),
        (
            "gzip",
            send(answer(200, "content-encoding: gzip\r\n", packed)),
        ),
        (
            "brotli",
            send(answer(200, "content-encoding: br\r\n", brotli_bomb())),
        ),
    ];
    // What a first call needs is there from then on.
    let case = room.case(ZApi, false, false).await;
    room.engine.read_profile(case.profile).await.expect("read");
    // Everything above 64 MiB was the making of the bomb: the next peak is measured from now.
    std::fs::write("/proc/self/clear_refs", "5").expect("a new peak");
    for (what, moves) in bombs {
        let before = peak();
        let case = room.case(ZApi, false, false).await;
        case.gate.spoil("request", Spoil::Play(moves), false);
        let view = room
            .engine
            .request_change(room.ask(&case))
            .await
            .expect("sent");
        let code = view.problem.map(|problem| problem.code);
        assert_eq!(
            (view.state, code),
            (State::Unknown, Some(Code::UnexpectedAnswer)),
            "{what}"
        );
        let cost = peak() - before;
        eprintln!("  {what}: {cost} KiB more at the peak");
        assert!(cost < MOST_KIB, "{what} cost {cost} KiB");
    }
}
