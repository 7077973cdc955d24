//! A change as a line of CSV, with nothing in it that a spreadsheet would run.
//!
//! Not here: which changes, and writing them (`history`).

use crate::view::ChangeView;

pub(super) const HEAD: [&str; 13] = [
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
];

pub(super) fn line(change: ChangeView) -> [String; 13] {
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
    cells.map(guarded)
}

/// A spreadsheet runs cells that begin like this; an apostrophe in front makes them text. One more where there is one
/// already, so that taking one off gives the cell back.
fn guarded(cell: String) -> String {
    let bare = cell.trim_start_matches('\'');
    if bare.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a reader of the file takes off again.
    fn unguarded(cell: &str) -> &str {
        match cell.strip_prefix('\'') {
            Some(rest) if guarded(rest.to_owned()) == cell => rest,
            _ => cell,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn cells_come_back_and_none_runs(cells in proptest::collection::vec(prop_oneof![
            any::<String>(),
            "['=+@\\t\\r\\n\"; ,-]{0,6}[a-z(\"!]{0,4}",
        ], 1..6)) {
            let mut out = csv::Writer::from_writer(Vec::new());
            out.write_record(["head"; 6].iter().take(cells.len())).expect("written");
            out.write_record(cells.iter().cloned().map(guarded)).expect("written");
            let bytes = out.into_inner().expect("flushed");
            let mut lines = csv::Reader::from_reader(bytes.as_slice());
            let records: Vec<csv::StringRecord> = lines.records().map(|line| line.expect("a line")).collect();
            prop_assert_eq!(records.len(), 1, "one change, one line");
            prop_assert_eq!(records[0].iter().map(unguarded).collect::<Vec<_>>(), cells);
            for cell in &records[0] {
                prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']), "{cell:?} runs");
            }
        }
    }
}
