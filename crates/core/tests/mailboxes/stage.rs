//! An engine on a fresh folder, and what a person types.

use readdress_core::ask::NewMailbox;
use readdress_core::engine::{Engine, Options};
use readdress_core::error::Problem;
use readdress_core::secret::Secret;
use readdress_core::vault::{VaultEnv, new_key_file};
use readdress_core::view::MailTls;
use tempfile::TempDir;

pub struct Stage {
    pub folder: TempDir,
    pub engine: Engine,
}

impl Stage {
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        new_key_file(&folder.path().join("key")).unwrap();
        let engine = open(&folder);
        Self { folder, engine }
    }

    /// The same folder, as another program sees it.
    pub fn other(&self) -> Engine {
        open(&self.folder)
    }

    /// Past all that the program does.
    pub fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.path().join("data/readdress.db")).unwrap()
    }

    /// A file with a certificate authority.
    pub fn authority(&self, name: &str) -> String {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::default();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let file = self.folder.path().join(name);
        std::fs::write(&file, params.self_signed(&key).unwrap().pem()).unwrap();
        file.to_str().unwrap().to_owned()
    }
}

fn open(folder: &TempDir) -> Engine {
    Engine::open(Options {
        data_dir: Some(folder.path().join("data")),
        vault: VaultEnv {
            key_file: Some(folder.path().join("key")),
            ..VaultEnv::default()
        },
        ..Options::default()
    })
    .unwrap()
}

pub fn typed() -> NewMailbox {
    NewMailbox {
        user: "ops@acme.example".to_owned(),
        host: "imap.acme.example".to_owned(),
        port: 993,
        tls: MailTls::Implicit,
        ca_file: None,
        serves: vec!["ops@acme.example".to_owned()],
        password: Some(Secret::new("an app passw0rd")),
    }
}

/// Without typing the password again.
pub fn silent() -> NewMailbox {
    NewMailbox {
        password: None,
        ..typed()
    }
}

/// Its `field` and `reason`.
pub fn why(problem: &Problem) -> (&str, &str) {
    let param = |name| problem.params.get(name).map_or("", String::as_str);
    (param("field"), param("reason"))
}
