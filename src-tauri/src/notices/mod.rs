//! What the system tells of the real changes while the person looks elsewhere.
//!
//! `news` (which changes have something to be told, pure) · `said` (the sentence, pure) · `watch` (when it is looked) · `system`
//! (the notification). Not here: which codes are about to run out (`reminders`). Practice tells nothing: a message that looks
//! real about a made-up account would be a lie.

mod news;
mod said;
mod system;
mod watch;

use std::sync::Arc;

use uuid::Uuid;

#[cfg(any(target_os = "linux", target_os = "macos"))]
pub use watch::spoken;
pub use watch::{Notices, follow};

/// One message of the system: it may stand on a locked screen, so it never holds a code or a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub title: String,
    pub body: String,
    /// What a click shows; `None`: several.
    pub change: Option<Uuid>,
}

/// Who shows notices in place of the system: for tests.
#[derive(Clone)]
pub struct Teller(pub Arc<dyn Fn(Notice) + Send + Sync>);

impl std::fmt::Debug for Teller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Teller")
    }
}
