//! What lies in the memory of a program whose vault was locked: no key, no passphrase, no secret, no code.
//!
//! A process of its own lives through a whole change at a played service, with the allocator of our programs; another one reads
//! its memory. Not looked for: kernel buffers, and what a debugger could see while the vault is open.
#![cfg(target_os = "linux")]
#![expect(clippy::print_stdout, reason = "the helper process talks by it")]

mod life;
mod scan;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use readdress_sandbox::{Options, Sandbox, practice_accounts};
use uuid::Uuid;
use zeroizing_alloc::ZeroAlloc;

use life::{FOLDER, NEW_ADDRESS, Plan};
use scan::Needle;

#[global_allocator]
static HEAP: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);

struct Living {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Living {
    fn start(folder: &std::path::Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "life::lives", "--ignored", "--nocapture"])
            .env(FOLDER, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Waits until it says so; it then waits for us.
    fn until(&mut self, said: &str) {
        let told = self.lines.any(|line| line.unwrap().ends_with(said));
        assert!(told, "it ended before “{said}”");
    }

    fn go_on(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    }

    fn holds(&self, needles: &[Needle]) -> Vec<String> {
        scan::found(self.child.id(), needles)
    }
}

impl Drop for Living {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The data key that lies in the folder under `passphrase`.
fn data_key(folder: &std::path::Path, passphrase: &str) -> Vec<u8> {
    let db = rusqlite::Connection::open(folder.join("data/readdress.db")).unwrap();
    let wrapped: Vec<u8> = db
        .query_row("SELECT wrapped FROM vault", [], |row| row.get(0))
        .unwrap();
    let mut identity = age::scrypt::Identity::new(passphrase.to_owned().into());
    identity.set_max_work_factor(18);
    age::decrypt(&identity, &wrapped).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_locked_vault_leaves_nothing_in_memory() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let account = practice_accounts()
        .into_iter()
        .find(|account| account.service == "webshare")
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let plan = Plan {
        url: sandbox.urls().webshare.clone(),
        api_key: account.secrets["api_key"].to_owned(),
        password: account.secrets["password"].to_owned(),
        passphrases: [0; 3].map(|_| format!("passphrase {}", Uuid::now_v7())),
        files: folder.path().to_owned(),
    };
    plan.write();
    let mut needles = vec![
        Needle::text("API key", &plan.api_key),
        Needle::text("password", &plan.password),
    ];
    for passphrase in &plan.passphrases {
        needles.push(Needle::text("passphrase", passphrase));
    }
    let mut living = Living::start(path);

    living.until("secrets sealed");
    let first = data_key(path, &plan.passphrases[0]);
    needles.push(Needle::new("first data key", &first));
    // Open, the key is there: so it would be found.
    let open = living.holds(&needles);
    assert!(open.contains(&"first data key".to_owned()), "{open:?}");
    living.go_on();

    living.until("requested");
    let code = sandbox.last_mail(NEW_ADDRESS).unwrap().code.unwrap();
    std::fs::write(path.join("code"), &code).unwrap();
    needles.push(Needle::text("code", &code));
    living.go_on();

    living.until("locked once");
    let shut = living.holds(&needles);
    assert!(
        shut.iter().all(|name| name == "API key"),
        "after the change and the lock: {shut:?}"
    );
    // What was sent lies in the buffer of its connection, which is closed when it was idle for four to eight seconds.
    let end = Instant::now() + Duration::from_secs(20);
    while !living.holds(&needles).is_empty() {
        assert!(Instant::now() < end, "the connections keep it");
        std::thread::sleep(Duration::from_millis(250));
    }
    living.go_on();

    living.until("key changed");
    let second = data_key(path, &plan.passphrases[0]);
    assert_ne!(first, second);
    needles.push(Needle::new("second data key", &second));
    let open = living.holds(&needles);
    assert_eq!(open, ["second data key"], "the old one went with its vault");
    living.go_on();

    living.until("passphrase changed, locked");
    needles.push(Needle::new(
        "third data key",
        &data_key(path, &plan.passphrases[1]),
    ));
    let shut = living.holds(&needles);
    assert!(shut.is_empty(), "at the end: {shut:?}");
    living.go_on();
    assert!(living.child.wait().unwrap().success());
}
