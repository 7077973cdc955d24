//! What lies where in a Linux package, beside the two programs and the desktop file.

use crate::place::Place;
use std::path::{Path, PathBuf};

/// Which customs the package follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    Debian,
    /// Fedora, openSUSE and kin.
    Rpm,
}

/// A file of the repository, or one of those made for this package (`made`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    Repository(String),
    Made(&'static str),
}

/// In pixels; the repository has one of each.
const ICON_SIZES: &[u32] = &[16, 22, 24, 32, 48, 64, 128, 256, 512];

/// `(place in the package, where it comes from)`.
pub fn contents(family: Family) -> Vec<(String, Source)> {
    let mut all = Vec::new();
    let mut add = |to: &str, source: Source| all.push((to.to_owned(), source));
    let ours = |path: &str| Source::Repository(path.to_owned());
    for size in ICON_SIZES {
        add(
            &format!("/usr/share/icons/hicolor/{size}x{size}/apps/readdress.png"),
            ours(&format!("icons/{size}x{size}.png")),
        );
    }
    add(
        "/usr/share/icons/hicolor/scalable/apps/readdress.svg",
        ours("icons/scalable.svg"),
    );
    add(
        "/usr/share/icons/hicolor/symbolic/apps/readdress-symbolic.svg",
        ours("icons/symbolic.svg"),
    );
    add(
        "/usr/share/mime/packages/readdress.xml",
        ours("src-tauri/packaging/readdress.mime.xml"),
    );
    for name in ["readdress.1.gz", "readdress-cli.1.gz"] {
        add(&format!("/usr/share/man/man1/{name}"), Source::Made(name));
    }
    add(
        "/usr/share/metainfo/app.readdress.Readdress.metainfo.xml",
        Source::Made("app.readdress.Readdress.metainfo.xml"),
    );
    add(
        "/usr/share/bash-completion/completions/readdress-cli",
        Source::Made("readdress-cli.bash"),
    );
    add(
        "/usr/share/fish/vendor_completions.d/readdress-cli.fish",
        Source::Made("readdress-cli.fish"),
    );
    let zsh = Source::Made("_readdress-cli");
    let third = Source::Made("third-party.txt.xz");
    match family {
        Family::Debian => {
            add("/usr/share/zsh/vendor-completions/_readdress-cli", zsh);
            add("/usr/share/doc/readdress/third-party.txt.xz", third);
            add(
                "/usr/share/doc/readdress/copyright",
                ours("src-tauri/packaging/copyright"),
            );
            add(
                "/usr/share/doc/readdress/changelog.gz",
                Source::Made("changelog.gz"),
            );
        }
        Family::Rpm => {
            add("/usr/share/zsh/site-functions/_readdress-cli", zsh);
            add("/usr/share/licenses/readdress/third-party.txt.xz", third);
            for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
                add(&format!("/usr/share/licenses/readdress/{name}"), ours(name));
            }
        }
    }
    all
}

/// What there is besides: made by Tauri out of the programs and the template.
pub const BY_TAURI: &[&str] = &[
    "/usr/bin/readdress",
    "/usr/bin/readdress-cli",
    "/usr/share/applications/readdress.desktop",
];

/// The same with whole paths of this machine; `made` is the folder of what was made.
pub fn files(place: &Place, made: &Path, family: Family) -> Vec<(String, PathBuf)> {
    contents(family)
        .into_iter()
        .map(|(to, source)| {
            let from = match source {
                Source::Repository(path) => place.root.join(path),
                Source::Made(name) => made.join(name),
            };
            (to, from)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn what_is_taken_from_the_repository_is_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for family in [Family::Debian, Family::Rpm] {
            for (_, source) in contents(family) {
                if let Source::Repository(path) = source {
                    assert!(root.join(&path).is_file(), "{path}");
                }
            }
        }
    }

    #[test]
    fn no_place_is_taken_twice() {
        for family in [Family::Debian, Family::Rpm] {
            let all = contents(family);
            let places: BTreeSet<_> = all
                .iter()
                .map(|(to, _)| to.as_str())
                .chain(BY_TAURI.iter().copied())
                .collect();
            assert_eq!(places.len(), all.len() + BY_TAURI.len());
        }
    }

    #[test]
    fn each_family_has_its_places() {
        let has = |family, place: &str| contents(family).iter().any(|(to, _)| to == place);
        assert!(has(Family::Debian, "/usr/share/doc/readdress/copyright"));
        assert!(!has(Family::Rpm, "/usr/share/doc/readdress/copyright"));
        assert!(has(
            Family::Rpm,
            "/usr/share/licenses/readdress/LICENSE-MIT"
        ));
    }
}
