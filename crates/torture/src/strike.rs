//! One start of the program, and its end: by itself, or by SIGKILL.

use std::fs::File;
use std::io::Write;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use readdress_sandbox::{Fault, FaultKind};

use crate::stage::{House, Stage};

/// Longer than any start may take: its own limits end a call after a minute.
const LONGEST: Duration = Duration::from_secs(90);

/// How a start ends before its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Strike {
    None,
    /// At a named point of the engine, the `pass`-th time that it is passed.
    Point {
        name: &'static str,
        pass: u32,
    },
    /// After this time, wherever it is then.
    After(Duration),
    /// Its call has arrived whole and no answer comes; `taken`: it had its effect.
    Held {
        route: &'static str,
        taken: bool,
    },
}

/// How a start went. All of it is told with a violation.
#[derive(Debug)]
pub struct Ran {
    pub killed: bool,
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

pub fn run(
    mut command: Command,
    input: &str,
    strike: &Strike,
    stage: &Stage,
    house: House,
    account: &str,
) -> Result<Ran, String> {
    let told = |why: std::io::Error| why.to_string();
    // Files and not pipes: nobody has to read while the killing is timed.
    let out = stage.path().join("stdout");
    let err = stage.path().join("stderr");
    command
        .stdin(Stdio::piped())
        .stdout(File::create(&out).map_err(told)?)
        .stderr(File::create(&err).map_err(told)?);
    let route = match strike {
        Strike::Point { name, pass } => {
            command.env("READDRESS_KILL_AT", format!("{name}:{pass}"));
            None
        }
        Strike::Held { route, taken } => {
            let mut fault = Fault::new(house.service(), FaultKind::Hang)
                .on(route)
                .of(account);
            fault.taken = *taken;
            stage.sandbox.add_fault(fault.times(1));
            Some(*route)
        }
        Strike::None | Strike::After(_) => None,
    };
    let arrived = || route.map(|route| stage.count(house, route, account).received);
    let before = arrived();
    let begun = Instant::now();
    let mut child = command.spawn().map_err(told)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that is killed before it reads closes it.
        let _ = stdin.write_all(input.as_bytes());
    }
    let status = wait(&mut child, |since| match strike {
        Strike::After(delay) => since >= *delay,
        Strike::Held { .. } => arrived() != before,
        Strike::None | Strike::Point { .. } => false,
    })?;
    stage.sandbox.clear_faults();
    Ok(Ran {
        killed: was_killed(status),
        code: status.code(),
        stdout: std::fs::read_to_string(&out).map_err(told)?,
        stderr: std::fs::read_to_string(&err).map_err(told)?,
        took: begun.elapsed(),
    })
}

#[cfg(unix)]
fn was_killed(status: ExitStatus) -> bool {
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(9)
}

/// Elsewhere a kill cannot be told from a crash.
#[cfg(not(unix))]
fn was_killed(status: ExitStatus) -> bool {
    status.code() == Some(1) || status.code().is_none()
}

fn wait(child: &mut Child, now: impl Fn(Duration) -> bool) -> Result<ExitStatus, String> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(|why| why.to_string())? {
            return Ok(status);
        }
        let since = begun.elapsed();
        if since > LONGEST {
            let _ = child.kill();
            return Err("a start did not end by itself".to_owned());
        }
        if now(since) {
            // It may have ended meanwhile: its status tells.
            let _ = child.kill();
            return child.wait().map_err(|why| why.to_string());
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}
