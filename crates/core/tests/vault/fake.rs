//! A folder, a keychain in memory that can be told to misbehave, a profile with a secret, and a mailbox with a password.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use readdress_core::change::{Change, State, Value};
use readdress_core::db::{ChangeWrite, Db, Expect, Job, MailboxRow, ProfileWrite};
use readdress_core::error::{Code, Problem, Result};
use readdress_core::folder::Folder;
use readdress_core::profile::{Known, Profile};
use readdress_core::secret::Secret;
use readdress_core::vault::keychain::Keychain;
use readdress_core::vault::{Place, Vault, VaultEnv, open_values, seal_values};
use readdress_core::view::MailTls;
use tempfile::TempDir;
use uuid::Uuid;
use zeroize::Zeroizing;

/// How the keychain behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mood {
    #[default]
    Well,
    /// No bus, no provider.
    Missing,
    /// Takes everything and gives nothing back.
    Forgets,
    /// Gives back something else.
    Lies,
    /// Never answers.
    Hangs,
    /// Answers all but `delete`.
    KeepsAll,
    /// There, and closed.
    Locked,
    /// Gives back what is no key.
    Garbage,
    /// Gives back the first half.
    Truncates,
    /// Holds two entries of the name, as the library tells it.
    Ambiguous,
    /// Answers after so many milliseconds.
    Slow(u64),
    /// Its library has a defect.
    Panics,
}

#[derive(Debug, Clone, Default)]
pub struct FakeKeychain {
    pub kept: Arc<Mutex<BTreeMap<String, String>>>,
    pub mood: Arc<Mutex<Mood>>,
    /// Questions that reached it.
    pub asked: Arc<AtomicU32>,
}

impl FakeKeychain {
    fn enter(&self) -> Result<Mood> {
        let mood = *self.mood.lock().unwrap();
        self.asked.fetch_add(1, Ordering::SeqCst);
        match mood {
            Mood::Locked => Err(Problem::new(Code::KeychainMissing).with("reason", "locked")),
            Mood::Ambiguous => Err(Problem::new(Code::KeychainWrong).with("reason", "format")),
            Mood::Slow(millis) => {
                std::thread::sleep(Duration::from_millis(millis));
                Ok(mood)
            }
            Mood::Panics => panic!("a defect of the keychain's library"),
            Mood::Missing => Err(Problem::new(Code::KeychainMissing)),
            Mood::Hangs => loop {
                std::thread::park();
            },
            other => Ok(other),
        }
    }

    pub fn set_mood(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub fn users(&self) -> Vec<String> {
        self.kept.lock().unwrap().keys().cloned().collect()
    }
}

impl Keychain for FakeKeychain {
    fn get(&mut self, user: &str) -> Result<Option<Zeroizing<String>>> {
        Ok(match self.enter()? {
            Mood::Forgets => None,
            Mood::Garbage => Some(Zeroizing::new("not base64 at all!".to_owned())),
            Mood::Truncates => {
                let kept = self.kept.lock().unwrap();
                kept.get(user)
                    .map(|text| Zeroizing::new(text[..text.len() / 2].to_owned()))
            }
            Mood::Lies => Some(Zeroizing::new(
                "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=".to_owned(),
            )),
            _ => self
                .kept
                .lock()
                .unwrap()
                .get(user)
                .cloned()
                .map(Zeroizing::new),
        })
    }

    fn set(&mut self, user: &str, text: &str) -> Result<()> {
        self.enter()?;
        self.kept
            .lock()
            .unwrap()
            .insert(user.to_owned(), text.to_owned());
        Ok(())
    }

