//! Canaries for secrets: whole flows at every service, good and bad, and then the search for them in everything that was
//! said and that lies in the folder.

mod echoes;
mod flows;
#[cfg(unix)]
mod mailboxes;
mod mistakes;
mod seen_from_outside;

use std::cell::RefCell;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use readdress_canary::{Found, Search};
use readdress_sandbox::{ManncoAccount, Service, WebshareAccount, ZApiAccount};

use crate::stage::{Call, Ran, Stage};

pub const LABEL: &str = "Canary account";
pub const BEFORE: &str = "old.canary+1@practice.example";
pub const AFTER: &str = "new.canary+2@practice.example";
const INSTANCE: &str = "3CA1A2A300000000000000000000C0DE";

/// A stage whose accounts have canaries for secrets, and all that was said on it.
pub struct Watched {
    pub stage: Stage,
    pub service: Service,
    secrets: RefCell<BTreeMap<String, Vec<u8>>>,
    said: RefCell<Vec<(String, String)>>,
}

impl Watched {
    pub fn new(service: Service) -> Self {
        let watched = Self {
            stage: Stage::new(),
            service,
            secrets: RefCell::default(),
            said: RefCell::default(),
        };
        for (name, text) in given(service) {
            watched.watch(name, text);
        }
        // What the key file holds is the key; the file itself is not in the data folder.
        let file = watched.stage.folder.path().join("key");
        let text = std::fs::read_to_string(file).expect("a key file");
        let key = STANDARD.decode(text.lines().nth(1).expect("a key"));
        let key = key.expect("base64");
        watched
            .secrets
            .borrow_mut()
            .insert("the data key".to_owned(), key);
        watched.watch("a proxy's password", "pr0xy/pass+w%2Ford-canary");
        watched.open_account();
        watched
    }

    /// One more canary.
    pub fn watch(&self, name: &str, text: &str) {
        let mut secrets = self.secrets.borrow_mut();
        secrets.insert(name.to_owned(), text.as_bytes().to_vec());
    }

    /// The secrets that the service knows, in order.
    pub fn known_there(&self) -> Vec<String> {
        given(self.service)
            .into_iter()
            .map(|(_, text)| text.to_owned())
            .collect()
    }

    fn open_account(&self) {
        let secret = |wanted: &str| {
            let found = given(self.service)
                .into_iter()
                .find(|(name, _)| *name == wanted);
            found.expect("a secret of this service").1.to_owned()
        };
        let sandbox = &self.stage.sandbox;
        match self.service {
            Service::ZApi => sandbox.put_z_api(ZApiAccount {
                instance_id: INSTANCE.to_owned(),
                token: percent(&secret("token")),
                client_token: Some(secret("client_token")),
                email: Some(BEFORE.to_owned()),
                verified: true,
                ..ZApiAccount::default()
            }),
            Service::Webshare => sandbox.put_webshare(WebshareAccount {
                api_key: secret("api_key"),
                password: Some(secret("password")),
                email: BEFORE.to_owned(),
                ..WebshareAccount::default()
            }),
            Service::ManncoStore => sandbox.put_mannco_store(ManncoAccount {
                api_key: secret("api_key"),
                email: BEFORE.to_owned(),
                ..ManncoAccount::default()
            }),
        }
    }

    /// A run at the loudest, with a proxy that has a password.
    pub fn call(&self, args: &[&str]) -> Call {
        let key = self.stage.folder.path().join("key");
        self.stage
            .bare(args)
            .env("READDRESS_KEY_FILE", key.to_str().expect("a path"))
            .env("READDRESS_LOG", "trace")
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .env(
                "HTTP_PROXY",
                "http://me:pr0xy%2Fpass+w%252Ford-canary@127.0.0.1:9",
            )
            .env(
                "HTTPS_PROXY",
                "http://me:pr0xy%2Fpass+w%252Ford-canary@127.0.0.1:9",
            )
    }

    /// Runs it and keeps what it said.
    #[track_caller]
    pub fn keep(&self, what: &str, call: Call) -> Ran {
        let ran = call.run();
        let mut said = self.said.borrow_mut();
        said.push((format!("stdout of {what}"), ran.stdout.clone()));
        said.push((format!("stderr of {what}"), ran.stderr.clone()));
        ran
    }

