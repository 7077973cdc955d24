//! Mails on their way to a real mailbox, where `settings.mail.deliver` names one.
//!
//! They lie in the practice mailbox too. Not here: the conversation with the mail server (`lmtp.rs`).

use crate::lmtp::{Lmtp, NotTaken};
use crate::mailbox::Mail;
use crate::settings::Delivery;
use crate::shared::Shared;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Between two tries at a server that is not there; also how late a mail may be that the clock was moved for.
const AGAIN: Duration = Duration::from_millis(200);

/// A mail that its mail server refused for good.
#[derive(Clone, Debug, Serialize)]
pub struct Undelivered {
    /// The mail's id in the practice mailbox.
    pub id: u64,
    pub to: String,
    /// The server's words.
    pub reason: String,
}

#[derive(Debug)]
struct Parcel {
    id: u64,
    /// Not before this time of the sandbox's clock.
    at: Timestamp,
    from: String,
    lmtp: std::net::SocketAddr,
    to: String,
    raw: String,
}

#[derive(Debug, Default)]
struct Held {
    parcels: VecDeque<Parcel>,
    refused: Vec<Undelivered>,
}

/// What waits for delivery. Clones are the same outbox.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outbox(Arc<(Mutex<Held>, Notify)>);

impl Outbox {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn put(&self, mail: Mail, delivery: &Delivery) {
        self.held().parcels.push_back(Parcel {
            id: mail.id,
            at: mail.at,
            from: bare(&mail.from).to_owned(),
            lmtp: delivery.lmtp,
            to: delivery.rcpt.clone().unwrap_or(mail.to),
            raw: mail.raw,
        });
        self.0.1.notify_one();
    }

    pub(crate) fn undelivered(&self) -> Vec<Undelivered> {
        self.held().refused.clone()
    }

    pub(crate) fn clear(&self) {
        *self.held() = Held::default();
    }

    fn next(&self, now: Timestamp) -> Option<Parcel> {
        let parcels = &mut self.held().parcels;
        let due = parcels.iter().position(|parcel| parcel.at <= now)?;
        parcels.remove(due)
    }

    fn is_empty(&self) -> bool {
        self.held().parcels.is_empty()
    }

    /// Delivers until the sandbox is stopped.
    pub(crate) async fn run(self, shared: Arc<Shared>) {
        loop {
            self.deliver_due(&shared).await;
            let pause = async {
                if self.is_empty() {
                    self.0.1.notified().await;
                } else {
                    // What is not due yet, or could not be delivered; and what comes meanwhile.
                    let _ = tokio::time::timeout(AGAIN, self.0.1.notified()).await;
                }
            };
            tokio::select! {
                () = pause => {}
                () = shared.stopped() => return,
            }
        }
    }

    async fn deliver_due(&self, shared: &Shared) {
        let mut open = None;
        let mut refused = Vec::new();
        loop {
            let now = shared.world().now();
            let Some(parcel) = self.next(now) else { break };
            match hand_over(&mut open, &parcel).await {
                Ok(()) => {}
                Err(NotTaken::Refused(reason)) if reason.starts_with('5') => {
                    self.held().refused.push(Undelivered {
                        id: parcel.id,
                        to: parcel.to,
                        reason,
                    });
                }
                Err(NotTaken::Refused(_)) => refused.push(parcel),
                Err(NotTaken::Later) => {
                    self.held().parcels.push_front(parcel);
                    break;
                }
            }
        }
        self.held().parcels.extend(refused);
    }
}

/// Over one conversation as long as the server is the same.
async fn hand_over(
    open: &mut Option<(std::net::SocketAddr, Lmtp)>,
    parcel: &Parcel,
) -> Result<(), NotTaken> {
    if open.as_ref().is_none_or(|(to, _)| *to != parcel.lmtp) {
        *open = Some((parcel.lmtp, Lmtp::connect(parcel.lmtp).await?));
    }
    match open {
        Some((_, lmtp)) => lmtp.deliver(&parcel.from, &parcel.to, &parcel.raw).await,
        None => Ok(()),
    }
}

/// `Name <address>` without its name.
fn bare(from: &str) -> &str {
    from.rsplit_once('<')
        .map_or(from, |(_, rest)| rest.trim_end_matches('>'))
}
