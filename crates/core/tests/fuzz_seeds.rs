//! The seeds of fuzzing, and what it found, as ordinary tests: the looks that `cargo xtask fuzz` takes are taken at each.
//!
//! Not here: changed inputs (`fuzz/`).

#[path = "../../../fuzz/targets/looks/answers.rs"]
mod answers;
#[path = "../../../fuzz/targets/looks/mail.rs"]
mod mail;
#[path = "../../../fuzz/targets/looks/manifest.rs"]
mod manifest;

use std::path::Path;

/// What each file of a folder holds.
fn files(folder: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(&folder).expect("a folder of seeds");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let all: Vec<_> = paths.filter(|path| path.is_file()).collect();
    assert!(!all.is_empty(), "{}", folder.display());
    all.iter()
        .map(|path| std::fs::read(path).expect("a seed"))
        .collect()
}

#[test]
fn manifests() {
    for folder in ["../../fuzz/seeds/manifest", "../../services"] {
        for bytes in files(folder) {
            manifest::look(std::str::from_utf8(&bytes).expect("UTF-8"));
        }
    }
}

#[test]
fn mails() {
    for folder in [
        "../../fuzz/seeds/mail",
        "tests/fixtures/mail",
        "tests/fixtures/hostile",
    ] {
        files(folder).iter().for_each(|bytes| mail::look(bytes));
    }
}

#[test]
fn answers() {
    let seeds = files("../../fuzz/seeds/answers");
    seeds.iter().for_each(|bytes| answers::look(bytes));
}
