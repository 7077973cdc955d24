//! The rooms and the one arrow between them (docs/architecture.md), held by tests.
//!
//! Not here: that the shell's three lists of commands agree (a test of the shell).

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
        .to_path_buf()
}

fn table(path: &str) -> toml::Table {
    let text = fs::read_to_string(root().join(path)).unwrap_or_else(|why| panic!("{path}: {why}"));
    text.parse().unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// Our own crates among the `[dependencies]` (and those of one system) of a manifest, dev-dependencies left out.
fn our_dependencies(manifest: &str) -> BTreeSet<String> {
    let manifest = table(manifest);
    let per_system = manifest.get("target").and_then(toml::Value::as_table);
    let tables = std::iter::once(&manifest).chain(
        per_system
            .into_iter()
            .flat_map(toml::Table::values)
            .filter_map(toml::Value::as_table),
    );
    tables
        .flat_map(|table| ["dependencies", "build-dependencies"].map(|kind| table.get(kind)))
        .flatten()
        .filter_map(toml::Value::as_table)
        .flat_map(toml::Table::keys)
        .filter(|name| name.starts_with("readdress") || *name == "xtask")
        .cloned()
        .collect()
}

/// Every crate that `name` needs on any system, by the lock file (dev-dependencies included, so it is stricter).
fn needed_by(name: &str) -> BTreeSet<String> {
    let lock = table("Cargo.lock");
    let packages = lock["package"].as_array().unwrap();
    let edges: HashMap<&str, Vec<&str>> = packages
        .iter()
        .map(|package| {
            let needs = package.get("dependencies").and_then(toml::Value::as_array);
            let names = needs
                .into_iter()
                .flatten()
                .filter_map(toml::Value::as_str)
                .filter_map(|need| need.split(' ').next())
                .collect::<Vec<_>>();
            (package["name"].as_str().unwrap(), names)
        })
        .fold(HashMap::new(), |mut all, (from, to)| {
            all.entry(from).or_insert_with(Vec::new).extend(to);
            all
        });
    assert!(edges.contains_key(name), "{name} is in Cargo.lock");
    let mut found = BTreeSet::new();
    let mut next = vec![name];
    while let Some(one) = next.pop() {
        if found.insert(one.to_owned()) {
            next.extend(&edges[one]);
        }
    }
    found
}

fn files(folder: &Path, ends: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path
                .file_name()
                .is_some_and(|name| name != "node_modules" && name != "dist")
            {
                files(&path, ends, found);
            }
        } else if path
            .extension()
            .and_then(|end| end.to_str())
            .is_some_and(|end| ends.contains(&end))
        {
            found.push(path);
        }
    }
}

fn files_of(folder: &str, ends: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(&root().join(folder), ends, &mut found);
    assert!(!found.is_empty(), "{folder} holds files to look at");
    found
}

#[test]
fn the_core_and_the_cli_know_no_window() {
    for room in ["readdress-core", "readdress-cli"] {
        let needed = needed_by(room);
        assert!(needed.contains("tokio"), "the lock file is read");
        let windows = [
            "tauri",
            "tauri-build",
            "wry",
            "tao",
            "gtk",
            "gdk",
            "webkit2gtk",
            "webview2-com",
        ];
        for window in windows {
            assert!(!needed.contains(window), "{room} reaches {window}");
        }
    }
    assert!(
        needed_by("readdress").contains("wry"),
        "the shell does, so the look above can fail"
    );
}

#[test]
fn the_arrow_has_one_direction() {
    let of = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(our_dependencies("crates/core/Cargo.toml"), of(&[]));
    assert_eq!(our_dependencies("crates/sandbox/Cargo.toml"), of(&[]));
    assert_eq!(our_dependencies("crates/xtask/Cargo.toml"), of(&[]));
    assert_eq!(
        our_dependencies("crates/text/Cargo.toml"),
        of(&["readdress-core"])
    );
    assert_eq!(
        our_dependencies("crates/cli/Cargo.toml"),
        of(&["readdress-core", "readdress-sandbox", "readdress-text"])
    );
    assert_eq!(
        our_dependencies("crates/mail-bench/Cargo.toml"),
        of(&["readdress-core", "readdress-dovecot", "readdress-sandbox"])
    );
    assert_eq!(
        our_dependencies("crates/torture/Cargo.toml"),
        of(&["readdress-core", "readdress-sandbox"])
    );
    assert_eq!(
        our_dependencies("Cargo.toml"),
        of(&["readdress-core", "readdress-sandbox", "readdress-text"])
    );
}

