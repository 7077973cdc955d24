//! What arrived and what took effect: numbers per service, account and route, and the last requests.
//!
//! The numbers are exact for ever; the list of requests keeps only the newest ones.

use crate::Service;
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, VecDeque};

/// How often a route was called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Requests that arrived whole.
    pub received: u64,
    /// Requests that had their effect; for reads: that were served.
    pub taken: u64,
}

/// One line of the counters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CountOf {
    pub service: Service,
    /// Instance id at Z-API, API key (or pasted token) elsewhere; empty when nobody was recognised.
    pub account: String,
    pub route: &'static str,
    #[serde(flatten)]
    pub count: Count,
}

/// One request as it arrived. Header values stay in memory: the JSON form shows names only.
#[derive(Clone, Debug, Serialize)]
pub struct SeenRequest {
    pub number: u64,
    pub at: Timestamp,
    pub service: Service,
    pub account: String,
    pub route: &'static str,
    pub method: String,
    pub path: String,
    pub query: Option<String>,
    #[serde(serialize_with = "names_only")]
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// Whether it had its effect.
    pub taken: bool,
}

impl SeenRequest {
    /// The first header of this name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name)?;
        Some(&found.1)
    }
}

fn names_only<S: Serializer>(
    headers: &[(String, String)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(headers.iter().map(|(name, _)| name))
}

/// Numbers and the newest requests.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    counts: BTreeMap<(Service, &'static str), BTreeMap<String, Count>>,
    requests: VecDeque<SeenRequest>,
    number: u64,
}

impl Counters {
    /// Notes an arrival and answers its number. Keeps at most `keep` requests.
    pub(crate) fn receive(&mut self, mut seen: SeenRequest, keep: usize) -> u64 {
        self.number += 1;
        seen.number = self.number;
        self.count(seen.service, seen.route, &seen.account).received += 1;
        self.requests.push_back(seen);
        while self.requests.len() > keep {
            self.requests.pop_front();
        }
        self.number
    }

    /// Notes that an arrival had its effect.
    pub(crate) fn take(
        &mut self,
        number: u64,
        service: Service,
        route: &'static str,
        account: &str,
    ) {
        self.count(service, route, account).taken += 1;
        // The newest requests are at the back, and this one came a moment ago.
        if let Some(seen) = self
            .requests
            .iter_mut()
            .rev()
            .find(|seen| seen.number == number)
        {
            seen.taken = true;
        }
    }

    fn count(&mut self, service: Service, route: &'static str, account: &str) -> &mut Count {
        let accounts = self.counts.entry((service, route)).or_default();
        if !accounts.contains_key(account) {
            accounts.insert(account.to_owned(), Count::default());
        }
        accounts.get_mut(account).expect("it was just put there")
    }

    /// The sum over accounts, or of one account.
    pub(crate) fn of(&self, service: Service, route: &str, account: Option<&str>) -> Count {
        let mut sum = Count::default();
        for ((of, name), accounts) in &self.counts {
            if *of != service || *name != route {
                continue;
            }
            for (id, count) in accounts {
                if account.is_none_or(|wanted| wanted == id) {
                    sum.received += count.received;
                    sum.taken += count.taken;
                }
            }
        }
        sum
    }

    pub(crate) fn all(&self) -> Vec<CountOf> {
        let line = |service, route, account: &String, count: &Count| CountOf {
            service,
            account: account.clone(),
            route,
            count: *count,
        };
        self.counts
            .iter()
            .flat_map(|((service, route), accounts)| {
                accounts
                    .iter()
                    .map(move |(account, count)| line(*service, route, account, count))
            })
            .collect()
    }

    pub(crate) fn requests(&self) -> Vec<SeenRequest> {
        self.requests.iter().cloned().collect()
    }

    /// Forgets numbers and requests.
    pub(crate) fn clear(&mut self) {
        self.counts.clear();
        self.requests.clear();
    }
}
