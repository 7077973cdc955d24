//! `demo`: the main job at each service, against a built-in practice in a folder of its own that is removed at the end.
//!
//! It does what a person would do: add a profile, read, request, take the mail, give it, and look at the proof.
//! Not here: anything that a real change does not use.

use std::time::Instant;

use readdress_core::ask::{NewProfile, RequestChange};
use readdress_core::change::{Proof, State};
use readdress_core::engine::{Engine, Options};
use readdress_core::error::{Code, Problem};
use readdress_core::secret::Secret;
use readdress_core::view::ChangeView;
use readdress_sandbox::{PracticeAccount, Sandbox, Service, practice_accounts};
use serde::Serialize;
use uuid::Uuid;

use super::practice;
use crate::answer::{Answer, Done, Failure};
use crate::console::{Console, print_line};
use crate::documents::error_document;
use crate::exit::Exit;
use crate::told::Told;
use crate::{clean, words::Gaps};

/// How one service's change ended.
#[derive(Debug, Serialize)]
struct Played {
    service: String,
    change: Option<Uuid>,
    from: Option<String>,
    to: String,
    state: Option<State>,
    proof: Option<Proof>,
    millis: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<serde_json::Value>,
}

impl Played {
    fn is_proved(&self) -> bool {
        self.state == Some(State::Changed) && self.proof == Some(Proof::ReadBack)
    }
}

pub async fn run(console: &Console) -> Done {
    let folder = tempfile::tempdir().map_err(|_| Failure::from(Code::FolderReadOnly))?;
    let sandbox = practice::start(readdress_sandbox::Options::default()).await?;
    let engine = Engine::open(Options {
        data_dir: Some(folder.path().to_owned()),
        practice: true,
        ..Options::default()
    })?;
    let demo = Demo {
        engine,
        sandbox,
        console,
    };
    demo.say("begin", &[]);
    let mut services = Vec::new();
    for account in practice_accounts() {
        services.push(demo.play(&account).await);
    }
    let ok = services.iter().all(Played::is_proved);
    demo.say(if ok { "end" } else { "end_failed" }, &[]);
    let failure = (!ok)
        .then(|| Failure::new(Problem::new(Code::Internal), Exit::Failed).instead("demo_failed"));
    demo.sandbox.stop().await;
    Ok(Answer::of(serde_json::json!({ "services": services, "ok": ok })).failed(failure))
}

struct Demo<'a> {
    engine: Engine,
    sandbox: Sandbox,
    console: &'a Console,
}

impl Demo<'_> {
    async fn play(&self, account: &PracticeAccount) -> Played {
        let begin = Instant::now();
        self.line("");
        self.line(&self.name_of(account.service));
        let mut played = Played {
            service: account.service.to_owned(),
            change: None,
            from: None,
            to: account.new_email.to_owned(),
            state: None,
            proof: None,
            millis: 0,
            error: None,
        };
        if let Err(problem) = self.change_one(account, &mut played).await {
            let told = Told::of(&self.console.words, &problem, None, Some(account.label));
            played.error = Some(error_document(&problem, Some(&told)));
            for line in told.lines() {
                self.line(&format!("  {line}"));
            }
        }
        played.millis = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        played
    }

    async fn change_one(
        &self,
        account: &PracticeAccount,
        played: &mut Played,
    ) -> Result<(), Problem> {
        let profile = self.engine.add_profile(self.profile_of(account)).await?;
        self.step("profile", &profile.label, Instant::now());

        let begin = Instant::now();
        let read = self.engine.read_profile(profile.id).await?;
        self.step("holds", read.email.as_deref().unwrap_or("–"), begin);

        let begin = Instant::now();
        let ask = RequestChange {
            profile_id: profile.id,
            to: account.new_email.to_owned(),
            secrets: std::collections::BTreeMap::new(),
            replace: false,
            anyway: false,
            undo_of: None,
        };
        let view = self.engine.request_change(ask).await?;
        note(played, &view);
        stands(&view, State::AwaitingCode)?;
        self.step("requested", account.new_email, begin);

        let begin = Instant::now();
        let mails = self.sandbox.mails(Some(account.new_email), None);
        let ours = |service: Service| service.id() == account.service;
        let mail = mails
            .into_iter()
            .rfind(|mail| ours(mail.service))
            .ok_or(Code::CodeNotFound)?;
        self.step("mail", &mail.subject, begin);

        let begin = Instant::now();
        // The whole mail, as a person would paste it.
        let view = self.engine.submit_code(view.id, &mail.raw).await?;
        note(played, &view);
        stands(&view, State::Changed)?;
        self.step("verified", &view.to, begin);
        let proved = if played.is_proved() {
            "proved"
        } else {
            "not_proved"
        };
        self.step(proved, &view.to, Instant::now());
        Ok(())
    }

    fn profile_of(&self, account: &PracticeAccount) -> NewProfile {
        let urls = self.sandbox.urls();
        let text = |text: &&str| (*text).to_owned();
        NewProfile {
            service: account.service.to_owned(),
            label: account.label.to_owned(),
            fields: account
                .fields
                .iter()
                .map(|(name, value)| (text(name), text(value)))
                .collect(),
            secrets: account
                .secrets
                .iter()
                .map(|(name, value)| (text(name), Secret::new(*value)))
                .collect(),
            base_url: Service::from_id(account.service).map(|service| urls.of(service).to_owned()),
            draft: None,
        }
    }

    fn name_of(&self, service: &str) -> String {
        let services = self.engine.services().unwrap_or_default();
        let found = services.into_iter().find(|known| known.id == service);
        found.map_or_else(|| service.to_owned(), |known| known.name)
    }

    /// One step, aligned: its name, what it is about, how long it took.
    fn step(&self, key: &str, about: &str, begin: Instant) {
        if self.console.json {
            return;
        }
        let name = self.console.words.say(&format!("cli.demo.{key}"), &[]);
        let millis = begin.elapsed().as_millis();
        let took = if millis > 0 {
            format!("{millis:>5} ms")
        } else {
            String::new()
        };
        self.line(format!("  {name:<24}{:<44}{took}", clean::line(about)).trim_end());
    }

    fn say(&self, key: &str, gaps: Gaps<'_>) {
        if !self.console.json {
            let line = self.console.words.say(&format!("cli.demo.{key}"), gaps);
            self.line(&if key == "begin" {
                line
            } else {
                format!("\n{line}")
            });
        }
    }

    fn line(&self, line: &str) {
        if !self.console.json {
            // The exit code tells the same to who does not read.
            print_line(line);
        }
    }
}

fn note(played: &mut Played, view: &ChangeView) {
    played.change = Some(view.id);
    played.from.clone_from(&view.from);
    played.state = Some(view.state);
    played.proof = view.proof;
}

fn stands(view: &ChangeView, state: State) -> Result<(), Problem> {
    if view.state == state {
        return Ok(());
    }
    Err(view
        .problem
        .clone()
        .unwrap_or_else(|| Code::UnexpectedAnswer.into()))
}
