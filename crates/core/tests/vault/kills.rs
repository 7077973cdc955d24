//! Killed at each point of each change of keys: every secret opens with exactly one key, and nothing is left behind.
//!
//! The program that is killed is a process of its own, with a keychain of files.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use readdress_core::db::Db;
use readdress_core::error::{Code, Result};
use readdress_core::folder::Folder;
use readdress_core::vault::keychain::Keychain;
use readdress_core::vault::{Vault, VaultEnv, new_key_file};
use readdress_core::view::VaultKind;
use zeroize::Zeroizing;

use crate::fake::{Room, key_file_env, keychain_env, passphrase_env, secret};

const FOLDER: &str = "READDRESS_TEST_FOLDER";
const TASK: &str = "READDRESS_TEST_TASK";
const POINT: &str = "READDRESS_TEST_POINT";
const OLD: &str = "the old passphrase";
const NEW: &str = "the new passphrase";

/// Keys as files: what one process stored, the next one finds.
struct Files(PathBuf);

impl Files {
    fn of(room: &Path) -> Self {
        let dir = room.join("keychain");
        fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    fn users(&self) -> Vec<String> {
        let names = fs::read_dir(&self.0).unwrap();
        names
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

impl Keychain for Files {
    fn get(&mut self, user: &str) -> Result<Option<Zeroizing<String>>> {
        Ok(fs::read_to_string(self.0.join(user))
            .ok()
            .map(Zeroizing::new))
    }

    fn set(&mut self, user: &str, text: &str) -> Result<()> {
        fs::write(self.0.join(user), text).unwrap();
        Ok(())
    }

    fn delete(&mut self, user: &str) -> Result<()> {
        let _ = fs::remove_file(self.0.join(user));
        Ok(())
    }
}

fn nowhere(_: &str) {}

/// Dies where the parent said.
fn die_there(name: &str) {
    static PASSED: AtomicU32 = AtomicU32::new(0);
    let Ok(point) = std::env::var(POINT) else {
        return;
    };
    if name == point && PASSED.fetch_add(1, Ordering::SeqCst) == 0 {
        let _ =
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    }
}

fn vault(dir: &Path, db: &Db, env: VaultEnv, at: fn(&str)) -> Vault {
    Vault::for_crash_tests(db.clone(), env, Box::new(Files::of(dir)), at)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    SetUp,
    KeychainKey,
    FileKey,
    PassphraseKey,
    ToPassphrase,
    ToKeychain,
    Passphrase,
    Reset,
}

const TASKS: [Task; 8] = [
    Task::SetUp,
    Task::KeychainKey,
    Task::FileKey,
    Task::PassphraseKey,
    Task::ToPassphrase,
    Task::ToKeychain,
    Task::Passphrase,
    Task::Reset,
];

impl Task {
    /// With what the vault is opened before the task.
    fn env(self, dir: &Path) -> VaultEnv {
        match self {
            Self::SetUp | Self::KeychainKey | Self::ToPassphrase | Self::Reset => keychain_env(),
            Self::FileKey => key_file_env(dir.join("vault.key")),
            Self::PassphraseKey | Self::ToKeychain | Self::Passphrase => passphrase_env(OLD),
        }
    }

    async fn run(self, vault: &Vault) -> Result<()> {
        match self {
            Self::SetUp => vault.set_up(VaultKind::Keychain, None).await,
            Self::KeychainKey | Self::FileKey | Self::PassphraseKey => {
                vault.make_new_key(None).await
            }
            Self::ToPassphrase => {
                vault
                    .change_kind(VaultKind::Passphrase, Some(secret(NEW)))
                    .await
            }
            Self::ToKeychain => vault.change_kind(VaultKind::Keychain, None).await,
            Self::Passphrase => vault.change_passphrase(secret(OLD), secret(NEW)).await,
            Self::Reset => vault.reset(VaultKind::Keychain, None).await,
        }
    }

    /// Every point that it passes, in order; those from `after the commit` on leave the new key in place.
    fn points(self) -> Vec<&'static str> {
        let stores = [
            "vault: listed, not stored",
            "vault: stored, not read back",
            "vault: stored and read back",
        ];
        let commit = ["vault: before the commit", "vault: after the commit"];
        let deletes = ["vault: old key not deleted", "vault: old key deleted"];
        match self {
            Self::SetUp | Self::ToKeychain => [&stores[..], &commit].concat(),
            Self::KeychainKey | Self::Reset => [&stores[..], &commit, &deletes].concat(),
            Self::FileKey => [
                &["vault: next key file written"][..],
                &commit,
                &["vault: key file in place"],
            ]
            .concat(),
            Self::PassphraseKey | Self::Passphrase => commit.to_vec(),
            Self::ToPassphrase => [&commit[..], &deletes].concat(),
        }
    }
}

/// Run by the tests below.
#[tokio::test]
#[ignore = "helper process"]
async fn does_its_task() {
    let dir = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let name = std::env::var(TASK).unwrap();
    let task = TASKS
        .into_iter()
        .find(|task| format!("{task:?}") == name)
        .unwrap();
    let db = Db::open(&Folder::open(&dir).unwrap()).unwrap();
    let vault = vault(&dir, &db, task.env(&dir), die_there);
    loop {
        let done = task.run(&vault).await;
        if std::env::var_os(POINT).is_some() {
            return done.unwrap();
        }
        // To be killed at any moment, so for ever.
        done.unwrap();
    }
}

fn helper(dir: &Path, task: Task) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--exact",
            "kills::does_its_task",
            "--ignored",
            "--nocapture",
        ])
        .env(FOLDER, dir)
        .env(TASK, format!("{task:?}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// A folder as it is before the task.
async fn before(task: Task) -> Room {
    let room = Room::new();
    if task != Task::SetUp {
        if task == Task::FileKey {
            new_key_file(&room.key_file()).unwrap();
        }
        let vault = vault(
            room.dir.path(),
            &room.db,
            task.env(room.dir.path()),
            nowhere,
        );
        room.fill(&vault).await;
    }
    room
}

/// Whether the vault opens with `env`, and all that was sealed with it.
async fn opens(room: &Room, env: VaultEnv) -> bool {
    let vault = vault(room.dir.path(), &room.db, env, nowhere);
    match vault.key().await {
        Ok(_) => {
            room.check(&vault).await.unwrap();
            true
        }
        Err(problem) => {
            let known = [Code::PassphraseWrong, Code::VaultLocked];
            assert!(known.contains(&problem.code), "{problem:?}");
            false
        }
    }
}

async fn is_whole(task: Task, point: &str, room: &Room) {
    let dir = room.dir.path();
    let kind = vault(dir, &room.db, VaultEnv::default(), nowhere)
        .view()
        .kind;
    let said = format!("{task:?} at {point}, now {kind:?}");
    match task {
        Task::SetUp => {
            let vault = vault(dir, &room.db, keychain_env(), nowhere);
            room.fill(&vault).await;
            room.check(&vault).await.unwrap();
        }
        Task::Reset => {
            let left = room.db.secrets(room.profile.id).unwrap().len();
            // All of it or nothing: a password beside a new vault could be opened by nobody.
            let password = room.db.mailbox(room.mailbox).unwrap().password;
            assert_eq!(password.is_some(), left == 1, "{said}");
            let vault = vault(dir, &room.db, keychain_env(), nowhere);
            vault.key().await.unwrap();
            if left == 1 {
                room.check(&vault).await.unwrap();
            }
        }
        Task::KeychainKey => assert!(opens(room, keychain_env()).await, "{said}"),
        Task::FileKey => {
            assert!(opens(room, task.env(dir)).await, "{said}");
        }
        Task::PassphraseKey => assert!(opens(room, passphrase_env(OLD)).await, "{said}"),
        Task::Passphrase => {
            let [old, new] = [passphrase_env(OLD), passphrase_env(NEW)];
            assert_ne!(opens(room, old).await, opens(room, new).await, "{said}");
        }
        Task::ToPassphrase if kind == VaultKind::Passphrase => {
            assert!(opens(room, passphrase_env(NEW)).await, "{said}");
        }
        Task::ToKeychain if kind == VaultKind::Passphrase => {
            assert!(opens(room, passphrase_env(OLD)).await, "{said}");
        }
        Task::ToPassphrase | Task::ToKeychain => {
            assert!(opens(room, VaultEnv::default()).await, "{said}");
        }
    }
}

/// As many keys as `expected` are in the keychain, in a moment.
async fn keys_left(room: &Room, expected: usize, said: &str) {
    let keychain = Files::of(room.dir.path());
    let end = Instant::now() + Duration::from_secs(5);
    while keychain.users().len() != expected {
        assert!(Instant::now() < end, "{said}: {:?}", keychain.users());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn kills(task: Task) {
    let points = task.points();
    for point in &points {
        let room = before(task).await;
        let status = helper(room.dir.path(), task)
            .env(POINT, point)
            .status()
            .unwrap();
        assert_eq!(status.signal(), Some(9), "{task:?} passes {point}");
        is_whole(task, point, &room).await;
        let dir = room.dir.path();
        let said = format!("{task:?} at {point}");
        let kind = vault(dir, &room.db, VaultEnv::default(), nowhere)
            .view()
            .kind;
        let held = usize::from(kind == VaultKind::Keychain);
        let committed = points
            .iter()
            .position(|name| name.contains("after the commit"));
        let passed = points.iter().position(|name| name == point);
        if passed >= committed {
            // The next opening has cleaned up.
            keys_left(&room, held, &said).await;
        }
        // A key that was in the making is taken by the next change of keys, if not sooner.
        let now = match kind {
            VaultKind::Passphrase if task == Task::PassphraseKey || task == Task::ToKeychain => {
                passphrase_env(OLD)
            }
            VaultKind::Passphrase if task == Task::Passphrase => {
                let old = opens(&room, passphrase_env(OLD)).await;
                passphrase_env(if old { OLD } else { NEW })
            }
            VaultKind::Passphrase => passphrase_env(NEW),
            VaultKind::KeyFile => task.env(dir),
            _ => VaultEnv::default(),
        };
        let vault = vault(dir, &room.db, now, nowhere);
        vault.make_new_key(None).await.unwrap();
        vault.key().await.unwrap();
        let kind = vault.view().kind;
        keys_left(&room, usize::from(kind == VaultKind::Keychain), &said).await;
        assert!(!dir.join("vault.key.new").exists(), "{said}");
    }
}

#[tokio::test]
async fn a_first_vault() {
    kills(Task::SetUp).await;
}

#[tokio::test]
async fn a_new_key_in_the_keychain() {
    kills(Task::KeychainKey).await;
}

#[tokio::test]
async fn a_new_key_file() {
    kills(Task::FileKey).await;
}

#[tokio::test]
async fn a_new_key_under_a_passphrase() {
    kills(Task::PassphraseKey).await;
    kills(Task::Passphrase).await;
}

#[tokio::test]
async fn another_kind() {
    kills(Task::ToPassphrase).await;
    kills(Task::ToKeychain).await;
}

#[tokio::test]
async fn a_reset() {
    kills(Task::Reset).await;
}

/// And at moments that nobody has named, while one key follows the other.
#[tokio::test]
async fn at_any_moment() {
    for task in [Task::KeychainKey, Task::FileKey, Task::PassphraseKey] {
        let room = before(task).await;
        for round in 0..8u64 {
            let mut child = helper(room.dir.path(), task).spawn().unwrap();
            tokio::time::sleep(Duration::from_millis(60 + 17 * round)).await;
            child.kill().unwrap();
            child.wait().unwrap();
            is_whole(task, "any moment", &room).await;
        }
    }
}
