//! What a given text is understood to be: a code or a link for a change, bare or in a whole mail. A paste alone never sends.
//!
//! Not here: what the text holds (`mail::code`), pastes on *Add profile* (`pasted`), mails that come by themselves (`watch`).

use std::collections::HashMap;
use std::sync::Arc;

use jiff::SignedDuration;
use uuid::Uuid;

use super::Engine;
use crate::change::{Change, State};
use crate::error::{Code, Problem, Result};
use crate::mail::code::Paste;
use crate::manifest::Manifest;
use crate::view::{Found, Understood};

/// Longest text that is looked through for a code, in bytes: the largest mail that is delivered anywhere, attachments and all.
const LONGEST_PASTE: usize = 40 << 20;
/// Longest text that is offered without having been pasted, in bytes: what holds a code is short.
const LONGEST_OFFERED: usize = 8 << 10;
/// A mail that was written so much before its request is not the answer to it; clocks differ.
const OLDER: SignedDuration = SignedDuration::from_mins(10);

impl Engine {
    /// What `text` is for the change that waits; without one, the waiting change it belongs to is found.
    ///
    /// What the text is *not* stands in `Understood::problem`: as `mail::understand` says, with `service`; `link_other_service` has a
    /// `reason` where the link is a known service's (param `other`): `known`, `known_kind` (a link that it knows to be of another
    /// kind, `kind`), `unclaimed` (it is the awaited one, and no change of that service waits); `code_refused_before`.
    ///
    /// # Errors
    /// `change_unknown`, the folder's.
    pub async fn understand_code(&self, change: Option<Uuid>, text: &str) -> Result<Understood> {
        if text.len() > LONGEST_PASTE {
            return Ok(nothing(Code::CodeNotFound));
        }
        let mut reader = Reader::new(self, text);
        match change {
            Some(id) => reader.read(&self.ready_change(id).await?),
            None => {
                let given = reader
                    .all_waiting(|state| matches!(state, State::AwaitingCode | State::Unknown))?;
                Ok(reader.choose(given))
            }
        }
    }

    /// What a text that nobody pasted is, such as the clipboard's: only a code or a link that belongs to exactly one
    /// waiting change without doubt. Anything else, a password above all, is nothing.
    ///
    /// # Errors
    /// The folder's.
    pub fn offered_code(&self, text: &str) -> Result<Option<Understood>> {
        if text.len() > LONGEST_OFFERED || text.trim().is_empty() {
            return Ok(None);
        }
        let mut reader = Reader::new(self, text);
        let given = reader.all_waiting(|state| state == State::AwaitingCode)?;
        let mut fitting = given.into_iter().filter(|one| one.is_offered());
        let first = fitting.next();
        Ok(match fitting.next() {
            None => first.map(|one| one.understood),
            Some(_) => None,
        })
    }

    /// What a text is for this change, which must be in its flow.
    pub(super) fn read_code(&self, change: &Change, text: &str) -> Result<Understood> {
        if text.len() > LONGEST_PASTE {
            return Ok(nothing(Code::CodeNotFound));
        }
        Reader::new(self, text).read(change)
    }
}

/// What the text is for one change.
struct Given {
    understood: Understood,
    /// The text speaks of its service.
    named: bool,
    /// The shape of the value is documented.
    shaped: bool,
}

impl Given {
    fn is_offered(&self) -> bool {
        let read = &self.understood;
        if read.problem.is_some() || read.other_recipient || read.too_old || read.unusual {
            return false;
        }
        match read.found {
            Found::Link | Found::MailLink => read.value.is_some(),
            Found::Typed | Found::MailText => {
                self.shaped && read.value.as_deref().is_some_and(is_plain)
            }
            Found::Nothing => false,
        }
    }
}

/// Digits, or digits and capitals: a password is hardly ever so plain.
fn is_plain(value: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    value.bytes().all(plain) && value.bytes().any(|byte| byte.is_ascii_digit())
}

/// A text taken apart once, for as many changes as wait: those of one step differ only in their address.
struct Reader<'a> {
    engine: &'a Engine,
    paste: Paste<'a>,
    read: HashMap<(String, String), Understood>,
}

impl<'a> Reader<'a> {
    fn new(engine: &'a Engine, text: &'a str) -> Self {
        Self {
            engine,
            paste: Paste::new(text),
            read: HashMap::new(),
        }
    }

    fn all_waiting(&mut self, counts: impl Fn(State) -> bool) -> Result<Vec<Given>> {
        let open = self.engine.0.db.open_changes()?;
        let waiting = open.into_iter().filter(|one| counts(one.change.state));
        // A change whose manifest is gone has its own message; it is no reason to understand nothing.
        Ok(waiting
            .filter_map(|stored| self.given(&stored.change).ok())
            .collect())
    }

    fn read(&mut self, change: &Change) -> Result<Understood> {
        Ok(self.given(change)?.understood)
    }

