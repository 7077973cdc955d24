//! A sandbox, a data folder with a key file, and the binary run on them.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use readdress_core::engine::Engine;
use readdress_core::vault::VaultEnv;
use readdress_sandbox::{Options, PracticeAccount, Sandbox, Service, practice_accounts};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub const NEW: &str = "after@practice.example";

/// How a run ended. It is checked for secrets where it is made.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// The one document on stdout.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }

    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Its `error.code`.
    #[track_caller]
    pub fn error(&self) -> String {
        self.json()["error"]["code"]
            .as_str()
            .unwrap_or_else(|| panic!("no error: {self:?}"))
            .to_owned()
    }
}

pub struct Stage {
    // Dropped before its runtime.
    pub sandbox: Sandbox,
    _runtime: Runtime,
    pub folder: TempDir,
    key_file: PathBuf,
}

impl Stage {
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let sandbox = runtime
            .block_on(Sandbox::start(Options::default()))
            .expect("a sandbox");
        let folder = tempfile::tempdir().expect("a folder");
        let key_file = folder.path().join("key");
        let stage = Self {
            sandbox,
            _runtime: runtime,
            folder,
            key_file,
        };
        stage
            .bare(&["vault", "new-key", stage.key_file.to_str().expect("a path")])
            .run()
            .ends(0);
        stage
    }

    /// A run with `--json` on the stage's folder and key.
    pub fn json(&self, args: &[&str]) -> Ran {
        self.with_key(args).arg("--json").run()
    }

    /// The same in words.
    pub fn words(&self, args: &[&str]) -> Ran {
        self.with_key(args).run()
    }

    pub fn with_key(&self, args: &[&str]) -> Call {
        self.bare(args).env(
            "READDRESS_KEY_FILE",
            self.key_file.to_str().expect("a path"),
        )
    }

    /// Without any key.
    pub fn bare(&self, args: &[&str]) -> Call {
        Call::new(&self.folder.path().join("data"), args)
    }

    /// The window's stand-in: an engine in this process, on the same folder.
    pub fn engine(&self) -> (Engine, Runtime) {
        engine_in(self.folder.path())
    }

    /// Adds the practice account of a service under `label`.
    #[track_caller]
    pub fn add(&self, service: Service, label: &str) -> Ran {
        self.add_call(service, label).arg("--json").run().ends(0)
    }

    pub fn add_call(&self, service: Service, label: &str) -> Call {
        let account = account(service);
        let mut call = self.with_key(&[
            "profile",
            "add",
            "--service",
            service.id(),
            "--label",
            label,
        ]);
        call = call.arg("--base-url").arg(self.sandbox.urls().of(service));
        for (name, value) in &account.fields {
            call = call.arg("--field").arg(&format!("{name}={value}"));
        }
        for (name, value) in &account.secrets {
            let variable = format!("TEST_{}", name.to_uppercase());
            call = call
                .arg("--secret")
                .arg(&format!("{name}={variable}"))
                .env(&variable, value);
        }
        call
    }

    /// Requests the change of `label` to [`NEW`].
    #[track_caller]
    pub fn requested(&self, label: &str) -> Value {
        self.json(&["change", label, "--to", NEW]).ends(0).json()
    }

    /// The newest mail's raw text.
    #[track_caller]
    pub fn mail(&self) -> String {
        self.sandbox.last_mail(NEW).expect("a mail").raw
    }

    /// The newest mail's code: what a wrong one must not be.
    #[track_caller]
    pub fn code(&self) -> String {
        self.sandbox
            .last_mail(NEW)
            .expect("a mail")
            .code
            .expect("a code")
    }
}

