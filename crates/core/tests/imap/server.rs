//! A mail server that plays one conversation from a script and fails the test where the client says something else.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use readdress_core::error::Problem;
use readdress_core::mailbox::Account;
use readdress_core::mailbox::imap::{Limits, Session};
use readdress_core::secret::Secret;
use readdress_core::view::MailTls;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::trust::{Authority, Identity, acceptor, params};

pub const USER: &str = "ops@acme.example";
pub const PASSWORD: &str = "correct horse battery";
/// What SASL PLAIN makes of the two.
pub const PLAIN: &str = "AG9wc0BhY21lLmV4YW1wbGUAY29ycmVjdCBob3JzZSBiYXR0ZXJ5";

pub enum Step {
    Say(Vec<u8>),
    Hear(String),
    /// TLS begins here; the script of an implicit one begins with it.
    Tls,
    /// Waits until the test says so.
    Until(tokio::sync::oneshot::Receiver<()>),
    /// The same bytes for ever, until nobody takes them.
    Flood(Vec<u8>),
    /// The same bytes for ever, some of them each moment.
    Drip(Vec<u8>),
    Cut,
    /// Nothing more, and the connection stays.
    Hang,
}

/// A line, or several; `{tag}` is the tag of what was heard last.
pub fn say(text: &str) -> Step {
    Step::Say(format!("{text}\r\n").into_bytes())
}

/// A line of the client, without its tag.
pub fn hear(text: &str) -> Step {
    Step::Hear(text.to_owned())
}

/// Greeting and login, offering these capabilities besides.
pub fn logged_in(capabilities: &str) -> Vec<Step> {
    vec![
        Step::Tls,
        say("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready"),
        hear(&format!("AUTHENTICATE PLAIN {PLAIN}")),
        say(&format!(
            "{{tag}} OK [CAPABILITY IMAP4rev1 {capabilities}] in"
        )),
    ]
}

pub struct Server {
    pub port: u16,
    authority: Authority,
    play: JoinHandle<Result<(), String>>,
    heard: Arc<Mutex<Vec<String>>>,
    /// Bytes of a flood that were taken.
    pub taken: Arc<Mutex<usize>>,
}

impl Server {
    pub async fn new(script: Vec<Step>) -> Self {
        let authority = Authority::new();
        let identity = authority.signed(&params("127.0.0.1"));
        Self::with(authority, identity, script).await
    }

    pub async fn with(authority: Authority, identity: Identity, script: Vec<Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::new(Mutex::new(0));
        let (log, count) = (heard.clone(), taken.clone());
        let play = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.map_err(|e| e.to_string())?;
            play(stream, identity, script, &log, &count).await
        });
        Self {
            port,
            authority,
            play,
            heard,
            taken,
        }
    }

    pub fn ca_file(&self) -> PathBuf {
        self.authority.file()
    }

    pub fn account(&self, tls: MailTls) -> Account {
        Account {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            tls,
            ca_file: Some(self.ca_file()),
            user: USER.to_owned(),
            password: Secret::new(PASSWORD),
        }
    }

    pub async fn session(&self) -> Session {
        self.try_session().await.expect("a session")
    }

    pub async fn try_session(&self) -> Result<Session, Problem> {
        Session::open(&self.account(MailTls::Implicit), patient()).await
    }

    /// What the client said until now, without tags.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("a log").clone()
    }

    /// The script was played to its end.
    pub async fn played(self) {
        let done = tokio::time::timeout(Duration::from_secs(20), self.play).await;
        let heard = self.heard.lock().expect("a log").clone();
        match done {
            Ok(Ok(Ok(()))) => {}
            other => panic!("{other:?}, heard {heard:#?}"),
        }
    }
}

pub fn patient() -> Limits {
    Limits {
        connect: Duration::from_secs(20),
        answer: Duration::from_secs(20),
        idle: Duration::from_secs(20),
    }
}

/// Silence ends soon.
pub fn impatient() -> Limits {
    Limits {
        answer: Duration::from_millis(200),
        idle: Duration::from_millis(200),
        ..patient()
    }
}

