//! What docs/security.md says is there: each test that it names exists, and what is shipped has no inspector.
//!
//! Not here: the tests themselves.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("the workspace")
        .to_path_buf()
}

/// The cells of the column `shown by`, of every table that has one.
fn shown_by(page: &str) -> Vec<(usize, String)> {
    let mut cells = Vec::new();
    let mut column = None;
    for (at, line) in page.lines().enumerate() {
        let Some(row) = line
            .trim()
            .strip_prefix('|')
            .and_then(|row| row.strip_suffix('|'))
        else {
            column = None;
            continue;
        };
        let row: Vec<&str> = row.split('|').map(str::trim).collect();
        if let Some(found) = row.iter().position(|cell| *cell == "shown by") {
            column = Some(found);
        } else if let Some(column) = column
            && !row
                .iter()
                .all(|cell| cell.chars().all(|c| "-: ".contains(c)))
        {
            cells.push((
                at + 1,
                row.get(column).copied().unwrap_or_default().to_owned(),
            ));
        }
    }
    cells
}

/// What stands in backticks and is a path: a single word beside it is a word.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    let words = cell.split('`').skip(1).step_by(2);
    words.filter(|word| word.contains('/') || word.contains("::"))
}

/// `path::test` or `path`: the file is there, and the test is in it (of a folder: in one of its files).
fn missing(root: &Path, named: &str) -> Option<String> {
    let (path, test) = match named.split_once("::") {
        Some((path, test)) => (path, Some(test)),
        None => (named, None),
    };
    let place = root.join(path);
    if place.is_dir() && test.is_none() {
        return None;
    }
    let Ok(text) = fs::read_to_string(&place) else {
        return Some(format!("no file {path}"));
    };
    let test = test?;
    let name = test.rsplit("::").next().unwrap_or(test);
    let there = if path.ends_with(".rs") {
        text.contains(&format!("fn {name}("))
    } else {
        text.contains(name)
    };
    (!there).then(|| format!("no test `{name}` in {path}"))
}

#[test]
fn every_test_that_the_threat_model_names_exists() {
    let root = root();
    let page = fs::read_to_string(root.join("docs/security.md")).expect("docs/security.md");
    let cells = shown_by(&page);
    assert!(cells.len() > 20, "the tables are there: {}", cells.len());
    let mut wrong = Vec::new();
    for (line, cell) in &cells {
        let names: Vec<&str> = quoted(cell).collect();
        if names.is_empty() {
            wrong.push(format!("line {line}: no test is named: {cell}"));
        }
        wrong.extend(
            names
                .into_iter()
                .filter_map(|name| missing(&root, name))
                .map(|why| format!("line {line}: {why}")),
        );
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_name_that_is_wrong_is_found() {
    let page = "| threat | what stops it | shown by |\n| --- | --- | --- |\n| a | b | `x.rs::y`, `Cargo.toml` |\n\n| other | table |\n| a | `z` |\n";
    let cells = shown_by(page);
    assert_eq!(cells, [(3, "`x.rs::y`, `Cargo.toml`".to_owned())]);
    assert_eq!(quoted(&cells[0].1).collect::<Vec<_>>(), ["x.rs::y"]);
    let root = root();
    assert_eq!(missing(&root, "Cargo.toml"), None);
    assert!(missing(&root, "x.rs::y").is_some());
    assert!(missing(&root, "crates/xtask/tests/security.rs::no_such_test").is_some());
    assert_eq!(
        missing(
            &root,
            "crates/xtask/tests/security.rs::a_name_that_is_wrong_is_found"
        ),
        None
    );
}

/// WebKit's inspector would show every call of the page to whoever sits down at it.
#[test]
fn what_is_shipped_has_no_inspector() {
    let tree = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "-p",
            "readdress",
            "-e",
            "normal,no-proc-macro",
            "--features",
            "custom-protocol",
        ])
        .args(["--prefix", "none", "--format", "{p} [{f}]"])
        .current_dir(root())
        .output()
        .expect("cargo tree");
    let tree = String::from_utf8(tree.stdout).expect("UTF-8");
    let features = |name: &str| {
        let line = tree
            .lines()
            .find(|line| line.starts_with(&format!("{name} v")));
        line.unwrap_or_else(|| panic!("{name} is not in the tree"))
            .to_owned()
    };
    for name in ["tauri", "tauri-runtime-wry", "wry"] {
        let line = features(name);
        assert!(!line.contains("devtools"), "{line}");
    }
    assert!(
        features("tauri").contains("custom-protocol"),
        "{}",
        features("tauri")
    );
}