/// An engine on the folder of a stage.
pub fn engine_in(folder: &std::path::Path) -> (Engine, Runtime) {
    let vault = VaultEnv {
        key_file: Some(folder.join("key")),
        ..VaultEnv::default()
    };
    let engine = Engine::open(readdress_core::engine::Options {
        data_dir: Some(folder.join("data")),
        vault,
        ..readdress_core::engine::Options::default()
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    (engine.expect("it opens"), runtime.expect("a runtime"))
}

pub fn account(service: Service) -> PracticeAccount {
    practice_accounts()
        .into_iter()
        .find(|account| account.service == service.id())
        .expect("an account")
}

/// One run in the making.
pub struct Call {
    command: Command,
    stdin: Vec<u8>,
}

impl Call {
    pub fn new(folder: &std::path::Path, args: &[&str]) -> Self {
        let mut call = Self::without_folder(args);
        call.command.arg("--data-dir").arg(folder);
        call
    }

    /// In the folder of the system.
    pub fn without_folder(args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_readdress-cli"));
        for (name, _) in std::env::vars() {
            if name.starts_with("READDRESS_")
                || name.ends_with("_proxy")
                || name.ends_with("_PROXY")
            {
                command.env_remove(name);
            }
        }
        // No keychain answers there.
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
        command.env("LC_ALL", "C").env("TZ", "UTC");
        command.args(args);
        Self {
            command,
            stdin: Vec::new(),
        }
    }

    pub fn arg(mut self, arg: &str) -> Self {
        self.command.arg(arg);
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    #[cfg(unix)]
    pub fn env_os(mut self, name: &str, value: &std::ffi::OsStr) -> Self {
        self.command.env(name, value);
        self
    }

    #[cfg(unix)]
    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Started by a shell with that umask.
    #[cfg(unix)]
    pub fn umask(self, umask: &str) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("umask {umask}; exec \"$0\" \"$@\"")]);
        command
            .arg(self.command.get_program())
            .args(self.command.get_args());
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let stdin = self.stdin;
        Self { command, stdin }
    }

    pub fn stdin(mut self, text: &str) -> Self {
        self.stdin = text.as_bytes().to_vec();
        self
    }

    /// Started by another program, whose words come first.
    #[cfg(unix)]
    pub fn under(self, words: &[&str]) -> Self {
        let mut outer = Command::new(words[0]);
        outer.args(&words[1..]).arg(self.command.get_program());
        self.started_as(outer)
    }

    /// From a copy of the program, as somebody who owns nothing. Root may write everywhere; others already may not.
    #[cfg(unix)]
    pub fn by_nobody(self, program: &std::path::Path) -> Self {
        use std::os::unix::process::CommandExt;
        let mut other = Command::new(program);
        if std::fs::metadata("/proc/self")
            .is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0)
        {
            other.uid(65534).gid(65534);
        }
        self.started_as(other)
    }

    /// Another command with the same words and environment.
    #[cfg(unix)]
    fn started_as(mut self, mut other: Command) -> Self {
        other.args(self.command.get_args());
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => other.env(name, value),
                None => other.env_remove(name),
            };
        }
        self.command = other;
        self
    }

    pub fn spawn(mut self) -> std::process::Child {
        self.command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("the binary");
        // A program that does not read its input closes it: that is its right.
        let _ = child.stdin.take().expect("piped").write_all(&self.stdin);
        child
    }

    #[track_caller]
    pub fn run(self) -> Ran {
        ran(self.spawn())
    }
}

/// Waits for it. No secret of any practice account may be on its outputs.
#[track_caller]
pub fn ran(child: std::process::Child) -> Ran {
    let out = child.wait_with_output().expect("the binary ran");
    let ran = Ran {
        code: out.status.code().expect("no signal"),
        stdout: String::from_utf8(out.stdout).expect("UTF-8"),
        stderr: String::from_utf8(out.stderr).expect("UTF-8"),
    };
    for secret in practice_accounts()
        .iter()
        .flat_map(|account| account.secrets.values())
    {
        assert!(
            !ran.stdout.contains(secret) && !ran.stderr.contains(secret),
            "a secret was printed: {ran:?}"
        );
    }
    ran
}