    fn delete(&mut self, user: &str) -> Result<()> {
        if self.enter()? == Mood::KeepsAll {
            return Err(Problem::new(Code::KeychainMissing));
        }
        self.kept.lock().unwrap().remove(user);
        Ok(())
    }
}

pub struct Room {
    pub dir: TempDir,
    pub db: Db,
    pub keychain: FakeKeychain,
    pub profile: Profile,
    pub change: Uuid,
    pub mailbox: Uuid,
}

pub fn secret(text: &str) -> Secret {
    Secret::new(text)
}

impl Room {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&Folder::open(dir.path()).unwrap()).unwrap();
        let profile = profile();
        db.commit_blocking(ProfileWrite::Insert(profile.clone()))
            .unwrap();
        Self {
            dir,
            db,
            keychain: FakeKeychain::default(),
            profile,
            change: Uuid::now_v7(),
            mailbox: Uuid::now_v7(),
        }
    }

    /// A vault that waits for the keychain so long only.
    pub fn vault_within(&self, env: VaultEnv, limit: Duration) -> Vault {
        Vault::for_tests(self.db.clone(), env, Box::new(self.keychain.clone()), limit)
    }

    /// The vault as a program that starts now sees it.
    pub fn vault(&self, env: VaultEnv) -> Vault {
        Vault::for_tests(
            self.db.clone(),
            env,
            Box::new(self.keychain.clone()),
            Duration::from_secs(1),
        )
    }

    pub fn key_file(&self) -> PathBuf {
        self.dir.path().join("vault.key")
    }

    /// Keeps a secret, a given code and a mailbox's password.
    pub async fn fill(&self, vault: &Vault) {
        let key = vault.key().await.unwrap();
        let token = key.seal(
            Place::secret(self.profile.id, "token"),
            &secret("s3cret-töken"),
        );
        let change = change(&self.profile, self.change);
        let write =
            ChangeWrite::new(change.clone(), Expect::New).values(seal_values(&key, &change));
        self.db
            .commit(Job::from(write).secret(self.profile.id, "token", Some(token)))
            .await
            .unwrap();
        let password = key.seal(Place::mailbox(self.mailbox), &secret("p0stfach-geheim"));
        let row = mailbox(self.mailbox, "ops@acme.example", password);
        self.db.add_mailbox(row).await.unwrap();
    }

    /// Whether what `fill` kept opens.
    pub async fn check(&self, vault: &Vault) -> Result<()> {
        let key = vault.key().await?;
        let token = &self.db.secrets(self.profile.id)?["token"];
        assert_eq!(
            key.open(Place::secret(self.profile.id, "token"), token)?
                .expose(),
            "s3cret-töken"
        );
        let change = open_values(&key, self.db.change(self.change)?)?;
        let given: Vec<_> = change
            .values
            .iter()
            .map(|value| (value.text.expose(), value.marked))
            .collect();
        assert_eq!(given, [("111111", true), ("222222", false)]);
        let password = self.db.mailbox(self.mailbox)?.password.expect("a password");
        assert_eq!(
            key.open(Place::mailbox(self.mailbox), &password)?.expose(),
            "p0stfach-geheim"
        );
        Ok(())
    }
}

pub fn keychain_env() -> VaultEnv {
    VaultEnv {
        auto_keychain: true,
        ..VaultEnv::default()
    }
}

pub fn passphrase_env(text: &str) -> VaultEnv {
    VaultEnv {
        passphrase: Some(secret(text)),
        ..VaultEnv::default()
    }
}

pub fn key_file_env(path: PathBuf) -> VaultEnv {
    VaultEnv {
        key_file: Some(path),
        ..VaultEnv::default()
    }
}

pub fn mailbox(id: Uuid, user: &str, password: Vec<u8>) -> MailboxRow {
    MailboxRow {
        id,
        user: user.to_owned(),
        host: "imap.acme.example".to_owned(),
        port: 993,
        tls: MailTls::Implicit,
        ca_file: None,
        serves: vec![user.to_owned()],
        password: Some(password),
        created_at: Timestamp::UNIX_EPOCH,
    }
}

fn profile() -> Profile {
    Profile {
        id: Uuid::now_v7(),
        label: "Ana".to_owned(),
        service: "z-api".to_owned(),
        base_url: None,
        origin: "https://api.example".to_owned(),
        fields: BTreeMap::new(),
        has_secret: BTreeMap::new(),
        email: None,
        verified: None,
        checked_at: None,
        known: Known::NeverChecked,
        problem: None,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

fn change(profile: &Profile, id: Uuid) -> Change {
    let value = |text: &str, marked| Value {
        step: "verify".to_owned(),
        text: secret(text),
        marked,
    };
    Change {
        id,
        profile_id: Some(profile.id),
        label: profile.label.clone(),
        service: profile.service.clone(),
        from: None,
        to: "new@example.org".to_owned(),
        state: State::AwaitingCode,
        at: 1,
        step: "verify".to_owned(),
        code_used: false,
        proof: None,
        tries: 0,
        requested_at: None,
        expires_at: None,
        resend_at: None,
        retry_at: None,
        problem: None,
        values: vec![value("111111", true), value("222222", false)],
        cancelled_there: None,
        undo_of: None,
        owner: None,
        resending: false,
        version: 0,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}
