//! The server's processes: one group, which ends with us whatever happens to us.
//!
//! A shell stands between: it holds the other end of a pipe and ends the group when the pipe closes, so also when
//! this process is killed. A signal at the parent's death would not do: it comes when the *thread* ends, and a test's does.

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const PLACES: [&str; 3] = [
    "/usr/sbin/dovecot",
    "/usr/local/sbin/dovecot",
    "/opt/homebrew/sbin/dovecot",
];

const GUARD: &str = r#"
"$1" -F -c "$2/dovecot.conf" </dev/null &
master=$!
cat >/dev/null
trap '' TERM
kill -CONT 0
kill -TERM "$master"
wait "$master"
rm -rf "$2"
kill -KILL 0
"#;

/// Where the program is: its folder is often not on a user's path.
pub fn program() -> Option<&'static str> {
    PLACES.into_iter().find(|place| Path::new(place).is_file())
}

pub fn version() -> Option<String> {
    let output = Command::new(program()?).arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A running server.
#[derive(Debug)]
pub struct Group(Child);

impl Group {
    pub fn start(folder: &Path) -> io::Result<Self> {
        let program = program().ok_or(io::ErrorKind::NotFound)?;
        let child = Command::new("/bin/sh")
            .args(["-c", GUARD, "sh", program])
            .arg(folder)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self(child))
    }

    fn id(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.0.id()).ok()?)
    }

    fn signal(&self, signal: Signal) {
        if let Some(id) = self.id() {
            // It may be gone already, which is what is wanted.
            let _ = kill_process_group(id, signal);
        }
    }

    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    /// Asks the master to end, which tells its clients goodbye.
    pub fn ask_to_end(&self, folder: &Path) {
        let pid = fs::read_to_string(folder.join("run/master.pid"))
            .ok()
            .and_then(|text| Pid::from_raw(text.trim().parse().ok()?));
        if let Some(pid) = pid {
            let _ = kill_process(pid, Signal::TERM);
        }
    }

    /// At once, and all of them.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.signal(Signal::KILL);
        // Nothing to do about a child that cannot be waited for.
        let _ = self.0.wait();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}
