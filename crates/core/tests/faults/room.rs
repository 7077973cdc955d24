//! Where the rows are played: one practice world and one engine, and for each case an account and a gate of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use readdress_core::ask::{NewProfile, RequestChange};
use readdress_core::engine::{Engine, Options};
use readdress_core::http::Limits;
use readdress_core::secret::Secret;
use readdress_core::vault::{VaultEnv, new_key_file};
use readdress_core::view::{NetworkSettings, ProxyChoice};
use readdress_sandbox::{Count, Sandbox, Service};
use tempfile::TempDir;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use uuid::Uuid;

use crate::authority::{Authority, Flaw};
use crate::gate::Gate;

/// Stands in every secret, and must come out nowhere.
pub const SECRET: &str = "S3CRET";

/// Long enough to never matter, with a body limit that is quick to reach.
pub fn patient() -> Limits {
    Limits {
        connect: Duration::from_secs(20),
        read: Duration::from_secs(30),
        total: Duration::from_secs(60),
        body: 256 * 1024,
        ..Limits::default()
    }
}

/// For what never comes to an end by itself.
pub fn impatient() -> Limits {
    Limits {
        connect: Duration::from_secs(1),
        read: Duration::from_secs(2),
        total: Duration::from_secs(3),
        // As with the usual limits: who waited in vain does not come back on the same connection.
        idle: Duration::from_millis(500),
        ..patient()
    }
}

pub struct Room {
    pub sandbox: Sandbox,
    /// Waits long: for all that is not spoilt.
    pub engine: Engine,
    /// Another program on the same folder, with the limits that the rows are about.
    pub hasty: Engine,
    pub authority: Authority,
    folder: TempDir,
    next: AtomicU32,
    /// How the session tokens that were used begin.
    tokens: Mutex<BTreeSet<String>>,
}

/// One account with its profile behind its own gate.
pub struct Case {
    pub service: Service,
    pub gate: Gate,
    pub profile: Uuid,
    /// Its name in the practice world's counters.
    pub account: String,
    pub to: String,
}

impl Room {
    pub async fn new(limits: Limits) -> Arc<Self> {
        log();
        let sandbox = Sandbox::start(readdress_sandbox::Options::default())
            .await
            .expect("practice");
        sandbox.change_settings(|settings| settings.mannco_store.request_every_seconds = 0);
        let folder = TempDir::new().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        new_key_file(&path("key")).expect("a key file");
        std::fs::create_dir(path("own")).expect("a folder");
        std::fs::write(path("own/mine.toml"), with_cancel()).expect("a manifest");
        let authority = Authority::new();
        authority.write(&path("ca.pem"));
        let open = |limits| {
            Engine::open(Options {
                data_dir: Some(path("data")),
                services_dir: Some(path("own")),
                vault: VaultEnv {
                    key_file: Some(path("key")),
                    ..VaultEnv::default()
                },
                limits,
                ..Options::default()
            })
            .expect("the engine opens")
        };
        let (engine, hasty) = (open(patient()), open(limits));
        assert!(engine.notices().is_empty(), "{:?}", engine.notices());
        let room = Self {
            sandbox,
            engine,
            hasty,
            authority,
            folder,
            next: AtomicU32::new(1),
            tokens: Mutex::default(),
        };
        room.through(ProxyChoice::None);
        Arc::new(room)
    }

    /// From now on calls pass this proxy; our own authority is trusted.
    pub fn through(&self, proxy: ProxyChoice) {
        let ca_file = Some(self.folder.path().join("ca.pem").display().to_string());
        let settings = NetworkSettings { proxy, ca_file };
        for engine in [&self.engine, &self.hasty] {
            engine.set_network(&settings).expect("they hold");
        }
    }

    /// A fresh account. `mine`: under a manifest that can take a request back (Webshare's, otherwise).
    pub async fn case(&self, service: Service, mine: bool, tls: bool) -> Case {
        let tls = tls.then(|| self.authority.acceptor(Flaw::None, &["http/1.1"]));
        let behind = self.sandbox.urls().of(service);
        let behind = url::Url::parse(behind).expect("a URL");
        let behind = format!("127.0.0.1:{}", behind.port().expect("a port"));
        let gate = Gate::new(service, behind, tls).await;
        let origin = gate.origin();
        self.case_at(service, mine, gate, origin).await
    }

