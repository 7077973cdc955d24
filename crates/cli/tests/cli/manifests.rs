//! Manifest files: the shipped ones, the user's own, and broken ones.

use std::path::{Path, PathBuf};

use crate::stage::Stage;

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../services")
}

#[test]
fn the_shipped_files_have_no_mistake() {
    let stage = Stage::new();
    let files: Vec<String> = ["z-api", "webshare", "mannco-store"]
        .iter()
        .map(|id| {
            shipped()
                .join(format!("{id}.toml"))
                .to_str()
                .expect("a path")
                .to_owned()
        })
        .collect();
    let mut args = vec!["services", "check"];
    args.extend(files.iter().map(String::as_str));
    let checked = stage.json(&args).ends(0).json();
    assert_eq!(checked["ok"], true);
    assert_eq!(checked["checked"], 3);
    assert_eq!(checked["faults"], serde_json::json!([]));
    stage.words(&args).ends(0);
}

#[test]
fn a_mistake_has_its_place_and_a_hint() {
    let stage = Stage::new();
    let good = std::fs::read_to_string(shipped().join("z-api.toml")).expect("the manifest");
    let file = stage.folder.path().join("broken.toml");
    std::fs::write(&file, good.replace("method = \"POST\"", "metod = \"POST\"")).expect("a file");
    let path = file.to_str().expect("a path");
    let broken = stage.json(&["services", "check", path]).ends(1);
    assert_eq!(broken.error(), "manifest_invalid");
    let fault = broken.json()["faults"][0].clone();
    assert_eq!(fault["file"], path);
    assert!(
        fault["line"].as_u64().is_some_and(|line| line > 1),
        "{fault}"
    );
    assert!(
        fault["column"].as_u64().is_some_and(|column| column >= 1),
        "{fault}"
    );
    assert!(
        fault["message"]
            .as_str()
            .is_some_and(|message| message.contains("metod")),
        "{fault}"
    );
    assert!(
        fault["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("method")),
        "{fault}"
    );
    let words = stage.words(&["services", "check", path]).ends(1);
    assert!(words.stdout.contains("broken.toml:"), "{words:?}");

    for (name, bytes) in [
        ("empty.toml", &b""[..]),
        ("bytes.toml", &[0xff, 0xfe, 0x00]),
        ("large.toml", &[b'#'; 300 * 1024]),
    ] {
        let file = stage.folder.path().join(name);
        std::fs::write(&file, bytes).expect("a file");
        let ran = stage
            .json(&["services", "check", file.to_str().expect("a path")])
            .ends(1);
        assert_eq!(ran.json()["ok"], false, "{name}");
    }
    assert_eq!(
        stage
            .json(&["services", "check", "/nonexistent.toml"])
            .ends(1)
            .error(),
        "manifest_invalid"
    );
    stage.json(&["services", "check"]).ends(2);
}

#[test]
fn a_file_of_ones_own_is_accepted_with_its_host() {
    let stage = Stage::new();
    let folder = tempfile::tempdir().expect("a folder");
    let good = std::fs::read_to_string(shipped().join("webshare.toml")).expect("the manifest");
    let own = good
        .replace("\"webshare\"", "\"mine\"")
        .replace("https://proxy.webshare.io", "https://one.invalid:8443");
    std::fs::write(folder.path().join("own.toml"), own).expect("a file");
    let folder = folder.path().to_str().expect("a path");
    let add = || {
        let args = ["profile", "add", "--service", "mine", "--label", "m"];
        let call = stage.with_key(&args).arg("--services").arg(folder);
        call.arg("--secret").arg("api_key=KEY").env("KEY", "k3y")
    };
    let refused = add().arg("--json").run().ends(1);
    assert_eq!(refused.error(), "service_new");
    assert_eq!(
        refused.json()["error"]["params"]["host"],
        "one.invalid:8443"
    );
    let words = add().run().ends(1);
    assert!(
        words
            .stderr
            .contains("readdress-cli services accept mine --host one.invalid:8443"),
        "{words:?}"
    );
    let accept = |host: &str| {
        stage.json(&[
            "services",
            "accept",
            "mine",
            "--host",
            host,
            "--services",
            folder,
        ])
    };
    assert_eq!(accept("two.invalid").ends(1).error(), "service_new");
    assert_eq!(
        accept("one.invalid").ends(1).error(),
        "service_new",
        "another port is another server"
    );
    assert_eq!(accept("one.invalid:8443").ends(0).json()["accepted"], true);
    add().run().ends(0);
    assert_eq!(
        stage
            .json(&["services", "accept", "nobody", "--host", "x"])
            .ends(2)
            .error(),
        "service_unknown"
    );
}

#[test]
fn a_folder_of_own_services_is_used_and_its_broken_files_are_told() {
    let stage = Stage::new();
    let folder = tempfile::tempdir().expect("a folder");
    let good = std::fs::read_to_string(shipped().join("webshare.toml")).expect("the manifest");
    let own = good.replace("\"webshare\"", "\"my-webshare\"");
    std::fs::write(folder.path().join("own.toml"), own).expect("a file");
    std::fs::write(folder.path().join("broken.toml"), "schema = ").expect("a file");
    let folder = folder.path().to_str().expect("a path");
    let services = stage.json(&["services", "--services", folder]).ends(0);
    let list = services.json();
    let own = list
        .as_array()
        .expect("a list")
        .iter()
        .find(|service| service["id"] == "my-webshare")
        .expect("own");
    assert_eq!(own["own"], true);
    assert!(
        services.stderr.contains("manifest_invalid") && services.stderr.contains("broken.toml"),
        "{services:?}"
    );
    assert_eq!(list.as_array().map(Vec::len), Some(4), "the others work");
}

#[test]
fn a_file_is_added_once_looked_at_and_replaced_only_when_asked() {
    let stage = Stage::new();
    let good = std::fs::read_to_string(shipped().join("webshare.toml")).expect("the manifest");
    let own = |host: &str| {
        good.replace("\"webshare\"", "\"mine\"")
            .replace("https://proxy.webshare.io", &format!("https://{host}"))
    };
    let file = stage.folder.path().join("from the forum.readdress");
    let path = file.to_str().expect("a path");
    let write = |text: &str| std::fs::write(&file, text).expect("a file");

    assert_eq!(
        stage.json(&["services", "add", path]).ends(2).error(),
        "service_file_unreadable"
    );
    write(&own("one.invalid").replace("method = \"POST\"", "metod = \"POST\""));
    let broken = stage.json(&["services", "add", path]).ends(1).json();
    assert!(
        broken["faults"][0]["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("method"))
    );
    write(&good);
    let shipped = stage.json(&["services", "add", path, "--replace"]).ends(1);
    assert_eq!(shipped.error(), "service_taken");
    assert_eq!(shipped.json()["error"]["params"]["reason"], "shipped");

    write(&own("one.invalid"));
    let added = stage.words(&["services", "add", path]).ends(0);
    assert!(added.stdout.contains("one.invalid"), "{added:?}");
    assert!(
        added
            .stderr
            .contains("readdress-cli services accept mine --host one.invalid"),
        "{added:?}"
    );
    let mine = stage.json(&["services", "show", "mine"]).ends(0).json();
    assert_eq!(
        (&mine["own"], &mine["accepted"]),
        (&true.into(), &false.into())
    );
    stage.words(&["services", "add", path]).ends(0);

    write(&own("two.invalid"));
    let refused = stage.words(&["services", "add", path]).ends(1);
    assert!(refused.stderr.contains("--replace"), "{refused:?}");
    let replaced = stage
        .json(&["services", "add", path, "--replace"])
        .ends(0)
        .json();
    assert_eq!(replaced["host"], "two.invalid");
}
