//! The four kinds of steps that have an effect, each ready to be sent, on a fresh account of its own.

use readdress_sandbox::Service;

use crate::stage::{Call, Ran, Stage};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Request,
    Verify,
    Resend,
    /// At a service of the user's own, which has a call for it.
    Cancel,
}

pub const ALL: [Kind; 4] = [Kind::Request, Kind::Verify, Kind::Resend, Kind::Cancel];

/// One step that only has to be sent.
#[derive(Debug)]
pub struct Ready {
    pub kind: Kind,
    label: String,
    account: String,
    to: String,
    code: String,
}

impl Kind {
    pub fn service(self) -> Service {
        match self {
            Self::Request => Service::ZApi,
            Self::Verify | Self::Cancel => Service::Webshare,
            Self::Resend => Service::ManncoStore,
        }
    }

    /// Where the sandbox counts it.
    pub fn route(self) -> &'static str {
        match self {
            Self::Request | Self::Resend => "request",
            Self::Verify => "verify",
            Self::Cancel => "logout",
        }
    }
}

/// Adds a profile and brings its change to where the step comes next. `n` tells the accounts apart.
#[track_caller]
pub fn ready(stage: &Stage, kind: Kind, n: usize) -> Ready {
    let own = stage.folder.path().join("own");
    if !own.exists() {
        std::fs::create_dir(&own).expect("a folder");
        std::fs::write(own.join("own.toml"), own_manifest()).expect("a manifest");
    }
    stage
        .sandbox
        .change_settings(|settings| settings.mannco_store.request_every_seconds = 0);
    let mut ready = Ready {
        kind,
        label: format!("{kind:?}{n}").to_lowercase(),
        account: format!("{kind:?}-{n}"),
        to: format!("{kind:?}.{n}@practice.example").to_lowercase(),
        code: String::new(),
    };
    let id = if kind == Kind::Cancel {
        "own"
    } else {
        kind.service().id()
    };
    let url = stage.sandbox.urls().of(kind.service());
    let mut add = ready
        .call(
            stage,
            &["profile", "add", "--service", id, "--label", &ready.label],
        )
        .arg("--base-url")
        .arg(url);
    let instance = format!("instance_id={}", ready.account);
    let words: &[&str] = match kind.service() {
        Service::ZApi => &["--field", &instance, "--secret", "token=KEY"],
        Service::Webshare => &["--secret", "api_key=KEY", "password=KEY"],
        Service::ManncoStore => &["--secret", "api_key=KEY"],
    };
    for word in words {
        add = add.arg(word);
    }
    add.env("KEY", &ready.account).run().ends(0);
    if kind != Kind::Request {
        ready
            .call(stage, &["change", &ready.label, "--to", &ready.to])
            .run()
            .ends(0);
        ready.code = stage.sandbox.last_mail(&ready.to).expect("a mail").raw;
    }
    ready
}

impl Ready {
    fn call(&self, stage: &Stage, words: &[&str]) -> Call {
        let own = stage.folder.path().join("own");
        let call = stage.with_key(words).arg("--json").arg("--services");
        call.arg(own.to_str().expect("a path"))
    }

    /// The command that sends the step.
    pub fn send(&self, stage: &Stage) -> Call {
        let label = self.label.as_str();
        match self.kind {
            Kind::Request => self.call(stage, &["change", label, "--to", &self.to]),
            Kind::Verify => self
                .call(stage, &["verify", label, "--code", "-"])
                .stdin(&self.code),
            Kind::Resend => self.call(stage, &["resend", label, "--anyway"]),
            Kind::Cancel => self.call(stage, &["cancel", label]),
        }
    }

    /// How often the step reached the service.
    pub fn arrived(&self, stage: &Stage) -> u64 {
        stage
            .sandbox
            .count_of(self.kind.service(), self.kind.route(), &self.account)
            .received
    }

    /// The state of its change; `None`: nothing is planned.
    #[track_caller]
    pub fn state(&self, stage: &Stage) -> Option<String> {
        let looked = self
            .call(stage, &["history", "--profile", &self.label])
            .run();
        let changes = looked.ends(0).json();
        let changes = changes.as_array().expect("a list");
        assert!(changes.len() <= 1, "one change stays one: {changes:?}");
        Some(
            changes.first()?["state"]
                .as_str()
                .expect("a state")
                .to_owned(),
        )
    }

    /// It says what went wrong and what to do, and the service never heard of it.
    #[track_caller]
    pub fn was_not_sent(&self, stage: &Stage, ran: &Ran, before: u64, code: &str) {
        assert_eq!((ran.code, ran.error().as_str()), (1, code), "{ran:?}");
        assert!(ran.stderr.contains("Next: "), "{ran:?}");
        assert_eq!(self.arrived(stage), before, "{:?} was sent", self.kind);
    }

    /// The folder is well again: the step is sent as if nothing had been.
    #[track_caller]
    pub fn works_now(&self, stage: &Stage, before: u64) {
        self.send(stage).run().ends(0);
        assert_eq!(self.arrived(stage), before + 1);
        let state = match self.kind {
            Kind::Request | Kind::Resend => "awaiting_code",
            Kind::Verify => "changed",
            Kind::Cancel => "cancelled",
        };
        assert_eq!(self.state(stage).as_deref(), Some(state));
    }

    /// It was sent, and what came back is not on disk: exit 3 and words that do not say "nothing was sent"; then it
    /// stands as unknown (a resend and a cancel leave the change waiting for its code).
    #[track_caller]
    pub fn is_told_as_unknown(&self, stage: &Stage, ran: &Ran, reason: &str) {
        assert_eq!(
            (ran.code, ran.error().as_str()),
            (3, "answer_not_kept"),
            "{ran:?}"
        );
        let error = &ran.json()["error"];
        assert_eq!(error["params"]["reason"], reason);
        assert!(!ran.stderr.contains("othing was sent"), "{ran:?}");
        assert!(ran.stderr.contains("readdress-cli settle"), "{ran:?}");
        let stands = self.state(stage).expect("it is there");
        match self.kind {
            Kind::Request | Kind::Verify => assert_eq!(stands, "unknown"),
            Kind::Resend | Kind::Cancel => assert_eq!(stands, "awaiting_code"),
        }
    }
}

fn own_manifest() -> String {
    include_str!("../../../../services/webshare.toml")
        .replace("id       = \"webshare\"", "id       = \"own\"")
        .replace("resend = \"request\"", "resend = \"request\"\ncancel = \"take_back\"")
        .replace(
            "[step.request]",
            "[step.take_back]\nmethod = \"POST\"\npath = \"/logout/\"\n[[step.take_back.answer]]\nstatus = \"2xx\"\nmeans = \"ok\"\n\n[step.request]",
        )
}
