//! Every knob of a sandbox, in-process. Cheap to clone and to hand to another thread.
//!
//! Not here: the same over HTTP (`control.rs`).

use crate::Service;
use crate::clock::Clock;
use crate::counters::{Count, CountOf, SeenRequest};
use crate::faults::Fault;
use crate::mailbox::Mail;
use crate::mannco_store::{self, ManncoAccount};
use crate::outbox::Undelivered;
use crate::recorder::Arrived;
use crate::saved;
use crate::server::{serve, service_router};
use crate::settings::Settings;
use crate::shared::Shared;
use crate::tls::{TlsFront, TlsKind, acceptor};
use crate::webshare::{self, WebshareAccount};
use crate::wire::Gate;
use crate::world::World;
use crate::z_api::ZApiAccount;
use jiff::Timestamp;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// A handle on a running sandbox. It keeps the state alive, not the servers.
#[derive(Clone, Debug)]
pub struct Knobs {
    pub(crate) shared: Arc<Shared>,
}

impl Knobs {
    /// The sandbox's now.
    pub fn now(&self) -> Timestamp {
        self.shared.world().now()
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.shared.world().clock.advance(by);
    }

    /// Sets the clock; it runs on from there.
    pub fn set_clock(&self, to: Timestamp) {
        self.shared.world().clock.set(to);
    }

    /// The sandbox-wide knobs as they stand.
    pub fn settings(&self) -> Settings {
        self.shared.world().settings.clone()
    }

