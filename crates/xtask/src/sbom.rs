//! `cargo xtask sbom`: what the packages are made of, as one CycloneDX document: the crates of both programs, on every
//! system, and the packages of the page.
//!
//! Not here: what only builds or tests it.

use crate::place::Place;
use crate::{Outcome, page, process, tools};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// The newest that both cargo-cyclonedx and npm write.
const SPEC: &str = "1.5";
/// cargo-cyclonedx writes one beside every `Cargo.toml` of the workspace.
const BESIDE: &str = "sbom-of-this-crate";

pub fn sbom(place: &Place) -> Outcome {
    let crates = of_crates(place);
    remove_beside(&place.root)?;
    let [app, cli] = crates?;
    let whole = join(app, vec![cli, of_page(place)?])?;
    let version = whole["metadata"]["component"]["version"]
        .as_str()
        .unwrap_or_default();
    let folder = place.packages("release");
    fs::create_dir_all(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let path = folder.join(format!("readdress-{version}.cdx.json"));
    let text = serde_json::to_string_pretty(&whole).map_err(|why| why.to_string())?;
    fs::write(&path, text + "\n").map_err(|why| format!("{}: {why}", path.display()))?;
    let count = whole["components"].as_array().map_or(0, Vec::len);
    println!("{count} components  {}", path.display());
    Ok(())
}

/// The app's and the command line's.
fn of_crates(place: &Place) -> Outcome<[Value; 2]> {
    let mut command = process::command(
        &tools::cargo_cyclonedx(place)?.to_string_lossy(),
        &[
            "cyclonedx",
            "--format",
            "json",
            "--spec-version",
            SPEC,
            "--target",
            "all",
            "--quiet",
            "--override-filename",
            BESIDE,
        ],
    );
    process::show_and_run(command.current_dir(&place.root))?;
    let read = |folder: &Path| {
        let path = folder.join(BESIDE).with_extension("json");
        let text = fs::read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        // Where it was built is nobody's business, and would make each document another.
        parse(&text.replace(
            &format!("file://{}", place.root.display()),
            "file:///readdress",
        ))
    };
    Ok([
        read(&place.root)?,
        read(&place.root.join("crates").join("cli"))?,
    ])
}

fn remove_beside(root: &Path) -> Outcome {
    let crates = fs::read_dir(root.join("crates")).map_err(|why| why.to_string())?;
    let folders: Vec<PathBuf> = crates.flatten().map(|entry| entry.path()).collect();
    for folder in folders.iter().map(PathBuf::as_path).chain([root]) {
        let path = folder.join(BESIDE).with_extension("json");
        if path.exists() {
            fs::remove_file(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        }
    }
    Ok(())
}

/// npm's own `--omit dev` leaves Svelte out, which is shipped (npm 11): what is for developing only is taken out here.
fn of_page(place: &Place) -> Outcome<Value> {
    page::install_packages(&place.ui())?;
    let words = [
        "sbom",
        "--sbom-format",
        "cyclonedx",
        "--sbom-type",
        "application",
    ];
    let said = process::answer_of(&mut page::npm(&place.ui(), &words));
    let bom = parse(&said.ok_or("`npm sbom` does not answer: it needs npm 9.8 or newer.")?)?;
    Ok(without_dev(bom))
}

fn without_dev(mut bom: Value) -> Value {
    let mut components = list(&mut bom, "components");
    components.retain(|one| !is_dev(one));
    let kept = |name: &Value| {
        *name == bom["metadata"]["component"]["bom-ref"]
            || components.iter().any(|one| one["bom-ref"] == *name)
    };
    let mut dependencies = match &bom["dependencies"] {
        Value::Array(all) => all.clone(),
        _ => Vec::new(),
    };
    dependencies.retain(|one| kept(&one["ref"]));
    for one in &mut dependencies {
        if let Some(on) = one["dependsOn"].as_array_mut() {
            on.retain(&kept);
        }
    }
    bom["dependencies"] = dependencies.into();
    bom["components"] = components.into();
    bom
}

fn is_dev(component: &Value) -> bool {
    let properties = component["properties"].as_array();
    properties.is_some_and(|all| {
        all.iter()
            .any(|one| one["name"] == "cdx:npm:package:development" && one["value"] == "true")
    })
}

fn parse(text: &str) -> Outcome<Value> {
    let bom: Value = serde_json::from_str(text).map_err(|why| format!("no JSON: {why}"))?;
    if bom["bomFormat"] != "CycloneDX" || bom["specVersion"] != SPEC {
        return Err(format!(
            "no CycloneDX {SPEC}: {} {}",
            bom["bomFormat"], bom["specVersion"]
        ));
    }
    Ok(bom)
}

/// One document about the product, which depends on what each of the documents is about.
fn join(mut whole: Value, others: Vec<Value>) -> Outcome<Value> {
    let subject = whole["metadata"]["component"].take();
    let product = json!({
        "type": "application",
        "bom-ref": "readdress",
        "name": "readdress",
        "version": subject["version"].clone(),
        "licenses": subject["licenses"].clone(),
    });
    let mut parts = vec![subject["bom-ref"].clone()];
    let mut components = list(&mut whole, "components");
    let mut dependencies = list(&mut whole, "dependencies");
    add(&mut components, "bom-ref", vec![part(subject)]);
    let mut tools = list(&mut whole["metadata"], "tools");
    for mut other in others {
        add(&mut tools, "name", list(&mut other["metadata"], "tools"));
        let subject = other["metadata"]["component"].take();
        parts.push(subject["bom-ref"].clone());
        add(&mut components, "bom-ref", list(&mut other, "components"));
        add(&mut components, "bom-ref", vec![part(subject)]);
        add(&mut dependencies, "ref", list(&mut other, "dependencies"));
    }
    if parts.iter().any(Value::is_null) {
        return Err("a document does not say what it is about".to_owned());
    }
    dependencies.push(json!({ "ref": "readdress", "dependsOn": parts }));
    whole["metadata"]["component"] = product;
    whole["metadata"]["tools"] = tools.into();
    whole["components"] = components.into();
    whole["dependencies"] = dependencies.into();
    Ok(whole)
}

fn list(bom: &mut Value, name: &str) -> Vec<Value> {
    match bom[name].take() {
        Value::Array(list) => list,
        _ => Vec::new(),
    }
}

/// What is there already stays: both programs share most of their crates.
fn add(to: &mut Vec<Value>, key: &str, more: Vec<Value>) {
    for one in more {
        if to.iter().all(|had| had[key] != one[key]) {
            to.push(one);
        }
    }
}

/// The thing itself as a part of the product: its targets and the like stay out, its crates are in the list.
fn part(mut subject: Value) -> Value {
    if let Some(fields) = subject.as_object_mut() {
        fields.remove("components");
    }
    subject
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bom(of: &str, parts: &[&str]) -> Value {
        let components: Vec<_> = parts
            .iter()
            .map(|name| json!({ "type": "library", "bom-ref": name, "name": name }))
            .collect();
        json!({
            "bomFormat": "CycloneDX", "specVersion": SPEC,
            "metadata": { "component": { "type": "application", "bom-ref": of, "name": of, "version": "1.2.3", "components": [{}] } },
            "components": components,
            "dependencies": [{ "ref": of, "dependsOn": parts }],
        })
    }

    #[test]
    fn three_documents_become_one_that_names_each_part_once() {
        let whole = join(
            bom("app", &["a", "b"]),
            vec![bom("cli", &["b", "c"]), bom("page", &["d"])],
        )
        .unwrap();
        let refs: Vec<_> = whole["components"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["bom-ref"].as_str().unwrap())
            .collect();
        assert_eq!(refs, ["a", "b", "app", "c", "cli", "d", "page"]);
        assert_eq!(whole["metadata"]["component"]["version"], "1.2.3");
        let product = whole["dependencies"].as_array().unwrap().last().unwrap();
        assert_eq!(
            product,
            &json!({ "ref": "readdress", "dependsOn": ["app", "cli", "page"] })
        );
    }

    #[test]
    fn what_is_for_developing_only_is_left_out() {
        let mut page = bom("page", &["svelte", "vite"]);
        page["components"][1]["properties"] =
            json!([{ "name": "cdx:npm:package:development", "value": "true" }]);
        let page = without_dev(page);
        assert_eq!(page["components"].as_array().unwrap().len(), 1);
        assert_eq!(
            page["dependencies"],
            json!([{ "ref": "page", "dependsOn": ["svelte"] }])
        );
    }

    #[test]
    fn what_is_no_cyclonedx_is_refused() {
        assert!(parse("{}").is_err() && parse("no").is_err());
        assert!(parse(&bom("a", &[]).to_string()).is_ok());
    }
}
