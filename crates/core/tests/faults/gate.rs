//! A gate in front of a practice service: passes calls on, until it is armed with a fault for one route.
//!
//! It shares no code with the client under test, and hardly any with the service behind it: raw bytes both ways.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use readdress_sandbox::Service;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::script::{Move, Truth};

/// What goes wrong once a request has arrived.
#[derive(Clone)]
pub enum Spoil {
    /// These moves; the service behind gets the call only where it shall be taken.
    Play(Vec<Move>),
    /// The service takes the call, and its true answer is altered.
    Alter(fn(&Truth) -> Vec<Move>),
}

/// What goes wrong with a connection before any request.
#[derive(Clone)]
pub enum Line {
    /// Nobody listens.
    Refused,
    /// The queue of new connections is full, so that none comes about.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "asked for on Linux only")
    )]
    Full,
    /// Reset as soon as it is there.
    Reset,
    /// Accepted, and never a byte.
    Silent,
    /// Reads a little, says this, and closes.
    Says(Vec<u8>),
    /// Another certificate.
    Shows(TlsAcceptor),
    /// HTTP/2 in raw frames: what is said once a request's headers have come; the stream's number goes in at `@`.
    Frames(TlsAcceptor, Vec<Move>),
}

#[derive(Default)]
struct State {
    spoil: Option<(&'static str, Spoil, bool)>,
    /// With the number of connections that pass before.
    line: Option<(usize, Line)>,
    received: Vec<&'static str>,
    bearers: Vec<String>,
}

pub struct Gate {
    pub addr: SocketAddr,
    inner: Arc<Inner>,
    door: Mutex<Option<JoinHandle<()>>>,
    /// Connections that fill the queue of a full port, and the port.
    full: Mutex<(Vec<TcpStream>, Option<TcpListener>)>,
}

struct Inner {
    service: Service,
    behind: String,
    tls: Option<TlsAcceptor>,
    state: Mutex<State>,
}

/// No test leaves half a value behind.
fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Gate {
    /// `behind` is the service's `host:port`.
    pub async fn new(service: Service, behind: String, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let gate = Self {
            addr: listener.local_addr().expect("an address"),
            inner: Arc::new(Inner {
                service,
                behind,
                tls,
                state: Mutex::default(),
            }),
            door: Mutex::default(),
            full: Mutex::default(),
        };
        gate.open_door(listener);
        gate
    }

    pub fn origin(&self) -> String {
        let scheme = if self.inner.tls.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}", self.addr)
    }

    fn open_door(&self, listener: TcpListener) {
        let inner = Arc::clone(&self.inner);
        *open(&self.door) = Some(tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inner = Arc::clone(&inner);
                tokio::spawn(async move { inner.meet(stream).await });
            }
        }));
    }

    async fn close_door(&self) {
        let door = open(&self.door).take();
        if let Some(door) = door {
            door.abort();
            let _ = door.await;
        }
    }

    /// From now on calls of `route` are spoilt; the counts begin anew.
    pub fn spoil(&self, route: &'static str, spoil: Spoil, taken: bool) {
        *open(&self.inner.state) = State {
            spoil: Some((route, spoil, taken)),
            ..State::default()
        };
    }

    /// After `skip` more connections the line itself is bad; the counts begin anew.
    pub async fn break_line(&self, skip: usize, line: Line) {
        *open(&self.inner.state) = State::default();
        match line {
            Line::Refused => self.close_door().await,
            Line::Full => self.fill().await,
            other => open(&self.inner.state).line = Some((skip, other)),
        }
    }

    /// Linux holds back the handshake of whoever comes when a listener's queue is full.
    async fn fill(&self) {
        self.close_door().await;
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("an option");
        socket.bind(self.addr).expect("the same port");
        let listener = socket.listen(1).expect("a listener");
        let mut waiting = Vec::new();
        while let Ok(Ok(stream)) =
            tokio::time::timeout(Duration::from_millis(100), TcpStream::connect(self.addr)).await
        {
            waiting.push(stream);
        }
        *open(&self.full) = (waiting, Some(listener));
    }

    /// All is well again. The counts stay.
    pub async fn mend(&self) {
        let mut state = std::mem::take(&mut *open(&self.inner.state));
        (state.spoil, state.line) = (None, None);
        *open(&self.inner.state) = state;
        *open(&self.full) = Default::default();
        if open(&self.door).is_none() {
            let listener = loop {
                match TcpListener::bind(self.addr).await {
                    Ok(listener) => break listener,
                    Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            };
            self.open_door(listener);
        }
    }

    /// How many calls of a route have arrived whole since the fault was set.
    pub fn received(&self, route: &str) -> usize {
        let state = open(&self.inner.state);
        state.received.iter().filter(|one| **one == route).count()
    }

    /// Every value of an `Authorization` header that came by.
    pub fn bearers(&self) -> Vec<String> {
        open(&self.inner.state).bearers.clone()
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        if let Some(door) = open(&self.door).take() {
            door.abort();
        }
    }
}

