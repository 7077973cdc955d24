//! A conversation of commands and their answers (RFC 3501, 2.2), one at a time, and what the server says meanwhile.
//!
//! A future that is dropped in the middle of a command leaves it open; the next one hears it out first, so that no answer is
//! taken for another's. Not here: which commands there are.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::command::Command;
use super::fault::Peer;
use super::frame::Bounds;
use super::reply::{self, Reply, Status, Word};
use super::wire::{Broken, Carrier, Raw, Wire};
use crate::error::{Problem, Result};

/// A whole answer may take so many times the limit of a silence: a large mail over a slow line is no fault.
const SLOWEST: u32 = 10;

/// A command that was sent and not answered yet.
struct Open {
    tag: String,
    /// It is an IDLE, which ends when it is told to.
    idle: bool,
}

pub(super) struct Talk {
    wire: Wire,
    pub peer: Peer,
    silence: Duration,
    tags: u32,
    open: Option<Open>,
    capabilities: BTreeSet<String>,
    /// Mails in the open folder.
    pub exists: u32,
    recent: u32,
    news: bool,
    /// Nobody is there any more, or nobody who can be understood.
    over: bool,
}

/// One reply, and its bytes for who reads more of it.
pub(super) struct Heard<'a> {
    pub reply: Reply<'a>,
    pub raw: &'a Raw,
}

impl Talk {
    pub fn new(carrier: impl Carrier + 'static, peer: Peer, silence: Duration) -> Self {
        Self {
            wire: Wire::new(carrier),
            peer,
            silence,
            tags: 0,
            open: None,
            capabilities: BTreeSet::new(),
            exists: 0,
            recent: 0,
            news: false,
            over: false,
        }
    }

    /// Without regard to case.
    pub fn has(&self, capability: &str) -> bool {
        self.capabilities.contains(&capability.to_ascii_uppercase())
    }

    pub fn knows_capabilities(&self) -> bool {
        !self.capabilities.is_empty()
    }

    pub fn forget_capabilities(&mut self) {
        self.capabilities.clear();
    }

