//! The system's keychain, asked on a thread of its own: a locked one may never answer.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

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

/// The keychain's thread. If it hangs, never more than this one thread is lost: while a question is overdue, others are
/// refused at once, and when it is answered after all, the next one is asked again.
pub(super) struct Thread {
    queue: Mutex<Queue>,
    limit: Duration,
    /// Since when the keychain thinks about its present question.
    asked: Arc<Mutex<Option<Instant>>>,
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
            asked: Arc::default(),
        }
    }

    /// The one that the system brings.
    pub fn system() -> Self {
        Self::new(Box::<SystemKeychain>::default(), LIMIT)
    }

    fn is_stuck(&self) -> bool {
        lock(&self.asked).is_some_and(|since| since.elapsed() >= self.limit)
    }

    /// # Errors
    /// `keychain_missing`, with `reason = timed_out` if it did not answer in time.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut dyn Keychain) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if self.is_stuck() {
            return Err(missing("timed_out"));
        }
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
        let mut queue = lock(&self.queue);
        if let Queue::NotStarted(keychain) = &mut *queue {
            let mut keychain = keychain.take().ok_or_else(|| missing("failed"))?;
            let (sender, asks) = channel::<Ask>();
            let asked = Arc::clone(&self.asked);
            std::thread::Builder::new()
                .name("readdress-keychain".to_owned())
                .spawn(move || {
                    for ask in asks {
                        *lock(&asked) = Some(Instant::now());
                        // A defect of the system's library fails one question, and not all that come after.
                        let _ = catch_unwind(AssertUnwindSafe(|| ask(&mut *keychain)));
                        *lock(&asked) = None;
                    }
                })
                .map_err(|_| missing("failed"))?;
            *queue = Queue::Running(sender);
        }
        match &*queue {
            Queue::Running(sender) => Ok(sender.clone()),
            Queue::NotStarted(_) => Err(missing("failed")),
        }
    }
}

/// Every write under these locks is one assignment.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn missing(reason: &str) -> Problem {
    Problem::new(Code::KeychainMissing).with("reason", reason)
}

pub(super) fn wrong(reason: &str) -> Problem {
    Problem::new(Code::KeychainWrong).with("reason", reason)
}

/// The one that the system brings. Connected at the first question, again after a failure.
pub(super) struct SystemKeychain {
    store: Option<Arc<CredentialStore>>,
    connect: fn() -> keyring_core::Result<Arc<CredentialStore>>,
}

impl Default for SystemKeychain {
    fn default() -> Self {
        let store = None;
        Self { store, connect }
    }
}

impl SystemKeychain {
    fn with<T>(
        &mut self,
        user: &str,
        call: impl FnOnce(&Entry) -> keyring_core::Result<T>,
    ) -> Result<Option<T>> {
        let store = match &self.store {
            Some(store) => Arc::clone(store),
            None => (self.connect)().map_err(|error| problem(&error))?,
        };
        let result = store
            .build(SERVICE, user, modifiers().as_ref())
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

/// Windows would carry the key to every machine that a person of a company signs in at; the profiles stay on this one.
/// <https://learn.microsoft.com/windows/win32/api/wincred/ns-wincred-credentialw>
fn modifiers() -> Option<HashMap<&'static str, &'static str>> {
    cfg!(windows).then(|| HashMap::from([("persistence", "Local")]))
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    Err(Error::NoDefaultStore)
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyring_core::api::CredentialStoreApi as _;
    use keyring_core::mock;

    /// A store that answers the next question with `error`.
    fn failing(error: Error) -> SystemKeychain {
        let store = mock::Store::new().unwrap();
        let entry: Arc<CredentialStore> = store;
        let built = entry.build(SERVICE, "user", None).unwrap();
        built
            .as_any()
            .downcast_ref::<mock::Cred>()
            .unwrap()
            .set_error(error);
        SystemKeychain {
            store: Some(entry),
            connect: || Err(Error::NoDefaultStore),
        }
    }

    fn boxed() -> Box<dyn std::error::Error + Send + Sync> {
        "a path, an item".into()
    }

    #[test]
    fn what_the_library_says_becomes_a_code_and_a_reason() {
        let missing = Code::KeychainMissing;
        let wrong = Code::KeychainWrong;
        let two = || vec![mock::Store::new().unwrap().build("a", "b", None).unwrap()];
        for (error, code, reason) in [
            (Error::NoStorageAccess(boxed()), missing, "locked"),
            (Error::PlatformFailure(boxed()), missing, "no_service"),
            (Error::BadEncoding(vec![0xff]), wrong, "format"),
            (Error::BadDataFormat(vec![0xff], boxed()), wrong, "format"),
            (Error::Ambiguous(two()), wrong, "format"),
            (Error::TooLong("user".to_owned(), 3), missing, "failed"),
            (Error::NoDefaultStore, missing, "failed"),
        ] {
            let said = format!("{error:?}");
            let problem = failing(error).get("user").unwrap_err();
            assert_eq!(
                (problem.code, problem.params["reason"].as_str()),
                (code, reason),
                "{said}"
            );
            assert!(!format!("{problem:?}").contains("a path"), "{problem:?}");
        }
        assert!(failing(Error::NoEntry).get("user").unwrap().is_none());
        failing(Error::NoEntry).delete("user").unwrap();
        let set = failing(Error::NoStorageAccess(boxed()))
            .set("user", "text")
            .unwrap_err();
        assert_eq!(set.params["reason"], "locked");
    }

    /// A bus that went away is connected to anew; until then it is told at once.
    #[test]
    fn a_broken_connection_is_not_kept() {
        let mut keychain = failing(Error::PlatformFailure(boxed()));
        keychain.get("user").unwrap_err();
        let again = keychain.get("user").unwrap_err();
        assert_eq!(again.params["reason"], "failed", "connected anew, in vain");
        keychain.connect = || Ok(mock::Store::new()?);
        keychain.set("user", "text").unwrap();
        assert_eq!(keychain.get("user").unwrap().unwrap().as_str(), "text");
    }
}
