//! The notes of a release, out of CHANGELOG.md: `cargo xtask notes [VERSION]`, and what the packages carry.
//!
//! Not here: when which release was made (the headings say it), what a package does with the notes (`bundle`).

mod forms;

use crate::Outcome;
use crate::place::Place;
use std::fs;

pub use forms::{Day, appstream, debian, markdown, rpm};

/// What is not released yet stands under this heading.
const UNRELEASED: &str = "Unreleased";

/// One version's part of the changelog.
#[derive(Debug, PartialEq, Eq)]
pub struct Section {
    /// Without brackets; [`UNRELEASED`] for what comes next.
    pub version: String,
    /// `2026-12-01`.
    pub date: Option<String>,
    pub groups: Vec<Group>,
}

/// *Added*, *Fixed*, *Security* and so on.
#[derive(Debug, PartialEq, Eq)]
pub struct Group {
    pub heading: String,
    /// One sentence or more each, with their Markdown.
    pub items: Vec<String>,
}

/// Prints a version's notes as Markdown, for a release's page.
pub fn print(place: &Place, version: Option<&String>) -> Outcome {
    let version = match version {
        Some(version) => version.trim_start_matches('v').to_owned(),
        None => place.version()?,
    };
    let sections = of(place, &version)?;
    let section = sections.first().ok_or("CHANGELOG.md has no section.")?;
    print!("{}", markdown(section));
    Ok(())
}

/// The section of this version, or what is unreleased under its name, and all that were released before; newest first.
///
/// # Errors
/// CHANGELOG.md is not readable or has neither.
pub fn of(place: &Place, version: &str) -> Outcome<Vec<Section>> {
    let path = place.root.join("CHANGELOG.md");
    let text = fs::read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()))?;
    up_to(sections(&text), version).ok_or_else(|| {
        format!("CHANGELOG.md has neither a section {version} nor one called {UNRELEASED}.")
    })
}

fn up_to(sections: Vec<Section>, version: &str) -> Option<Vec<Section>> {
    let by_name = |name: &str| sections.iter().position(|section| section.version == name);
    let at = by_name(version).or_else(|| by_name(UNRELEASED))?;
    let mut kept: Vec<Section> = sections.into_iter().skip(at).collect();
    version.clone_into(&mut kept[0].version);
    Some(kept)
}

/// Every part of a changelog in the form of <https://keepachangelog.com/en/1.1.0/>.
fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            sections.push(section(heading));
            continue;
        }
        let Some(section) = sections.last_mut() else {
            continue;
        };
        if let Some(heading) = line.strip_prefix("### ") {
            section.groups.push(Group {
                heading: heading.trim().to_owned(),
                items: Vec::new(),
            });
        } else if let Some(group) = section.groups.last_mut() {
            if let Some(item) = line.strip_prefix("- ") {
                group.items.push(item.trim().to_owned());
            } else if let (Some(more), Some(item)) =
                (line.strip_prefix("  "), group.items.last_mut())
            {
                *item += " ";
                *item += more.trim();
            }
        }
    }
    sections
}

/// `[0.1.0] - 2026-12-01`
fn section(heading: &str) -> Section {
    let (version, date) = match heading.split_once(" - ") {
        Some((version, date)) => (version, Some(date.trim().to_owned())),
        None => (heading, None),
    };
    let version = version.trim().trim_matches(['[', ']']);
    Section {
        version: version.to_owned(),
        date,
        groups: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "# Changelog\n\nWords.\n\n## [Unreleased]\n\n### Added\n\n- One thing,\n  told in two lines.\n- Another.\n\n\
        ### Security\n\n- Safe.\n\n## [0.1.0] - 2026-12-01\n\n### Added\n\n- First.\n\n[Unreleased]: https://example.org\n";

    #[test]
    fn sections_groups_and_items_are_read() {
        let all = sections(LOG);
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].version, "Unreleased");
        assert_eq!(
            all[0].groups[0].items,
            ["One thing, told in two lines.", "Another."]
        );
        assert_eq!(all[0].groups[1].heading, "Security");
        assert_eq!(all[1].date.as_deref(), Some("2026-12-01"));
        assert_eq!(all[1].groups[0].items, ["First."]);
    }

    #[test]
    fn a_version_without_a_section_is_what_is_unreleased() {
        let next = up_to(sections(LOG), "0.2.0").unwrap();
        assert_eq!((next[0].version.as_str(), next.len()), ("0.2.0", 2));
        let first = up_to(sections(LOG), "0.1.0").unwrap();
        assert_eq!((first[0].version.as_str(), first.len()), ("0.1.0", 1));
        assert_eq!(up_to(Vec::new(), "0.1.0"), None);
    }

    #[test]
    fn the_changelog_of_this_project_is_one() {
        let text = include_str!("../../../../CHANGELOG.md");
        let all = sections(text);
        let says = |section: &Section| section.groups.iter().any(|group| !group.items.is_empty());
        assert!(all.iter().any(says));
        // Right after a release nothing is new yet.
        for section in all.iter().filter(|one| one.version != UNRELEASED) {
            assert!(says(section), "{}", section.version);
        }
    }
}
