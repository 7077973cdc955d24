//! Small servers of our own: they share no code with the client under test.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use readdress_core::error::Problem;
use readdress_core::http::{Answer, Limits, Method, Request, Sender, Sent};
use readdress_core::secret::Secret;
use readdress_core::view::NetworkSettings;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Stands in every URL, header and body, and must come out nowhere else.
pub const SECRET: &str = "s3cret-t0ken";

/// A listening server; counts connections and keeps the requests that arrived whole.
pub struct Server {
    pub addr: SocketAddr,
    pub connections: Arc<AtomicUsize>,
    pub seen: Seen,
}

pub type Seen = Arc<Mutex<Vec<String>>>;

impl Server {
    /// Serves each connection with `handle`.
    pub async fn new<F, Fut>(handle: F) -> Self
    where
        F: Fn(TcpStream, Seen) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("an address");
        let connections = Arc::new(AtomicUsize::new(0));
        let seen = Seen::default();
        let (counter, log) = (connections.clone(), seen.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(handle(stream, log.clone()));
            }
        });
        Self {
            addr,
            connections,
            seen,
        }
    }

    /// Answers each request with these bytes, and keeps the connection.
    pub async fn answering(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes: Arc<Vec<u8>> = Arc::new(bytes.into());
        Self::new(move |mut stream, seen| {
            let bytes = bytes.clone();
            async move {
                while let Some(request) = read_request(&mut stream).await {
                    seen.lock().expect("a log").push(request);
                    if stream.write_all(&bytes).await.is_err() {
                        return;
                    }
                }
            }
        })
        .await
    }

    /// Answers one request with these bytes, and closes.
    pub async fn answering_once(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes: Arc<Vec<u8>> = Arc::new(bytes.into());
        Self::new(move |mut stream, seen| {
            let bytes = bytes.clone();
            async move {
                if let Some(request) = read_request(&mut stream).await {
                    seen.lock().expect("a log").push(request);
                    let _ = stream.write_all(&bytes).await;
                    let _ = stream.shutdown().await;
                }
            }
        })
        .await
    }

    pub fn url(&self) -> String {
        format!("http://{}/token/{SECRET}/path?key={SECRET}", self.addr)
    }

    pub fn requests(&self) -> Vec<String> {
        self.seen.lock().expect("a log").clone()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Head and body (by Content-Length) of the next request; `None` where the connection ends first.
pub async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    let mut one = [0u8; 1];
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read(&mut one).await.ok()? == 0 {
            return None;
        }
        bytes.push(one[0]);
    }
    let head = String::from_utf8_lossy(&bytes).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
        .unwrap_or(0usize);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    bytes.extend(body);
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// `HTTP/1.1 200 OK` with a length.
pub fn ok(body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Long enough to never matter, with a body limit that is quick to reach.
pub fn patient() -> Limits {
    Limits {
        connect: Duration::from_secs(20),
        read: Duration::from_secs(30),
        total: Duration::from_secs(60),
        idle: Duration::from_secs(30),
        body: 64 * 1024,
    }
}

/// For servers that never answer.
pub fn impatient() -> Limits {
    Limits {
        connect: Duration::from_millis(300),
        read: Duration::from_millis(600),
        total: Duration::from_millis(1_200),
        ..patient()
    }
}

pub fn sender(limits: Limits) -> Sender {
    Sender::with_limits(&NetworkSettings::default(), limits).expect("a sender")
}

pub fn post(url: &str) -> Request {
    Request {
        method: Method::Post,
        url: Secret::new(url),
        headers: vec![("X-Token".to_owned(), Secret::new(SECRET))],
        body: Some((
            "application/json".to_owned(),
            Secret::new(format!(r#"{{"key":"{SECRET}"}}"#)),
        )),
    }
}

pub async fn send_to(server: &Server, limits: Limits) -> Sent {
    sender(limits).send(post(&server.url())).await
}

#[track_caller]
pub fn answer(sent: Sent) -> Answer {
    match sent {
        Sent::Answer(answer) => answer,
        other => panic!("no answer but {other:?}"),
    }
}

/// Code and reason of a request that was certainly not sent.
#[track_caller]
pub fn not_sent(sent: Sent) -> (String, String) {
    match sent {
        Sent::NotSent(problem) => told(&problem),
        other => panic!("not NotSent but {other:?}"),
    }
}

/// Code and reason of a request that may have been sent.
#[track_caller]
pub fn no_answer(sent: Sent) -> (String, String) {
    match sent {
        Sent::NoAnswer(problem) => told(&problem),
        other => panic!("not NoAnswer but {other:?}"),
    }
}

#[track_caller]
fn told(problem: &Problem) -> (String, String) {
    let all = format!(
        "{problem:?} {}",
        serde_json::to_string(problem).expect("json")
    );
    assert!(!all.contains(SECRET), "a secret in {all}");
    assert!(!all.contains("/token"), "a path in {all}");
    assert!(problem.params.contains_key("host"), "no host in {all}");
    let reason = problem.params.get("reason").cloned().unwrap_or_default();
    (problem.code.as_str(), reason)
}

pub fn pair(code: &str, reason: &str) -> (String, String) {
    (code.to_owned(), reason.to_owned())
}
