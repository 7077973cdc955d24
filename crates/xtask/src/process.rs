//! Starts other programs: seen by the user, or watched line by line.
//!
//! Not here: what their lines mean (`tally`), which programs there are.

use crate::{Outcome, tree};
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// A line longer than this is cut on the screen; the log keeps it whole.
const LONGEST_SHOWN: usize = 400;

pub fn command(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program_name(program));
    command.args(args);
    command
}

/// npm is a script with another name on Windows.
fn program_name(program: &str) -> String {
    if cfg!(windows) && matches!(program, "npm" | "npx") {
        format!("{program}.cmd")
    } else {
        program.to_owned()
    }
}

/// The command as a person would type it.
pub fn typed(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| {
            let word = word.to_string_lossy();
            if word.contains(|c: char| c.is_whitespace() || "\"'$&|;<>(){}".contains(c)) {
                format!("'{}'", word.replace('\'', "'\\''"))
            } else {
                word.into_owned()
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Prints the command, then runs it with this terminal.
///
/// # Errors
/// It does not start, or ends with anything but 0.
pub fn show_and_run(command: &mut Command) -> Outcome {
    println!("$ {}", typed(command));
    let status = command
        .status()
        .map_err(|why| format!("{} does not start: {why}", typed(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{}` ended with {status}.", typed(command)))
    }
}

/// How a watched program ended.
pub enum End {
    Status(ExitStatus),
    /// It took longer than it may; it and all its children were ended.
    TooLong(Duration),
}

/// Runs it, writes every line to `log`, hands every line (without colours) to `line`, and shows those
/// for which `line` returns true.
pub fn watch(
    command: &mut Command,
    log: &mut File,
    limit: Duration,
    mut line: impl FnMut(&str) -> bool,
) -> Outcome<End> {
    println!("$ {}", typed(command));
    let colours = std::io::stdout().is_terminal();
    if colours {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|why| format!("{} does not start: {why}", typed(command)))?;
    let (sender, lines) = mpsc::channel();
    let outs: [Option<Box<dyn Read + Send>>; 2] = [
        child.stdout.take().map(|out| Box::new(out) as _),
        child.stderr.take().map(|out| Box::new(out) as _),
    ];
    for out in outs.into_iter().flatten() {
        let sender = sender.clone();
        std::thread::spawn(move || send_lines(out, &sender));
    }
    drop(sender);
    let started = Instant::now();
    loop {
        let left = limit.saturating_sub(started.elapsed());
        match lines.recv_timeout(left) {
            Ok(text) => {
                let plain = without_colours(&text);
                let _ = writeln!(log, "{plain}");
                if line(&plain) {
                    println!("{}", cut(if colours { &text } else { &plain }));
                }
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                tree::end(child.id());
                let _ = child.wait();
                return Ok(End::TooLong(limit));
            }
        }
    }
    child
        .wait()
        .map(End::Status)
        .map_err(|why| format!("{} cannot be waited for: {why}", typed(command)))
}

fn send_lines(out: impl Read, to: &mpsc::Sender<String>) {
    let mut reader = BufReader::new(out);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes).is_ok_and(|n| n > 0) {
        let text = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        bytes.clear();
        if to.send(text).is_err() {
            return;
        }
    }
}

fn cut(text: &str) -> &str {
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

/// Leaves out the escape sequences that colour a terminal (ESC [ … letter).
pub fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}[") {
        plain.push_str(&rest[..at]);
        let sequence = &rest[at + 2..];
        let end = sequence
            .find(|c: char| c.is_ascii_alphabetic())
            .map_or(sequence.len(), |letter| letter + 1);
        rest = &sequence[end..];
    }
    plain.push_str(rest);
    plain
}

/// What it printed, when it ended well.
pub fn answer_of(command: &mut Command) -> Option<String> {
    let answer = command.stderr(Stdio::null()).output().ok()?;
    answer
        .status
        .success()
        .then(|| String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}

/// Runs it; what it printed is told only when it fails.
///
/// # Errors
/// It does not start, or ends with anything but 0.
pub fn quietly(command: &mut Command) -> Outcome {
    let answer = command
        .stdin(Stdio::null())
        .output()
        .map_err(|why| format!("{} does not start: {why}", typed(command)))?;
    if answer.status.success() {
        return Ok(());
    }
    let said = [answer.stdout, answer.stderr].concat();
    Err(format!(
        "`{}` ended with {}.\n{}",
        typed(command),
        answer.status,
        String::from_utf8_lossy(&said).trim_end()
    ))
}

/// Whether a program of this name is on the path.
pub fn on_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| {
            folder
                .join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
                .is_file()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_left_out() {
        assert_eq!(
            without_colours("\u{1b}[1m\u{1b}[32m      Tests \u{1b}[0m 5 passed"),
            "      Tests  5 passed"
        );
        assert_eq!(without_colours("plain"), "plain");
        assert_eq!(without_colours("cut \u{1b}[3"), "cut ");
    }

    #[test]
    fn a_command_is_shown_as_typed() {
        let command = command("sh", &["-c", "echo 'a b'", "plain"]);
        assert_eq!(typed(&command), "sh -c 'echo '\\''a b'\\''' plain");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn both_outputs_are_seen_and_the_status_kept() {
        let mut log = tempfile::tempfile().unwrap();
        let mut seen = Vec::new();
        let end = watch(
            &mut command("sh", &["-c", "echo one; echo two >&2; exit 3"]),
            &mut log,
            Duration::from_secs(20),
            |line| {
                seen.push(line.to_owned());
                false
            },
        );
        seen.sort();
        assert_eq!(seen, ["one", "two"]);
        assert!(matches!(end, Ok(End::Status(status)) if status.code() == Some(3)));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_takes_too_long_is_ended_with_its_children() {
        let mut log = tempfile::tempfile().unwrap();
        let started = Instant::now();
        let end = watch(
            &mut command("sh", &["-c", "sleep 60 & sleep 60"]),
            &mut log,
            Duration::from_millis(300),
            |_| false,
        );
        assert!(matches!(end, Ok(End::TooLong(_))));
        assert!(started.elapsed() < Duration::from_secs(20));
    }
}
