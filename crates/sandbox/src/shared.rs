//! What all servers of one sandbox share: the world, the recorder's list, the stop signal, the tasks.

use crate::recorder::Arrived;
use crate::world::World;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

#[derive(Debug)]
pub(crate) struct Shared {
    world: Mutex<World>,
    arrived: Mutex<Vec<Arrived>>,
    servers: Mutex<Vec<JoinHandle<()>>>,
    stop: watch::Sender<bool>,
    recorder: OnceLock<String>,
    pub token: String,
}

/// A panic of one test's closure must not hide behind a poisoned lock.
fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(world: World, token: String) -> Self {
        Self {
            world: Mutex::new(world),
            arrived: Mutex::default(),
            servers: Mutex::default(),
            stop: watch::Sender::new(false),
            recorder: OnceLock::new(),
            token,
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        open(&self.world)
    }

    pub(crate) fn arrived(&self) -> MutexGuard<'_, Vec<Arrived>> {
        open(&self.arrived)
    }

    pub(crate) fn set_recorder_origin(&self, origin: String) {
        // Set once, at the start.
        let _ = self.recorder.set(origin);
    }

    pub(crate) fn recorder_origin(&self) -> &str {
        self.recorder.get().map_or("", String::as_str)
    }

    pub(crate) fn keep(&self, server: JoinHandle<()>) {
        open(&self.servers).push(server);
    }

    pub(crate) fn stop_signal(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// Tells every server and every waiting fault to end; answers the tasks that are ending.
    pub(crate) fn stop(&self) -> Vec<JoinHandle<()>> {
        self.stop.send_replace(true);
        std::mem::take(&mut *open(&self.servers))
    }

    /// Resolves when the sandbox is stopped.
    pub(crate) async fn stopped(&self) {
        // An error would mean that the sender is gone, which lives in `self`.
        let _ = self.stop_signal().wait_for(|stopped| *stopped).await;
    }

    /// Real time, cut short by a stop.
    pub(crate) async fn sleep(&self, time: Duration) {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.stopped() => {}
        }
    }
}
