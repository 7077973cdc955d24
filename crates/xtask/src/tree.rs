//! A process and everything it started, as Linux tells it under /proc.
//!
//! PSS (proportional set size) shares each shared page among its users, so that a sum over a tree is true;
//! a sum of RSS would count WebKit's libraries three times.

use std::fs;
use std::process::{Command, Stdio};

/// The process and its descendants, parents first. Empty where there is no /proc.
pub fn members(root: u32) -> Vec<u32> {
    let mut pairs = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u32>().ok())
        else {
            continue;
        };
        if let Ok(stat) = fs::read_to_string(entry.path().join("stat"))
            && let Some(parent) = parent_in(&stat)
        {
            pairs.push((pid, parent));
        }
    }
    let mut found = vec![root];
    let mut next = 0;
    while next < found.len() {
        let parent = found[next];
        found.extend(
            pairs
                .iter()
                .filter(|(_, of)| *of == parent)
                .map(|(pid, _)| *pid),
        );
        next += 1;
    }
    if pairs.is_empty() { Vec::new() } else { found }
}

/// The fourth field of /proc/PID/stat; the second is a name in brackets that may hold anything.
fn parent_in(stat: &str) -> Option<u32> {
    let after_name = &stat[stat.rfind(')')? + 1..];
    after_name.split_whitespace().nth(1)?.parse().ok()
}

/// PSS of the whole tree in KiB; `None` if not even the first process can be read.
pub fn pss_kib(root: u32) -> Option<u64> {
    let mut sum = None;
    for pid in members(root) {
        if let Ok(text) = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))
            && let Some(kib) = pss_in(&text)
        {
            sum = Some(sum.unwrap_or(0) + kib);
        }
    }
    sum
}

fn pss_in(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Ends a process and everything below it, the youngest first. On macOS, where there is no /proc, only the process itself.
pub fn end(root: u32) {
    if cfg!(windows) {
        let _ = Command::new("taskkill")
            .args(["/F", "/T", "/PID", &root.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        return;
    }
    let mut all: Vec<String> = members(root).iter().rev().map(u32::to_string).collect();
    if all.is_empty() {
        all.push(root.to_string());
    }
    let _ = Command::new("kill")
        .arg("-KILL")
        .args(all)
        .stderr(Stdio::null())
        .status();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_confuse() {
        assert_eq!(parent_in("42 (a) b) c) S 7 42 42 0"), Some(7));
        assert_eq!(parent_in("nothing"), None);
    }

    #[test]
    fn pss_is_the_line_of_that_name() {
        let text = "Rss:   900 kB\nPss:     123 kB\nPss_Anon:   5 kB\n";
        assert_eq!(pss_in(text), Some(123));
        assert_eq!(pss_in("Rss: 1 kB\n"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_child_is_found_and_weighs_something() {
        let mut child = Command::new("sleep").arg("30").spawn().unwrap();
        let me = std::process::id();
        assert!(members(me).contains(&child.id()));
        assert!(pss_kib(me).unwrap() > 0);
        end(child.id());
        assert!(!child.wait().unwrap().success());
    }
}
