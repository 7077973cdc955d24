//! The one task that knows which mailboxes are needed: it reads what waits whenever something was committed, here or by another
//! program, and hands each mailbox's task its changes.
//!
//! Not here: what waits (`read`, `waiting`), the conversation (`mailbox`).

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use uuid::Uuid;

use super::super::{Engine, lock};
use super::Watching;
use super::act::{Deed, act_on};
use super::mailbox::MailboxTask;
use super::pace::Sleep;
use super::read::{Reader, Served};
use super::waiting::{Assignment, Awaited};
use crate::db::MailboxRow;
use crate::error::Result;
use crate::view::Changed;

/// What is committed in a row is read at once, but not more often than this, and never more than a quarter of the time.
const READ_AT_MOST_EVERY: Duration = Duration::from_millis(50);
/// What waits may be over without a commit.
const READ_AT_LEAST_EVERY: Duration = Duration::from_secs(60);

/// A task that ends with its handle.
pub(super) struct Held(pub JoinHandle<()>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A mailbox that was needed once.
struct Running {
    row: MailboxRow,
    list: watch::Sender<Arc<Assignment>>,
    task: Held,
}

struct Supervisor {
    engine: Engine,
    with: Arc<Watching>,
    running: BTreeMap<Uuid, Running>,
    deeds: mpsc::UnboundedSender<Deed>,
    others: Option<i64>,
    key_was_open: bool,
}

/// Until it is aborted.
pub(super) async fn supervise(
    engine: Engine,
    with: Arc<Watching>,
    mut news: broadcast::Receiver<Changed>,
) {
    let (deeds, given) = mpsc::unbounded_channel();
    let _actor = Held(tokio::spawn(act_on(
        engine.clone(),
        Arc::clone(&with),
        given,
    )));
    let begun = Instant::now();
    let mut sleep = Sleep::new((with.wall)(), Duration::ZERO);
    let mut others = interval(with.paces.others);
    others.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut supervisor = Supervisor {
        engine,
        with,
        running: BTreeMap::new(),
        deeds,
        others: None,
        key_was_open: false,
    };
    let mut reader = Reader::default();
    let mut read_at = begun;
    let mut read = true;
    loop {
        if std::mem::take(&mut read) {
            read_at = Instant::now();
            let done;
            (reader, done) = supervisor.read(reader).await;
            if let Err(problem) = done {
                // The same as at the last look holds; the next tick reads again.
                tracing::warn!(code = ?problem.code, "what waits for a mail could not be read");
                supervisor.others = None;
            }
            let took = read_at.elapsed();
            sleep_until(Instant::now() + READ_AT_MOST_EVERY.max(took * 3)).await;
        }
        tokio::select! {
            one = news.recv() => match one {
                Err(RecvError::Closed) => return,
                Ok(_) | Err(RecvError::Lagged(_)) => {
                    read = true;
                    drain(&mut news);
                }
            },
            _ = others.tick() => {
                let slept = sleep.passed((supervisor.with.wall)(), begun.elapsed());
                if slept {
                    supervisor.reconnect();
                    // Where the clock was moved, what was asked for since is counted by another one.
                    reader = Reader::default();
                }
                read = supervisor.is_news_elsewhere().await
                    || slept
                    || read_at.elapsed() >= READ_AT_LEAST_EVERY;
            }
        }
    }
}

fn drain(news: &mut broadcast::Receiver<Changed>) {
    while let Ok(_) | Err(TryRecvError::Lagged(_)) = news.try_recv() {}
}

impl Supervisor {
    async fn read(&mut self, mut reader: Reader) -> (Reader, Result<()>) {
        let engine = self.engine.clone();
        let now = (self.with.wall)();
        let read = spawn_blocking(move || {
            let served = engine.read_waiting(&mut reader, now);
            (reader, served)
        });
        match read.await {
            Ok((reader, Ok(served))) => {
                self.assign(served);
                (reader, Ok(()))
            }
            Ok((reader, Err(problem))) => (reader, Err(problem)),
            Err(_) => (Reader::default(), Err(crate::error::Code::Internal.into())),
        }
    }

    fn assign(&mut self, served: Vec<Served>) {
        let desk = Arc::clone(&self.engine.0.desk);
        let here: HashSet<Uuid> = served.iter().map(|one| one.row.id).collect();
        self.running.retain(|id, _| here.contains(id));
        let mut news = desk.keep_only(&here);
        let mut waiting: BTreeMap<(Uuid, Uuid), Arc<Awaited>> = BTreeMap::new();
        for Served { row, changes } in served {
            let id = row.id;
            let resting = || changes.iter().filter(|one| one.rests);
            let count = u32::try_from(resting().count()).unwrap_or(u32::MAX);
            news |= desk.show(id, |view| view.waiting = count);
            waiting.extend(resting().map(|one| ((id, one.waiting.change), Arc::clone(one))));
            self.hand_over(row, changes);
        }
        // A mail that is to be decided about is for a change that waits, and was not asked for once more since.
        news |= lock(&desk.finds).retain(|find| {
            let one = waiting.get(&(find.mail.0, find.change));
            one.is_some_and(|one| find.seen_at >= one.asked_at)
        });
        if news {
            self.engine.tell_mail();
        }
    }

    fn hand_over(&mut self, row: MailboxRow, changes: Vec<Arc<Awaited>>) {
        let id = row.id;
        // An edited mailbox begins anew, also where a refused password had stopped it.
        let ended = |one: &Running| one.row != row || one.task.0.is_finished();
        if self.running.get(&id).is_some_and(ended) {
            self.running.remove(&id);
            self.engine.0.desk.begin_anew(id);
        }
        match self.running.get(&id) {
            Some(running) if running.list.borrow().is_like(&changes) => {}
            Some(running) => {
                running
                    .list
                    .send_replace(Arc::new(Assignment::new(changes)));
            }
            None if changes.is_empty() => {}
            None => {
                let (list, mine) = watch::channel(Arc::new(Assignment::new(changes)));
                let task = MailboxTask::new(
                    self.engine.clone(),
                    Arc::clone(&self.with),
                    id,
                    mine,
                    self.deeds.clone(),
                );
                let task = Held(tokio::spawn(task.run()));
                let running = Running { row, list, task };
                self.running.insert(id, running);
            }
        }
    }

    /// Whether another program committed, or the vault was opened or locked: what its key opens is read anew.
    async fn is_news_elsewhere(&mut self) -> bool {
        let db = self.engine.0.db.clone();
        let vault = self.engine.0.vault.clone();
        let looked = spawn_blocking(move || (db.data_version(), vault.key_if_open().is_some()));
        let Ok((version, open)) = looked.await else {
            return true;
        };
        let locked = !open && (self.key_was_open || self.engine.0.desk.is_connected());
        let news = self.others != Some(version) || open != self.key_was_open;
        self.others = Some(version);
        self.key_was_open = open;
        if locked {
            // They ask for the key when they come back, and stop without it.
            self.reconnect();
        }
        news
    }

    fn reconnect(&self) {
        self.engine
            .0
            .desk
            .signals
            .send_modify(|signals| signals.reconnect += 1);
    }
}
