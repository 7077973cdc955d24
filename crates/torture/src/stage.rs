//! The sandbox, one data folder for all changes, and the program that is started on it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use readdress_sandbox::{
    Count, ManncoAccount, Options, Sandbox, Service, WebshareAccount, ZApiAccount,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::strike::{Ran, Strike, run};
use crate::user::Act;

pub const BEFORE: &str = "before@practice.example";

/// Where an account lives: the three services, and Webshare's once more with a call that takes a request back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum House {
    ZApi,
    Webshare,
    ManncoStore,
    Own,
}

impl House {
    pub const ALL: [Self; 4] = [Self::ZApi, Self::Webshare, Self::ManncoStore, Self::Own];

    pub fn service(self) -> Service {
        match self {
            Self::ZApi => Service::ZApi,
            Self::Webshare | Self::Own => Service::Webshare,
            Self::ManncoStore => Service::ManncoStore,
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::Own => "own",
            _ => self.service().id(),
        }
    }
}

pub struct Stage {
    pub sandbox: Sandbox,
    _runtime: Runtime,
    folder: Option<TempDir>,
    path: PathBuf,
    cli: PathBuf,
    /// How long each act takes when nobody kills it: random moments are spread over it.
    pub usual: BTreeMap<Act, Duration>,
}

impl Stage {
    pub fn new(cli: PathBuf) -> Result<Self, String> {
        let told = |why: std::io::Error| why.to_string();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(told)?;
        let sandbox = runtime
            .block_on(Sandbox::start(Options::default()))
            .map_err(told)?;
        sandbox.change_settings(|settings| {
            // One after the other without waiting: the limits have tests of their own.
            settings.mannco_store.request_every_seconds = 0;
            settings.webshare.per_minute = 0;
            settings.mannco_store.per_minute = 0;
        });
        let folder = tempfile::Builder::new()
            .prefix("readdress-torture-")
            .tempdir()
            .map_err(told)?;
        let path = folder.path().to_owned();
        let stage = Self {
            sandbox,
            _runtime: runtime,
            folder: Some(folder),
            path,
            cli,
            usual: BTreeMap::new(),
        };
        std::fs::create_dir(stage.path.join("services")).map_err(told)?;
        std::fs::write(stage.path.join("services/own.toml"), own_manifest()).map_err(told)?;
        let mut new_key = Command::new(&stage.cli);
        new_key.args(["vault", "new-key"]).arg(stage.key());
        let ran = run(new_key, "", &Strike::None, &stage, House::ZApi, "")?;
        if ran.code == Some(0) {
            Ok(stage)
        } else {
            Err(format!("no key: {ran:?}"))
        }
    }

    fn key(&self) -> PathBuf {
        self.path.join("key")
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn database(&self) -> PathBuf {
        self.path.join("data").join("readdress.db")
    }

    /// Keeps the folder for whoever looks into what went wrong.
    pub fn keep(mut self) -> PathBuf {
        if let Some(folder) = self.folder.take() {
            let _ = folder.keep();
        }
        self.path
    }

    /// The program with these words, on this folder.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.cli);
        for (name, _) in std::env::vars() {
            if name.starts_with("READDRESS_") || name.to_lowercase().ends_with("_proxy") {
                command.env_remove(name);
            }
        }
        command
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
            .env("READDRESS_KEY_FILE", self.key())
            .env("LC_ALL", "C")
            .args(words)
            .arg("--json")
            .arg("--data-dir")
            .arg(self.path.join("data"))
            .arg("--services")
            .arg(self.path.join("services"));
        command
    }

    /// Remembers how long such a start takes.
    pub fn learn(&mut self, act: Act, took: Duration) {
        let usual = self.usual.entry(act).or_insert(took);
        *usual = (*usual * 7 + took) / 8;
    }

    /// Looks without being killed.
    pub fn ask(&self, words: &[&str]) -> Result<Ran, String> {
        run(
            self.command(words),
            "",
            &Strike::None,
            self,
            House::ZApi,
            "",
        )
    }

    /// A fresh account at the service.
    pub fn open_account(&self, house: House, id: &str) {
        let id = id.to_owned();
        let email = format!("{id}.{BEFORE}");
        match house {
            House::ZApi => self.sandbox.put_z_api(ZApiAccount {
                instance_id: id,
                token: "T0KEN".to_owned(),
                email: Some(email),
                verified: true,
                ..ZApiAccount::default()
            }),
            House::Webshare | House::Own => self.sandbox.put_webshare(WebshareAccount {
                api_key: id,
                email,
                ..WebshareAccount::default()
            }),
            House::ManncoStore => self.sandbox.put_mannco_store(ManncoAccount {
                api_key: id,
                email,
                ..ManncoAccount::default()
            }),
        }
    }

    /// `profile add` for that account.
    pub fn add_command(&self, house: House, id: &str, label: &str) -> Command {
        let mut command = self.command(&[
            "profile",
            "add",
            "--service",
            house.id(),
            "--label",
            label,
            "--base-url",
            self.sandbox.urls().of(house.service()),
        ]);
        match house {
            House::ZApi => command
                .arg("--field")
                .arg(format!("instance_id={id}"))
                .args(["--secret", "token=TOKEN"])
                .env("TOKEN", "T0KEN"),
            House::Webshare | House::Own => command
                .args(["--secret", "api_key=KEY", "password=PASSWORD"])
                .env("KEY", id)
                .env("PASSWORD", "practice-password"),
            House::ManncoStore => command.args(["--secret", "api_key=KEY"]).env("KEY", id),
        };
        command
    }

    /// The address that the service holds, and whether it counts as verified.
    pub fn held(&self, house: House, id: &str) -> Option<(String, bool)> {
        match house {
            House::ZApi => self
                .sandbox
                .z_api(id)
                .and_then(|account| Some((account.email?, account.verified))),
            House::Webshare | House::Own => self
                .sandbox
                .webshare(id)
                .map(|account| (account.email, true)),
            House::ManncoStore => self
                .sandbox
                .mannco_store(id)
                .map(|account| (account.email, true)),
        }
    }

    pub fn count(&self, house: House, route: &str, id: &str) -> Count {
        self.sandbox.count_of(house.service(), route, id)
    }
}

fn own_manifest() -> String {
    include_str!("../../../services/webshare.toml")
        .replace("id       = \"webshare\"", "id       = \"own\"")
        .replace("resend = \"request\"", "resend = \"request\"\ncancel = \"take_back\"")
        .replace(
            "[step.request]",
            "[step.take_back]\nmethod = \"POST\"\npath = \"/logout/\"\n[[step.take_back.answer]]\nstatus = \"2xx\"\nmeans = \"ok\"\n\n[step.request]",
        )
}