impl Inner {
    async fn meet(&self, stream: TcpStream) {
        let line = {
            let mut state = open(&self.state);
            match &mut state.line {
                Some((0, line)) => Some(line.clone()),
                Some((skip, _)) => {
                    *skip -= 1;
                    None
                }
                None => None,
            }
        };
        match line {
            None => self.serve_on(stream, self.tls.clone()).await,
            Some(Line::Shows(other)) => self.serve_on(stream, Some(other)).await,
            Some(Line::Reset) => {
                let _ = stream.set_zero_linger();
            }
            Some(Line::Says(bytes)) => {
                let mut stream = stream;
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                drain(&mut stream).await;
            }
            Some(Line::Frames(acceptor, moves)) => {
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    crate::frames::serve(&mut stream, &moves, || self.note("frames", "")).await;
                }
            }
            // The others have no door.
            Some(Line::Silent | Line::Refused | Line::Full) => {
                let mut stream = stream;
                drain(&mut stream).await;
            }
        }
    }

    async fn serve_on(&self, stream: TcpStream, tls: Option<TlsAcceptor>) {
        match tls {
            None => {
                self.serve(stream, |stream| {
                    let _ = stream.set_zero_linger();
                })
                .await
            }
            Some(acceptor) => {
                // A failed handshake is the caller's refusal of the certificate.
                if let Ok(stream) = acceptor.accept(stream).await {
                    self.serve(stream, |stream| {
                        let _ = stream.get_ref().0.set_zero_linger();
                    })
                    .await;
                }
            }
        }
    }

    fn note(&self, route: &'static str, head: &str) {
        let mut state = open(&self.state);
        state.received.push(route);
        let bearer = head
            .lines()
            .find_map(|line| line.strip_prefix("authorization: Bearer "));
        state.bearers.extend(bearer.map(str::to_owned));
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(&self, mut stream: S, reset: fn(&S)) {
        while let Some(request) = read_request(&mut stream).await {
            let head = String::from_utf8_lossy(&request).into_owned();
            let route = route_of(self.service, head.lines().next().unwrap_or_default());
            self.note(route, &head);
            let spoil = open(&self.state)
                .spoil
                .clone()
                .filter(|(spoilt, ..)| *spoilt == route);
            let moves = match spoil {
                None => send_on(&self.behind, &request).await,
                Some((_, Spoil::Play(moves), taken)) => {
                    if taken {
                        let _ = ask(&self.behind, &request).await;
                    }
                    moves
                }
                Some((_, Spoil::Alter(alter), _)) => alter(&ask(&self.behind, &request).await),
            };
            if !play(&mut stream, &moves, reset).await {
                return;
            }
        }
    }
}

/// The moves, in order; whether the connection serves on.
async fn play<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    moves: &[Move],
    reset: fn(&S),
) -> bool {
    for one in moves {
        let sent = match one {
            Move::Send(bytes) => stream.write_all(bytes).await.and(stream.flush().await),
            Move::Wait(pause) => {
                tokio::time::sleep(Duration::from_millis(*pause)).await;
                Ok(())
            }
            Move::Forever(bytes, pause) => loop {
                let sent = stream.write_all(bytes).await.and(stream.flush().await);
                if sent.is_err() {
                    break sent;
                }
                tokio::time::sleep(Duration::from_millis(*pause)).await;
            },
            Move::Hang => {
                drain(stream).await;
                return false;
            }
            Move::Reset => {
                reset(stream);
                return false;
            }
            Move::Drop => return false,
            Move::Keep => return true,
        };
        if sent.is_err() {
            return false;
        }
    }
    let _ = stream.shutdown().await;
    drain(stream).await;
    false
}

/// Reads until the caller closes, so that a close of ours never becomes a reset.
pub async fn drain(stream: &mut (impl AsyncRead + Unpin)) {
    let mut buffer = [0; 4096];
    while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {}
}

/// Head and body, by `Content-Length`.
async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&bytes).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    bytes.extend(body);
    Some(bytes)
}

/// The service's own answer, unspoilt.
async fn send_on(behind: &str, request: &[u8]) -> Vec<Move> {
    vec![Move::Send(exchange(behind, request).await)]
}

async fn ask(behind: &str, request: &[u8]) -> Truth {
    let bytes = exchange(behind, request).await;
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a head");
    let status = std::str::from_utf8(&bytes[9..12])
        .ok()
        .and_then(|text| text.parse().ok());
    Truth {
        status: status.expect("a status"),
        body: bytes[end + 4..].to_vec(),
    }
}

/// One request on a connection of its own, and all that comes back.
async fn exchange(behind: &str, request: &[u8]) -> Vec<u8> {
    let line = request
        .windows(2)
        .position(|two| two == b"\r\n")
        .expect("a line")
        + 2;
    let mut far = TcpStream::connect(behind)
        .await
        .expect("the service listens");
    let parts = [&request[..line], b"connection: close\r\n", &request[line..]];
    far.write_all(&parts.concat()).await.expect("it reads");
    let mut answer = Vec::new();
    far.read_to_end(&mut answer).await.expect("it answers");
    answer
}

/// The step that a request line belongs to.
fn route_of(service: Service, line: &str) -> &'static str {
    let mut words = line.split(' ');
    let (method, path) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let known: &[(&str, &str, &'static str)] = match service {
        Service::ZApi => &[
            ("GET", "/security/email", "read"),
            ("POST", "/security/email", "request"),
            ("POST", "/security/verify-email", "verify"),
        ],
        Service::Webshare => &[
            ("GET", "/profile/", "read"),
            ("POST", "/changeemail/", "request"),
            ("POST", "/changeemail/complete/", "verify"),
            ("POST", "/logout/", "cancel"),
        ],
        Service::ManncoStore => &[
            ("POST", "/user/login", "login"),
            ("GET", "/user/getContactMail", "read"),
            ("POST", "/user/email/change/request", "request"),
            ("POST", "/user/email/change/validate", "verify"),
        ],
    };
    let found = known
        .iter()
        .find(|(verb, end, _)| *verb == method && path.ends_with(end));
    found.map_or("other", |(.., route)| route)
}
