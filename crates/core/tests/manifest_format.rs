//! The format as others meet it: its JSON Schema, the example in the docs, a folder of one's own manifests.

use std::fmt::Write as _;

use readdress_core::error::Code;
use readdress_core::manifest::{Catalog, Manifest};

/// The example of docs/manifest.md.
fn example() -> String {
    let page = include_str!("../../../docs/manifest.md").replace("\r\n", "\n");
    let start = page.find("```toml\n").unwrap() + "```toml\n".len();
    page[start..start + page[start..].find("```").unwrap()].to_owned()
}

#[test]
fn a_folder_of_ones_own() {
    let example = example();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("example.toml", &example);
    write("second.toml", &example);
    write(
        "shadow.toml",
        &example.replacen("id       = \"example\"", "id = \"webshare\"", 1),
    );
    write(
        "broken.toml",
        &example.replacen("{{api_key}}", "{{tokn}}", 1),
    );
    write("latin1.txt", "not a manifest");
    std::fs::write(folder.path().join("bytes.toml"), [0xff, 0xfe]).unwrap();
    let mut large = example;
    writeln!(large, "# {}", "x".repeat(256 * 1024)).unwrap();
    write("large.toml", &large);

    let catalog = Catalog::with_folder(folder.path());
    assert!(catalog.is_own("example") && !catalog.is_own("webshare"));
    assert_eq!(catalog.get("webshare").unwrap().name, "Webshare");
    assert_eq!(catalog.all().len(), 4);
    let faults: Vec<_> = catalog
        .faults()
        .iter()
        .map(|fault| (fault.params["file"].as_str(), fault.code))
        .collect();
    let invalid = [
        "broken.toml",
        "bytes.toml",
        "large.toml",
        "second.toml",
        "shadow.toml",
    ]
    .map(|file| (file, Code::ManifestInvalid));
    assert_eq!(faults, invalid);
    assert!(
        Catalog::with_folder(&folder.path().join("none"))
            .faults()
            .is_empty()
    );
}

#[test]
fn the_schema_describes_the_format() {
    let schema = readdress_core::manifest::json_schema();
    for name in ["base_url", "step", "field", "flow", "answer", "limit"] {
        assert!(schema["properties"][name].is_object(), "{name}");
    }
    assert_eq!(schema["additionalProperties"], false);
    assert!(schema["$defs"]["AnswerSource"]["properties"]["means"].is_object());
}

/// `UPDATE_SCHEMA=1 cargo test -p readdress-core the_schema_file` writes it anew.
#[test]
fn the_schema_file_is_current() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/manifest.schema.json"
    );
    let schema =
        serde_json::to_string_pretty(&readdress_core::manifest::json_schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(path, &schema).unwrap();
    }
    let stored = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    assert!(
        stored == schema,
        "docs/manifest.schema.json is not what the code says"
    );
}

/// The example of docs/manifest.md is a manifest.
#[test]
fn the_worked_example_is_right() {
    let manifest = Manifest::parse(&example(), "docs/manifest.md");
    let manifest = manifest.unwrap_or_else(|faults| panic!("{}", faults[0].render()));
    assert_eq!(
        (
            manifest.id.as_str(),
            manifest.flow.len(),
            manifest.limits[0].max
        ),
        ("example", 2, 3)
    );
}
