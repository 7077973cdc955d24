//! Reads from the folder which mailboxes there are and which changes wait for a mail at each. Asks no vault to open.
//!
//! Not here: what counts as waiting (`waiting`), when it is read (`supervisor`).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::super::Engine;
use super::waiting::{Awaited, TOLERANCE, asked_at, asked_for, awaited, until};
use crate::change::{Change, Event};
use crate::db::{MailboxRow, StoredChange};
use crate::email::{folded, same};
use crate::error::Result;
use crate::mail::arrived::Waiting;
use crate::mailbox::serves::serves;
use crate::manifest::{Manifest, WaitsFor};
use crate::vault::{Key, open_kept_values};

/// What was read before, so that a change that did not move costs no second look at its journal.
#[derive(Default)]
pub(super) struct Reader {
    known: HashMap<Uuid, Known>,
}

struct Known {
    version: u64,
    manifest: Arc<Manifest>,
    key_open: bool,
    one: Arc<Awaited>,
    until: Timestamp,
}

/// A mailbox, and the changes whose mail comes there: those that can be given their code, and those beside them at the same
/// address that are only about to wait.
pub(super) struct Served {
    pub row: MailboxRow,
    pub changes: Vec<Arc<Awaited>>,
}

/// A change that was not known of when a mail for its address was judged.
pub(super) enum Rival {
    /// It waits for a mail, and is on the next list.
    Rests,
    /// It may come to wait.
    OnItsWay,
}

/// A change that waits, before its journal was read.
struct Found<'m> {
    stored: StoredChange,
    manifest: &'m Arc<Manifest>,
    step: &'m str,
    waits: &'m WaitsFor,
    address: String,
    rests: bool,
    /// Indices of the mailboxes that serve it.
    at: Vec<usize>,
}

impl Engine {
    pub(super) fn read_waiting(&self, reader: &mut Reader, now: Timestamp) -> Result<Vec<Served>> {
        let rows = self.0.db.mailboxes()?;
        let mut served: Vec<Served> = rows
            .into_iter()
            .map(|row| Served {
                row,
                changes: Vec::new(),
            })
            .collect();
        if served.is_empty() {
            reader.known.clear();
            return Ok(served);
        }
        let open = self.0.db.open_changes()?;
        let manifests = self.manifests_of(&open);
        let mut found: Vec<Found<'_>> = open
            .into_iter()
            .filter_map(|stored| find(stored, &manifests, &served))
            .collect();
        keep_rivals(&mut found);
        for one in found.iter().filter(|one| !one.rests) {
            self.is_on_its_way(&one.stored.change)?;
        }
        let here: HashSet<Uuid> = found.iter().map(|one| one.stored.change.id).collect();
        reader.known.retain(|id, _| here.contains(id));

        let key = self.0.vault.key_if_open();
        let senders = self.senders_of(&found)?;
        let mut journals = self.journals_of(reader, &found, key.is_some())?;
        for one in found {
            let id = one.stored.change.id;
            let senders = &senders[&one.stored.change.service];
            let fits = |known: &&Known| {
                known.version == one.stored.change.version
                    && known.key_open == key.is_some()
                    && Arc::ptr_eq(&known.manifest, one.manifest)
                    && known.one.waiting.senders == *senders
            };
            let at = one.at.clone();
            let (awaited, until) = match reader.known.get(&id).filter(fits) {
                Some(known) => (Arc::clone(&known.one), known.until),
                None => {
                    let journal = match journals.remove(&id) {
                        Some(journal) => journal,
                        // Only its senders, or its manifest, are others than before.
                        None => self.0.db.events(id)?,
                    };
                    let known = self.look_at(one, key.as_ref(), senders.clone(), &journal, now)?;
                    let both = (Arc::clone(&known.one), known.until);
                    reader.known.insert(id, known);
                    both
                }
            };
            if now < until {
                for index in at {
                    served[index].changes.push(Arc::clone(&awaited));
                }
            }
        }
        Ok(served)
    }

    /// A change whose mail goes to the address too, and that was not among those `known` when a mail was judged: the mail may be
    /// that one's.
    pub(super) fn rival_at(&self, address: &str, known: &[Uuid]) -> Result<Option<Rival>> {
        let all = self.0.db.open_changes_at(address)?;
        let all = all.iter().filter(|one| !known.contains(&one.change.id));
        let mut last = None;
        for StoredChange { change, .. } in all {
            let Ok(manifest) = self.manifest(&change.service) else {
                continue;
            };
            let is_here = |waits: &WaitsFor| {
                waits
                    .address(change.from.as_deref(), &change.to)
                    .is_some_and(|own| same(own, address))
            };
            if asked_for(change, &manifest).is_some_and(|(_, waits)| is_here(waits)) {
                if self.is_on_its_way(change)? {
                    return Ok(Some(Rival::OnItsWay));
                }
                last = Some(Rival::Rests);
            } else if awaited(change, &manifest).is_some_and(|(_, waits)| is_here(waits)) {
                last = Some(Rival::Rests);
            }
        }
        Ok(last)
    }

