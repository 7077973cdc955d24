//! One change as `readdress-cli history --json` tells it.

use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub id: String,
    pub state: String,
    pub step: String,
    pub to: String,
    pub events: Vec<Line>,
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub at: String,
    pub kind: String,
    pub step: String,
}

/// The changes in the document, newest first.
pub fn changes(document: &str) -> Result<Vec<Seen>, String> {
    let document: Value =
        serde_json::from_str(document).map_err(|why| format!("no JSON ({why}): {document}"))?;
    let list = document
        .as_array()
        .ok_or_else(|| format!("no list: {document}"))?;
    Ok(list.iter().map(change).collect())
}

fn change(document: &Value) -> Seen {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let events = document["events"].as_array().into_iter().flatten();
    Seen {
        id: text(&document["change"]),
        state: text(&document["state"]),
        step: text(&document["step"]),
        to: text(&document["to"]),
        events: events
            .map(|event| Line {
                at: text(&event["at"]),
                kind: text(&event["kind"]),
                step: text(&event["step"]),
            })
            .collect(),
    }
}
