//! A mailbox as it lies on the disk: what nobody who only reads may change.

use crate::users::Owner;
use std::fs::{self, FileTimes};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// One mail: where it lies and what was said about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoredMail {
    /// `""` for the inbox, else as the disk names it, such as `.Junk`.
    pub folder: String,
    pub name: String,
    /// Letters of Maildir: `S` seen, `R` answered, `F` flagged, `T` deleted.
    pub flags: String,
}

/// All mails of a user, sorted.
pub fn list(home: &Path) -> io::Result<Vec<StoredMail>> {
    let root = home.join("Maildir");
    let mut mails = Vec::new();
    if !root.is_dir() {
        return Ok(mails);
    }
    read_folder(&root, "", &mut mails)?;
    for entry in fs::read_dir(&root)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') && entry.path().join("cur").is_dir() {
            read_folder(&entry.path(), &name, &mut mails)?;
        }
    }
    mails.sort();
    Ok(mails)
}

fn read_folder(path: &Path, folder: &str, mails: &mut Vec<StoredMail>) -> io::Result<()> {
    for part in ["cur", "new"] {
        let place = path.join(part);
        if !place.is_dir() {
            continue;
        }
        for entry in fs::read_dir(place)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let (name, flags) = name.split_once(":2,").unwrap_or((&name, ""));
            mails.push(StoredMail {
                folder: folder.to_owned(),
                // What follows the first comma are sizes that the server adds when it learns them.
                name: name.split(',').next().unwrap_or(name).to_owned(),
                // Small letters are the server's own keywords.
                flags: flags.chars().filter(char::is_ascii_uppercase).collect(),
            });
        }
    }
    Ok(())
}

/// Puts mails into the inbox without the server, so that thousands cost little; `at`: when they arrived.
pub fn fill(
    home: &Path,
    owner: &Owner,
    mails: impl Iterator<Item = Vec<u8>>,
    at: SystemTime,
) -> io::Result<()> {
    let root = home.join("Maildir");
    for part in ["", "cur", "new", "tmp"] {
        let path = root.join(part);
        fs::create_dir_all(&path)?;
        owner.own(&path)?;
    }
    let seconds = at
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    for (number, mail) in mails.enumerate() {
        let path: PathBuf = root.join(format!("new/{seconds}.F{number}.filled"));
        fs::write(&path, mail)?;
        fs::File::options()
            .write(true)
            .open(&path)?
            .set_times(FileTimes::new().set_modified(at))?;
        owner.own(&path)?;
    }
    Ok(())
}
