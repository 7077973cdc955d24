//! The life that is looked at: a vault is made, a change goes through, the key and the passphrase change, it is locked.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use readdress_core::ask::{NewProfile, RequestChange};
use readdress_core::change::State;
use readdress_core::engine::{Engine, Options};
use readdress_core::secret::Secret;
use readdress_core::view::VaultKind;
use zeroize::Zeroizing;

pub const FOLDER: &str = "READDRESS_TEST_FOLDER";
pub const NEW_ADDRESS: &str = "after@practice.example";

/// What the process is told, in files: neither arguments nor environment nor the buffer of standard input hold it.
pub struct Plan {
    pub url: String,
    pub api_key: String,
    pub password: String,
    pub passphrases: [String; 3],
    pub files: PathBuf,
}

impl Plan {
    pub fn write(&self) {
        let put = |name: &str, text: &str| std::fs::write(self.files.join(name), text).unwrap();
        put("url", &self.url);
        put("api_key", &self.api_key);
        put("password", &self.password);
        for (n, passphrase) in self.passphrases.iter().enumerate() {
            put(&format!("passphrase{n}"), passphrase);
        }
    }
}

fn told(folder: &Path, name: &str) -> Secret {
    let text = Zeroizing::new(std::fs::read_to_string(folder.join(name)).unwrap());
    Secret::new(text.as_str())
}

fn say(what: &str) {
    println!("{what}");
    let mut answer = [0];
    std::io::stdin().read_exact(&mut answer).unwrap();
}

/// Run by the test.
#[test]
#[ignore = "helper process"]
fn lives() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let options = Options {
        data_dir: Some(folder.join("data")),
        ..Options::default()
    };
    let engine = Engine::open(options).unwrap();
    runtime.block_on(live(&engine, &folder));
}

async fn live(engine: &Engine, folder: &Path) {
    let vault = engine.vault();
    vault
        .set_up(VaultKind::Passphrase, Some(told(folder, "passphrase0")))
        .await
        .unwrap();
    let secrets = ["api_key", "password"].map(|name| (name.to_owned(), told(folder, name)));
    let profile = engine
        .add_profile(NewProfile {
            service: "webshare".to_owned(),
            label: "w".to_owned(),
            base_url: Some(told(folder, "url").expose().to_owned()),
            fields: BTreeMap::new(),
            secrets: BTreeMap::from(secrets),
            draft: None,
        })
        .await
        .unwrap();
    say("secrets sealed");

    engine.read_profile(profile.id).await.unwrap();
    let change = engine
        .request_change(RequestChange {
            profile_id: profile.id,
            to: NEW_ADDRESS.to_owned(),
            secrets: BTreeMap::new(),
            replace: false,
            anyway: false,
            undo_of: None,
        })
        .await
        .unwrap();
    assert_eq!(change.state, State::AwaitingCode, "{change:?}");
    say("requested");

    let code = told(folder, "code");
    let done = engine.submit_code(change.id, code.expose()).await.unwrap();
    assert_eq!(done.state, State::Changed, "{done:?}");
    drop((code, done));
    vault.lock();
    say("locked once");

    vault
        .unlock(Some(told(folder, "passphrase0")))
        .await
        .unwrap();
    vault
        .make_new_key(Some(told(folder, "passphrase0")))
        .await
        .unwrap();
    say("key changed");

    vault
        .change_passphrase(told(folder, "passphrase0"), told(folder, "passphrase1"))
        .await
        .unwrap();
    vault
        .unlock(Some(told(folder, "passphrase2")))
        .await
        .unwrap_err();
    vault.lock();
    say("passphrase changed, locked");
}
