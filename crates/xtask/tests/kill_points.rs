//! The points at which a torture run kills: each is in the list and in the code, and no release knows them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

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

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.file_name().is_some_and(|name| name != "kill.rs") {
            found.push(fs::read_to_string(path).unwrap());
        }
    }
}

/// Every text between quotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').skip(1).step_by(2)
}

#[test]
fn the_list_and_the_code_name_the_same_points() {
    let kill = read("crates/core/src/kill.rs");
    let mut listed = BTreeSet::new();
    for list in kill.split("POINTS: &[&str] = &[").skip(1) {
        listed.extend(quoted(list.split_once("];").unwrap().0));
    }
    assert!(listed.len() > 30, "both lists are read: {listed:?}");

    let mut code = Vec::new();
    sources(&root().join("crates/core/src"), &mut code);
    let mut named = BTreeSet::new();
    for file in &code {
        for call in file.split("kill::point(").skip(1) {
            // A name, or one of a pair around a commit.
            match call.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
                Some((name, _)) => drop(named.insert(name)),
                None => assert!(
                    call.starts_with("before)") || call.starts_with("after)"),
                    "{call:.40}"
                ),
            }
        }
        // The vault is handed its points, so that its tests can die there without the feature.
        let texts = file.split_inclusive('"').zip(file.split('"').skip(1));
        for (before, name) in texts.filter(|(_, text)| text.starts_with("vault: ")) {
            if before.ends_with("at(\"") || before.ends_with("at)(\"") {
                named.insert(name);
            }
        }
        if let Some((_, body)) = file.split_once("fn points_around(") {
            named.extend(quoted(body.split_once("\n}\n").unwrap().0));
        }
    }
    assert_eq!(named, listed);
}

#[test]
fn nothing_switches_them_on_by_itself() {
    let rooms = [
        "Cargo.toml",
        "crates/cli/Cargo.toml",
        "crates/core/Cargo.toml",
    ];
    for room in rooms {
        let manifest: toml::Table = read(room).parse().unwrap();
        let features = manifest["features"].as_table().unwrap();
        assert!(
            features.contains_key("kill-points"),
            "{room} has the feature"
        );
        for (name, parts) in features.iter().filter(|(name, _)| *name != "kill-points") {
            let parts = parts.to_string();
            assert!(
                !parts.contains("kill-points"),
                "{room}: {name} switches it on"
            );
        }
    }
    // Dependencies, of whatever kind, are the second way: `cargo build --workspace` puts all features together.
    let mut manifests = vec![root().join("Cargo.toml")];
    for entry in fs::read_dir(root().join("crates")).unwrap().flatten() {
        manifests.push(entry.path().join("Cargo.toml"));
    }
    for path in manifests {
        let mut manifest: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
        manifest.remove("features");
        assert!(
            !manifest.to_string().contains("kill-points"),
            "{}",
            path.display()
        );
    }
}

#[test]
fn what_makes_a_release_does_not_ask_for_them() {
    for path in ["crates/xtask/src/run.rs", "tauri.conf.json"] {
        assert!(!read(path).contains("kill"), "{path}");
    }
    for folder in ["crates/xtask/src/bundle", ".github", ".ci"] {
        let mut files = Vec::new();
        sources(&root().join(folder), &mut files);
        assert!(!files.is_empty(), "{folder} is read");
        assert!(
            files.iter().all(|text| !text.contains("kill-points")),
            "{folder}"
        );
    }
}
