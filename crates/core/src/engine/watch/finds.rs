//! Mails that a person must decide about. In memory only, their values as secrets. Pure.
//!
//! Not here: sending the value that was chosen (`mod.rs`).

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use uuid::Uuid;

use super::desk::MailId;
use crate::error::Problem;
use crate::secret::Secret;
use crate::view::MailFindView;

/// More than this for one change nobody reads: the oldest goes.
const MOST_FOR_ONE: usize = 20;
/// Dismissed mails beyond this many are forgotten all at once: by then they are older than what is looked at.
const MOST_DISMISSED: usize = 10_000;

/// A mail to be decided about.
#[derive(Clone)]
pub(super) struct Find {
    pub mail: MailId,
    pub change: Uuid,
    pub at: Timestamp,
    /// When it was first seen here, by this machine's clock.
    pub seen_at: Timestamp,
    pub from: Option<String>,
    pub to: Option<String>,
    pub junk: bool,
    pub why: Problem,
    pub choices: Vec<Secret>,
}

#[derive(Default)]
pub(super) struct Finds {
    /// By an id that grows: oldest first.
    open: BTreeMap<Uuid, Find>,
    dismissed: HashSet<(MailId, Uuid)>,
}

impl Finds {
    /// Asks about a mail, or about it in another way than before. `false` where nothing is new to anybody.
    pub fn put(&mut self, find: Find) -> bool {
        let key = (find.mail, find.change);
        if find.choices.is_empty() || self.dismissed.contains(&key) {
            return self.drop_mail(find.mail, find.change);
        }
        let known = self
            .open
            .iter_mut()
            .find(|(_, one)| key == (one.mail, one.change));
        if let Some((_, known)) = known {
            let same = known.why == find.why && known.choices == find.choices;
            *known = find;
            return !same;
        }
        let mut of_this = self
            .open
            .iter()
            .filter(|(_, one)| one.change == find.change);
        let oldest = of_this.next().map(|(id, _)| *id);
        if of_this.count() + 1 >= MOST_FOR_ONE
            && let Some(oldest) = oldest
        {
            self.open.remove(&oldest);
        }
        self.open.insert(Uuid::now_v7(), find);
        true
    }

    /// The mail has nothing to decide any more.
    pub fn drop_mail(&mut self, mail: MailId, change: Uuid) -> bool {
        let before = self.open.len();
        self.open
            .retain(|_, one| (mail, change) != (one.mail, one.change));
        self.open.len() != before
    }

    pub fn get(&self, id: Uuid) -> Option<&Find> {
        self.open.get(&id)
    }

    /// Never asked about again in this run.
    pub fn dismiss(&mut self, id: Uuid) -> Option<Find> {
        let find = self.open.remove(&id)?;
        if self.dismissed.len() >= MOST_DISMISSED {
            self.dismissed.clear();
        }
        self.dismissed.insert((find.mail, find.change));
        Some(find)
    }

    /// Keeps those that are still to be decided; whether one was not.
    pub fn retain(&mut self, keep: impl Fn(&Find) -> bool) -> bool {
        let before = self.open.len();
        self.open.retain(|_, find| keep(find));
        self.open.len() != before
    }

    /// Dismissed mails stay dismissed.
    pub fn clear(&mut self) {
        self.open.clear();
    }

    pub fn views(&self) -> Vec<MailFindView> {
        let view = |(id, find): (&Uuid, &Find)| MailFindView {
            id: *id,
            mailbox: find.mail.0,
            change: find.change,
            at: find.at,
            from: find.from.clone(),
            to: find.to.clone(),
            junk: find.junk,
            why: find.why.clone(),
            choices: find
                .choices
                .iter()
                .map(|one| one.expose().to_owned())
                .collect(),
        };
        self.open.iter().map(view).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn find(mark: u64, change: u128, choices: &[&str]) -> Find {
        Find {
            mail: (Uuid::nil(), mark),
            change: Uuid::from_u128(change),
            at: Timestamp::UNIX_EPOCH,
            seen_at: Timestamp::UNIX_EPOCH,
            from: None,
            to: None,
            junk: false,
            why: Code::CodeAmbiguous.into(),
            choices: choices.iter().map(|&one| Secret::new(one)).collect(),
        }
    }

    #[test]
    fn a_mail_is_asked_about_once_and_never_after_no() {
        let mut finds = Finds::default();
        assert!(finds.put(find(1, 1, &["111111", "222222"])));
        assert!(
            !finds.put(find(1, 1, &["111111", "222222"])),
            "the same again"
        );
        assert!(finds.put(find(1, 1, &["222222"])), "one choice less");
        assert!(finds.put(find(2, 1, &["333333"])));
        let views = finds.views();
        assert_eq!(views.len(), 2);
        assert_eq!(views[0].choices, ["222222"], "oldest first");
        assert!(!format!("{views:?}").contains("222222"));

        assert!(finds.dismiss(views[0].id).is_some());
        assert!(finds.get(views[0].id).is_none() && finds.dismiss(views[0].id).is_none());
        assert!(!finds.put(find(1, 1, &["222222"])));
        assert!(finds.put(find(1, 2, &["222222"])), "for another change");
        assert!(finds.retain(|one| one.change == Uuid::from_u128(1)));
        assert_eq!(finds.views().len(), 1);
        assert!(finds.put(find(2, 1, &[])), "nothing left to choose");
        assert!(finds.views().is_empty());
    }

    #[test]
    fn a_flood_of_mails_is_no_flood_of_questions() {
        let mut finds = Finds::default();
        for mark in 0..50 {
            finds.put(find(mark, 1, &["111111"]));
        }
        finds.put(find(1, 2, &["111111"]));
        let views = finds.views();
        assert_eq!(views.len(), MOST_FOR_ONE + 1);
        let newest = finds
            .open
            .values()
            .filter(|one| one.change == Uuid::from_u128(1));
        assert_eq!(newest.map(|one| one.mail.1).max(), Some(49));
    }
}