    /// As words, then as JSON: two runs.
    pub fn both(&self, args: &[&str]) -> [Ran; 2] {
        let what = args.join(" ");
        [
            self.keep(&what, self.call(args)),
            self.keep(&what, self.call(args).arg("--json")),
        ]
    }

    pub fn add(&self) -> Ran {
        let mut call = self.call(&[
            "profile",
            "add",
            "--service",
            self.service.id(),
            "--label",
            LABEL,
        ]);
        call = call
            .arg("--base-url")
            .arg(self.stage.sandbox.urls().of(self.service));
        if self.service == Service::ZApi {
            call = call.arg("--field").arg(&format!("instance_id={INSTANCE}"));
        }
        for (name, text) in given(self.service) {
            let variable = format!("CANARY_{}", name.to_uppercase());
            call = call
                .arg("--secret")
                .arg(&format!("{name}={variable}"))
                .env(&variable, text);
        }
        self.keep("profile add", call).ends(0)
    }

    /// Tokens that the sandbox's login gave are secrets too.
    pub fn watch_tokens(&self) {
        for request in self.stage.sandbox.requests() {
            for (name, value) in request.headers {
                if let (true, Some(token)) =
                    (name == "authorization", value.strip_prefix("Bearer "))
                {
                    self.watch(&format!("token {token:.12}"), token);
                }
            }
        }
    }

    pub fn search(&self) -> Search {
        Search::new(self.secrets.borrow().clone())
    }

    /// Looks for every canary in all that was said and in the data folder.
    pub fn found(&self) -> Vec<Found> {
        self.watch_tokens();
        let search = self.search();
        let said = self.said.borrow();
        assert!(
            said.iter().any(|(_, text)| !text.is_empty()),
            "something was said"
        );
        let mut found: Vec<Found> = said
            .iter()
            .flat_map(|(place, text)| search.bytes(place, text.as_bytes()))
            .collect();
        let data = self.stage.folder.path().join("data");
        assert!(
            !search.files(&data, &[]).is_empty(),
            "there are files to look at"
        );
        found.extend(search.folder(&data, &[]));
        found
    }

    #[cfg(unix)]
    pub fn is_logged(&self, text: &str) -> bool {
        let said = self.said.borrow();
        log_lines(&said).iter().any(|line| line.contains(text))
    }

    /// Whole addresses in the log lines of stderr. Words and documents may tell them: that is what they are for.
    pub fn addresses_logged(&self) -> Vec<String> {
        let said = self.said.borrow();
        let logged = log_lines(&said);
        assert!(
            logged.iter().any(|line| line.contains("answered")),
            "there is a log"
        );
        let foreign = logged.iter().filter(|line| !line.contains(" readdress_"));
        assert_eq!(
            foreign.collect::<Vec<_>>(),
            Vec::<&&str>::new(),
            "only our own crates log"
        );
        let search = Search::new([("old address", BEFORE), ("new address", AFTER)]);
        let found = logged
            .iter()
            .flat_map(|line| search.bytes("the log", line.as_bytes()));
        found.map(|one| format!("{one:?}")).collect()
    }
}

/// The lines of the log among all that was said: `2026-11-20T11:31:47.829403Z  INFO readdress_core::engine: …`
fn log_lines(said: &[(String, String)]) -> Vec<&str> {
    let is_log = |line: &&str| {
        let time = line.split(' ').next().unwrap_or_default();
        time.len() == 27 && time.ends_with('Z') && time.contains('T')
    };
    let lines = said.iter().flat_map(|(_, text)| text.lines());
    lines.filter(is_log).collect()
}

/// The secret fields of a service, with characters that each encoding changes. The sandbox, as many servers, reads no
/// header that is not ASCII.
fn given(service: Service) -> Vec<(&'static str, &'static str)> {
    match service {
        Service::ZApi => vec![
            ("token", "zT+k/9\"ü w&%41'?#;=\\Q7 canary"),
            ("client_token", "cT+l/8\"e-x&%42'<>;=\\R6-canary"),
        ],
        Service::Webshare => vec![
            ("api_key", "wK+m/7\"n-y&%43'<>;=\\S5-canary"),
            ("password", "pW+n/6\"ß z&%44'<>;=\\T4 canary"),
        ],
        Service::ManncoStore => vec![("api_key", "mK+o/5\"å v&%45'<>;=\\U3 canary")],
    }
}

/// All but RFC 3986's unreserved characters, as `%XX`.
pub fn percent(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}
