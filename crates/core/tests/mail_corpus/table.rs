//! The table of what must become of each mail, and what the code makes of it, in the same words.

use std::path::PathBuf;

use jiff::Timestamp;
use readdress_core::error::Problem;
use readdress_core::mail::arrived::{Verdict, Waiting, WaitingList};
use readdress_core::mail::{Waits, understand};
use readdress_core::manifest::Catalog;
use readdress_core::secret::Secret;
use serde::Deserialize;
use uuid::Uuid;

const ADDRESS: &str = "ana@new.example";
const SINCE: &str = "2026-11-20T10:15:00Z";
const AT: &str = "2026-11-20T10:15:32Z";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub mail: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub file: String,
    pub kind: String,
    #[serde(default)]
    #[expect(dead_code, reason = "for readers of the table")]
    pub note: Option<String>,
    at: Option<String>,
    waits: Vec<Wanted>,
    pub arrived: Vec<String>,
    pub pasted: String,
    pub window: Option<String>,
    pub miss: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Wanted {
    Service(String),
    Change(Box<Change>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    service: String,
    address: Option<String>,
    since: Option<String>,
    #[serde(default)]
    senders: Vec<String>,
    #[serde(default)]
    refused: Vec<String>,
    #[serde(default)]
    tried: bool,
}

pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mail")
}

pub fn table() -> Table {
    let text = std::fs::read_to_string(folder().with_extension("toml")).expect("the table");
    toml::from_str(&text).expect("a table")
}

/// What the shipped manifest of this service waits for.
pub fn waits(service: &str, address: &str) -> Waits {
    let manifest = Catalog::shipped()
        .get(service)
        .unwrap_or_else(|| panic!("{service} is not shipped"));
    let mut steps = manifest.steps.values();
    let waits_for = steps.find_map(|step| step.waits_for.as_ref());
    waits_for
        .expect("a step that waits")
        .for_address(Some(address.to_owned()))
}

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

impl Entry {
    pub fn raw(&self) -> Vec<u8> {
        let path = folder().join(&self.file);
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn waiting(&self) -> Vec<Waiting> {
        let changes = self.waits.iter().enumerate();
        changes
            .map(|(index, wanted)| {
                let bare = Waiting {
                    change: Uuid::from_u128(index as u128 + 1),
                    waits: waits(wanted.service(), ADDRESS),
                    since: time(SINCE),
                    senders: Vec::new(),
                    refused: Vec::new(),
                    tried: false,
                };
                let Wanted::Change(change) = wanted else {
                    return bare;
                };
                let address = change.address.as_deref().unwrap_or(ADDRESS);
                Waiting {
                    waits: waits(&change.service, address),
                    since: change.since.as_deref().map_or(bare.since, time),
                    senders: change.senders.clone(),
                    refused: change.refused.iter().map(Secret::new).collect(),
                    tried: change.tried,
                    ..bare
                }
            })
            .collect()
    }

    /// `z-api`, or `z-api#2` where several of that service wait.
    fn name(&self, change: Uuid) -> String {
        let index = usize::try_from(change.as_u128() - 1).expect("small");
        let service = self.waits[index].service();
        let same = |wanted: &&Wanted| wanted.service() == service;
        if self.waits.iter().filter(same).count() == 1 {
            return service.to_owned();
        }
        let before = self.waits[..=index].iter().filter(same).count();
        format!("{service}#{before}")
    }

    /// What becomes of it in a watched mailbox, in the table's words.
    pub fn judged(&self, raw: &[u8]) -> Vec<String> {
        let at = time(self.at.as_deref().unwrap_or(AT));
        let list = WaitingList::new(self.waiting());
        let verdicts = list.judge_each(raw, at);
        verdicts.iter().map(|one| self.told(one)).collect()
    }

    fn told(&self, verdict: &Verdict) -> String {
        match verdict {
            Verdict::NotOurs => "not_ours".to_owned(),
            Verdict::Nothing { change, problem } => {
                format!("nothing {} {}", self.name(*change), why(problem))
            }
            Verdict::Use { change, value, .. } => {
                format!("use {} {}", self.name(*change), value.expose())
            }
            Verdict::Ask {
                change,
                why: problem,
                choices,
                ..
            } => {
                let choices: Vec<&str> = choices.iter().map(Secret::expose).collect();
                let (name, choices) = (self.name(*change), choices.join(" "));
                format!("ask {name} {} {choices}", why(problem))
            }
        }
    }

    /// What is understood of a text pasted for the first service, in the table's words.
    pub fn understood(&self, text: &str) -> String {
        let address = match &self.waits[0] {
            Wanted::Change(change) => change.address.as_deref().unwrap_or(ADDRESS),
            Wanted::Service(_) => ADDRESS,
        };
        let read = understand(text, &waits(self.waits[0].service(), address));
        match (read.value, read.problem) {
            (Some(value), None) => value,
            (None, Some(problem)) if !read.choices.is_empty() => {
                format!("{} {}", why(&problem), read.choices.join(" "))
            }
            (None, Some(problem)) => why(&problem),
            other => panic!("a value, or why there is none: {other:?}"),
        }
    }
}

impl Wanted {
    fn service(&self) -> &str {
        match self {
            Self::Service(service) => service,
            Self::Change(change) => &change.service,
        }
    }
}

/// `link_wrong_kind:activation`
fn why(problem: &Problem) -> String {
    match problem.params.get("reason") {
        Some(reason) => format!("{}:{reason}", problem.code.as_str()),
        None => problem.code.as_str(),
    }
}
