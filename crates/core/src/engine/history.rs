//! Lists of changes: what is open, what was, and the CSV of it.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::views::event_view;
use super::{Engine, history_csv};
use crate::db::StoredChange;
use crate::error::{Code, Problem, Result};
use crate::view::{ChangeView, HistoryFilter, Page};

impl Engine {
    /// All open changes, what runs out first on top, each with its events where `with_events`.
    pub fn open_changes(&self, with_events: bool) -> Result<Vec<ChangeView>> {
        let open = self.0.db.open_changes()?;
        let ids: Vec<Uuid> = open.iter().map(|stored| stored.change.id).collect();
        let mut events = self.0.db.events_of(&ids)?;
        let view = |stored: StoredChange| {
            let events = events.remove(&stored.change.id).unwrap_or_default();
            let mut view = self.view_of(&stored.into_shown(), &events);
            if with_events {
                view.events = events.into_iter().map(event_view).collect();
            }
            view
        };
        Ok(open.into_iter().map(view).collect())
    }

    /// A page of the history, newest first; each with its events where `with_events`.
    pub fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<&str>,
        limit: u32,
        with_events: bool,
    ) -> Result<Page<ChangeView>> {
        let (stored, next, total) = self.0.db.history_page(filter, after, limit, super::now())?;
        let ids: Vec<Uuid> = stored.iter().map(|stored| stored.change.id).collect();
        let mut events = match with_events {
            true => self.0.db.events_of(&ids)?,
            false => BTreeMap::new(),
        };
        let items = stored
            .into_iter()
            .map(|stored| {
                let events = events.remove(&stored.change.id).unwrap_or_default();
                let mut view = self.view_of(&stored.into_shown(), &events);
                view.events = events.into_iter().map(event_view).collect();
                view
            })
            .collect();
        Ok(Page { items, next, total })
    }

    /// The history as CSV (RFC 4180, UTF-8), one line a change. Cells that a spreadsheet would run as a formula
    /// are guarded by an apostrophe.
    ///
    /// # Errors
    /// `disk_full`, `folder_read_only` where `out` cannot take it.
    pub fn write_history_csv(
        &self,
        filter: &HistoryFilter,
        out: impl std::io::Write,
    ) -> Result<()> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(history_csv::HEAD)
            .map_err(|fault| cannot_write(&fault))?;
        let mut after: Option<String> = None;
        loop {
            let page = self.history(filter, after.as_deref(), 500, false)?;
            for change in page.items {
                csv.write_record(history_csv::line(change))
                    .map_err(|fault| cannot_write(&fault))?;
            }
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        csv.flush().map_err(|fault| io_problem(&fault))
    }
}

fn cannot_write(fault: &csv::Error) -> Problem {
    match fault.kind() {
        csv::ErrorKind::Io(fault) => io_problem(fault),
        _ => Code::Internal.into(),
    }
}

fn io_problem(fault: &std::io::Error) -> Problem {
    match fault.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            Code::DiskFull.into()
        }
        _ => Code::FolderReadOnly.into(),
    }
}