    /// Whether something changed in the open folder since it was last asked; asking forgets it.
    pub fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }

    /// The first line, before any command; `None` where it is no IMAP.
    pub async fn greeting(&mut self) -> Result<Option<Status>> {
        let until = Instant::now() + self.silence;
        let raw = match self.wire.next(until).await {
            Err(Broken::Garbage) => return Ok(None),
            read => read.map_err(|broken| self.broke(broken))?,
        };
        let Some(Reply::Status(status)) = reply::read(&raw.bytes) else {
            return Ok(None);
        };
        self.note(&Reply::Status(status.clone()));
        Ok(Some(status))
    }

    /// Sends a command and hears all of its answer.
    pub async fn ask(
        &mut self,
        command: Command,
        bounds: Bounds,
        mut hear: impl FnMut(&Heard<'_>) + Send,
    ) -> Result<Status> {
        self.settle().await?;
        let mut pieces = self.open(command, false).into_iter();
        self.wire.expect(bounds);
        let first = pieces.next().expect("a command has a piece");
        self.send(&first).await?;
        let last = Instant::now() + self.silence * SLOWEST;
        loop {
            let raw = self.hear(last).await?;
            let reply = self.read(&raw)?;
            match reply {
                Reply::GoOn => {
                    let piece = pieces.next().ok_or_else(|| self.broke(Broken::Garbage))?;
                    self.send(&piece).await?;
                }
                Reply::Answer { tag, status } if self.is_open(tag) => {
                    self.open = None;
                    return Ok(status);
                }
                reply => hear(&Heard { reply, raw: &raw }),
            }
        }
    }

    /// A command that has to be taken.
    ///
    /// # Errors
    /// Besides the connection's: `mail_server_failed`, reason `refused`.
    pub async fn done(
        &mut self,
        command: Command,
        bounds: Bounds,
        hear: impl FnMut(&Heard<'_>) + Send,
    ) -> Result<Status> {
        let status = self.ask(command, bounds, hear).await?;
        if status.is(Word::Ok) {
            return Ok(status);
        }
        Err(self.peer.failed("refused", &status))
    }

    /// Opens an IDLE.
    pub async fn begin_idle(&mut self) -> Result<()> {
        self.settle().await?;
        let pieces = self.open(Command::new("IDLE"), true);
        self.wire.expect(Bounds::SMALL);
        self.send(&pieces[0]).await?;
        let last = Instant::now() + self.silence;
        loop {
            let raw = self.hear(last).await?;
            match self.read(&raw)? {
                Reply::GoOn => return Ok(()),
                Reply::Answer { tag, status } if self.is_open(tag) => {
                    return Err(self.ended(&status));
                }
                _ => {}
            }
        }
    }

    /// Waits in an IDLE until something is new, or until then.
    pub async fn wait(&mut self, until: Instant) -> Result<()> {
        while !self.news {
            let raw = match self.wire.next(until).await {
                Err(Broken::TimedOut) => return Ok(()),
                read => read.map_err(|broken| self.broke(broken))?,
            };
            if let Reply::Answer { tag, status } = self.read(&raw)?
                && self.is_open(tag)
            {
                return Err(self.ended(&status));
            }
        }
        Ok(())
    }

    /// An IDLE that the server ends by itself: asked anew at once, it might go on like that for ever.
    fn ended(&mut self, status: &Status) -> Problem {
        self.open = None;
        self.peer.failed("refused", status)
    }

    /// Hears out what is open: an IDLE is ended, a command that nobody waits for any more is waited for.
    pub async fn settle(&mut self) -> Result<()> {
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        if std::mem::take(&mut open.idle) {
            self.wire.expect(Bounds::SMALL);
            self.send(b"DONE\r\n").await?;
        }
        let last = Instant::now() + self.silence * SLOWEST;
        while self.open.is_some() {
            let raw = self.hear(last).await?;
            if let Reply::Answer { tag, .. } = self.read(&raw)?
                && self.is_open(tag)
            {
                self.open = None;
            }
        }
        Ok(())
    }

    /// Says goodbye and closes, whatever is left of the connection.
    pub async fn leave(mut self, within: Duration) {
        if !self.over {
            let _ = tokio::time::timeout(within, self.goodbye()).await;
        }
        self.wire.shut(Instant::now() + within).await;
    }

    /// A BYE comes as an error, which is what is wanted here.
    async fn goodbye(&mut self) -> Result<Status> {
        let logout = Command::new("LOGOUT");
        self.ask(logout, Bounds::SMALL, |_| {}).await
    }

    /// What carries it, for TLS in its place; `None` where the server has sent more than was asked for (RFC 9051, 6.2.1;
    /// CVE-2011-0411): it would be taken for something that came under TLS.
    pub fn into_carrier(self) -> (Option<Box<dyn Carrier>>, Peer) {
        let (carrier, unread) = self.wire.into_parts();
        (unread.is_empty().then_some(carrier), self.peer)
    }

    fn open(&mut self, command: Command, idle: bool) -> Vec<zeroize::Zeroizing<Vec<u8>>> {
        self.tags += 1;
        let tag = format!("R{}", self.tags);
        let pieces = command.into_pieces(&tag);
        self.open = Some(Open { tag, idle });
        pieces
    }

    fn is_open(&self, tag: &str) -> bool {
        self.open.as_ref().is_some_and(|open| open.tag == tag)
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        let sent = self.wire.send(bytes, self.silence).await;
        sent.map_err(|broken| self.broke(broken))
    }

    async fn hear(&mut self, last: Instant) -> Result<Raw> {
        let until = last.min(Instant::now() + self.silence);
        let read = self.wire.next(until).await;
        read.map_err(|broken| self.broke(broken))
    }

    fn broke(&mut self, broken: Broken) -> Problem {
        self.over = true;
        self.peer.broken(broken)
    }

    /// What it says, noted where it concerns the connection or the open folder.
    fn read<'a>(&mut self, raw: &'a Raw) -> Result<Reply<'a>> {
        let reply = reply::read(&raw.bytes).ok_or_else(|| self.broke(Broken::Garbage))?;
        self.note(&reply);
        match &reply {
            Reply::Status(status) if status.is(Word::Bye) => {
                self.over = true;
                Err(self.peer.failed("bye", status))
            }
            _ => Ok(reply),
        }
    }

    fn note(&mut self, reply: &Reply<'_>) {
        let mut is = |was: fn(&mut Self) -> &mut u32, now: u32| {
            if std::mem::replace(was(self), now) != now {
                self.news = true;
            }
        };
        match reply {
            // The same number again is no news: some servers repeat it in each answer.
            Reply::Exists(count) => is(|talk| &mut talk.exists, *count),
            Reply::Recent(count) => is(|talk| &mut talk.recent, *count),
            Reply::Expunge => {
                self.exists = self.exists.saturating_sub(1);
                self.news = true;
            }
            Reply::Capability(names) => self.learn(names),
            Reply::Status(status) | Reply::Answer { status, .. } => {
                if let Some(names) = status.code_value("CAPABILITY") {
                    self.learn(names);
                }
            }
            Reply::GoOn | Reply::Search(_) | Reply::Other => {}
        }
    }

    fn learn(&mut self, names: &str) {
        let names = names.split_ascii_whitespace().map(str::to_ascii_uppercase);
        self.capabilities = names.collect();
    }
}
