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

/// Hears Ctrl+C and Ctrl+Break, the end of the console window, and the end of the session. From its making on the first two no
/// longer end the program by themselves; the others do, some seconds after they were heard.
#[cfg(windows)]
pub struct Stop {
    ctrl_c: Option<windows::CtrlC>,
    ctrl_break: Option<windows::CtrlBreak>,
    close: Option<windows::CtrlClose>,
    logoff: Option<windows::CtrlLogoff>,
    shutdown: Option<windows::CtrlShutdown>,
}

#[cfg(windows)]
use tokio::signal::windows;

#[cfg(windows)]
impl Stop {
    pub fn new() -> Self {
        Self {
            ctrl_c: windows::ctrl_c().ok(),
            ctrl_break: windows::ctrl_break().ok(),
            close: windows::ctrl_close().ok(),
            logoff: windows::ctrl_logoff().ok(),
            shutdown: windows::ctrl_shutdown().ok(),
        }
    }

    /// Returns when one came.
    pub async fn asked(&mut self) {
        tokio::select! {
            () = come(self.ctrl_c.as_mut().map(windows::CtrlC::recv)) => {}
            () = come(self.ctrl_break.as_mut().map(windows::CtrlBreak::recv)) => {}
            () = come(self.close.as_mut().map(windows::CtrlClose::recv)) => {}
            () = come(self.logoff.as_mut().map(windows::CtrlLogoff::recv)) => {}
            () = come(self.shutdown.as_mut().map(windows::CtrlShutdown::recv)) => {}
        }
    }
}

#[cfg(windows)]
async fn come(event: Option<impl Future<Output = Option<()>>>) {
    match event {
        Some(event) => {
            event.await;
        }
        None => std::future::pending().await,
    }
}
