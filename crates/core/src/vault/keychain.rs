//! The system's keychain, asked on a thread of its own: a locked one may never answer.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::error::{Code, Problem, Result};

/// The name under which the system lists our keys.
pub const SERVICE: &str = "app.readdress";

/// How long an answer is waited for.
pub(super) const LIMIT: Duration = Duration::from_secs(10);

/// What we need of a keychain. Text only: KDE's wallet holds nothing else.
#[doc(hidden)]
pub trait Keychain: Send {
    fn get(&mut self, user: &str) -> Result<Option<Zeroizing<String>>>;
    fn set(&mut self, user: &str, text: &str) -> Result<()>;
    fn delete(&mut self, user: &str) -> Result<()>;
}

type Ask = Box<dyn FnOnce(&mut dyn Keychain) + Send>;

/// The keychain's thread. If it hangs, later questions wait behind it: never more than one thread is lost.
pub(super) struct Thread {
    queue: Mutex<Queue>,
    limit: Duration,
}

enum Queue {
    NotStarted(Option<Box<dyn Keychain>>),
    Running(Sender<Ask>),
}

impl Thread {
    pub fn new(keychain: Box<dyn Keychain>, limit: Duration) -> Self {
        Self {
            queue: Mutex::new(Queue::NotStarted(Some(keychain))),
            limit,
        }
    }

    /// # Errors
    /// `keychain_missing`, with `reason = timed_out` if it did not answer in time.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut dyn Keychain) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let ask: Ask = Box::new(move |keychain| {
            // Whoever asked has given up: a set that came after all would surprise.
            if !reply.is_closed() {
                drop(reply.send(question(keychain)));
            }
        });
        self.start()?.send(ask).map_err(|_| missing("failed"))?;
        match tokio::time::timeout(self.limit, answer).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(missing("failed")),
            Err(_) => Err(missing("timed_out")),
        }
    }

    fn start(&self) -> Result<Sender<Ask>> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if let Queue::NotStarted(keychain) = &mut *queue {
            let mut keychain = keychain.take().ok_or_else(|| missing("failed"))?;
            let (sender, asks) = channel::<Ask>();
            std::thread::Builder::new()
                .name("readdress-keychain".to_owned())
                .spawn(move || asks.into_iter().for_each(|ask| ask(&mut *keychain)))
                .map_err(|_| missing("failed"))?;
            *queue = Queue::Running(sender);
        }
        match &*queue {
            Queue::Running(sender) => Ok(sender.clone()),
            Queue::NotStarted(_) => Err(missing("failed")),
        }
    }
}

pub(super) fn missing(reason: &str) -> Problem {
    Problem::new(Code::KeychainMissing).with("reason", reason)
}

pub(super) fn wrong(reason: &str) -> Problem {
    Problem::new(Code::KeychainWrong).with("reason", reason)
}

/// The one that the system brings. Connected at the first question, again after a failure.
#[derive(Default)]
pub(super) struct SystemKeychain {
    store: Option<Arc<CredentialStore>>,
}

impl SystemKeychain {
    fn with<T>(
        &mut self,
        user: &str,
        call: impl FnOnce(&Entry) -> keyring_core::Result<T>,
    ) -> Result<Option<T>> {
        let store = match &self.store {
            Some(store) => Arc::clone(store),
            None => connect().map_err(|error| problem(&error))?,
        };
        let result = store
            .build(SERVICE, user, None)
            .and_then(|entry| call(&entry));
        self.store = (!matches!(result, Err(Error::PlatformFailure(_)))).then_some(store);
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(problem(&error)),
        }
    }
}

impl Keychain for SystemKeychain {
    fn get(&mut self, user: &str) -> Result<Option<Zeroizing<String>>> {
        self.with(user, |entry| entry.get_password().map(Zeroizing::new))
    }

    fn set(&mut self, user: &str, text: &str) -> Result<()> {
        self.with(user, |entry| entry.set_password(text))?
            .ok_or_else(|| missing("failed"))
    }

    fn delete(&mut self, user: &str) -> Result<()> {
        self.with(user, Entry::delete_credential).map(drop)
    }
}

/// The library's texts may name paths and items, so only their kind crosses.
fn problem(error: &Error) -> Problem {
    match error {
        Error::NoStorageAccess(_) => missing("locked"),
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::Ambiguous(_) => wrong("format"),
        Error::PlatformFailure(_) => missing("no_service"),
        _ => missing("failed"),
    }
}

#[cfg(target_os = "linux")]
fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    Err(Error::NoDefaultStore)
}
