//! Proxies of the environment, which holds for a whole process: each case runs in one of its own.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use readdress_core::change::State;
use readdress_core::error::{Code, Problem};
use readdress_core::http::{Method, Request, Sender, Sent};
use readdress_core::secret::Secret;
use readdress_core::view::{NetworkSettings, ProxyChoice};
use readdress_sandbox::Service::ZApi;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::room::{Room, SECRET, patient};

/// Which of the cases below a process of its own plays.
const CASE: &str = "READDRESS_TEST_CASE";
const NAMES: [&str; 8] = [
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
];

/// A proxy that refuses, and counts who came.
async fn proxy() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let came = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&came);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream
                .write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")
                .await;
        }
    });
    (port, came)
}

/// Runs a case with this environment; what it wrote.
fn alone(case: &str, environment: &[(&str, &str)]) -> String {
    let mut program = Command::new(std::env::current_exe().expect("a program"));
    program.args([
        "--exact",
        "environment::a_case_alone",
        "--ignored",
        "--nocapture",
    ]);
    for name in NAMES {
        program.env_remove(name);
    }
    let ran = program
        .env(CASE, case)
        .envs(environment.iter().copied())
        .output()
        .expect("it runs");
    let told = format!(
        "{}{}",
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr)
    );
    assert!(ran.status.success(), "{told}");
    assert!(told.contains("case played"), "{told}");
    told
}

#[tokio::test]
#[ignore = "run by the tests below, in a process of its own"]
async fn a_case_alone() {
    match std::env::var(CASE).as_deref() {
        Ok("outside") => {
            let problem = outside("https://service.invalid/token").await;
            eprintln!(
                "case played: {problem:?} {}",
                serde_json::to_string(&problem).expect("json")
            );
        }
        Ok("practice") => {
            let room = Room::new(patient()).await;
            room.through(ProxyChoice::System);
            for tls in [false, true] {
                let case = room.case(ZApi, false, tls).await;
                let view = room
                    .engine
                    .request_change(room.ask(&case))
                    .await
                    .expect("sent");
                assert_eq!(view.state, State::AwaitingCode, "{:?}", view.problem);
            }
            eprintln!("case played");
        }
        _ => {}
    }
}

async fn outside(url: &str) -> Problem {
    let sender = Sender::with_limits(&NetworkSettings::default(), patient()).expect("a sender");
    let request = Request {
        method: Method::Post,
        url: Secret::new(url),
        headers: vec![("X-Token".to_owned(), Secret::new(SECRET))],
        body: None,
    };
    match sender.send(request).await {
        Sent::NotSent(problem) => problem,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_of_a_proxy_is_never_told() {
    let (port, came) = proxy().await;
    let open = format!("http://user:{SECRET}-word@127.0.0.1:{port}");
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        format!(
            "http://user:{SECRET}-word@{}",
            listener.local_addr().expect("an address")
        )
    };
    for (proxy, reason) in [(&open, "refused"), (&closed, "unreachable")] {
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
            let told = alone("outside", &[(name, proxy)]);
            assert!(
                told.contains("ProxyFailed") && told.contains(reason),
                "{name}: {told}"
            );
            assert!(
                !told.contains(SECRET) && !told.contains("user:"),
                "{name}: {told}"
            );
        }
    }
    assert_eq!(came.load(Ordering::SeqCst), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_proxy_is_honoured() {
    let (port, came) = proxy().await;
    let proxy = format!("http://127.0.0.1:{port}");
    for spared in ["service.invalid", ".invalid", "*"] {
        let told = alone("outside", &[("HTTPS_PROXY", &proxy), ("NO_PROXY", spared)]);
        assert!(
            told.contains(&format!("{:?}", Code::Unreachable)) && told.contains("dns"),
            "{spared}: {told}"
        );
    }
    assert_eq!(came.load(Ordering::SeqCst), 0);
    alone(
        "outside",
        &[("HTTPS_PROXY", &proxy), ("NO_PROXY", "other.invalid")],
    );
    assert_eq!(came.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn this_machine_is_never_reached_through_a_proxy() {
    let (port, came) = proxy().await;
    let proxy = format!("http://127.0.0.1:{port}");
    let all =
        ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"].map(|name| (name, proxy.as_str()));
    alone("practice", &all);
    assert_eq!(came.load(Ordering::SeqCst), 0);
}
