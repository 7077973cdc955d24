//! What a pasted text is understood to be: a code for a change, or a new profile. A paste alone never sends.

use uuid::Uuid;

use super::{Engine, lock};
use crate::change::{Change, State};
use crate::error::{Code, Problem, Result};
use crate::mail;
use crate::manifest::{self, SentTo};
use crate::view::{PastedProfile, Understood};

/// Longest text that is looked through for a code, in bytes: the largest mail that is delivered anywhere, attachments and all.
const LONGEST_PASTE: usize = 40 << 20;
/// Longest text that may be a service's URL or a curl line, in bytes.
const LONGEST_LINE: usize = 256 << 10;
/// Pastes that were never saved are forgotten beyond this many.
const DRAFTS_KEPT: usize = 8;

impl Engine {
    /// What `text` is for the change that waits; without one, the waiting change it belongs to is found.
    ///
    /// # Errors
    /// `change_unknown`, the folder's. What the text is *not* stands in `Understood::problem`.
    pub async fn understand_code(&self, change: Option<Uuid>, text: &str) -> Result<Understood> {
        match change {
            Some(id) => {
                let change = self.ready_change(id).await?;
                self.read_code(&change, text)
            }
            None => self.find_waiting(text).await,
        }
    }

    /// The one change among all waiting ones that the text fits; two are asked about, not guessed.
    async fn find_waiting(&self, text: &str) -> Result<Understood> {
        let mut fits = Vec::new();
        let mut refused: Option<Understood> = None;
        for stored in self.0.db.open_changes()? {
            if !matches!(stored.change.state, State::AwaitingCode | State::Unknown) {
                continue;
            }
            let change = stored.change;
            let Ok(one) = self.read_code(&change, text) else {
                continue;
            };
            if one.problem.is_some() {
                // A reason that names the service's own link says more than "nothing found".
                let telling = one
                    .problem
                    .as_ref()
                    .is_some_and(|p| matches!(p.code, Code::LinkWrongKind | Code::CodeAmbiguous));
                if telling || refused.is_none() {
                    refused = Some(one);
                }
            } else if !one.other_recipient {
                fits.push(one);
            }
        }
        let best: Vec<&Understood> = fits.iter().filter(|one| one.mail_to.is_some()).collect();
        let best = if best.is_empty() {
            fits.iter().collect()
        } else {
            best
        };
        let usual: Vec<&Understood> = best.iter().copied().filter(|one| !one.unusual).collect();
        let best = if usual.is_empty() { best } else { usual };
        Ok(match (best.as_slice(), refused) {
            ([one], _) => (*one).clone(),
            ([], Some(refused)) => Understood {
                change: None,
                ..refused
            },
            ([], None) => nothing(Code::CodeNotFound),
            (several, _) => Understood {
                choices: several
                    .iter()
                    .filter_map(|one| one.change)
                    .map(|id| id.to_string())
                    .collect(),
                value: several[0].value.clone(),
                found: several[0].found,
                ..nothing(Code::ChangeUnknown)
            },
        })
    }

    pub(super) fn read_code(&self, change: &Change, text: &str) -> Result<Understood> {
        if text.len() > LONGEST_PASTE {
            return Ok(nothing(Code::CodeNotFound));
        }
        let manifest = self.manifest(&change.service)?;
        let change = &self.in_its_flow(change.clone())?;
        let step = manifest
            .flow
            .iter()
            .skip(change.at as usize)
            .find_map(|id| {
                manifest
                    .steps
                    .get(id)
                    .filter(|step| step.waits_for.is_some())
            });
        let Some(waits) = step.and_then(|step| step.waits_for.as_ref()) else {
            return Err(Code::ChangeNotOpen.into());
        };
        let address = if waits.sent_to == SentTo::Old {
            change.from.clone()
        } else {
            Some(change.to.clone())
        };
        let waits = waits.for_address(address);
        let mut read = mail::understand(text, &waits);
        read.change = Some(change.id);
        if let Some(problem) = read.problem.take() {
            read.problem = Some(problem.with("service", manifest.name.clone()));
        }
        let marked = read.value.as_ref().is_some_and(|value| {
            change
                .values
                .iter()
                .any(|kept| kept.marked && kept.text.expose() == value)
        });
        if marked {
            read.problem =
                Some(Problem::new(Code::CodeRefusedBefore).with("service", manifest.name.clone()));
        }
        Ok(read)
    }

    /// Recognises a service's URL or a curl line. Its secrets stay here, behind the draft's id.
    ///
    /// # Errors
    /// `code_not_found` with param `what = profile` where nothing was recognised.
    pub fn read_pasted_profile(&self, text: &str) -> Result<PastedProfile> {
        let pasted = (text.len() <= LONGEST_LINE)
            .then(|| manifest::read_pasted(&self.catalog(), text))
            .flatten()
            .ok_or_else(|| Problem::new(Code::CodeNotFound).with("what", "profile"))?;
        let view = PastedProfile {
            draft: Uuid::now_v7(),
            service: pasted.service.clone(),
            fields: pasted.fields.clone(),
            secrets: pasted
                .secrets
                .iter()
                .map(|(name, s)| (name.clone(), s.chars()))
                .collect(),
            base_url: pasted.base_url.clone(),
        };
        let mut drafts = lock(&self.0.drafts);
        while drafts.len() >= DRAFTS_KEPT {
            drafts.pop_first();
        }
        drafts.insert(view.draft, pasted);
        Ok(view)
    }
}

fn nothing(code: Code) -> Understood {
    Understood {
        problem: Some(code.into()),
        ..Understood::nothing()
    }
}
