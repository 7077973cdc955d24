//! One connection to a mail server, read-only: `EXAMINE` and `BODY.PEEK`, nothing else that touches a mail.
//!
//! imap-proto reads what is hard to read; the conversation itself is ours, since it carries passwords and codes, which a library
//! would log, and since its size and time must be bounded. Not here: when it is opened and what is looked for (`engine::watch`).

mod command;
mod connect;
mod fault;
mod fetch;
mod folders;
mod frame;
mod login;
mod probe;
mod reply;
mod talk;
mod utf7;
mod wire;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use self::command::Command;
use self::connect::Greeted;
use self::fetch::Fetched;
use self::frame::Bounds;
use self::reply::{Reply, Status, Word};
use self::talk::{Heard, Talk};
use super::Account;
use crate::error::{Code, Problem, Result};
use crate::view::MailboxTestView;

/// How long the stages of a conversation may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Name and address together, and TLS.
    pub connect: Duration,
    /// The silence in an answer. All of it may take ten times as long.
    pub answer: Duration,
    /// How long one IDLE is left open before it is asked anew (RFC 2177: less than 29 minutes).
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(30),
            idle: Duration::from_secs(9 * 60),
        }
    }
}

/// A folder that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFolder {
    /// As the server names it.
    pub name: String,
    /// For unwanted mail.
    pub junk: bool,
}

/// A folder as it was when it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Examined {
    /// Another value than before: all numbers known of that folder mean nothing any more (RFC 3501, 2.3.1.1).
    pub uid_validity: u32,
    pub exists: u32,
}

/// A mail's header and where it lies.
#[derive(Clone)]
pub struct Head {
    pub uid: u32,
    /// When the server got it.
    pub at: Timestamp,
    /// Bytes of the whole mail.
    pub size: u32,
    /// The header's bytes, at most 64 KiB.
    pub header: Vec<u8>,
}

impl std::fmt::Debug for Head {
    /// Without the header: it names people, and its subject may hold a code.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut head = f.debug_struct("Head");
        head.field("uid", &self.uid).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// Something changed in the folder.
    News,
    /// The limit for one IDLE was reached: ask anew.
    TimeUp,
}

/// Mails that are asked for at once: their numbers fit into a short line (RFC 2683, 3.2.1.5).
const AT_ONCE: usize = 100;

/// A goodbye is not waited for longer.
const GOODBYE: Duration = Duration::from_secs(2);

/// A conversation with a mail server, logged in.
///
/// A future of it may be dropped: the next call hears out what it left open.
pub struct Session {
    talk: Talk,
    limits: Limits,
}

impl Session {
    /// Connects and logs in.
    ///
    /// # Errors
    /// `mail_unreachable`, `mail_tls_failed`, `mail_login_refused`, `mail_oauth_only`, `mail_not_imap`, `mail_server_failed`
    /// (param `at` = `login` where it ended while the password was being said), `certificate_invalid`.
    pub async fn open(account: &Account, limits: Limits) -> Result<Self> {
        let addresses = connect::resolve(account, limits).await?;
        let stream = connect::dial(account, &addresses, limits).await?;
        let greeted = connect::reach(stream, account, limits).await?;
        Self::from_greeted(greeted, account, limits).await
    }

    async fn from_greeted(greeted: Greeted, account: &Account, limits: Limits) -> Result<Self> {
        let Greeted {
            mut talk,
            logged_in,
        } = greeted;
        if !logged_in {
            let done = login::log_in(&mut talk, account).await;
            done.map_err(|problem| match problem.code {
                Code::MailServerFailed => problem.with("at", "login"),
                _ => problem,
            })?;
        }
        Ok(Self { talk, limits })
    }

    /// How far a connection to it goes. What does not work stands in the answer.
    pub async fn test(account: &Account, limits: Limits) -> MailboxTestView {
        probe::test(account, limits).await
    }

    /// Whether the server tells by itself what is new.
    pub fn can_idle(&self) -> bool {
        self.talk.has("IDLE")
    }

    /// The inbox, and the folder for unwanted mail where there is one (RFC 6154, else by its usual names; then there may be two).
    pub async fn folders(&mut self) -> Result<Vec<MailFolder>> {
        folders::find(&mut self.talk).await
    }

