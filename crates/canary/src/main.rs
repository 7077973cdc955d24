//! The same search for tests that are not written in Rust.
//!
//! stdin: `{"canaries": {name: text}, "texts": {place: text}, "folders": [path], "skip": [part of a path], "processes": [pid]}`.
//! stdout: `{"found": [{canary, place, form, around}], "looked_at": n}`, where `n` counts texts, files and processes.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use readdress_canary::{Search, family};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    canaries: BTreeMap<String, String>,
    #[serde(default)]
    texts: BTreeMap<String, String>,
    #[serde(default)]
    folders: Vec<PathBuf>,
    #[serde(default)]
    skip: Vec<String>,
    #[serde(default)]
    processes: Vec<u32>,
}

fn main() -> ExitCode {
    let mut text = String::new();
    if let Err(error) = std::io::stdin().read_to_string(&mut text) {
        eprintln!("readdress-canary: {error}");
        return ExitCode::from(2);
    }
    let asked: Asked = match serde_json::from_str(&text) {
        Ok(asked) => asked,
        Err(error) => {
            eprintln!("readdress-canary: {error}");
            return ExitCode::from(2);
        }
    };
    let search = Search::new(asked.canaries);
    let skip: Vec<&str> = asked.skip.iter().map(String::as_str).collect();
    let mut found = Vec::new();
    let mut looked_at = asked.texts.len();
    for (place, text) in &asked.texts {
        found.extend(search.bytes(place, text.as_bytes()));
    }
    for folder in &asked.folders {
        looked_at += search.files(folder, &skip).len();
        found.extend(search.folder(folder, &skip));
    }
    for pid in asked.processes {
        looked_at += family(pid).len();
        found.extend(search.family(pid));
    }
    let told = serde_json::json!({ "found": found, "looked_at": looked_at });
    // The answer is the purpose of this program.
    if serde_json::to_writer(std::io::stdout(), &told).is_err() {
        return ExitCode::from(2);
    }
    ExitCode::SUCCESS
}
