//! What the packages hold besides the programs, held together: names, ids, options, languages, pictures.
//!
//! Not here: what the validators of the desktop find (the gate's layer of packages), the packages themselves.

mod desktop;
mod icons;
mod manual;
mod metainfo;
mod mime;
mod xml;

use std::fs;
use std::path::{Path, PathBuf};

/// As desktop files and Debian write them, and as text/ and XML do.
const TRANSLATIONS: [(&str, &str); 2] = [("pt_BR", "pt-BR"), ("es", "es")];
const MEDIA_TYPE: &str = "application/x-readdress-service";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
        .to_path_buf()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

fn json(path: &str) -> serde_json::Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// The sentence that the first screen begins with, without its full stop.
fn headline(language: &str) -> String {
    let words = json(&format!("text/{language}.json"));
    let headline = words["welcome"]["headline"].as_str().unwrap();
    headline.trim_end_matches('.').to_owned()
}

/// Width and height out of a PNG file's head (<https://www.w3.org/TR/png/#11IHDR>).
fn size_of_png(path: &str) -> (u32, u32) {
    let file = fs::read(root().join(path)).unwrap_or_else(|why| panic!("{path}: {why}"));
    assert!(file.starts_with(b"\x89PNG\r\n\x1a\n"), "{path} is no PNG");
    let number = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

/// The options that the window's program tells in its help.
fn options() -> Vec<String> {
    let source = read("src-tauri/src/arguments.rs");
    let help = source.split("\nOptions:").nth(1).unwrap();
    let help = help.split("\nEnvironment:").next().unwrap();
    let first_words = help
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let options: Vec<String> = first_words
        .filter(|word| word.starts_with("--"))
        .map(str::to_owned)
        .collect();
    assert!(options.contains(&"--data-dir".to_owned()), "{options:?}");
    options
}
