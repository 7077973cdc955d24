//! The menu entry: src-tauri/packaging/readdress.desktop.hbs, as Tauri fills it in.

use crate::{MEDIA_TYPE, TRANSLATIONS, headline, json, options, read};
use std::collections::BTreeMap;

type Group = BTreeMap<String, String>;

/// Groups by their heading.
fn entry() -> BTreeMap<String, Group> {
    let program = json("tauri.conf.json")["mainBinaryName"]
        .as_str()
        .unwrap()
        .to_owned();
    let text = read("src-tauri/packaging/readdress.desktop.hbs")
        .replace("{{exec}}", &program)
        .replace("{{icon}}", &program);
    assert!(!text.contains("{{"), "a gap that this test does not know");
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    let mut heading = String::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_prefix('[') {
            name.trim_end_matches(']').clone_into(&mut heading);
        } else {
            let (key, value) = line.split_once('=').unwrap();
            let group = groups.entry(heading.clone()).or_default();
            let before = group.insert(key.to_owned(), value.to_owned());
            assert_eq!(before, None, "{key} twice in [{heading}]");
        }
    }
    groups
}

#[test]
fn every_word_is_there_in_three_languages() {
    for (heading, group) in entry() {
        for key in ["Name", "GenericName", "Comment", "Keywords"] {
            // The product is called the same everywhere.
            if !group.contains_key(key) || (heading == "Desktop Entry" && key == "Name") {
                continue;
            }
            for (language, _) in TRANSLATIONS {
                let translated = group.get(&format!("{key}[{language}]"));
                assert!(
                    translated.is_some_and(|words| !words.is_empty() && *words != group[key]),
                    "[{heading}] {key} in {language}: {translated:?}"
                );
            }
        }
    }
}

#[test]
fn the_comment_is_what_the_first_screen_says() {
    let main = &entry()["Desktop Entry"];
    assert_eq!(main["Comment"], headline("en"));
    for (key, language) in TRANSLATIONS {
        assert_eq!(main[&format!("Comment[{key}]")], headline(language));
    }
    let config = json("tauri.conf.json");
    assert_eq!(
        config["bundle"]["shortDescription"],
        main["Comment"].as_str()
    );
}

#[test]
fn every_action_is_an_option_of_the_program() {
    let entry = entry();
    let main = &entry["Desktop Entry"];
    assert_eq!(main["Exec"], "readdress %f");
    let actions: Vec<&str> = main["Actions"].trim_end_matches(';').split(';').collect();
    assert_eq!(actions, ["practice", "add-profile", "pending"]);
    assert_eq!(entry.len(), 1 + actions.len());
    let options = options();
    for action in actions {
        let exec = &entry[&format!("Desktop Action {action}")]["Exec"];
        let option = exec.strip_prefix("readdress ").unwrap();
        assert_eq!(option, format!("--{action}"));
        assert!(
            options.contains(&option.to_owned()),
            "{option}: {options:?}"
        );
    }
}

#[test]
fn windows_and_files_find_the_entry() {
    let config = json("tauri.conf.json");
    // Tauri names the file after the product; GTK tells the desktop the program's name as the app's id.
    assert_eq!(config["productName"], "readdress");
    assert_eq!(config["mainBinaryName"], "readdress");
    let main = &entry()["Desktop Entry"];
    assert_eq!(main["StartupWMClass"], "readdress");
    assert_eq!(main["Icon"], "readdress");
    assert_eq!(main["MimeType"], format!("{MEDIA_TYPE};"));
}
