//! The data folder: where everything of one person lives, and who of us is alive in it.
//!
//! Not here: what the files hold (`db`, `vault`, the shell's settings). Core computes the folder for both programs.

mod lock;
mod rights;

use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use crate::error::{Code, Problem, Result};

pub use lock::ProcessLock;
pub use rights::close_to_others;

/// A data folder that exists. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// `READDRESS_DATA_DIR`, else the folder the system has for data that stays on this machine.
    ///
    /// # Errors
    /// `folder_read_only` with `reason = no_home` where the system names none.
    pub fn default_path() -> Result<PathBuf> {
        if let Some(path) = std::env::var_os("READDRESS_DATA_DIR").filter(|path| !path.is_empty()) {
            return Ok(PathBuf::from(path));
        }
        Self::system_path()
    }

    fn system_path() -> Result<PathBuf> {
        // A roaming profile would copy an open database between machines, hence the local one.
        let base = dirs::data_local_dir()
            .ok_or_else(|| Problem::new(Code::FolderReadOnly).with("reason", "no_home"))?;
        // By the identifier on macOS, as is usual there; on Windows because the installer puts the programs into `readdress`.
        Ok(base.join(if cfg!(any(target_os = "macos", windows)) {
            "app.readdress"
        } else {
            "readdress"
        }))
    }

    /// Opens the folder and makes it if needed, for this user only (0700). What is ours in it is made private again; a
    /// folder that somebody named keeps its rights (see [`Folder::shared`]).
    ///
    /// One that a newer program wrote is left exactly as it is: no folder, no lock, no log, no right in it changes.
    ///
    /// # Errors
    /// `database_newer`, `folder_read_only` (with `reason = link` where the database is a link, `long` where its path is too long), `disk_full`.
    pub fn open(path: &Path) -> Result<Self> {
        let path = std::path::absolute(path).map_err(|error| io_problem(&error, path))?;
        let folder = Self { path };
        folder.refuse_newer()?;
        folder.refuse_long_path()?;
        make_dir(&folder.path)?;
        for dir in [folder.locks_dir(), folder.services_dir(), folder.logs_dir()] {
            make_dir(&dir)?;
        }
        folder.refuse_linked_database()?;
        folder.tighten();
        Ok(folder)
    }

    /// Whether this program may write into the folder at all.
    ///
    /// # Errors
    /// `database_newer`.
    pub fn refuse_newer_at(path: &Path) -> Result<()> {
        let path = path.to_owned();
        Self { path }.refuse_newer()
    }

    fn refuse_newer(&self) -> Result<()> {
        crate::db::refuse_newer(&self.db_path())
    }

    /// SQLite takes 512 bytes, its journals' endings included (`MAX_PATHNAME` in its os_unix.c), and says no more than
    /// "unable to open". On Windows the system says it.
    fn refuse_long_path(&self) -> Result<()> {
        const LONGEST: usize = 512 - "-journal".len();
        if cfg!(unix) && self.db_path().as_os_str().len() > LONGEST {
            return Err(Problem::new(Code::FolderReadOnly).with("reason", "long"));
        }
        Ok(())
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn db_path(&self) -> PathBuf {
        self.path.join("readdress.db")
    }

    /// The user's own manifests.
    pub fn services_dir(&self) -> PathBuf {
        self.path.join("services")
    }

    pub fn logs_dir(&self) -> PathBuf {
        self.path.join("logs")
    }

    /// Window preferences, written by the shell's store plugin.
    pub fn settings_path(&self) -> PathBuf {
        self.path.join("settings.json")
    }

    /// The folder of practice mode: a whole data folder of its own.
    pub fn practice(&self) -> PathBuf {
        self.path.join("practice")
    }

    /// Copies of the database from before an upgrade or a restore; made at the first need.
    pub fn copies_dir(&self) -> PathBuf {
        self.path.join("copies")
    }

    fn locks_dir(&self) -> PathBuf {
        self.path.join("locks")
    }

    /// Size of all files in it, in bytes; what cannot be read counts nothing.
    pub fn bytes(&self) -> u64 {
        bytes_below(&self.path)
    }
}

fn bytes_below(dir: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return 0;
    };
    // `DirEntry::metadata` does not follow links, so a loop cannot catch us.
    entries
        .flatten()
        .filter_map(|entry| Some((entry.path(), entry.metadata().ok()?)))
        .map(|(path, meta)| {
            if meta.is_dir() {
                bytes_below(&path)
            } else {
                meta.len()
            }
        })
        .sum()
}

pub(crate) fn make_dir(path: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(path)
        .map_err(|error| io_problem(&error, path))
}

/// Creates or opens a file that only this user may read (0600 from its first byte on).
///
/// # Errors
/// As opening it.
pub fn private_file(
    path: &Path,
    options: &mut std::fs::OpenOptions,
) -> std::io::Result<std::fs::File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

/// Makes a new or renamed entry of this folder last through a power cut. Where folders cannot be synced, it does nothing.
pub(crate) fn sync_dir(file: &Path) {
    #[cfg(unix)]
    if let Some(dir) = file.parent().and_then(|dir| std::fs::File::open(dir).ok()) {
        // The file itself is synced with its errors; this one only shortens a window.
        let _ = dir.sync_all();
    }
    #[cfg(not(unix))]
    let _ = file;
}

/// What a failed file call means to a person.
pub(crate) fn io_problem(error: &Error, file: &Path) -> Problem {
    let code = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Code::DiskFull,
        ErrorKind::PermissionDenied
        | ErrorKind::ReadOnlyFilesystem
        | ErrorKind::NotADirectory
        | ErrorKind::AlreadyExists
        | ErrorKind::NotFound => Code::FolderReadOnly,
        _ => Code::DiskFailed,
    };
    Problem::new(code)
        .with("file", file.display().to_string())
        .with("reason", error.kind().to_string())
}