/// The code and the reason of a problem.
pub fn told(problem: &Problem) -> (String, String) {
    let reason = problem.params.get("reason").cloned().unwrap_or_default();
    (problem.code.as_str(), reason)
}

pub fn pair(code: &str, reason: &str) -> (String, String) {
    (code.to_owned(), reason.to_owned())
}

trait Both: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Both for T {}

async fn play(
    stream: TcpStream,
    identity: Identity,
    script: Vec<Step>,
    heard: &Mutex<Vec<String>>,
    taken: &Mutex<usize>,
) -> Result<(), String> {
    let mut stream: Box<dyn Both> = Box::new(stream);
    let mut identity = Some(identity);
    let mut tag = String::new();
    for step in script {
        match step {
            Step::Tls => {
                let acceptor = acceptor(identity.take().ok_or("TLS twice")?);
                let secured = acceptor.accept(stream).await;
                stream = Box::new(secured.map_err(|error| format!("TLS: {error}"))?);
            }
            Step::Say(bytes) => {
                // Bytes of mails need not be text.
                let bytes = replace(&bytes, b"{tag}", tag.as_bytes());
                stream.write_all(&bytes).await.map_err(|e| e.to_string())?;
                stream.flush().await.map_err(|e| e.to_string())?;
            }
            Step::Hear(wanted) => {
                let line = read_line(&mut stream).await?;
                let line = match line.split_once(' ') {
                    Some((own, rest)) if is_tag(own) => {
                        own.clone_into(&mut tag);
                        rest.to_owned()
                    }
                    _ => line,
                };
                only_reads(&line)?;
                heard.lock().expect("a log").push(line.clone());
                if line != wanted {
                    return Err(format!("heard {line:?}, not {wanted:?}"));
                }
            }
            Step::Until(told) => told.await.map_err(|e| e.to_string())?,
            Step::Flood(bytes) => {
                while stream.write_all(&bytes).await.is_ok() {
                    *taken.lock().expect("a count") += bytes.len();
                }
                return Ok(());
            }
            Step::Drip(bytes) => {
                while stream.write_all(&bytes).await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                return Ok(());
            }
            Step::Cut => return Ok(()),
            Step::Hang => {
                while stream.read_u8().await.is_ok() {}
                return Ok(());
            }
        }
    }
    // Whatever else the client says, a goodbye mostly, is not taken amiss, unless it would change something.
    while let Ok(line) = read_line(&mut stream).await {
        let (tag, line) = line.split_once(' ').unwrap_or(("", &line));
        only_reads(line)?;
        if line == "LOGOUT" {
            let bye = format!("* BYE see you\r\n{tag} OK out\r\n");
            let _ = stream.write_all(bye.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    }
    Ok(())
}

/// Nothing that this client says may change a mail or a folder.
fn only_reads(line: &str) -> Result<(), String> {
    let upper = line.to_ascii_uppercase();
    let words: Vec<&str> = upper.split([' ', '(']).collect();
    let forbidden = [
        "SELECT",
        "STORE",
        "COPY",
        "MOVE",
        "EXPUNGE",
        "APPEND",
        "DELETE",
        "CREATE",
        "RENAME",
        "CLOSE",
        "SETACL",
        "SUBSCRIBE",
    ];
    match words.iter().find(|word| forbidden.contains(word)) {
        Some(word) => Err(format!("it said {word}")),
        None if upper.contains("BODY[") || upper.contains("RFC822 ") => {
            Err("it fetched without PEEK".to_owned())
        }
        None => Ok(()),
    }
}

fn is_tag(word: &str) -> bool {
    word.strip_prefix('R')
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

async fn read_line(stream: &mut Box<dyn Both>) -> Result<String, String> {
    let mut line = Vec::new();
    loop {
        let byte = stream.read_u8().await.map_err(|e| e.to_string())?;
        line.push(byte);
        if line.ends_with(b"\r\n") {
            line.truncate(line.len() - 2);
            return String::from_utf8(line).map_err(|e| e.to_string());
        }
    }
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest.windows(from.len()).position(|part| part == from) {
        replaced.extend_from_slice(&rest[..at]);
        replaced.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    replaced.extend_from_slice(rest);
    replaced
}
