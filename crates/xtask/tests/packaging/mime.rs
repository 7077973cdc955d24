//! The kind of file that opens with a double click.

use crate::xml::{at, elements};
use crate::{MEDIA_TYPE, TRANSLATIONS};

#[test]
fn service_files_are_text_with_an_ending_of_their_own() {
    let all = elements("src-tauri/packaging/readdress.mime.xml");
    let kinds = at(&all, "mime-info/mime-type");
    assert_eq!(kinds.len(), 1);
    assert_eq!(kinds[0].attribute("type"), Some(MEDIA_TYPE));
    let below = |name: &str| at(&all, &format!("mime-info/mime-type/{name}"));
    assert_eq!(below("glob")[0].attribute("pattern"), Some("*.readdress"));
    assert_eq!(
        below("sub-class-of")[0].attribute("type"),
        Some("text/plain")
    );
    assert_eq!(below("icon")[0].attribute("name"), Some("readdress"));
    let languages: Vec<_> = below("comment").iter().map(|one| one.language()).collect();
    let translated = TRANSLATIONS.map(|(language, _)| Some(language));
    assert_eq!(languages, [None, translated[0], translated[1]]);
}
