//! The conversation with a mail server as watching needs it, so that tests can hold it without a network.
//!
//! Not here: the protocol (`mailbox::imap`).

use std::pin::Pin;

use jiff::Timestamp;

use crate::error::Result;
use crate::mailbox::Account;
use crate::mailbox::imap::{Examined, Head, Limits, MailFolder, Session, Woken};

/// A future in a box: traits with async methods cannot be objects yet.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Opens conversations.
pub trait Post: Send + Sync + 'static {
    /// Connects and logs in.
    fn open<'a>(&'a self, account: &'a Account) -> Later<'a, Result<Box<dyn Talk>>>;
}

/// A conversation, logged in. What each does stands at [`Session`].
pub trait Talk: Send {
    fn can_idle(&self) -> bool;
    fn folders(&mut self) -> Later<'_, Result<Vec<MailFolder>>>;
    fn examine<'a>(&'a mut self, folder: &'a MailFolder) -> Later<'a, Result<Examined>>;
    fn search(&mut self, since: Timestamp, from: u32) -> Later<'_, Result<Vec<u32>>>;
    fn heads<'a>(&'a mut self, uids: &'a [u32]) -> Later<'a, Result<Vec<Head>>>;
    fn mail(&mut self, uid: u32, most: u32) -> Later<'_, Result<Option<Vec<u8>>>>;
    /// Waits until something is new in the open folder, also where that was said since it was opened; until `stop` is done; or
    /// until the limit for one wait. The conversation goes on after any of them.
    fn idle<'a>(&'a mut self, stop: Later<'a, ()>) -> Later<'a, Result<Woken>>;
    fn poll(&mut self) -> Later<'_, Result<u32>>;
    fn close(self: Box<Self>) -> Later<'static, ()>;
}

/// Mail servers on the net.
pub(super) struct Imap(pub Limits);

impl Post for Imap {
    fn open<'a>(&'a self, account: &'a Account) -> Later<'a, Result<Box<dyn Talk>>> {
        Box::pin(async move {
            let session = Session::open(account, self.0).await?;
            Ok(Box::new(session) as Box<dyn Talk>)
        })
    }
}

impl Talk for Session {
    fn can_idle(&self) -> bool {
        self.can_idle()
    }

    fn folders(&mut self) -> Later<'_, Result<Vec<MailFolder>>> {
        Box::pin(self.folders())
    }

    fn examine<'a>(&'a mut self, folder: &'a MailFolder) -> Later<'a, Result<Examined>> {
        Box::pin(self.examine(folder))
    }

    fn search(&mut self, since: Timestamp, from: u32) -> Later<'_, Result<Vec<u32>>> {
        Box::pin(self.search(since, from))
    }

    fn heads<'a>(&'a mut self, uids: &'a [u32]) -> Later<'a, Result<Vec<Head>>> {
        Box::pin(self.heads(uids))
    }

    fn mail(&mut self, uid: u32, most: u32) -> Later<'_, Result<Option<Vec<u8>>>> {
        Box::pin(self.mail(uid, most))
    }

    fn idle<'a>(&'a mut self, stop: Later<'a, ()>) -> Later<'a, Result<Woken>> {
        // What is left open by a future that is dropped, the next command hears out.
        Box::pin(async move {
            tokio::select! {
                woken = self.idle() => woken,
                () = stop => Ok(Woken::TimeUp),
            }
        })
    }

    fn poll(&mut self) -> Later<'_, Result<u32>> {
        Box::pin(self.poll())
    }

    fn close(self: Box<Self>) -> Later<'static, ()> {
        Box::pin((*self).close())
    }
}