    /// Opens a folder for reading only. The one before it is left.
    pub async fn examine(&mut self, folder: &MailFolder) -> Result<Examined> {
        let mut uid_validity = None;
        let mut hear = |heard: &Heard<'_>| {
            if let Reply::Status(status) = &heard.reply
                && let Some(value) = status.code_value("UIDVALIDITY")
            {
                uid_validity = value.parse().ok();
            }
        };
        let command = Command::new("EXAMINE").string(&folder.name);
        self.talk.done(command, Bounds::SMALL, &mut hear).await?;
        self.talk.take_news();
        Ok(Examined {
            uid_validity: uid_validity.ok_or_else(|| self.talk.peer.garbage())?,
            exists: self.talk.exists,
        })
    }

    /// UIDs of the mails that came on that day (UTC, one day earlier to be safe) or later and are not below `from`, in order.
    /// The server searches; nothing is downloaded.
    pub async fn search(&mut self, since: Timestamp, from: u32) -> Result<Vec<u32>> {
        let from = from.max(1);
        // A server compares days in a time zone of its own (RFC 3501, 6.4.4).
        let day = since.saturating_sub(SignedDuration::from_hours(24));
        let day = day.map_or(since, |day| day).strftime("%-d-%b-%Y");
        let mut uids = Vec::new();
        let hear = |heard: &Heard<'_>| {
            if let Reply::Search(found) = &heard.reply {
                uids.extend_from_slice(found);
            }
        };
        let command = Command::new(&format!("UID SEARCH SINCE {day} UID {from}:*"));
        self.talk.done(command, Bounds::NUMBERS, hear).await?;
        // `9:*` means the last mail too, whatever its number (RFC 3501, 9, seq-range).
        uids.retain(|uid| *uid >= from);
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// Their headers, in order of their numbers; a mail that is gone meanwhile is left out.
    pub async fn heads(&mut self, uids: &[u32]) -> Result<Vec<Head>> {
        let mut uids: Vec<u32> = uids.iter().copied().filter(|uid| *uid > 0).collect();
        uids.sort_unstable();
        uids.dedup();
        let mut heads: Vec<Head> = Vec::with_capacity(uids.len());
        for some in uids.chunks(AT_ONCE) {
            let before = heads.len();
            let Some(mut refused) = self.heads_of(some, &mut heads).await? else {
                continue;
            };
            // One that the server keeps and cannot read must not hide the others.
            let alone = if some.len() > 1 { some } else { &[] };
            for one in alone.chunks(1) {
                if let Some(again) = self.heads_of(one, &mut heads).await? {
                    refused = again;
                }
            }
            if heads.len() == before {
                return Err(refused);
            }
            tracing::info!("the mail server cannot bring a mail");
        }
        heads.sort_by_key(|head| head.uid);
        heads.dedup_by_key(|head| head.uid);
        Ok(heads)
    }

    /// Why the server cannot bring them, all or one of them.
    async fn heads_of(&mut self, uids: &[u32], heads: &mut Vec<Head>) -> Result<Option<Problem>> {
        let most = fetch::MOST_HEADER;
        let items = format!("(UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER]<0.{most}>)");
        let hear = |heard: &Heard<'_>| {
            let head = Fetched::read(heard).and_then(Fetched::into_head);
            heads.extend(head.filter(|head| uids.binary_search(&head.uid).is_ok()));
        };
        let bounds = Bounds::of_mails(uids.len(), most);
        let status = self.fetch(uids, &items, bounds, hear).await?;
        let refused = |status: &Status| self.talk.peer.failed("refused", status);
        Ok(status.as_ref().map(refused))
    }

    /// The first `most` bytes of a mail; `None` where it is gone.
    pub async fn mail(&mut self, uid: u32, most: u32) -> Result<Option<Vec<u8>>> {
        let mut mail = None;
        let hear = |heard: &Heard<'_>| {
            if let Some(fetched) = Fetched::read(heard)
                && fetched.uid == Some(uid)
                && fetched.body.is_some()
            {
                mail = fetched.body;
            }
        };
        let bytes = usize::try_from(most).unwrap_or(usize::MAX);
        let items = format!("(UID BODY.PEEK[]<0.{most}>)");
        let bounds = Bounds::of_mails(1, bytes);
        if let Some(status) = self.fetch(&[uid], &items, bounds, hear).await? {
            return Err(self.talk.peer.failed("refused", &status));
        }
        if let Some(mail) = &mut mail {
            mail.truncate(bytes);
        }
        Ok(mail)
    }

    /// Waits in the open folder until something is new, also where that was said since the folder was opened or the last
    /// wait. Only where `can_idle`.
    pub async fn idle(&mut self) -> Result<Woken> {
        let until = Instant::now() + self.limits.idle;
        let mut new = self.talk.take_news();
        if !new {
            self.talk.begin_idle().await?;
            self.talk.wait(until).await?;
            self.talk.settle().await?;
            // Whoever hears of it looks after all that was said until here.
            new = self.talk.take_news();
        }
        Ok(match new {
            true => Woken::News,
            false => Woken::TimeUp,
        })
    }

    /// Asks whether something is new, where it does not tell: the number of mails in the open folder.
    pub async fn poll(&mut self) -> Result<u32> {
        let command = Command::new("NOOP");
        self.talk.done(command, Bounds::SMALL, |_| {}).await?;
        Ok(self.talk.exists)
    }

    /// Says goodbye; what does not work any more is left.
    pub async fn close(self) {
        let within = self.limits.answer.min(GOODBYE);
        self.talk.leave(within).await;
    }

    /// A status where the server says that it cannot bring them, and not why: that may be so for one of them only.
    async fn fetch(
        &mut self,
        uids: &[u32],
        items: &str,
        bounds: Bounds,
        hear: impl FnMut(&Heard<'_>) + Send,
    ) -> Result<Option<Status>> {
        let command = Command::new(&format!("UID FETCH {} {items}", fetch::set(uids)));
        let status = self.talk.ask(command, bounds, hear).await?;
        // Mails that are gone may make it a NO (RFC 2180, 4.1; RFC 5530, 3).
        let gone =
            |status: &Status| status.is(Word::No) && status.code_value("EXPUNGEISSUED").is_some();
        if status.is(Word::Ok) || gone(&status) {
            return Ok(None);
        }
        if status.is(Word::No) && status.code.is_none() {
            return Ok(Some(status));
        }
        Err(self.talk.peer.failed("refused", &status))
    }
}

impl std::fmt::Debug for Session {
    /// Without what it talks about.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session")
    }
}
