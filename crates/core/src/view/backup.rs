//! Backups and restores, as they are told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BackupView {
    #[ts(type = "string")]
    pub made_at: Timestamp,
    /// Of the program that made it.
    pub version: String,
    pub profiles: u32,
    pub secrets: u32,
    pub changes: u32,
    /// Manifest files of the user's own.
    pub services: u32,
}

/// What a restore has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RestoredView {
    pub backup: BackupView,
    /// Open changes that had been sent: what became of them is not known here.
    pub unknown: u32,
    /// The file that keeps what was here before, where something was.
    pub copy: Option<String>,
}

/// How far a backup or a restore is: rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BackupProgress {
    #[ts(type = "number")]
    pub done: u64,
    #[ts(type = "number")]
    pub total: u64,
}
