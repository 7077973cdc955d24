//! What other programs see of a process and of all that it started: `/proc` on Linux.

use std::collections::BTreeSet;

/// One process, as `/proc` shows it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// `1234 readdress`
    pub name: String,
    pub arguments: Vec<u8>,
    pub environment: Vec<u8>,
}

/// The process and everything below it.
pub fn family(pid: u32) -> Vec<Seen> {
    let all: Vec<(u32, u32)> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|one| Some((one, parent(one)?)))
        .collect();
    let mut members = BTreeSet::from([pid]);
    loop {
        let before = members.len();
        for (one, parent) in &all {
            if members.contains(parent) {
                members.insert(*one);
            }
        }
        if members.len() == before {
            break;
        }
    }
    members.into_iter().filter_map(seen).collect()
}

fn seen(pid: u32) -> Option<Seen> {
    let read = |file: &str| std::fs::read(format!("/proc/{pid}/{file}"));
    let name = String::from_utf8_lossy(&read("comm").ok()?)
        .trim()
        .to_owned();
    Some(Seen {
        name: format!("{pid} {name}"),
        arguments: read("cmdline").ok()?,
        environment: read("environ").ok()?,
    })
}

fn parent(pid: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
    line.trim().parse().ok()
}
