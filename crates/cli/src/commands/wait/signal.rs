//! Ctrl-C, and being told to end: heard, so that a call on its way is not cut.

/// From here on a signal no longer ends the program by itself.
pub struct Stop {
    #[cfg(unix)]
    ended: Option<tokio::signal::unix::Signal>,
}

impl Stop {
    pub fn new() -> Self {
        Self {
            #[cfg(unix)]
            ended: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok(),
        }
    }

    /// Returns when one came.
    pub async fn asked(&mut self) {
        let interrupted = async {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        #[cfg(unix)]
        {
            let ended = async {
                match &mut self.ended {
                    Some(signal) => drop(signal.recv().await),
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = interrupted => {}
                () = ended => {}
            }
        }
        #[cfg(not(unix))]
        interrupted.await;
    }
}
