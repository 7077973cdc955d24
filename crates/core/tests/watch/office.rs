//! A mailbox in memory that speaks as a mail server does, counts what it is asked, and can be cut, changed and emptied.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use readdress_core::engine::post::{Later, Post, Talk};
use readdress_core::error::{Code, Problem, Result};
use readdress_core::mailbox::Account;
use readdress_core::mailbox::imap::{Examined, Head, MailFolder, Woken};
use tokio::sync::watch;

/// What was asked of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    pub opened: usize,
    pub searches: usize,
    pub heads: usize,
    pub mails: usize,
    pub idles: usize,
    pub polls: usize,
    /// Most bytes of one mail.
    pub most: u32,
}

struct Mail {
    at: Timestamp,
    raw: Vec<u8>,
}

#[derive(Default)]
struct Folder {
    validity: u32,
    next: u32,
    mails: BTreeMap<u32, Mail>,
}

struct State {
    folders: BTreeMap<&'static str, Folder>,
    can_idle: bool,
    junk_stays_shut: bool,
    /// Taken by who opens; `None`: it lets in.
    refuses: Option<Problem>,
    asked: Asked,
    passwords: Vec<String>,
    /// Connections from before another number are cut.
    cut: u32,
    connected: usize,
}

/// The mail server. Cheap to clone.
#[derive(Clone)]
pub struct Office {
    state: Arc<Mutex<State>>,
    moved: watch::Sender<u64>,
}

pub const INBOX: &str = "INBOX";
pub const JUNK: &str = "Junk";

impl Office {
    pub fn new() -> Self {
        let folder = || Folder {
            validity: 1,
            next: 1,
            mails: BTreeMap::new(),
        };
        Self {
            state: Arc::new(Mutex::new(State {
                folders: [(INBOX, folder()), (JUNK, folder())].into(),
                can_idle: true,
                junk_stays_shut: false,
                refuses: None,
                asked: Asked::default(),
                passwords: Vec::new(),
                cut: 0,
                connected: 0,
            })),
            moved: watch::Sender::new(0),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics inside")
    }

    fn tell(&self) {
        self.moved.send_modify(|moved| *moved += 1);
    }

    pub fn asked(&self) -> Asked {
        self.state().asked
    }

    pub fn connected(&self) -> usize {
        self.state().connected
    }

    /// The password of the last login.
    pub fn password(&self) -> Option<String> {
        self.state().passwords.last().cloned()
    }

    pub fn deliver(&self, folder: &'static str, raw: &str) {
        self.deliver_at(folder, raw, Timestamp::now());
    }

    pub fn deliver_at(&self, folder: &'static str, raw: &str, at: Timestamp) {
        let mut state = self.state();
        let folder = state.folders.entry(folder).or_default();
        let uid = folder.next;
        folder.next += 1;
        let at = Timestamp::from_second(at.as_second()).expect("a time");
        let raw = raw.as_bytes().to_vec();
        folder.mails.insert(uid, Mail { at, raw });
        drop(state);
        self.tell();
    }

    /// A mail comes, and the oldest of the folder goes: there are as many as before.
    pub fn exchange(&self, folder: &'static str, raw: &str) {
        let mut state = self.state();
        let folder = state.folders.entry(folder).or_default();
        folder.mails.pop_first().expect("a mail that goes");
        let (uid, raw) = (folder.next, raw.as_bytes().to_vec());
        folder.next += 1;
        let at = Timestamp::from_second(Timestamp::now().as_second()).expect("a time");
        folder.mails.insert(uid, Mail { at, raw });
        drop(state);
        self.tell();
    }

    /// So many old mails of others, a minute apart, the newest an hour old.
    pub fn fill(&self, count: u32) {
        let newest = Timestamp::now() - SignedDuration::from_hours(1);
        for n in 0..count {
            let at = newest - SignedDuration::from_secs(i64::from(count - n));
            self.deliver_at(
                INBOX,
                &mail("else@acme.example", "x@x.example", "hello"),
                at,
            );
        }
    }

    pub fn has_no_idle(&self) {
        self.state().can_idle = false;
    }

    /// The folder for unwanted mail is listed, and cannot be opened.
    pub fn keeps_junk_shut(&self) {
        self.state().junk_stays_shut = true;
    }

    pub fn refuse(&self, problem: Option<Problem>) {
        self.state().refuses = problem;
    }

    /// All connections are gone.
    pub fn cut(&self) {
        self.state().cut += 1;
        self.tell();
    }

    /// The same mails under other numbers.
    pub fn renumber(&self) {
        let mut state = self.state();
        for folder in state.folders.values_mut() {
            folder.validity += 1;
            folder.next = 1;
            for (_, mail) in std::mem::take(&mut folder.mails) {
                folder.mails.insert(folder.next, mail);
                folder.next += 1;
            }
        }
        state.cut += 1;
        drop(state);
        self.tell();
    }
}

/// A plain mail, like no other.
pub fn mail(to: &str, from: &str, text: &str) -> String {
    let date = jiff::fmt::rfc2822::to_string(&Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC));
    let date = date.expect("a date");
    let id = uuid::Uuid::now_v7();
    format!(
        "Date: {date}\r\nFrom: {from}\r\nTo: {to}\r\nMessage-ID: <{id}@x.example>\r\nSubject: Your code\r\n\r\n{text}\r\n"
    )
}

