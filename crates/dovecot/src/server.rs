//! Starting, stopping and asking a server.

use crate::config::{self, Ports};
use crate::lmtp::Lmtp;
use crate::maildir::{self, StoredMail};
use crate::process::Group;
use crate::users::{Owner, User, Users};
use crate::{Authority, FIRST_USER, Options, doveadm};
use rand::distr::{Alphanumeric, SampleString};
use std::fs::{self, Permissions};
use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};
use tempfile::TempDir;

/// A machine that does much else may take long.
const START: Duration = Duration::from_secs(40);

/// A server of one's own; dropping it ends it and takes its folder away. Its methods block for milliseconds.
#[derive(Debug)]
pub struct Dovecot {
    // Before the folder: nobody may write there any more when it goes.
    group: Mutex<Option<Group>>,
    users: Mutex<Users>,
    owner: Owner,
    ports: Ports,
    junk: Option<String>,
    folder: TempDir,
}

fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Dovecot {
    /// A server with IDLE and a folder `Junk`, and one user, [`FIRST_USER`].
    ///
    /// # Errors
    /// There is no Dovecot, or it does not start: then with what it wrote.
    pub fn start() -> io::Result<Self> {
        Self::start_with(&Options::default())
    }

    /// # Errors
    /// As [`Dovecot::start`].
    pub fn start_with(options: &Options) -> io::Result<Self> {
        // Ports that were free a moment ago may be taken now.
        let mut failed = io::Error::other("never tried");
        for _ in 0..4 {
            match Self::try_start(options) {
                Ok(server) => return Ok(server),
                Err(why) => failed = why,
            }
        }
        Err(failed)
    }

    fn try_start(options: &Options) -> io::Result<Self> {
        // Not the system's folder for passing files: where that is long, no socket's path fits.
        let folder = tempfile::Builder::new()
            .prefix("rd-imap-")
            .tempdir_in("/tmp")?;
        let path = folder.path();
        // The server's own users must get through.
        fs::set_permissions(path, Permissions::from_mode(0o755))?;
        let owner = Owner::find()?;
        let ports = free_ports()?;
        let authority = Authority::make(options.certificate).map_err(io::Error::other)?;
        fs::write(path.join("ca.pem"), &authority.ca)?;
        fs::write(path.join("server.pem"), &authority.certificate)?;
        fs::write(path.join("server.key"), &authority.key)?;
        fs::write(
            path.join("dovecot.conf"),
            config::text(path, ports, &owner, options),
        )?;
        let server = Self {
            group: Mutex::new(None),
            users: Mutex::new(Users::new(path, owner.clone())),
            owner,
            ports,
            junk: options.junk.as_ref().map(|junk| junk.name.clone()),
            folder,
        };
        let names = options.users.iter().map(String::as_str);
        server.put(names.chain([FIRST_USER]).map(new_user))?;
        server.start_again()?;
        Ok(server)
    }

    /// Starts it on the same ports, after [`Dovecot::kill`] or [`Dovecot::stop`]; does nothing while it runs.
    ///
    /// # Errors
    /// It does not answer in time: with what it wrote.
    pub fn start_again(&self) -> io::Result<()> {
        let mut group = open(&self.group);
        if group.is_some() {
            return Ok(());
        }
        // Of a master that was killed: a number that might be somebody's by now.
        let _ = fs::remove_file(self.folder.path().join("run/master.pid"));
        let written = self.log().len();
        let started = Group::start(self.folder.path())?;
        let end = Instant::now() + START;
        while !(greets(self.starttls()) && greets(self.lmtp())) {
            let log = self.log();
            let news = log.get(written..).unwrap_or_default();
            if Instant::now() > end || news.contains("master: Fatal: ") {
                return Err(io::Error::other(news.to_owned()));
            }
            sleep(Duration::from_millis(10));
        }
        *group = Some(started);
        Ok(())
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(&self) {
        if let Some(group) = open(&self.group).take() {
            group.kill();
            self.wait_for_silence();
        }
    }

    /// Ends it as an administrator does: its clients are told goodbye.
    pub fn stop(&self) {
        if let Some(group) = open(&self.group).take() {
            group.ask_to_end(self.folder.path());
            self.wait_for_silence();
            group.kill();
        }
    }

    fn wait_for_silence(&self) {
        let end = Instant::now() + START;
        let silent = |port| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err();
        while !(silent(self.ports.imaps) && silent(self.ports.lmtp)) && Instant::now() < end {
            sleep(Duration::from_millis(5));
        }
    }

    /// Takes bytes and says nothing, until [`Dovecot::resume`].
    pub fn pause(&self) {
        if let Some(group) = &*open(&self.group) {
            group.pause();
        }
    }

    pub fn resume(&self) {
        if let Some(group) = &*open(&self.group) {
            group.resume();
        }
    }

    /// The name that its certificate has.
    pub fn host(&self) -> &'static str {
        "localhost"
    }

    /// IMAP with TLS from the first byte.
    pub fn imaps(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.ports.imaps).into()
    }

    /// IMAP that begins in the clear; without STARTTLS it takes no password.
    pub fn starttls(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.ports.starttls).into()
    }

    pub fn lmtp(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.ports.lmtp).into()
    }

    /// PEM: the authority to trust.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The folder that goes with the server, for files of the test.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it wrote.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("dovecot.log")).unwrap_or_default()
    }

    /// Adds a user with an empty mailbox; answers the password. The server knows it when this returns, which takes up
    /// to a second: it looks at its users' file that often.
    ///
    /// # Errors
    /// As the file system says.
    pub fn add_user(&self, name: &str) -> io::Result<String> {
        self.put([new_user(name)])?;
        Ok(self.password(name))
    }

    /// The password that is right now; empty where there is no such user.
    pub fn password(&self, name: &str) -> String {
        open(&self.users)
            .get(name)
            .map_or_else(String::new, |user| user.password.clone())
    }

    /// From now on another password is right; who is logged in stays so. Takes up to a second.
    ///
    /// # Errors
    /// As the file system says.
    pub fn set_password(&self, name: &str, password: &str) -> io::Result<()> {
        self.change(name, |user| password.clone_into(&mut user.password))
    }

    /// From now on the user's mails may have this many bytes. Takes up to a second.
    ///
    /// # Errors
    /// As the file system says.
    pub fn set_quota(&self, name: &str, bytes: Option<u64>) -> io::Result<()> {
        self.change(name, |user| user.quota = bytes)
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut User)) -> io::Result<()> {
        let mut user = open(&self.users)
            .get(name)
            .ok_or(io::ErrorKind::NotFound)?
            .clone();
        change(&mut user);
        self.put([(name.to_owned(), user)])
    }

    /// Returns when the server has read it.
    fn put(&self, users: impl IntoIterator<Item = (String, User)>) -> io::Result<()> {
        let write = open(&self.users).put(users)?;
        if open(&self.group).is_none() {
            return Ok(());
        }
        let end = Instant::now() + START;
        loop {
            let known = self.doveadm(&["user", "-f", "writes", FIRST_USER], b"");
            match known {
                // Another thread may have written since.
                Ok(known) if known.trim().parse().is_ok_and(|known: u32| known >= write) => {
                    return Ok(());
                }
                _ if Instant::now() < end => sleep(Duration::from_millis(20)),
                other => return Err(io::Error::other(format!("users not read: {other:?}"))),
            }
        }
    }

    /// Delivers one mail to the user's inbox. For a plus-address or an alias name the user here, and the address in `raw`.
    ///
    /// # Errors
    /// The server's words where it does not take it.
    pub fn deliver(&self, to: &str, raw: impl AsRef<[u8]>) -> io::Result<()> {
        Lmtp::connect(self.lmtp())?.deliver(to, raw.as_ref())
    }

    /// Files one mail into the folder for unwanted mail.
    ///
    /// # Errors
    /// There is no such folder, or the server's words.
    pub fn deliver_to_junk(&self, to: &str, raw: impl AsRef<[u8]>) -> io::Result<()> {
        let junk = self.junk.as_deref().ok_or(io::ErrorKind::NotFound)?;
        self.doveadm(&["save", "-u", to, "-m", junk], raw.as_ref())
            .map(drop)
    }

    /// Puts mails into the inbox behind the server's back, so that thousands cost little; `at`: when they arrived.
    ///
    /// # Errors
    /// As the file system says.
    pub fn fill(
        &self,
        user: &str,
        mails: impl Iterator<Item = Vec<u8>>,
        at: SystemTime,
    ) -> io::Result<()> {
        maildir::fill(&self.home(user), &self.owner, mails, at)
    }

    /// Mails in a folder, as the server counts them.
    ///
    /// # Errors
    /// The server's words.
    pub fn count(&self, user: &str, folder: &str) -> io::Result<u64> {
        let said = self.doveadm(&["mailbox", "status", "-u", user, "messages", folder], b"")?;
        said.trim()
            .rsplit('=')
            .next()
            .and_then(|number| number.parse().ok())
            .ok_or_else(|| io::Error::other(said.clone()))
    }

    /// All mails of a user as they lie on the disk, with their flags: two lists are equal only if nothing was marked,
    /// moved or deleted between.
    ///
    /// # Errors
    /// As the file system says.
    pub fn mails(&self, user: &str) -> io::Result<Vec<StoredMail>> {
        maildir::list(&self.home(user))
    }

    /// Numbers the inbox anew, as after a restore of the server: all UIDs known so far mean nothing.
    ///
    /// # Errors
    /// The server's words.
    pub fn renumber(&self, user: &str, validity: u32) -> io::Result<()> {
        let validity = validity.to_string();
        let words = [
            "mailbox",
            "update",
            "--uid-validity",
            &validity,
            "-u",
            user,
            "INBOX",
        ];
        self.doveadm(&words, b"").map(drop)
    }

    /// The user's folder; its mails are in `Maildir`.
    pub fn home(&self, user: &str) -> PathBuf {
        open(&self.users).home(user)
    }

    pub fn user_names(&self) -> Vec<String> {
        open(&self.users).names().map(str::to_owned).collect()
    }

    fn doveadm(&self, words: &[&str], input: &[u8]) -> io::Result<String> {
        doveadm::run(&self.folder.path().join("dovecot.conf"), words, input)
    }
}

fn new_user(name: &str) -> (String, User) {
    let password = Alphanumeric.sample_string(&mut rand::rng(), 20);
    let quota = None;
    (name.to_owned(), User { password, quota })
}

fn free_ports() -> io::Result<Ports> {
    let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let held = [listen()?, listen()?, listen()?];
    let port = |index: usize| held[index].local_addr().map(|address| address.port());
    Ok(Ports {
        imaps: port(0)?,
        starttls: port(1)?,
        lmtp: port(2)?,
    })
}

/// Whether somebody there says something by itself, as IMAP and LMTP do.
fn greets(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else {
        return false;
    };
    let timed = stream.set_read_timeout(Some(Duration::from_secs(5)));
    timed.is_ok() && matches!(stream.read(&mut [0; 4]), Ok(1..))
}