    /// As [`Self::case`], for a profile whose service stands at `origin`.
    pub async fn case_at(&self, service: Service, mine: bool, gate: Gate, origin: String) -> Case {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let key = format!("{SECRET}{number:034}");
        let (field, account) = match service {
            Service::ZApi => ("token", format!("{number:032X}")),
            Service::Webshare | Service::ManncoStore => ("api_key", key.clone()),
        };
        let mut secrets = BTreeMap::from([(field.to_owned(), Secret::new(key))]);
        let mut fields = BTreeMap::new();
        let extra = match service {
            Service::ZApi => {
                fields.insert("instance_id".to_owned(), account.clone());
                Some("client_token")
            }
            Service::Webshare => Some("password"),
            Service::ManncoStore => None,
        };
        secrets
            .extend(extra.map(|name| (name.to_owned(), Secret::new(format!("{SECRET}-{number}")))));
        let id = if mine { "mine" } else { service.id() };
        let new = NewProfile {
            service: id.to_owned(),
            label: format!("{id} {number}"),
            fields,
            secrets,
            base_url: Some(origin),
            draft: None,
        };
        let profile = self.engine.add_profile(new).await.expect("added").id;
        Case {
            service,
            gate,
            profile,
            account,
            to: format!("after.{number}@practice.example"),
        }
    }

    pub fn count(&self, case: &Case, route: &str) -> Count {
        let route = match (case.service, route) {
            (Service::Webshare, "cancel") => "logout",
            (_, route) => route,
        };
        self.sandbox.count_of(case.service, route, &case.account)
    }

    /// The address that the service holds and counts.
    pub fn holds(&self, case: &Case) -> String {
        let id = &case.account;
        match case.service {
            Service::ZApi => {
                let account = self.sandbox.z_api(id).expect("an account");
                account
                    .email
                    .filter(|_| account.verified)
                    .unwrap_or_default()
            }
            Service::Webshare => self.sandbox.webshare(id).expect("an account").email,
            Service::ManncoStore => self.sandbox.mannco_store(id).expect("an account").email,
        }
    }

    /// The code or the link that was mailed last.
    pub fn code(&self, case: &Case) -> Option<String> {
        let mail = self.sandbox.last_mail(&case.to)?;
        mail.code.or(mail.link)
    }

    pub fn ask(&self, case: &Case) -> RequestChange {
        RequestChange {
            profile_id: case.profile,
            to: case.to.clone(),
            secrets: BTreeMap::new(),
            replace: false,
            anyway: true,
            undo_of: None,
        }
    }

    /// Tokens that were used here: they must be found nowhere either. They begin alike, which is enough to look for.
    pub fn learn(&self, case: &Case) {
        let mut known = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(
            case.gate
                .bearers()
                .iter()
                .map(|token| token.chars().take(12).collect()),
        );
    }

    /// What was written while the rows were played: the folder byte by byte, and the logs.
    pub fn assert_no_secret_on_disk(&self) {
        let mut hidden = self
            .tokens
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        hidden.insert(SECRET.to_owned());
        assert!(hidden.len() < 5, "{hidden:?}");
        let logs = LOG
            .get()
            .expect("a log")
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        assert!(
            String::from_utf8_lossy(&logs).contains("answered"),
            "nothing was logged at all"
        );
        let mut seen = vec![("the log".to_owned(), logs)];
        collect(&self.folder.path().join("data"), &mut seen);
        assert!(
            seen.iter()
                .any(|(name, bytes)| name.contains("readdress.db") && bytes.len() > 4096)
        );
        for (name, bytes) in &seen {
            for secret in &hidden {
                let mut rest = bytes
                    .iter()
                    .enumerate()
                    .filter(|(_, byte)| **byte == secret.as_bytes()[0]);
                let found = rest.any(|(at, _)| bytes[at..].starts_with(secret.as_bytes()));
                assert!(!found, "{secret} in {name}");
            }
        }
    }
}

fn collect(folder: &std::path::Path, into: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, into);
        } else if let Ok(bytes) = std::fs::read(&path) {
            into.push((path.display().to_string(), bytes));
        }
    }
}

/// Webshare's manifest under another id, with a call that stands for "take the request back".
fn with_cancel() -> String {
    include_str!("../../../../services/webshare.toml")
        .replace("id       = \"webshare\"", "id       = \"mine\"")
        .replace("resend = \"request\"", "resend = \"request\"\ncancel = \"take_back\"")
        .replace(
            "[step.request]",
            "[step.take_back]\nmethod = \"POST\"\npath = \"/logout/\"\n[[step.take_back.answer]]\nstatus = \"2xx\"\nmeans = \"ok\"\n\n[step.request]",
        )
}

static LOG: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();

struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Keeps all that the core ever logs: the programs keep less.
fn log() {
    LOG.get_or_init(|| {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&kept);
        let lines = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(move || Kept(Arc::clone(&into)));
        let all = Targets::new().with_target("readdress_core", tracing::Level::TRACE);
        tracing_subscriber::registry().with(lines).with(all).init();
        kept
    });
}
