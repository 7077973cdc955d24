//! Ctrl-C, and being told to end, for the commands that go on until then.

/// Hears SIGINT and SIGTERM. From its making on they no longer end the program by themselves.
#[cfg(unix)]
pub struct Stop([Option<tokio::signal::unix::Signal>; 2]);

#[cfg(unix)]
impl Stop {
    pub fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self([SignalKind::interrupt(), SignalKind::terminate()].map(|kind| signal(kind).ok()))
    }

    /// Returns when one came.
    pub async fn asked(&mut self) {
        let [interrupt, terminate] = &mut self.0;
        tokio::select! {
            () = come(interrupt) => {}
            () = come(terminate) => {}
        }
    }
}

#[cfg(unix)]
async fn come(signal: &mut Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

#[cfg(not(unix))]
pub struct Stop;

#[cfg(not(unix))]
impl Stop {
    pub fn new() -> Self {
        Self
    }

    pub async fn asked(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
