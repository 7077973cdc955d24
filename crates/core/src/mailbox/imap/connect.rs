//! How a connection to a mail server comes about: name, address, TLS. A certificate that is refused ends it.
//!
//! Not here: what is trusted (`http::tls`), the login (`login`).

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;

use super::command::Command;
use super::fault::Peer;
use super::frame::Bounds;
use super::reply::{Status, Word};
use super::talk::Talk;
use super::wire::Carrier;
use super::{Limits, login};
use crate::error::{Code, Problem, Result};
use crate::http::tls;
use crate::mailbox::Account;
use crate::view::MailTls;

/// More addresses of one name are not tried.
const MOST_ADDRESSES: usize = 4;

/// After so long without a byte it is asked whether the other side is still there.
const KEPT_ALIVE: Duration = Duration::from_secs(30);
/// And asked again after so long, three times.
const ASKED_AGAIN: Duration = Duration::from_secs(10);

/// # Errors
/// `mail_unreachable`, reason `name`.
pub(super) async fn resolve(account: &Account, limits: Limits) -> Result<Vec<SocketAddr>> {
    let unknown = || unreachable(account, "name");
    let host = ascii(&account.host).ok_or_else(unknown)?;
    let found = timeout(
        limits.connect,
        tokio::net::lookup_host((host.as_str(), account.port)),
    );
    let found = found.await.map_err(|_| unreachable(account, "timed_out"))?;
    let addresses: Vec<_> = found.map_err(|_| unknown())?.take(MOST_ADDRESSES).collect();
    if addresses.is_empty() {
        return Err(unknown());
    }
    Ok(addresses)
}

/// One address after the other, each with its share of the time: the first may lead nowhere where IPv6 is only half there.
///
/// # Errors
/// `mail_unreachable`, reason `port`, `timed_out` or `network`.
pub(super) async fn dial(
    account: &Account,
    addresses: &[SocketAddr],
    limits: Limits,
) -> Result<TcpStream> {
    let end = Instant::now() + limits.connect;
    let mut reason = "network";
    for (tried, address) in addresses.iter().enumerate() {
        let left = u32::try_from(addresses.len() - tried).unwrap_or(1);
        let share = end.saturating_duration_since(Instant::now()) / left;
        let until = Instant::now() + share;
        match timeout_at(until, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                keep_alive(&stream);
                return Ok(stream);
            }
            Ok(Err(error)) => {
                reason = match error.kind() {
                    std::io::ErrorKind::ConnectionRefused => "port",
                    std::io::ErrorKind::TimedOut => "timed_out",
                    _ => "network",
                }
            }
            Err(_) => reason = "timed_out",
        }
    }
    Err(unreachable(account, reason))
}

/// Where the system cannot, the commands that are asked anew notice a dead connection too, only later.
fn keep_alive(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    let alive = socket2::TcpKeepalive::new()
        .with_time(KEPT_ALIVE)
        .with_interval(ASKED_AGAIN)
        .with_retries(3);
    let _ = socket2::SockRef::from(stream).set_tcp_keepalive(&alive);
}

/// What answers, under TLS from here on.
pub(super) struct Greeted {
    pub talk: Talk,
    /// Who it is was settled by other means than a password (RFC 3501, 7.1.4).
    pub logged_in: bool,
}

/// TLS from the first byte.
///
/// # Errors
/// `mail_tls_failed`, `certificate_invalid`.
pub(super) async fn secure(
    carrier: impl Carrier + 'static,
    account: &Account,
    limits: Limits,
) -> Result<Talk> {
    let peer = peer(account);
    let name = ascii(&account.host)
        .and_then(|host| ServerName::try_from(host).ok())
        .ok_or_else(|| unreachable(account, "name"))?;
    let config = Arc::new(trust(account)?);
    let handshake = TlsConnector::from(config).connect(name, carrier);
    match timeout(limits.connect, handshake).await {
        Ok(Ok(stream)) => Ok(Talk::new(stream, peer, limits.answer)),
        Ok(Err(error)) => {
            let why = error.get_ref().and_then(|inner| inner.downcast_ref());
            Err(match why {
                Some(why) => peer.problem(Code::MailTlsFailed, tls::reason(why)),
                // It hung up: about its certificate that says nothing, and the next try may find it well.
                None => peer.problem(Code::MailServerFailed, "cut"),
            })
        }
        Err(_) => Err(peer.problem(Code::MailServerFailed, "timed_out")),
    }
}

