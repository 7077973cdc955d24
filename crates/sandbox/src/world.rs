//! Everything that the sandbox knows, and the one way in which a call changes it.
//!
//! Pure but for randomness and the clock it owns: no socket is here.

use crate::Service;
use crate::accounts::Accounts;
use crate::address::same;
use crate::call::{Answer, Call};
use crate::clock::Clock;
use crate::counters::{Counters, SeenRequest};
use crate::faults::{Fault, Faults};
use crate::limits::Limits;
use crate::mail_shapes::render;
use crate::mailbox::{Content, Mailbox};
use crate::mannco_store::{self, ManncoAccount, Sessions};
use crate::outbox::Outbox;
use crate::settings::Settings;
use crate::webshare::{self, WebshareAccount};
use crate::z_api::{self, ZApiAccount};
use crate::{codes, practice};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};

/// The whole state.
#[derive(Debug)]
pub(crate) struct World {
    pub clock: Clock,
    pub settings: Settings,
    pub mailbox: Mailbox,
    pub outbox: Outbox,
    pub faults: Faults,
    pub counters: Counters,
    pub limits: Limits,
    pub z_api: Accounts<ZApiAccount>,
    pub webshare: Accounts<WebshareAccount>,
    pub mannco_store: Accounts<ManncoAccount>,
    pub sessions: Sessions,
    /// Webshare's login tokens → account id.
    pub login_tokens: HashMap<String, String>,
    /// Mannco.store's pasted session tokens → account id.
    pub session_tokens: HashMap<String, String>,
    /// Tokens that were ended: they never open an account again.
    pub ended_tokens: HashSet<String>,
}

/// What became of one call: the service's answer (none when a fault kept the call from it) and the fault.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub answer: Option<Answer>,
    pub fault: Option<Fault>,
}

impl World {
    pub(crate) fn new(clock: Clock, settings: Settings) -> Self {
        let mut world = Self {
            clock,
            settings,
            mailbox: Mailbox::default(),
            outbox: Outbox::default(),
            faults: Faults::default(),
            counters: Counters::default(),
            limits: Limits::default(),
            z_api: Accounts::new(),
            webshare: Accounts::new(),
            mannco_store: Accounts::new(),
            sessions: Sessions::default(),
            login_tokens: HashMap::new(),
            session_tokens: HashMap::new(),
            ended_tokens: HashSet::new(),
        };
        practice::furnish(&mut world);
        world
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Counts a call, asks the faults, and lets the service answer unless a fault is in the way.
    pub(crate) fn take(&mut self, service: Service, call: &Call) -> Outcome {
        let (route, account) = match service {
            Service::ZApi => (
                z_api::route(&call.method, &call.path),
                z_api::account_of(self, call),
            ),
            Service::Webshare => (
                webshare::route(&call.method, &call.path),
                webshare::account_of(self, call),
            ),
            Service::ManncoStore => (
                mannco_store::route(&call.method, &call.path),
                mannco_store::account_of(self, call),
            ),
        };
        let name = account.as_deref().unwrap_or_default();
        let seen = self.seen(service, route, name, call);
        let number = self.counters.receive(seen, self.settings.keep_requests);
        let fault = self.faults.next(service, route, name);
        if fault
            .as_ref()
            .is_some_and(|fault| !fault.reaches_the_service())
        {
            return Outcome {
                answer: None,
                fault,
            };
        }
        let answer = match service {
            Service::ZApi => z_api::answer(self, call, account.as_deref()),
            Service::Webshare => webshare::answer(self, call, account.as_deref()),
            Service::ManncoStore => mannco_store::answer(self, call, account.as_deref()),
        };
        if answer.took {
            self.counters.take(
                number,
                service,
                route,
                account.as_deref().unwrap_or_default(),
            );
        }
        Outcome {
            answer: Some(answer),
            fault,
        }
    }

    fn seen(
        &self,
        service: Service,
        route: &'static str,
        account: &str,
        call: &Call,
    ) -> SeenRequest {
        SeenRequest {
            number: 0,
            at: self.now(),
            service,
            account: account.to_owned(),
            route,
            method: call.method.clone(),
            path: call.path.clone(),
            query: call.query.clone(),
            headers: header_list(&call.headers),
            body: String::from_utf8_lossy(&call.body).into_owned(),
            taken: false,
        }
    }

    /// Whether an address belongs to somebody else at a service.
    pub(crate) fn is_taken(&self, service: Service, address: &str, id: &str) -> bool {
        let listed = self
            .settings
            .taken_addresses
            .iter()
            .any(|taken| same(taken, address));
        listed
            || match service {
                Service::ZApi => false,
                Service::Webshare => self.webshare.taken_by_another(address, id),
                Service::ManncoStore => self.mannco_store.taken_by_another(address, id),
            }
    }

    /// Sends a mail now.
    pub(crate) fn send(&mut self, service: Service, to: &str, content: Content) {
        let now = self.now();
        let settings = &self.settings.mail;
        let letter = self.mailbox.deliver(settings, now, service, to, content);
        if let (Some(letter), Some(delivery)) = (letter, &settings.deliver) {
            self.outbox.put(render(letter), delivery);
        }
    }

    /// The next code of six digits.
    pub(crate) fn digits(&mut self) -> String {
        self.planned_code().unwrap_or_else(codes::digits)
    }

    /// The next code of a link.
    pub(crate) fn segment(&mut self) -> String {
        self.planned_code().unwrap_or_else(codes::segment)
    }

    fn planned_code(&mut self) -> Option<String> {
        let planned = &mut self.settings.next_codes;
        (!planned.is_empty()).then(|| planned.remove(0))
    }

    pub(crate) fn put_webshare(&mut self, account: WebshareAccount) {
        self.login_tokens.retain(|_, id| *id != account.api_key);
        if let Some(token) = &account.login_token {
            self.login_tokens
                .insert(token.clone(), account.api_key.clone());
        }
        self.webshare.put(account);
    }

    /// Changes an account, and what its tokens point at.
    pub(crate) fn edit_webshare<T>(
        &mut self,
        id: &str,
        edit: impl FnOnce(&mut WebshareAccount) -> T,
    ) -> Option<T> {
        let mut account = self.webshare.remove(id)?;
        let result = edit(&mut account);
        self.login_tokens.retain(|_, owner| owner != id);
        self.put_webshare(account);
        Some(result)
    }

    pub(crate) fn put_mannco_store(&mut self, account: ManncoAccount) {
        self.session_tokens.retain(|_, id| *id != account.api_key);
        for token in &account.session_tokens {
            self.session_tokens
                .insert(token.clone(), account.api_key.clone());
        }
        self.mannco_store.put(account);
    }

    /// Changes an account, and what its tokens point at.
    pub(crate) fn edit_mannco_store<T>(
        &mut self,
        id: &str,
        edit: impl FnOnce(&mut ManncoAccount) -> T,
    ) -> Option<T> {
        let mut account = self.mannco_store.remove(id)?;
        let result = edit(&mut account);
        self.session_tokens.retain(|_, owner| owner != id);
        self.put_mannco_store(account);
        Some(result)
    }
}

/// Headers as text, names in lower case.
pub(crate) fn header_list(headers: &axum::http::HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect()
}
