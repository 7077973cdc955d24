//! What happens, on stderr, where `READDRESS_LOG` asks for it.
//!
//! Only our own targets: libraries would write URLs, and a path can be a secret.

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

pub fn start() {
    let Some(level) = std::env::var("READDRESS_LOG")
        .ok()
        .filter(|level| !level.is_empty())
    else {
        return;
    };
    let level: Level = level.parse().unwrap_or(Level::INFO);
    let ours = Targets::new()
        .with_target("readdress_core", level)
        .with_target("readdress_cli", level);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false);
    tracing_subscriber::registry().with(lines).with(ours).init();
}
