//! The Tauri CLI: how it is called, and what it is told beside tauri.conf.json.

use super::Profile;
use super::stage::{self, Stage};
use crate::Outcome;
use crate::place::Place;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The Tauri CLI from the page's packages, called in the root, where tauri.conf.json lies.
pub fn tauri(place: &Place) -> Outcome<Command> {
    let script = ["node_modules", "@tauri-apps", "cli", "tauri.js"]
        .iter()
        .fold(place.ui(), |path, part| path.join(part));
    if !script.is_file() {
        return Err(format!(
            "{} is missing: `npm ci` in ui/ brings it.",
            script.display()
        ));
    }
    // By node, not by its link under .bin: that is a script of another kind on Windows.
    let mut command = Command::new("node");
    command.arg(script).current_dir(&place.root);
    Ok(command)
}

/// `tauri bundle`: packs what is in the stage. Builds nothing.
pub fn bundle(
    place: &Place,
    stage: &Stage,
    profile: Profile,
    kinds: &str,
    config: &Value,
) -> Outcome<Command> {
    let mut command = tauri(place)?;
    command.arg("bundle");
    if profile == Profile::Debug {
        command.arg("--debug");
    }
    command
        .args(["--bundles", kinds, "--ci", "--config"])
        .arg(config.to_string())
        .env("CARGO_TARGET_DIR", &stage.target);
    Ok(command)
}

/// What every package is told: the command-line program beside the app, and another version if somebody wants one.
///
/// `externalBin` is not in tauri.conf.json, because `tauri-build` would ask for the file at each build of the app.
pub fn config(stage: &Stage, version: Option<&str>) -> Value {
    let mut config = json!({ "bundle": { "externalBin": [stage.folder().join(stage::CLI)] } });
    if let Some(version) = version {
        config["version"] = version.into();
    }
    config
}

/// What Debian's package is told besides: the files, as `(place in the package, file here)`. Tauri's own choice of icons
/// would put the one of 256 points where one of 512 belongs, so that they are among the files.
pub fn add_files(config: &mut Value, files: &[(String, PathBuf)]) {
    let map: serde_json::Map<String, Value> = files
        .iter()
        .map(|(to, from)| (to.clone(), path(from)))
        .collect();
    config["bundle"]["icon"] = json!([]);
    config["bundle"]["linux"]["deb"]["files"] = Value::Object(map);
}

fn path(path: &Path) -> Value {
    path.to_string_lossy().into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage() -> Stage {
        Stage {
            target: "target/bundle".into(),
            app: "target/bundle/debug/readdress".into(),
            cli: "target/bundle/debug/readdress-cli-x86_64-unknown-linux-gnu".into(),
            triple: "x86_64-unknown-linux-gnu".into(),
        }
    }

    #[test]
    fn both_programs_are_told_without_the_triple() {
        let config = config(&stage(), None);
        assert_eq!(
            config["bundle"]["externalBin"][0],
            "target/bundle/debug/readdress-cli"
        );
        assert_eq!(config.get("version"), None);
    }

    #[test]
    fn another_version_and_files_are_told() {
        let mut config = config(&stage(), Some("0.0.9"));
        add_files(&mut config, &[("/usr/share/x".into(), "icons/x".into())]);
        assert_eq!(config["version"], "0.0.9");
        assert_eq!(
            config["bundle"]["linux"]["deb"]["files"]["/usr/share/x"],
            "icons/x"
        );
        assert_eq!(config["bundle"]["externalBin"].as_array().unwrap().len(), 1);
    }
}