    fn given(&mut self, change: &Change) -> Result<Given> {
        let manifest = self.engine.manifest(&change.service)?;
        let change = &self.engine.in_its_flow(change.clone())?;
        let (step, waits_for) = manifest
            .waits_from(change.at as usize)
            .ok_or(Code::ChangeNotOpen)?;
        let address = waits_for.address(change.from.as_deref(), &change.to);
        let waits = waits_for.waits();
        let key = (manifest.id.clone(), step.to_owned());
        let mut understood = match self.read.get(&key) {
            Some(read) => read.clone(),
            None => {
                let read = self.paste.read_for(waits);
                let read = self.name_others(read, &manifest);
                self.read.entry(key).or_insert(read).clone()
            }
        };
        self.paste.address(&mut understood, address);
        understood.change = Some(change.id);
        understood.too_old = match (understood.mail_at, change.requested_at) {
            (Some(written), Some(asked)) => written.duration_since(asked) < -OLDER,
            _ => false,
        };
        let is_marked = |value: &String| {
            let mut kept = change.values.iter();
            kept.any(|kept| kept.marked && kept.text.expose() == value)
        };
        if understood.value.as_ref().is_some_and(is_marked) {
            let refused = Problem::new(Code::CodeRefusedBefore);
            understood.problem = Some(refused.with("service", manifest.name.clone()));
        }
        Ok(Given {
            named: understood.found == Found::MailText && self.paste.names(waits),
            shaped: waits.looks.is_some(),
            understood,
        })
    }

    /// The problem with the names that its sentence needs: the change's service, and the known one whose link it is.
    fn name_others(&self, mut read: Understood, own: &Manifest) -> Understood {
        let Some(problem) = read.problem.take() else {
            return read;
        };
        let foreign = matches!(problem.code, Code::LinkOtherService)
            || (problem.code == Code::CodeNotFound && read.found == Found::Nothing);
        let other = foreign.then(|| self.owner_of_link(&own.id)).flatten();
        let problem = match other {
            Some((manifest, host, kind)) => {
                read.found = match read.found {
                    Found::Nothing => Found::MailLink,
                    found => found,
                };
                let named = Problem::new(Code::LinkOtherService)
                    .with("host", host)
                    .with("other", manifest.name.clone());
                match kind {
                    Some(kind) => named.with("reason", "known_kind").with("kind", kind),
                    None => named.with("reason", "known"),
                }
            }
            None => problem,
        };
        read.problem = Some(problem.with("service", own.name.clone()));
        read
    }

    /// The known service whose link stands in the text, the link's host, and which kind it is if not the awaited one.
    fn owner_of_link(&self, except: &str) -> Option<(Arc<Manifest>, String, Option<String>)> {
        let all = self.engine.catalog().all();
        all.into_iter()
            .filter(|manifest| manifest.id != except)
            .find_map(|manifest| {
                let steps = manifest.steps.values();
                let (host, kind) = steps
                    .filter_map(|step| step.waits_for.as_ref())
                    .find_map(|waits| self.paste.link_of(waits.waits()))?;
                Some((manifest, host, kind))
            })
    }

    /// The one change among all waiting ones that the text fits; two are asked about, not guessed.
    fn choose(&self, given: Vec<Given>) -> Understood {
        let mut refused: Option<Understood> = None;
        let mut fits: Vec<Given> = Vec::new();
        let mut elsewhere = false;
        for one in given {
            if let Some(problem) = &one.understood.problem {
                if refused
                    .as_ref()
                    .is_none_or(|kept| weight(kept) < weight_of(problem))
                {
                    refused = Some(one.understood);
                }
            } else if !one.understood.other_recipient {
                fits.push(one);
            } else {
                elsewhere = true;
            }
        }
        keep(&mut fits, |one| one.understood.mail_to.is_some());
        keep(&mut fits, |one| !one.understood.unusual);
        keep(&mut fits, |one| one.named);
        keep(&mut fits, |one| !one.understood.too_old);
        match (fits.as_slice(), refused) {
            ([one], _) => one.understood.clone(),
            ([], Some(refused)) => Understood {
                change: None,
                ..refused
            },
            ([], None) => self.unclaimed(elsewhere),
            (several, _) => Understood {
                choices: several
                    .iter()
                    .filter_map(|one| one.understood.change)
                    .map(|id| id.to_string())
                    .collect(),
                value: several[0].understood.value.clone(),
                found: several[0].understood.found,
                ..nothing(Code::ChangeUnknown)
            },
        }
    }

    /// Nothing waits that the text could be for: a known service's link is named all the same.
    /// `elsewhere`: it holds a value, for an address at which nothing waits.
    fn unclaimed(&self, elsewhere: bool) -> Understood {
        let Some((manifest, host, kind)) = self.owner_of_link("") else {
            let mut read = nothing(Code::CodeNotFound);
            self.paste.address(&mut read, None);
            read.other_recipient = elsewhere;
            return read;
        };
        let problem = match kind {
            Some(kind) => Problem::new(Code::LinkWrongKind).with("reason", kind),
            // A right link, and no change of that service waits.
            None => Problem::new(Code::LinkOtherService)
                .with("reason", "unclaimed")
                .with("other", manifest.name.clone()),
        };
        Understood {
            problem: Some(
                problem
                    .with("host", host)
                    .with("service", manifest.name.clone()),
            ),
            ..Understood::nothing()
        }
    }
}

/// Leaves those that have the mark, if any has.
fn keep(fits: &mut Vec<Given>, mark: impl Fn(&Given) -> bool) {
    if fits.len() > 1 && fits.iter().any(&mark) {
        fits.retain(mark);
    }
}

/// How much a reason says: one that names the service's own link more than "nothing found".
fn weight_of(problem: &Problem) -> u8 {
    match problem.code {
        Code::LinkWrongKind | Code::CodeRefusedBefore => 3,
        Code::CodeAmbiguous => 2,
        Code::LinkOtherService => 1,
        _ => 0,
    }
}

fn weight(understood: &Understood) -> u8 {
    understood.problem.as_ref().map_or(0, weight_of)
}

fn nothing(code: Code) -> Understood {
    Understood {
        problem: Some(code.into()),
        ..Understood::nothing()
    }
}
