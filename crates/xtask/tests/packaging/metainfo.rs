//! What software centres show: src-tauri/packaging/app.readdress.Readdress.metainfo.xml.

use crate::xml::{Element, at, elements};
use crate::{MEDIA_TYPE, TRANSLATIONS, headline, json, read, size_of_png};

const PICTURES: &str = "https://raw.githubusercontent.com/readdress/readdress/main/";

fn component() -> Vec<Element> {
    elements("src-tauri/packaging/app.readdress.Readdress.metainfo.xml")
}

#[track_caller]
fn only(all: &[Element], path: &str) -> String {
    let found = at(all, path);
    assert_eq!(found.len(), 1, "{path}");
    found[0].text.clone()
}

#[test]
fn it_is_about_this_program() {
    let all = component();
    let config = json("tauri.conf.json");
    assert_eq!(
        only(&all, "component/id"),
        config["identifier"].as_str().unwrap()
    );
    assert_eq!(only(&all, "component/launchable"), "readdress.desktop");
    assert_eq!(only(&all, "component/icon"), "readdress");
    assert_eq!(only(&all, "component/provides/mediatype"), MEDIA_TYPE);
    let programs = at(&all, "component/provides/binary");
    let programs: Vec<_> = programs.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(programs, ["readdress", "readdress-cli"]);
    let window = &config["app"]["windows"][0];
    assert_eq!(
        only(&all, "component/requires/display_length"),
        window["minWidth"].to_string()
    );
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let package = &manifest["workspace"]["package"];
    assert_eq!(
        only(&all, "component/project_license"),
        package["license"].as_str().unwrap()
    );
    let home = at(&all, "component/url")
        .into_iter()
        .find(|url| url.attribute("type") == Some("homepage"));
    assert_eq!(home.unwrap().text, package["repository"].as_str().unwrap());
}

#[test]
fn every_text_is_there_in_three_languages() {
    let all = component();
    for path in [
        "summary",
        "description/p",
        "description/ul/li",
        "keywords/keyword",
        "screenshots/screenshot/caption",
    ] {
        let texts = at(&all, &format!("component/{path}"));
        let in_language = |language: Option<&str>| {
            let own = texts.iter().filter(|text| text.language() == language);
            own.map(|text| text.text.as_str()).collect::<Vec<_>>()
        };
        let english = in_language(None);
        assert!(!english.is_empty(), "{path}");
        for (_, language) in TRANSLATIONS {
            let translated = in_language(Some(language));
            assert_eq!(translated.len(), english.len(), "{path} in {language}");
            for (own, words) in translated.iter().zip(&english) {
                assert!(
                    !own.is_empty() && own != words,
                    "{path} in {language}: {own}"
                );
            }
        }
    }
    let summaries = at(&all, "component/summary");
    assert_eq!(summaries[0].text, headline("en"));
    for (_, language) in TRANSLATIONS {
        let own = summaries
            .iter()
            .find(|one| one.language() == Some(language));
        assert_eq!(own.unwrap().text, headline(language));
    }
}

#[test]
fn every_picture_is_there_in_the_size_that_is_told() {
    let all = component();
    let pictures = at(&all, "component/screenshots/screenshot/image");
    assert!(pictures.len() >= 3);
    for picture in pictures {
        let path = picture.text.strip_prefix(PICTURES);
        let path = path.unwrap_or_else(|| panic!("{} is not one of ours", picture.text));
        let told = |name: &str| picture.attribute(name).unwrap().parse::<u32>().unwrap();
        assert_eq!(size_of_png(path), (told("width"), told("height")), "{path}");
    }
}

#[test]
fn the_releases_have_their_place() {
    assert_eq!(at(&component(), "component/releases").len(), 1);
    // What the bundling task looks for.
    let file = read("src-tauri/packaging/app.readdress.Readdress.metainfo.xml");
    assert_eq!(file.matches("<releases/>").count(), 1);
}
