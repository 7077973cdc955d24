//! `services check`: every mistake in manifest files, with its place and a hint. Nothing is stored or sent.
//!
//! Not here: the checks (core's `manifest`).

use std::io::Read;
use std::path::Path;

use readdress_core::error::{Code, Problem};
use readdress_core::manifest::{Fault, Manifest};
use serde::Serialize;

use crate::answer::{Answer, Failure};
use crate::clean;
use crate::console::Console;
use crate::exit::Exit;

/// Largest manifest that is loaded, in bytes.
const LARGEST_FILE: u64 = 256 * 1024;

#[derive(Debug, Serialize)]
struct FaultDocument {
    file: String,
    /// Line and column count from 1.
    line: u32,
    column: u32,
    message: String,
    hint: Option<String>,
}

pub fn files(files: &[impl AsRef<Path>], console: &Console) -> Answer {
    let mut faults = Vec::new();
    let mut texts = Vec::new();
    for path in files {
        let file = path.as_ref().display().to_string();
        let found = check(path.as_ref(), &file);
        if found.is_empty() {
            texts.push(
                console
                    .words
                    .say("cli.services.file_ok", &[("file", &file)]),
            );
        }
        for (document, text) in found {
            faults.push(document);
            texts.push(text);
        }
    }
    let failure = faults.first().map(|first| {
        let problem = Problem::new(Code::ManifestInvalid)
            .with("file", &first.file)
            .with("line", first.line.to_string())
            .with("column", first.column.to_string())
            .with("message", &first.message)
            .with("hint", first.hint.clone().unwrap_or_default());
        Failure::new(problem, Exit::Failed).instead("manifest_checked")
    });
    let document =
        serde_json::json!({ "ok": faults.is_empty(), "checked": files.len(), "faults": faults });
    Answer::of(document).text(texts.join("\n")).failed(failure)
}

fn check(path: &Path, file: &str) -> Vec<(FaultDocument, String)> {
    let source = match read(path) {
        Ok(source) => source,
        Err(message) => {
            let text = clean::line(&format!("{file}: {message}"));
            return vec![(
                FaultDocument {
                    file: file.to_owned(),
                    line: 1,
                    column: 1,
                    message,
                    hint: None,
                },
                text,
            )];
        }
    };
    match Manifest::parse(&source, file) {
        Ok(_) => Vec::new(),
        Err(faults) => faults
            .iter()
            .map(|fault| (document(fault), shown(fault)))
            .collect(),
    }
}

fn read(path: &Path) -> Result<String, String> {
    let cannot = |error: std::io::Error| format!("the file cannot be read: {}", error.kind());
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(cannot)?;
    file.take(LARGEST_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err("a manifest has at most 256 KiB".to_owned());
    }
    String::from_utf8(bytes).map_err(|_| "the file is not UTF-8 text".to_owned())
}

fn document(fault: &Fault) -> FaultDocument {
    FaultDocument {
        file: fault.file.clone(),
        line: fault.line,
        column: fault.column,
        message: fault.message.clone(),
        hint: fault.hint.clone(),
    }
}

/// With its place in the source; every line of it is foreign text.
fn shown(fault: &Fault) -> String {
    let lines: Vec<String> = fault.render().lines().map(clean::line).collect();
    format!("{}\n{}", clean::line(&fault.one_line()), lines.join("\n"))
}
