//! Logs: one file a day in the data folder, seven kept. They never hold a secret, a code or a full address.
//!
//! Only our own crates are written down, whatever the environment asks for: what a library logs about a request may hold
//! its URL, and Z-API's token is part of a path; the keychain's library logs whole messages.

use std::path::Path;

use tracing::Level;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Registry, fmt};

const DAYS_KEPT: usize = 7;

/// Begins to log into `folder`, once per process, what our crates say at `level` and above. A folder that takes no log keeps nobody from working.
pub fn start(folder: &Path, level: Level) {
    let Ok(file) = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("readdress")
        .filename_suffix("log")
        .max_log_files(DAYS_KEPT)
        .build(folder)
    else {
        return;
    };
    let ours = Targets::new()
        .with_target("readdress_core", level)
        .with_target("readdress_shell", level);
    let lines = fmt::layer()
        .with_ansi(false)
        .with_writer(std::sync::Mutex::new(file));
    if Registry::default()
        .with(lines)
        .with(ours)
        .try_init()
        .is_ok()
    {
        log_panics();
    }
}

/// Where a panic happened; its message may hold anything. In the program the hook before this one says no more either.
fn log_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if let Some(place) = panic.location() {
            tracing::error!(file = place.file(), line = place.line(), "panic");
        }
        before(panic);
    }));
}
