//! Proxies that are down or say no: nothing was sent, and they saw a host's name at most.

use std::sync::{Arc, Mutex, PoisonError};

use readdress_core::change::State;
use readdress_core::error::Code;
use readdress_core::view::ProxyChoice;
use readdress_sandbox::Service::ZApi;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::room::{Case, Room, SECRET, patient};

/// What a proxy says to `CONNECT`; `None`: it lets through to the gate.
type Says = Arc<Mutex<Option<&'static str>>>;

struct Proxy {
    url: String,
    says: Says,
    /// Every byte that came in before a tunnel stood.
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Proxy {
    async fn before(gate: std::net::SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (says, heard) = (Says::default(), Arc::<Mutex<Vec<u8>>>::default());
        let (word, log) = (Arc::clone(&says), Arc::clone(&heard));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (word, log) = (Arc::clone(&word), Arc::clone(&log));
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        let Ok(byte) = stream.read_u8().await else {
                            return;
                        };
                        head.push(byte);
                    }
                    log.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .extend(head);
                    let says = *word.lock().unwrap_or_else(PoisonError::into_inner);
                    if let Some(says) = says {
                        let _ = stream.write_all(says.as_bytes()).await;
                        let _ = stream.shutdown().await;
                        // What is sent all the same is heard too.
                        let mut more = Vec::new();
                        let _ = stream.read_to_end(&mut more).await;
                        log.lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .extend(more);
                        return;
                    }
                    let Ok(mut far) = TcpStream::connect(gate).await else {
                        return;
                    };
                    let _ = stream.write_all(b"HTTP/1.1 200 Established\r\n\r\n").await;
                    let _ = copy_bidirectional(&mut stream, &mut far).await;
                });
            }
        });
        Self { url, says, heard }
    }

    fn say(&self, says: Option<&'static str>) {
        *self.says.lock().unwrap_or_else(PoisonError::into_inner) = says;
    }
}

fn ended(view: &readdress_core::view::ChangeView) -> (State, Option<(Code, &str)>) {
    let problem = view.problem.as_ref();
    let told = problem.map(|it| (it.code, it.params.get("reason").map_or("", String::as_str)));
    (view.state, told)
}

const REFUSALS: [(&str, Option<&str>, &str); 6] = [
    ("down", None, "unreachable"),
    (
        "407",
        Some(
            "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n",
        ),
        "auth",
    ),
    (
        "403",
        Some("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"),
        "refused",
    ),
    (
        "502",
        Some("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"),
        "refused",
    ),
    ("closed", Some(""), "refused"),
    ("no HTTP", Some("nonsense\r\n\r\n"), "refused"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_in_the_way_leaves_the_change_where_it_was() {
    let room = Room::new(patient()).await;
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        format!("http://{}", listener.local_addr().expect("an address"))
    };
    for (what, says, reason) in REFUSALS {
        let inner = room.case(ZApi, false, true).await;
        let proxy = Proxy::before(inner.gate.addr).await;
        let Case { gate, .. } = inner;
        let case = room
            .case_at(ZApi, false, gate, "https://service.example".into())
            .await;
        let broken = || {
            proxy.say(says);
            let url = if says.is_some() {
                proxy.url.clone()
            } else {
                nobody.clone()
            };
            room.through(ProxyChoice::Own { url });
        };
        let mended = || {
            proxy.say(None);
            room.through(ProxyChoice::Own {
                url: proxy.url.clone(),
            });
        };
        let told = Some((Code::ProxyFailed, reason));

        broken();
        let view = room
            .engine
            .request_change(room.ask(&case))
            .await
            .expect("planned");
        assert_eq!(ended(&view), (State::Planned, told), "{what}");
        mended();
        let view = room
            .engine
            .request_change(room.ask(&case))
            .await
            .expect("sent");
        assert_eq!(ended(&view), (State::AwaitingCode, None), "{what}");

        broken();
        let code = room.code(&case).expect("a mail came");
        let view = room.engine.submit_code(view.id, &code).await.expect("kept");
        assert_eq!(ended(&view), (State::AwaitingCode, told), "{what}");
        assert!(view.has_value, "{what}");
        let problem = room
            .engine
            .read_profile(case.profile)
            .await
            .expect_err("no way");
        assert_eq!(problem.code, Code::ProxyFailed, "{what}");
        mended();
        let view = room.engine.submit_code(view.id, "").await.expect("sent");
        assert_eq!(ended(&view), (State::Changed, None), "{what}");
        assert_eq!(
            (room.holds(&case), room.count(&case, "verify").received),
            (case.to.clone(), 1)
        );

        let heard = proxy
            .heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let heard = String::from_utf8_lossy(&heard).into_owned();
        assert!(heard.contains("CONNECT service.example:443 "), "{heard}");
        assert!(
            !heard.contains(SECRET) && !heard.contains("/instances"),
            "{heard}"
        );
    }
    room.assert_no_secret_on_disk();
}
