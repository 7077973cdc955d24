//! The search: all spellings of all canaries at once, in a text, a folder, or a process's arguments and environment.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use serde::Serialize;

use crate::{folder, forms, process, views};

/// How much of what stands around a find is told, in bytes to either side.
const AROUND: usize = 60;

/// Where a canary stands.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Found {
    pub canary: String,
    /// The file, stream or process.
    pub place: String,
    /// `plain`, `base64`, `plain JSON-escaped`, …
    pub form: String,
    pub around: String,
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            canary,
            place,
            form,
            around,
        } = self;
        write!(f, "{canary} ({form}) in {place}: {around:?}")
    }
}

struct Form {
    canary: String,
    name: &'static str,
    /// A short number: it counts only where nothing else is grown together with it.
    alone: bool,
}

/// Canaries, ready to be looked for.
pub struct Search {
    forms: Vec<Form>,
    automaton: AhoCorasick,
}

impl Search {
    /// # Panics
    /// For a canary of fewer than five bytes.
    pub fn new<N: Into<String>, B: AsRef<[u8]>>(
        canaries: impl IntoIterator<Item = (N, B)>,
    ) -> Self {
        let mut forms = Vec::new();
        let mut needles = Vec::new();
        for (canary, bytes) in canaries {
            let (canary, bytes) = (canary.into(), bytes.as_ref());
            let number = bytes.len() < 12 && bytes.iter().all(u8::is_ascii_digit);
            for (name, needle) in forms::of(bytes) {
                needles.push(needle);
                forms.push(Form {
                    canary: canary.clone(),
                    name,
                    alone: number && name == "plain",
                });
            }
        }
        let automaton = AhoCorasick::new(&needles).expect("canaries are short");
        Self { forms, automaton }
    }

    /// What of it stands in `bytes`, once for each form and view.
    pub fn bytes(&self, place: &str, bytes: &[u8]) -> Vec<Found> {
        let mut found = BTreeSet::new();
        let mut told = BTreeSet::new();
        for (view, bytes) in views::of(bytes) {
            for hit in self.automaton.find_overlapping_iter(&bytes) {
                let form = &self.forms[hit.pattern().as_usize()];
                if form.alone && !stands_alone(&bytes, hit.start(), hit.end()) {
                    continue;
                }
                // The escapes changed nothing in it: told already.
                if told.insert((hit.pattern(), view.clone())) {
                    let from = hit.start().saturating_sub(AROUND);
                    let to = (hit.end() + AROUND).min(bytes.len());
                    found.insert(Found {
                        canary: form.canary.clone(),
                        place: place.to_owned(),
                        form: format!("{}{view}", form.name),
                        around: String::from_utf8_lossy(&bytes[from..to]).into_owned(),
                    });
                }
            }
        }
        found.into_iter().collect()
    }

    /// What of it stands in the files below `folder` and in their names. A file whose path contains one of `skip` is left out.
    ///
    /// # Panics
    /// Where the folder, or a file that stays there, cannot be read: what was not looked at is not clean.
    pub fn folder(&self, path: &Path, skip: &[&str]) -> Vec<Found> {
        self.files(path, skip)
            .into_iter()
            .flat_map(|file| {
                let name = file.to_string_lossy().into_owned();
                let mut found = self.bytes("the name of a file", name.as_bytes());
                found.extend(
                    folder::read(&file).map_or(Vec::new(), |bytes| self.bytes(&name, &bytes)),
                );
                found
            })
            .collect()
    }

    /// The files that [`Search::folder`] looks at.
    pub fn files(&self, path: &Path, skip: &[&str]) -> Vec<PathBuf> {
        let left_out = |file: &PathBuf| {
            skip.iter()
                .any(|part| file.to_string_lossy().contains(part))
        };
        let mut files = folder::files(path);
        files.retain(|file| !left_out(file));
        files
    }

    /// What of it stands in the arguments and the environment of a process and of all that it started (Linux).
    pub fn family(&self, pid: u32) -> Vec<Found> {
        process::family(pid)
            .into_iter()
            .flat_map(|one| {
                let parts = [
                    ("arguments", &one.arguments),
                    ("environment", &one.environment),
                ];
                parts.map(|(part, bytes)| self.bytes(&format!("{part} of {}", one.name), bytes))
            })
            .flatten()
            .collect()
    }
}

fn stands_alone(bytes: &[u8], start: usize, end: usize) -> bool {
    let grown = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphanumeric);
    !grown(start.checked_sub(1).and_then(|at| bytes.get(at))) && !grown(bytes.get(end))
}
