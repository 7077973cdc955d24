//! Whether each change stands where its journal leads: the two are written together, so a difference is a defect of
//! ours, a damaged file, or a foreign hand.
//!
//! Not here: what a journal leads to (`change::replay`).

use std::fmt::Write as _;

use uuid::Uuid;

use super::Engine;
use super::context::shape_of;
use crate::change::replay::{Stand, replay};
use crate::change::{Change, Event};
use crate::error::Result;
use crate::view::HistoryFilter;

/// What came of comparing all changes with their journals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JournalCheck {
    /// Changes that stand where their journal leads.
    pub agree: u32,
    /// Changes of services whose manifest is gone: nobody knows their steps.
    pub unread: u32,
    pub contradict: Vec<Contradiction>,
}

/// A change and a journal that cannot both be right. A manifest whose steps were edited since does it too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    pub change: Uuid,
    pub stands: Stand,
    /// Where the journal leads; empty where the machine cannot have written it.
    pub told: Vec<Stand>,
}

impl Engine {
    /// Compares every change with its journal. Reads all of them: for diagnostics, not for the start.
    ///
    /// # Errors
    /// The database's.
    pub fn check_journals(&self) -> Result<JournalCheck> {
        let mut check = JournalCheck::default();
        let filter = HistoryFilter::default();
        let mut after: Option<String> = None;
        loop {
            let (page, next, _) =
                self.0
                    .db
                    .history_page(&filter, after.as_deref(), 500, crate::clock::now())?;
            let ids: Vec<Uuid> = page.iter().map(|stored| stored.change.id).collect();
            let mut journals = self.0.db.events_of(&ids)?;
            for stored in page {
                let events = journals.remove(&stored.change.id).unwrap_or_default();
                self.check_journal(&mut check, &stored.change, &events)?;
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok(check),
            }
        }
    }

    fn check_journal(
        &self,
        check: &mut JournalCheck,
        change: &Change,
        events: &[Event],
    ) -> Result<()> {
        let Ok(manifest) = self.manifest(&change.service) else {
            check.unread += 1;
            return Ok(());
        };
        let told = replay(&shape_of(&manifest), events);
        let stands = Stand::of(change);
        if told.contains(&stands) {
            check.agree += 1;
        } else if self.0.db.change(change.id)?.change.version == change.version {
            check.contradict.push(Contradiction {
                change: change.id,
                stands,
                told,
            });
        }
        // Else it moved between the two looks.
        Ok(())
    }
}

impl JournalCheck {
    /// Lines for *Copy diagnostics*: ids and states, nothing of a person.
    pub(super) fn lines(&self) -> String {
        let mut text = format!("journals that their changes follow: {}\n", self.agree);
        // Writing into a String cannot fail.
        if self.unread > 0 {
            let _ = writeln!(text, "journals without a manifest: {}", self.unread);
        }
        for one in &self.contradict {
            let told: Vec<String> = one.told.iter().map(place).collect();
            let told = match told.is_empty() {
                true => "nowhere".to_owned(),
                false => told.join(" or "),
            };
            let stands = place(&one.stands);
            let _ = writeln!(
                text,
                "journal of {} contradicts it: stands {stands}, led {told}",
                one.change
            );
        }
        text
    }
}

fn place(stand: &Stand) -> String {
    let proof = match stand.proof {
        Some(proof) => format!(" by {proof:?}"),
        None => String::new(),
    };
    format!("{} at {}{proof}", stand.state.as_str(), stand.step)
}