    /// Where its sender is dead it never ends by itself: it is settled as unknown, and on the next list as that.
    fn is_on_its_way(&self, change: &Change) -> Result<bool> {
        let orphaned = self.orphaned(change);
        if orphaned {
            self.closed_change(change.id)?;
        }
        Ok(!orphaned)
    }

    fn manifests_of(&self, open: &[StoredChange]) -> BTreeMap<String, Arc<Manifest>> {
        let services: HashSet<&str> = open.iter().map(|one| one.change.service.as_str()).collect();
        let manifest = |service: &str| Some((service.to_owned(), self.manifest(service).ok()?));
        services.into_iter().filter_map(manifest).collect()
    }

    fn senders_of(&self, found: &[Found<'_>]) -> Result<BTreeMap<String, Vec<String>>> {
        let mut senders = BTreeMap::new();
        for one in found {
            let service = &one.stored.change.service;
            if !senders.contains_key(service) {
                let mut proved = self.0.db.proved_senders(service)?;
                // Kept without one: a mail that gave a wrong code, or that named nobody.
                proved.retain(|sender| !sender.is_empty());
                senders.insert(service.clone(), proved);
            }
        }
        Ok(senders)
    }

    /// The journals of those that moved, in few questions.
    fn journals_of(
        &self,
        reader: &Reader,
        found: &[Found<'_>],
        key_open: bool,
    ) -> Result<BTreeMap<Uuid, Vec<Event>>> {
        let moved = |one: &&Found<'_>| {
            let change = &one.stored.change;
            let known = reader.known.get(&change.id);
            known.is_none_or(|known| known.version != change.version || known.key_open != key_open)
        };
        let ids: Vec<Uuid> = found
            .iter()
            .filter(moved)
            .map(|one| one.stored.change.id)
            .collect();
        let mut journals = BTreeMap::new();
        for some in ids.chunks(500) {
            journals.extend(self.0.db.events_of(some)?);
            for id in some {
                journals.entry(*id).or_default();
            }
        }
        Ok(journals)
    }

    fn look_at(
        &self,
        found: Found<'_>,
        key: Option<&Key>,
        senders: Vec<String>,
        journal: &[Event],
        now: Timestamp,
    ) -> Result<Known> {
        let (step, manifest) = (found.step.to_owned(), Arc::clone(found.manifest));
        let waits = found.waits.for_address(Some(found.address));
        let marked = found
            .stored
            .values
            .iter()
            .any(|value| value.marked && value.step == step);
        let tried = marked && self.0.db.has_code_mail(found.stored.change.id)?;
        let change = match key {
            Some(key) => open_kept_values(key, found.stored),
            None => found.stored.change,
        };
        // A clock that was set back since must not make every mail one from before.
        let mut asked_at = asked_at(&change, &step, journal);
        if asked_at > now {
            asked_at = now.checked_sub(TOLERANCE).unwrap_or(now);
        }
        let stamp = Awaited::stamp(change.version, asked_at, &senders, key.is_some());
        let refused = change
            .values
            .iter()
            .filter(|value| value.marked && value.step == step)
            .map(|value| value.text.clone());
        let one = Awaited {
            waiting: Waiting {
                change: change.id,
                waits,
                since: asked_at,
                senders,
                refused: refused.collect(),
                tried,
            },
            service: change.service.clone(),
            version: change.version,
            asked_at,
            stamp,
            rests: found.rests,
        };
        Ok(Known {
            version: change.version,
            manifest,
            key_open: key.is_some(),
            // A call ends by itself.
            until: match found.rests {
                true => until(&change, asked_at),
                false => Timestamp::MAX,
            },
            one: Arc::new(one),
        })
    }
}

/// A change that is only about to wait matters where another one waits at its address: its mail must not be taken for the
/// other's.
fn keep_rivals(found: &mut Vec<Found<'_>>) {
    if found.iter().all(|one| one.rests) {
        return;
    }
    let waiting = found.iter().filter(|one| one.rests);
    let addresses: HashSet<String> = waiting.map(|one| folded(&one.address)).collect();
    found.retain(|one| one.rests || addresses.contains(&folded(&one.address)));
}

fn find<'m>(
    stored: StoredChange,
    manifests: &'m BTreeMap<String, Arc<Manifest>>,
    boxes: &[Served],
) -> Option<Found<'m>> {
    let manifest = manifests.get(&stored.change.service)?;
    let here = awaited(&stored.change, manifest);
    let rests = here.is_some();
    let (step, waits) = here.or_else(|| asked_for(&stored.change, manifest))?;
    let address = waits
        .address(stored.change.from.as_deref(), &stored.change.to)?
        .to_owned();
    let serving = boxes.iter().enumerate();
    let serving = serving.filter(|(_, one)| serves(&one.row.serves, &address));
    let at: Vec<usize> = serving.map(|(index, _)| index).collect();
    (!at.is_empty()).then_some(Found {
        stored,
        manifest,
        step,
        waits,
        address,
        rests,
        at,
    })
}
