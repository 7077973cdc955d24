//! Logs: one file a day in the data folder, seven kept. They never hold a secret, a code or a full address.
//!
//! Only our own crates are written down, whatever the environment asks for: what a library logs about a request may hold
//! its URL, and Z-API's token is part of a path; the keychain's library logs whole messages.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use readdress_core::folder::private_file;
use tracing::Level;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Registry, fmt};

const DAYS_KEPT: usize = 7;

/// Begins to log into `folder`, once per process, what our crates say at `level` and above. A folder that takes no log keeps nobody from working.
pub fn start(folder: &Path, level: Level) {
    // Before the appender, which opens its file at once.
    Private::new(folder, ()).make(Timestamp::now());
    let Ok(file) = appender(folder) else {
        return;
    };
    let ours = Targets::new()
        .with_target("readdress_core", level)
        .with_target("readdress_shell", level);
    let lines = fmt::layer()
        .with_ansi(false)
        .with_writer(std::sync::Mutex::new(Private::new(folder, file)));
    if Registry::default()
        .with(lines)
        .with(ours)
        .try_init()
        .is_ok()
    {
        log_panics();
    }
}

fn appender(folder: &Path) -> Result<RollingFileAppender, tracing_appender::rolling::InitError> {
    RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("readdress")
        .filename_suffix("log")
        .max_log_files(DAYS_KEPT)
        .build(folder)
}

/// The appender makes its files for everybody's eyes, but keeps the rights of one that is there: so each day's is made here
/// first.
struct Private<W> {
    folder: PathBuf,
    /// The day whose file is there. The appender counts days in UTC.
    day: String,
    inner: W,
}

impl<W> Private<W> {
    fn new(folder: &Path, inner: W) -> Self {
        let (folder, day) = (folder.to_owned(), String::new());
        Self { folder, day, inner }
    }

    fn make(&mut self, now: Timestamp) {
        let day = now.strftime("%Y-%m-%d").to_string();
        if day != self.day {
            let file = self.folder.join(format!("readdress.{day}.log"));
            let _ = private_file(&file, OpenOptions::new().append(true).create(true));
            self.day = day;
        }
    }
}

impl<W: Write> Write for Private<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.make(Timestamp::now());
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    /// The next day's file too is made here, before the appender would make it.
    #[test]
    fn each_days_file_is_private() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut log = Private::new(folder.path(), Vec::<u8>::new());
        for time in ["2026-11-20T23:59:59Z", "2026-11-21T00:00:00Z"] {
            log.make(time.parse().expect("a time"));
        }
        for day in ["2026-11-20", "2026-11-21"] {
            let file = folder.path().join(format!("readdress.{day}.log"));
            let mode = std::fs::metadata(&file)
                .expect("it is made")
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{day}");
        }
    }

    /// And it is the file into which the appender then writes.
    #[test]
    fn the_appender_names_its_files_so() {
        let folder = tempfile::tempdir().expect("a folder");
        Private::new(folder.path(), ()).make(Timestamp::now());
        let mut file = appender(folder.path()).expect("an appender");
        file.write_all(b"a line").expect("written");
        let files: Vec<_> = std::fs::read_dir(folder.path())
            .expect("a folder")
            .flatten()
            .collect();
        for file in &files {
            let mode = file.metadata().expect("it is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file:?}");
        }
        assert!(!files.is_empty());
    }
}
