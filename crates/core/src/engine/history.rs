//! Lists of changes: what is open, what was, and the CSV of it.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::Engine;
use super::views::event_view;
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
        csv.write_record([
            "change",
            "profile",
            "service",
            "from",
            "to",
            "state",
            "proof",
            "created_at",
            "updated_at",
            "requested_at",
            "tries",
            "problem",
            "service_says",
        ])
        .map_err(|fault| cannot_write(&fault))?;
        let mut after: Option<String> = None;
        loop {
            let page = self.history(filter, after.as_deref(), 500, false)?;
            for change in page.items {
                let (problem, says) = change
                    .problem
                    .map(|p| (p.code.as_str(), p.service_says.unwrap_or_default()))
                    .unwrap_or_default();
                let proof = change
                    .proof
                    .and_then(|proof| serde_json::to_value(proof).ok());
                let cells = [
                    change.id.to_string(),
                    change.profile,
                    change.service,
                    change.from.unwrap_or_default(),
                    change.to,
                    change.state.as_str().to_owned(),
                    proof
                        .and_then(|p| p.as_str().map(str::to_owned))
                        .unwrap_or_default(),
                    change.created_at.to_string(),
                    change.updated_at.to_string(),
                    change
                        .requested_at
                        .map(|at| at.to_string())
                        .unwrap_or_default(),
                    change.tries.to_string(),
                    problem,
                    says,
                ];
                csv.write_record(cells.map(guarded))
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

/// A spreadsheet runs cells that begin like this.
fn guarded(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell
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
