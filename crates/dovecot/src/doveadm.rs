//! Dovecot's own tool for what no mail client does: filing into a folder, counting, renumbering.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs `doveadm` on the server of this settings file.
///
/// # Errors
/// Its words where it says no.
pub fn run(config: &Path, words: &[&str], input: &[u8]) -> io::Result<String> {
    let mut child = Command::new("doveadm")
        .arg("-c")
        .arg(config)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // It may say no before it has read all; its words tell why.
        let _ = stdin.write_all(input);
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(io::Error::other(said))
    }
}