    /// Changes sandbox-wide knobs.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.shared.world().settings);
    }

    /// The code (or link segment) that the next accepted request mails.
    pub fn next_code(&self, code: &str) {
        self.shared
            .world()
            .settings
            .next_codes
            .push(code.to_owned());
    }

    /// Adds or replaces an instance.
    pub fn put_z_api(&self, account: ZApiAccount) {
        self.shared.world().z_api.put(account);
    }

    /// An instance as it stands.
    pub fn z_api(&self, instance_id: &str) -> Option<ZApiAccount> {
        self.shared.world().z_api.get(instance_id).cloned()
    }

    /// Changes an instance; None when there is none.
    pub fn change_z_api<T>(
        &self,
        instance_id: &str,
        change: impl FnOnce(&mut ZApiAccount) -> T,
    ) -> Option<T> {
        self.shared.world().z_api.edit(instance_id, change)
    }

    /// Adds or replaces an account.
    pub fn put_webshare(&self, account: WebshareAccount) {
        self.shared.world().put_webshare(account);
    }

    /// An account as it stands.
    pub fn webshare(&self, api_key: &str) -> Option<WebshareAccount> {
        self.shared.world().webshare.get(api_key).cloned()
    }

    /// Changes an account; None when there is none.
    pub fn change_webshare<T>(
        &self,
        api_key: &str,
        change: impl FnOnce(&mut WebshareAccount) -> T,
    ) -> Option<T> {
        self.shared.world().edit_webshare(api_key, change)
    }

    /// Opens the newest mailed change link as a browser would. False when nothing waits or it is too old.
    pub fn open_link(&self, api_key: &str) -> bool {
        webshare::open_link(&mut self.shared.world(), api_key)
    }

    /// Mails Webshare's other link, which activates an account. False when there is no such account.
    pub fn send_activation_mail(&self, api_key: &str) -> bool {
        webshare::send_activation_mail(&mut self.shared.world(), api_key)
    }

    /// Adds or replaces an account.
    pub fn put_mannco_store(&self, account: ManncoAccount) {
        self.shared.world().put_mannco_store(account);
    }

    /// An account as it stands.
    pub fn mannco_store(&self, api_key: &str) -> Option<ManncoAccount> {
        self.shared.world().mannco_store.get(api_key).cloned()
    }

    /// Changes an account; None when there is none.
    pub fn change_mannco_store<T>(
        &self,
        api_key: &str,
        change: impl FnOnce(&mut ManncoAccount) -> T,
    ) -> Option<T> {
        self.shared.world().edit_mannco_store(api_key, change)
    }

    /// Ends every Mannco.store token given so far (of one account or of all): the next call with one is
    /// refused with `settings.mannco_store.token_refused_status`; a new login works.
    pub fn refuse_tokens(&self, api_key: Option<&str>) {
        mannco_store::refuse_tokens(&mut self.shared.world(), api_key);
    }

    /// Plans a fault, after those that are planned.
    pub fn add_fault(&self, fault: Fault) {
        self.shared.world().faults.add(fault);
    }

    /// The faults that are still planned.
    pub fn faults(&self) -> Vec<Fault> {
        self.shared.world().faults.all()
    }

    /// Takes all faults away.
    pub fn clear_faults(&self) {
        self.shared.world().faults.clear();
    }

    /// The mails that have arrived, to one address or to all, after an id.
    pub fn mails(&self, to: Option<&str>, since: Option<u64>) -> Vec<Mail> {
        let world = self.shared.world();
        world.mailbox.list(world.now(), to, since)
    }

    /// The newest mail to this address.
    pub fn last_mail(&self, to: &str) -> Option<Mail> {
        self.mails(Some(to), None).pop()
    }

    /// Empties the mailbox.
    pub fn clear_mails(&self) {
        self.shared.world().mailbox.clear();
    }

    /// The mails that the mail server of `settings.mail.deliver` refused for good.
    pub fn undelivered(&self) -> Vec<Undelivered> {
        self.shared.world().outbox.undelivered()
    }

    /// How often a route was called, over all accounts.
    pub fn count(&self, service: Service, route: &str) -> Count {
        self.shared.world().counters.of(service, route, None)
    }

    /// How often a route was called for one account.
    pub fn count_of(&self, service: Service, route: &str, account: &str) -> Count {
        self.shared
            .world()
            .counters
            .of(service, route, Some(account))
    }

    /// All counters.
    pub fn counts(&self) -> Vec<CountOf> {
        self.shared.world().counters.all()
    }

    /// The newest requests, oldest first (`settings.keep_requests` of them).
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.shared.world().counters.requests()
    }

    /// Sets counters and requests back to nothing.
    pub fn clear_counters(&self) {
        self.shared.world().counters.clear();
    }

    /// What reached the recorder, where redirects point.
    pub fn recorder(&self) -> Vec<Arrived> {
        self.shared.arrived().clone()
    }

    /// The recorder's origin.
    pub fn recorder_origin(&self) -> String {
        self.shared.recorder_origin().to_owned()
    }

    /// The token that the control routes ask for.
    pub fn token(&self) -> &str {
        &self.shared.token
    }

    /// The lasting state as text, for [`Options::restore`](crate::Options): accounts, tokens, mails, knobs and
    /// the moved clock. It holds what was sent to the sandbox: practice credentials only.
    ///
    /// # Errors
    /// Only if the state held something that JSON cannot say.
    pub fn save(&self) -> io::Result<String> {
        Ok(saved::save(&self.shared.world(), Timestamp::now())?)
    }

    /// Back to the first state, at the present clock: practice accounts only, default settings, no mails.
    pub fn reset(&self) {
        let mut world = self.shared.world();
        let clock = Clock::new(Some(world.now()));
        // The one that is being emptied stays it.
        let outbox = world.outbox.clone();
        outbox.clear();
        *world = World::new(clock, Settings::default());
        world.outbox = outbox;
        drop(world);
        self.shared.arrived().clear();
    }

    /// One more front of a service, with TLS. It lives as long as the sandbox.
    ///
    /// # Errors
    /// When no port is free or a certificate cannot be made.
    pub async fn start_tls(&self, service: Service, kind: TlsKind) -> io::Result<TlsFront> {
        let (acceptor, ca_pem) = acceptor(kind)?;
        let gate = Gate::open(Some(acceptor)).await?;
        let address = serve(
            &self.shared,
            gate,
            service_router(Arc::clone(&self.shared), service),
        )?;
        Ok(TlsFront {
            origin: format!("https://{address}"),
            ca_pem,
        })
    }
}
