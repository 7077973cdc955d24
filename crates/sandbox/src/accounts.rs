//! The accounts of one service, found by id, with an index of the addresses in use.
//!
//! Not here: what an account is; each service has its own.

use crate::address::folded;
use std::collections::{BTreeMap, HashMap};

/// What the store must know of an account.
pub(crate) trait Account: Clone {
    fn id(&self) -> &str;
    /// The address that counts, as far as uniqueness goes.
    fn address(&self) -> Option<&str>;
}

/// All accounts of one service.
#[derive(Debug)]
pub(crate) struct Accounts<A> {
    by_id: BTreeMap<String, A>,
    addresses: HashMap<String, u32>,
}

impl<A: Account> Accounts<A> {
    pub(crate) fn new() -> Self {
        Self {
            by_id: BTreeMap::new(),
            addresses: HashMap::new(),
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<&A> {
        self.by_id.get(id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &A> {
        self.by_id.values()
    }

    /// Adds an account, or replaces the one with the same id.
    pub(crate) fn put(&mut self, account: A) {
        self.remove(account.id());
        self.count(&account, true);
        self.by_id.insert(account.id().to_owned(), account);
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<A> {
        let account = self.by_id.remove(id)?;
        self.count(&account, false);
        Some(account)
    }

    /// Changes one account and keeps the index right, also when its id is changed.
    pub(crate) fn edit<T>(&mut self, id: &str, edit: impl FnOnce(&mut A) -> T) -> Option<T> {
        let mut account = self.remove(id)?;
        let result = edit(&mut account);
        self.put(account);
        Some(result)
    }

    /// Whether an account other than `id` has this address.
    pub(crate) fn taken_by_another(&self, address: &str, id: &str) -> bool {
        let all = self.addresses.get(&folded(address)).copied().unwrap_or(0);
        let own = self
            .get(id)
            .and_then(Account::address)
            .is_some_and(|held| folded(held) == folded(address));
        all > u32::from(own)
    }

    fn count(&mut self, account: &A, added: bool) {
        let Some(address) = account.address() else {
            return;
        };
        let count = self.addresses.entry(folded(address)).or_insert(0);
        if added {
            *count += 1;
        } else {
            *count = count.saturating_sub(1);
        }
    }
}
