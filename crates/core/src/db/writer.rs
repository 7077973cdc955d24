//! The one thread that writes: it commits whatever has queued up as one transaction, one fsync for all.
//!
//! Not here: what a job writes (`apply`).

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::fail::Fail;
use super::migrate::check_version;
use crate::error::{Code, Problem, Result};
use crate::kill;

/// One job as the writer sees it.
pub(super) type Work = Box<dyn FnOnce(&Connection) -> std::result::Result<(), Fail> + Send>;

/// At most so many jobs share a commit, so that none waits long for its neighbours.
const GROUP: usize = 1024;

enum Message {
    Work(Work, Reply),
    /// Looks at the writer's own connection between two commits.
    Look(Box<dyn FnOnce(&Connection) + Send>),
}

enum Reply {
    Task(oneshot::Sender<Result<()>>),
    Thread(Sender<Result<()>>),
}

impl Reply {
    fn send(self, result: Result<()>) {
        // Nobody may be waiting any more; the job holds all the same.
        match self {
            Self::Task(reply) => drop(reply.send(result)),
            Self::Thread(reply) => drop(reply.send(result)),
        }
    }
}

pub(super) struct Writer {
    queue: Option<Sender<Message>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub fn start(connection: Connection, file: PathBuf) -> std::io::Result<Self> {
        let (queue, jobs) = channel();
        let thread = std::thread::Builder::new()
            .name("readdress-writer".to_owned())
            .spawn(move || run(&connection, &file, &jobs))?;
        Ok(Self {
            queue: Some(queue),
            thread: Some(thread),
        })
    }

    pub async fn commit(&self, work: Work) -> Result<()> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Work(work, Reply::Task(reply)))?;
        answer.await.unwrap_or_else(|_| Err(Code::Internal.into()))
    }

    pub fn commit_blocking(&self, work: Work) -> Result<()> {
        let (reply, answer) = channel();
        self.send(Message::Work(work, Reply::Thread(reply)))?;
        answer.recv().unwrap_or_else(|_| Err(Code::Internal.into()))
    }

    pub fn look(&self, look: Box<dyn FnOnce(&Connection) + Send>) -> Result<()> {
        self.send(Message::Look(look))
    }

    fn send(&self, message: Message) -> Result<()> {
        let queue = self.queue.as_ref().ok_or(Code::Internal)?;
        queue.send(message).map_err(|_| Code::Internal.into())
    }
}

impl Drop for Writer {
    /// What is queued is still written; then the database closes.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(db: &Connection, file: &std::path::Path, jobs: &Receiver<Message>) {
    let mut group = Vec::new();
    while let Ok(first) = jobs.recv() {
        let mut looks = Vec::new();
        for message in std::iter::once(first).chain(std::iter::from_fn(|| jobs.try_recv().ok())) {
            match message {
                Message::Work(work, reply) => group.push((work, reply)),
                Message::Look(look) => looks.push(look),
            }
            if group.len() == GROUP {
                break;
            }
        }
        commit_group(db, group.drain(..), &|fail| fail.into_problem(file));
        for look in looks {
            look(db);
        }
    }
}

/// One transaction, a savepoint for each job, each job its own result.
fn commit_group(
    db: &Connection,
    group: impl Iterator<Item = (Work, Reply)>,
    problem: &dyn Fn(Fail) -> Problem,
) {
    let mut group = group.peekable();
    while group.peek().is_some() {
        if let Err(fail) = begin(db) {
            let problem = problem(fail);
            return group.for_each(|(_, reply)| reply.send(Err(problem.clone())));
        }
        let mut written = Vec::new();
        let mut broken = None;
        for (work, reply) in group.by_ref() {
            match with_savepoint(db, work) {
                Ok(()) => written.push(reply),
                // A full disk makes SQLite take back the whole transaction, with it the jobs before this one.
                Err(fail) if db.is_autocommit() => {
                    broken = Some(problem(fail));
                    written.push(reply);
                    break;
                }
                Err(fail) => reply.send(Err(problem(fail))),
            }
        }
        let result = match broken {
            Some(problem) => Err(problem),
            None => commit(db).map_err(problem),
        };
        for reply in written {
            reply.send(result.clone());
        }
    }
}

fn begin(db: &Connection) -> std::result::Result<(), Fail> {
    db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    check_version(db).inspect_err(|_| roll_back(db))
}

fn with_savepoint(db: &Connection, work: Work) -> std::result::Result<(), Fail> {
    db.prepare_cached("SAVEPOINT job")?.execute([])?;
    kill::point("disk_in_transaction");
    // A defect in one job must not end the thread that all others need.
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(db)))
        .unwrap_or_else(|_| Err(Code::Internal.into()));
    if result.is_err() && !db.is_autocommit() {
        db.prepare_cached("ROLLBACK TO job")?.execute([])?;
    }
    if !db.is_autocommit() {
        db.prepare_cached("RELEASE job")?.execute([])?;
    }
    result
}

fn commit(db: &Connection) -> std::result::Result<(), Fail> {
    kill::point("disk_before_commit");
    let result = db
        .prepare_cached("COMMIT")
        .and_then(|mut commit| commit.execute([]));
    kill::point("disk_after_commit");
    if result.is_err() {
        roll_back(db);
    }
    result.map(drop).map_err(Fail::from)
}

fn roll_back(db: &Connection) {
    if !db.is_autocommit() {
        // If even this fails, the next BEGIN tells why.
        let _ = db.execute_batch("ROLLBACK");
    }
}
