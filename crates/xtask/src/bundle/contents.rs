//! What lies where in a Linux package, beside the two programs and the desktop file.

use crate::place::Place;
use std::path::PathBuf;

/// Which customs the package follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    Debian,
    /// Fedora, openSUSE and kin.
    Rpm,
}

/// A file of the repository, or one of those made for this package (`made`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    Repository(&'static str),
    Made(&'static str),
}

/// `(place in the package, where it comes from)`.
pub fn contents(_family: Family) -> Vec<(&'static str, Source)> {
    use Source::Repository;
    vec![
        (
            "/usr/share/doc/readdress/copyright",
            Repository("src-tauri/packaging/copyright"),
        ),
        (
            "/usr/share/icons/hicolor/32x32/apps/readdress.png",
            Repository("icons/32x32.png"),
        ),
        (
            "/usr/share/icons/hicolor/128x128/apps/readdress.png",
            Repository("icons/128x128.png"),
        ),
        (
            "/usr/share/icons/hicolor/256x256/apps/readdress.png",
            Repository("icons/128x128@2x.png"),
        ),
        (
            "/usr/share/icons/hicolor/scalable/apps/readdress.svg",
            Repository("icons/readdress.svg"),
        ),
    ]
}

/// The same with whole paths of this machine; `made` is the folder of what was made.
pub fn files(place: &Place, made: &std::path::Path, family: Family) -> Vec<(String, PathBuf)> {
    contents(family)
        .into_iter()
        .map(|(to, source)| {
            let from = match source {
                Source::Repository(path) => place.root.join(path),
                Source::Made(name) => made.join(name),
            };
            (to.to_owned(), from)
        })
        .collect()
}