/// The connection to it, as the engine gets it.
pub struct Window(pub Office);

impl Post for Window {
    fn open<'a>(&'a self, account: &'a Account) -> Later<'a, Result<Box<dyn Talk>>> {
        Box::pin(async move {
            let mut state = self.0.state();
            state.asked.opened += 1;
            state.passwords.push(account.password.expose().to_owned());
            if let Some(problem) = &state.refuses {
                return Err(problem.clone());
            }
            state.connected += 1;
            Ok(Box::new(Conversation {
                office: self.0.clone(),
                cut: state.cut,
                open: INBOX,
                told: 0,
            }) as Box<dyn Talk>)
        })
    }
}

struct Conversation {
    office: Office,
    cut: u32,
    open: &'static str,
    /// How many mails of the open folder the client knows of.
    told: usize,
}

impl Drop for Conversation {
    fn drop(&mut self) {
        self.office.state().connected -= 1;
    }
}

impl Conversation {
    fn on<T>(&mut self, does: impl FnOnce(&mut State, &mut Self) -> T) -> Result<T> {
        let office = self.office.clone();
        let mut state = office.state();
        if state.cut != self.cut {
            return Err(Problem::new(Code::MailServerFailed).with("reason", "cut"));
        }
        Ok(does(&mut state, self))
    }
}

impl Talk for Conversation {
    fn can_idle(&self) -> bool {
        self.office.state().can_idle
    }

    fn folders(&mut self) -> Later<'_, Result<Vec<MailFolder>>> {
        let folder = |name: &str, junk| MailFolder {
            name: name.to_owned(),
            junk,
        };
        Box::pin(async move { self.on(|_, _| vec![folder(INBOX, false), folder(JUNK, true)]) })
    }

    fn examine<'a>(&'a mut self, folder: &'a MailFolder) -> Later<'a, Result<Examined>> {
        Box::pin(async move {
            self.on(|state, me| {
                if folder.junk && state.junk_stays_shut {
                    return Err(Problem::new(Code::MailServerFailed).with("reason", "refused"));
                }
                me.open = if folder.junk { JUNK } else { INBOX };
                let folder = &state.folders[me.open];
                me.told = folder.mails.len();
                Ok(Examined {
                    uid_validity: folder.validity,
                    exists: u32::try_from(me.told).expect("not that many"),
                })
            })?
        })
    }

    fn search(&mut self, since: Timestamp, from: u32) -> Later<'_, Result<Vec<u32>>> {
        Box::pin(async move {
            self.on(|state, me| {
                state.asked.searches += 1;
                let day = since - SignedDuration::from_hours(24);
                let mails = state.folders[me.open].mails.range(from..);
                mails
                    .filter(|(_, mail)| mail.at >= day)
                    .map(|(uid, _)| *uid)
                    .collect()
            })
        })
    }

    fn heads<'a>(&'a mut self, uids: &'a [u32]) -> Later<'a, Result<Vec<Head>>> {
        Box::pin(async move {
            self.on(|state, me| {
                state.asked.heads += uids.len();
                let mails = &state.folders[me.open].mails;
                let head = |uid: &u32| {
                    let mail = mails.get(uid)?;
                    let raw = String::from_utf8_lossy(&mail.raw);
                    let header = raw.split("\r\n\r\n").next().unwrap_or_default();
                    Some(Head {
                        uid: *uid,
                        at: mail.at,
                        size: u32::try_from(mail.raw.len()).expect("not that long"),
                        header: format!("{header}\r\n\r\n").into_bytes(),
                    })
                };
                uids.iter().filter_map(head).collect()
            })
        })
    }

    fn mail(&mut self, uid: u32, most: u32) -> Later<'_, Result<Option<Vec<u8>>>> {
        Box::pin(async move {
            self.on(|state, me| {
                state.asked.mails += 1;
                state.asked.most = state.asked.most.max(most);
                let mail = state.folders[me.open].mails.get(&uid);
                mail.map(|mail| mail.raw.iter().copied().take(most as usize).collect())
            })
        })
    }

    fn idle<'a>(&'a mut self, mut stop: Later<'a, ()>) -> Later<'a, Result<Woken>> {
        Box::pin(async move {
            let mut moved = self.office.moved.subscribe();
            self.on(|state, _| state.asked.idles += 1)?;
            loop {
                let new = self.on(|state, me| {
                    let now = state.folders[me.open].mails.len();
                    std::mem::replace(&mut me.told, now) != now
                })?;
                if new {
                    return Ok(Woken::News);
                }
                tokio::select! {
                    _ = moved.changed() => {}
                    () = &mut stop => return Ok(Woken::TimeUp),
                }
            }
        })
    }

    fn poll(&mut self) -> Later<'_, Result<u32>> {
        Box::pin(async move {
            self.on(|state, me| {
                state.asked.polls += 1;
                u32::try_from(state.folders[me.open].mails.len()).expect("not that many")
            })
        })
    }

    fn close(self: Box<Self>) -> Later<'static, ()> {
        Box::pin(tokio::time::sleep(Duration::ZERO))
    }
}
