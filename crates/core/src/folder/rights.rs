//! Who else may look into the data folder, or change it.
//!
//! Files are made private from their first byte on (`private_file`). Here: what was made otherwise, by an older program, a copy
//! or a restored backup. On Windows there is nothing to do: a folder in a person's own profile is theirs alone.

use super::{Folder, io_problem};
use crate::error::{Code, Problem, Result};

impl Folder {
    /// SQLite follows a link, and puts its log beside the target; but the locks that tell who is alive lie here. Two folders
    /// that share a database that way would take each other's calls for those of the dead.
    pub(super) fn refuse_linked_database(&self) -> Result<()> {
        let file = self.db_path();
        match std::fs::symlink_metadata(&file) {
            Ok(meta) if meta.is_symlink() => Err(Problem::new(Code::FolderReadOnly)
                .with("file", file.display().to_string())
                .with("reason", "link")),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(io_problem(&error, &file))
            }
            _ => Ok(()),
        }
    }

    /// Takes from others what they need not have: folders of ours to 0700, files to 0600. A folder that the user has named
    /// keeps its rights, for it may be more than ours. What cannot be changed stays as it is.
    #[cfg(unix)]
    pub(super) fn tighten(&self) {
        if Self::system_path().is_ok_and(|ours| ours == self.path) {
            make_private(&self.path, 0o700);
        }
        for dir in [self.locks_dir(), self.logs_dir()] {
            make_private(&dir, 0o700);
            tighten_files(&dir, |_| true);
        }
        // The user's own manifests are the user's: the folder is enough.
        make_private(&self.services_dir(), 0o700);
        tighten_files(&self.path, is_ours);
    }

    #[cfg(not(unix))]
    pub(super) fn tighten(&self) {}

    /// Others may write into the folder, or it belongs to somebody else: they could take away or replace what is in it.
    /// `folder_shared` with `file` and `reason` = `writable` or `owner`.
    #[cfg(unix)]
    pub fn shared(&self) -> Option<Problem> {
        use std::os::unix::fs::MetadataExt;
        let meta = std::fs::metadata(&self.path).ok()?;
        let me = rustix::process::geteuid().as_raw();
        let reason = if ![me, 0].contains(&meta.uid()) {
            "owner"
        } else if meta.mode() & 0o022 != 0 {
            "writable"
        } else {
            return None;
        };
        let problem = Problem::new(Code::FolderShared);
        Some(
            problem
                .with("file", self.path.display().to_string())
                .with("reason", reason),
        )
    }

    #[cfg(not(unix))]
    pub fn shared(&self) -> Option<Problem> {
        None
    }
}

/// Takes from others what they may do in a folder that is made beside ours by somebody's library, such as the web view's. One
/// that is not there is not made.
pub fn close_to_others(dir: &std::path::Path) {
    #[cfg(unix)]
    make_private(dir, 0o700);
    #[cfg(not(unix))]
    let _ = dir;
}

/// By its name: a folder that somebody named may hold other things.
#[cfg(unix)]
fn is_ours(name: &str) -> bool {
    let starts = [
        "readdress.db",
        "readdress-before-v",
        "settings.",
        "sandbox.",
    ];
    ["window.json", "drawing.json", "practice.key"].contains(&name)
        || starts.iter().any(|start| name.starts_with(start))
}

#[cfg(unix)]
fn tighten_files(dir: &std::path::Path, ours: impl Fn(&str) -> bool) {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    for entry in entries {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && entry.file_name().to_str().is_some_and(&ours) {
            make_private(&entry.path(), 0o600);
        }
    }
}

/// Takes rights away, never gives any. A link is left alone: what it names is not in the folder.
#[cfg(unix)]
fn make_private(path: &std::path::Path, mask: u32) {
    use std::os::unix::fs::PermissionsExt;
    let Ok(meta) = std::fs::symlink_metadata(path) else {
        return;
    };
    let mode = meta.permissions().mode() & 0o7777;
    if !meta.is_symlink() && mode & !mask & 0o777 != 0 {
        let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode & mask));
    }
}