#[test]
fn the_practice_services_use_nothing_of_ours_even_in_tests() {
    let mut ours = needed_by("readdress-sandbox");
    ours.retain(|name| name.starts_with("readdress"));
    assert_eq!(ours.into_iter().collect::<Vec<_>>(), ["readdress-sandbox"]);
}

/// It judges too, and is not shipped: a dev-dependency at most.
#[test]
fn the_mail_server_of_the_tests_stays_in_the_tests() {
    let mut ours = needed_by("readdress-dovecot");
    ours.retain(|name| name.starts_with("readdress"));
    assert_eq!(ours.into_iter().collect::<Vec<_>>(), ["readdress-dovecot"]);
    for manifest in [
        "Cargo.toml",
        "crates/core/Cargo.toml",
        "crates/cli/Cargo.toml",
        "crates/sandbox/Cargo.toml",
    ] {
        let ours = our_dependencies(manifest);
        assert!(!ours.contains("readdress-dovecot"), "{manifest} ships it");
    }
}

/// The ids of the shipped services, as their files are called.
fn service_ids() -> Vec<String> {
    let ids: Vec<String> = files_of("services", &["toml"])
        .iter()
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    assert!(ids.len() >= 3, "three services are shipped: {ids:?}");
    ids
}

/// The lines that are code: no comment, and nothing after the file's own tests begin.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines
        .windows(2)
        .position(|two| two[0] == "#[cfg(test)]" && two[1].ends_with('{'));
    let end = tests.unwrap_or(lines.len());
    lines
        .into_iter()
        .take(end)
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn is_test_file(path: &Path) -> bool {
    let name = path.file_stem().unwrap().to_string_lossy();
    name == "tests"
        || name.ends_with("_tests")
        || path.components().any(|part| part.as_os_str() == "tests")
}

/// Answers are data: what a service does is told by its manifest, and by nothing else. The one exception is the
/// catalog, whose list of names compiles the manifests in.
#[test]
fn no_code_knows_a_single_service() {
    let mut ids = service_ids();
    ids.extend(ids.clone().iter().map(|id| id.replace('-', "_")));
    ids.extend(["Z-API", "Webshare", "Mannco"].map(str::to_owned));
    let sources = [
        files_of("crates/core/src", &["rs"]),
        files_of("src-tauri/src", &["rs"]),
    ]
    .concat();
    let catalog = root().join("crates/core/src/manifest/catalog.rs");
    for path in sources
        .iter()
        .filter(|path| **path != catalog && !is_test_file(path))
    {
        let text = fs::read_to_string(path).unwrap();
        for (number, line) in code_lines(&text) {
            for id in &ids {
                assert!(
                    !line.contains(id.as_str()),
                    "{}:{number} names {id}: {line}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn one_file_of_the_page_knows_tauri() {
    let door = root().join("ui/src/backend/tauri.ts");
    assert!(
        fs::read_to_string(&door).unwrap().contains("@tauri-apps/"),
        "the door is where it was"
    );
    for path in files_of("ui/src", &["ts", "js", "svelte"]) {
        if path != door {
            let text = fs::read_to_string(&path).unwrap();
            assert!(
                !text.contains("@tauri-apps"),
                "{} imports Tauri",
                path.display()
            );
            // Its neighbour may look whether there is a shell at all.
            if path.parent() != door.parent() {
                assert!(
                    !text.contains("__TAURI"),
                    "{} mentions Tauri",
                    path.display()
                );
            }
        }
    }
}

/// Where no graphics card draws, WebKitGTK 2.50 and newer end the whole window at what needs its compositor in any case: a view
/// transition does (<https://github.com/block/buzz/issues/3654>), and video is said to.
#[test]
fn the_page_can_be_drawn_without_a_card() {
    for path in files_of("ui/src", &["ts", "svelte", "css"]) {
        let text = fs::read_to_string(&path).unwrap();
        for needs_a_card in ["startViewTransition", "@view-transition", "<video"] {
            let found = text.contains(needs_a_card);
            assert!(!found, "{} has {needs_a_card}", path.display());
        }
    }
}

/// Every file is read as a whole, so it has to be short enough for that.
#[test]
fn no_source_file_is_over_500_lines() {
    let rust = ["crates", "src-tauri"].map(|folder| files_of(folder, &["rs"]));
    let page = files_of("ui/src", &["ts", "svelte", "css"]);
    for path in rust.concat().iter().chain(&page) {
        let lines = fs::read_to_string(path).unwrap().lines().count();
        assert!(lines <= 500, "{} has {lines} lines", path.display());
    }
}