/// The greeting of a server that speaks TLS already.
///
/// # Errors
/// `mail_not_imap`, `mail_server_failed`.
pub(super) async fn greet(mut talk: Talk) -> Result<Greeted> {
    let status = greeting(&mut talk).await?;
    if status.is(Word::Bye) {
        return Err(talk.peer.failed("bye", &status));
    }
    let logged_in = status.is(Word::Preauth);
    if logged_in && !talk.knows_capabilities() {
        login::ask_capabilities(&mut talk).await?;
    }
    Ok(Greeted { talk, logged_in })
}

/// TLS after a word in the clear. Nothing else is said before it, and nothing that was heard before it counts after it
/// (RFC 9051, 6.2.1 and 11.3).
///
/// # Errors
/// `mail_tls_failed` (`no_starttls`, `injected` and as [`secure`]), `mail_not_imap`, `mail_server_failed`, `certificate_invalid`.
pub(super) async fn start_tls(
    stream: TcpStream,
    account: &Account,
    limits: Limits,
) -> Result<Greeted> {
    // Before the name is looked at, so that a wrong file is not told after half a conversation.
    trust(account)?;
    let mut talk = Talk::new(stream, peer(account), limits.answer);
    let clear = begin_tls(&mut talk).await;
    // Anybody on the way may have said it.
    clear.map_err(|mut problem| {
        problem.service_says = None;
        problem
    })?;
    let (carrier, peer) = talk.into_carrier();
    let carrier = carrier.ok_or_else(|| peer.problem(Code::MailTlsFailed, "injected"))?;
    let talk = secure(carrier, account, limits).await?;
    Ok(Greeted {
        talk,
        logged_in: false,
    })
}

async fn begin_tls(talk: &mut Talk) -> Result<()> {
    // A port that waits for TLS says nothing either: whoever took the wrong one is not told to wait.
    let status = greeting(talk).await.map_err(|problem| {
        let silent = problem
            .params
            .get("reason")
            .is_some_and(|why| why == "timed_out");
        match silent {
            true => problem.with("reason", "silent"),
            false => problem,
        }
    })?;
    match status.word {
        Word::Ok => {}
        Word::Bye => return Err(talk.peer.failed("bye", &status)),
        // "Logged in already" in the clear: there would be no TLS any more (CVE-2020-12398).
        _ => return Err(talk.peer.problem(Code::MailTlsFailed, "no_starttls")),
    }
    let status = talk
        .ask(Command::new("STARTTLS"), Bounds::SMALL, |_| {})
        .await?;
    if status.is(Word::Ok) {
        return Ok(());
    }
    Err(talk.peer.problem(Code::MailTlsFailed, "no_starttls"))
}

async fn greeting(talk: &mut Talk) -> Result<Status> {
    let status = talk.greeting().await?;
    let status = status.filter(|status| !status.is(Word::No) && !status.is(Word::Bad));
    status.ok_or_else(|| Problem::new(Code::MailNotImap).with("host", talk.peer.host.clone()))
}

/// Both ways, from the address to where a login may be said.
pub(super) async fn reach(stream: TcpStream, account: &Account, limits: Limits) -> Result<Greeted> {
    match account.tls {
        MailTls::Implicit => greet(secure(stream, account, limits).await?).await,
        MailTls::Starttls => start_tls(stream, account, limits).await,
    }
}

fn trust(account: &Account) -> Result<rustls::ClientConfig> {
    let roots = match &account.ca_file {
        Some(file) => tls::read_roots(Path::new(file))?,
        None => Vec::new(),
    };
    tls::verified(&roots).map_err(|mut problem| {
        problem.code = match problem.code {
            Code::TlsFailed => Code::MailTlsFailed,
            other => other,
        };
        problem.with("host", account.host.clone())
    })
}

fn peer(account: &Account) -> Peer {
    Peer {
        host: account.host.clone(),
        redactor: login::redactor(account),
    }
}

/// The name as the net knows it.
fn ascii(host: &str) -> Option<String> {
    if host.is_ascii() {
        return Some(host.to_owned());
    }
    idna::domain_to_ascii(host).ok()
}

fn unreachable(account: &Account, reason: &str) -> Problem {
    Problem::new(Code::MailUnreachable)
        .with("host", account.host.clone())
        .with("port", account.port.to_string())
        .with("reason", reason)
}
