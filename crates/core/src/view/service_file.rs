//! A service file as a person looks at it before it is added.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ServiceView;
use crate::error::Problem;

/// What a file would add.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ServiceFileView {
    /// The file's name, without its folder.
    pub file: String,
    /// `None` where the file has a mistake.
    pub service: Option<ServiceView>,
    /// The service's calls: those of a change in their order, then the others.
    pub calls: Vec<CallView>,
    /// `manifest_invalid` with places, or why the file could not be read at all.
    pub mistakes: Vec<Problem>,
    pub place: ServicePlace,
}

/// One call, as the file writes it: `{{gaps}}` stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CallView {
    pub step: String,
    pub role: CallRole,
    pub method: String,
    pub path: String,
    /// `code` or `link`, where it waits for a mail.
    pub waits_for: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CallRole {
    /// A step of the change itself.
    Change,
    Resend,
    Cancel,
    Read,
    Login,
}

/// What adding the file does to what is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum ServicePlace {
    New,
    /// This very text is here.
    Same,
    /// Another file of the user's own is replaced, if they say so.
    Replaces {
        file: String,
        /// Where its keys go today; `None` where that file has a mistake.
        host: Option<String>,
        profiles: u32,
        /// Changes that are open.
        open: u32,
    },
    /// A shipped service has this id, and keeps it.
    Shipped {
        name: String,
    },
    /// A file outside the data folder has this id (`--services`).
    Elsewhere,
}
