//! Who may log in, and whose files mails are.
//!
//! Root cannot own mails nor serve logins: then Dovecot's own users and `mail` are taken; else all is one's own.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// System users of one server.
#[derive(Debug, Clone)]
pub struct Owner {
    pub internal: String,
    pub internal_group: String,
    pub login: String,
    pub uid: u32,
    pub gid: u32,
}

impl Owner {
    /// # Errors
    /// The system does not know us, or Dovecot's users.
    pub fn find() -> io::Result<Self> {
        let me = rustix::process::getuid().as_raw();
        if me == 0 {
            let (_, uid, gid) = entry(|name, _| name == "mail")?;
            return Ok(Self {
                internal: "dovecot".to_owned(),
                internal_group: "dovecot".to_owned(),
                login: "dovenull".to_owned(),
                uid,
                gid,
            });
        }
        let (name, uid, gid) = entry(|_, uid| uid == me)?;
        Ok(Self {
            internal: name.clone(),
            internal_group: group(gid)?,
            login: name,
            uid,
            gid,
        })
    }

    /// # Errors
    /// As the system says.
    pub fn own(&self, path: &Path) -> io::Result<()> {
        std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid))
    }
}

fn entry(wanted: impl Fn(&str, u32) -> bool) -> io::Result<(String, u32, u32)> {
    let text = fs::read_to_string("/etc/passwd")?;
    text.lines()
        .filter_map(|line| {
            let mut parts = line.split(':');
            let name = parts.next()?;
            let uid = parts.nth(1)?.parse().ok()?;
            Some((name.to_owned(), uid, parts.next()?.parse().ok()?))
        })
        .find(|(name, uid, _)| wanted(name, *uid))
        .ok_or_else(|| io::Error::other("no such user in /etc/passwd"))
}

fn group(gid: u32) -> io::Result<String> {
    let text = fs::read_to_string("/etc/group")?;
    text.lines()
        .find(|line| line.split(':').nth(2) == Some(gid.to_string().as_str()))
        .and_then(|line| line.split(':').next())
        .map(str::to_owned)
        .ok_or_else(|| io::Error::other("no such group in /etc/group"))
}

#[derive(Debug, Clone)]
pub struct User {
    pub password: String,
    /// Bytes that its mails may have.
    pub quota: Option<u64>,
}

/// The users' file; Dovecot reads it anew when it changed.
#[derive(Debug)]
pub struct Users {
    folder: PathBuf,
    owner: Owner,
    all: BTreeMap<String, User>,
    /// Counts the writes: a field of each user, and as many lines at the end. Dovecot compares the file's whole
    /// seconds and size, so two writes of one second must differ in size.
    writes: u32,
}

impl Users {
    pub fn new(folder: &Path, owner: Owner) -> Self {
        Self {
            folder: folder.to_owned(),
            owner,
            all: BTreeMap::new(),
            writes: 0,
        }
    }

    pub fn get(&self, name: &str) -> Option<&User> {
        self.all.get(name)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all.keys().map(String::as_str)
    }

    pub fn home(&self, name: &str) -> PathBuf {
        self.folder.join("mail").join(name)
    }

    /// Adds or replaces users and writes the file, in one step for whoever reads it. Answers the number of the write,
    /// which each user's field `writes` has from then on.
    ///
    /// # Errors
    /// As the file system says.
    pub fn put(&mut self, users: impl IntoIterator<Item = (String, User)>) -> io::Result<u32> {
        for (name, user) in users {
            let home = self.home(&name);
            fs::create_dir_all(&home)?;
            self.owner.own(&home)?;
            self.all.insert(name, user);
        }
        self.writes += 1;
        let mut text = String::new();
        for (name, user) in &self.all {
            let home = self.home(name);
            // Writing into a String cannot fail.
            let _ = write!(
                text,
                "{name}:{{PLAIN}}{}:{}:{}::{}::userdb_writes={}",
                user.password,
                self.owner.uid,
                self.owner.gid,
                home.display(),
                self.writes,
            );
            if let Some(bytes) = user.quota {
                let _ = write!(text, " userdb_quota_rule=*:bytes={bytes}");
            }
            text.push('\n');
        }
        text.extend((0..self.writes).map(|_| "#\n"));
        let next = self.folder.join("users.next");
        fs::write(&next, text)?;
        fs::rename(next, self.folder.join("users"))?;
        Ok(self.writes)
    }
}
