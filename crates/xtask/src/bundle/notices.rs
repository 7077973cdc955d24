//! The licences of what is compiled into the programs, as most of them ask to be shipped with them.
//!
//! Not here: which licences are allowed at all (deny.toml).

use crate::place::Place;
use crate::{Outcome, process};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What of npm ends up in the built page, besides our own; the other packages only build or test it.
const IN_THE_PAGE: &[&str] = &["@tauri-apps/api", "clsx", "esm-env", "svelte", "virtua"];
const OURS: [&str; 2] = ["readdress", "readdress-cli"];

/// One package of others.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    name: String,
    version: String,
    /// As SPDX writes it.
    licence: String,
    /// What its files about it say, each once.
    texts: BTreeSet<String>,
}

/// Everything as one text. `triple`: whose dependencies count.
///
/// # Errors
/// cargo cannot tell, or a package of the page is missing.
pub fn text(place: &Place, triple: &str) -> Outcome<String> {
    let mut asked = process::command(
        "cargo",
        &[
            "metadata",
            "--format-version",
            "1",
            "--filter-platform",
            triple,
        ],
    );
    let said = process::answer_of(asked.current_dir(&place.root))
        .ok_or("cargo metadata does not answer.")?;
    let metadata: Value =
        serde_json::from_str(&said).map_err(|why| format!("cargo metadata: {why}"))?;
    let mut parts: Vec<Part> = Vec::new();
    for package in compiled_in(&metadata) {
        let told = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
        let manifest = told("manifest_path");
        parts.push(Part {
            name: told("name"),
            version: told("version"),
            licence: told("license"),
            texts: texts_in(Path::new(&manifest).parent().unwrap_or(Path::new(""))),
        });
    }
    for name in IN_THE_PAGE {
        parts.push(page_part(&place.ui().join("node_modules").join(name))?);
    }
    parts.sort();
    Ok(written(&parts))
}

fn page_part(folder: &Path) -> Outcome<Part> {
    let path = folder.join("package.json");
    let text = fs::read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()))?;
    let about: Value =
        serde_json::from_str(&text).map_err(|why| format!("{}: {why}", path.display()))?;
    let told = |key: &str| about[key].as_str().unwrap_or_default().to_owned();
    Ok(Part {
        name: format!("{} (npm)", told("name")),
        version: told("version"),
        licence: told("license"),
        texts: texts_in(folder),
    })
}

/// The packages of others that our two programs are linked with: what they need, what that needs, and so on, without
/// what is needed for building or testing only.
fn compiled_in(metadata: &Value) -> Vec<&Value> {
    let list = |value: &'_ Value| value.as_array().cloned().unwrap_or_default();
    let nodes: BTreeMap<String, Vec<Value>> = list(&metadata["resolve"]["nodes"])
        .iter()
        .filter_map(|node| Some((node["id"].as_str()?.to_owned(), list(&node["deps"]))))
        .collect();
    let packages = metadata["packages"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let mut waiting: Vec<String> = packages
        .iter()
        .filter(|package| OURS.iter().any(|ours| package["name"] == **ours))
        .filter_map(|package| Some(package["id"].as_str()?.to_owned()))
        .collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id.clone()) {
            continue;
        }
        for dependency in nodes.get(&id).into_iter().flatten() {
            // `kind` is null for what is linked.
            let linked = list(&dependency["dep_kinds"])
                .iter()
                .any(|kind| kind["kind"].is_null());
            if let (true, Some(id)) = (linked, dependency["pkg"].as_str()) {
                waiting.push(id.to_owned());
            }
        }
    }
    packages
        .iter()
        .filter(|package| package["source"].is_string())
        .filter(|package| package["id"].as_str().is_some_and(|id| seen.contains(id)))
        .collect()
}

/// What the files about rights in a package's folder say.
fn texts_in(folder: &Path) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().to_uppercase();
        let about_rights = [
            "LICENSE",
            "LICENCE",
            "COPYING",
            "COPYRIGHT",
            "NOTICE",
            "UNLICENSE",
        ]
        .iter()
        .any(|start| name.starts_with(start));
        if about_rights && let Ok(text) = fs::read_to_string(entry.path()) {
            texts.insert(tidy(&text));
        }
    }
    texts
}

/// The same text from two packages differs in its blanks at most.
fn tidy(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// The list first, then each text once, with those that it is of.
fn written(parts: &[Part]) -> String {
    let mut out = String::from(
        "Readdress is made with the work of others. These are compiled into its programs:\n\n",
    );
    let mut texts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for part in parts {
        let name = format!("{} {}", part.name, part.version);
        out += &format!("  {name}: {}\n", part.licence);
        for text in &part.texts {
            texts.entry(text).or_default().push(name.clone());
        }
    }
    for (text, names) in by_first_name(texts) {
        out += &format!("\n{}\n{}\n\n{text}\n", "=".repeat(80), names.join(", "));
    }
    out
}

/// In the order of the list above them.
fn by_first_name(texts: BTreeMap<&str, Vec<String>>) -> Vec<(&str, Vec<String>)> {
    let mut texts: Vec<_> = texts.into_iter().collect();
    texts.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.cmp(b.0)));
    texts
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_is_linked_counts() {
        let package =
            |name: &str, source: Value| json!({ "name": name, "id": name, "source": source });
        let of = |name: &str, kind: Value| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        let metadata = json!({
            "packages": [
                package("readdress", Value::Null),
                package("linked", "registry".into()),
                package("deeper", "registry".into()),
                package("builder", "registry".into()),
                package("tester", "registry".into()),
            ],
            "resolve": { "nodes": [
                { "id": "readdress", "deps": [of("linked", Value::Null), of("builder", "build".into()), of("tester", "dev".into())] },
                { "id": "linked", "deps": [of("deeper", Value::Null), of("readdress", Value::Null)] },
            ] },
        });
        let names: Vec<_> = compiled_in(&metadata)
            .iter()
            .filter_map(|package| package["name"].as_str())
            .collect();
        assert_eq!(names, ["linked", "deeper"]);
    }

    #[test]
    fn a_text_of_two_is_written_once() {
        let part = |name: &str, texts: &[&str]| Part {
            name: name.into(),
            version: "1.0.0".into(),
            licence: "MIT".into(),
            texts: texts.iter().map(|text| tidy(text)).collect(),
        };
        let text = written(&[
            part("a", &["The same  \nwords\n"]),
            part("b", &["The same\nwords", "More."]),
        ]);
        assert!(text.contains("  a 1.0.0: MIT\n  b 1.0.0: MIT\n"));
        assert_eq!(text.matches("The same\nwords").count(), 1);
        assert!(text.contains("\na 1.0.0, b 1.0.0\n\nThe same"));
        assert!(text.contains("\nb 1.0.0\n\nMore."));
    }
}
