//! The notes as each package wants them. Pure.

use super::Section;
use crate::bundle::sortable;

/// A day, as the forms write it.
pub struct Day<'a> {
    /// `2026-11-20`
    pub iso: &'a str,
    /// `Fri, 20 Nov 2026 12:00:00 +0000`
    pub mail: &'a str,
    /// `Fri Nov 20 2026`
    pub rpm: &'a str,
}

/// For a release's page: the section without its own heading.
pub fn markdown(section: &Section) -> String {
    let mut text = String::new();
    for group in &section.groups {
        text += &format!("### {}\n\n", group.heading);
        for item in &group.items {
            text += &format!("- {item}\n");
        }
        text += "\n";
    }
    text.trim_end().to_owned() + "\n"
}

/// One entry of a Debian changelog (<https://www.debian.org/doc/debian-policy/ch-source.html#debian-changelog-debian-changelog>).
pub fn debian(section: &Section, maintainer: &str, day: &Day<'_>) -> String {
    let mut text = format!(
        "readdress ({}) unstable; urgency=medium\n\n",
        sortable(&section.version)
    );
    for group in &section.groups {
        text += &format!("  [ {} ]\n", group.heading);
        for item in &group.items {
            text += &wrapped(&plain(item), "  * ", "    ", 78);
        }
        text += "\n";
    }
    text + &format!(" -- {maintainer}  {}\n", day.mail)
}

/// One entry of an RPM changelog.
pub fn rpm(section: &Section, maintainer: &str, day: &Day<'_>) -> String {
    let mut text = format!(
        "* {} {maintainer} - {}-1\n",
        day.rpm,
        sortable(&section.version)
    );
    for item in section.groups.iter().flat_map(|group| &group.items) {
        // A percent sign would begin a macro.
        text += &wrapped(&plain(item).replace('%', "%%"), "- ", "  ", 78);
    }
    text
}

/// One `<release>` of AppStream's metainfo (<https://www.freedesktop.org/software/appstream/docs/sect-Metadata-Releases.html>).
pub fn appstream(section: &Section, day: &Day<'_>) -> String {
    let mut text = format!(
        "    <release version=\"{}\" date=\"{}\">\n      <description>\n",
        escaped(&section.version),
        escaped(section.date.as_deref().unwrap_or(day.iso))
    );
    for group in &section.groups {
        text += &format!("        <p>{}</p>\n        <ul>\n", escaped(&group.heading));
        for item in &group.items {
            text += &format!("          <li>{}</li>\n", escaped(&plain(item)));
        }
        text += "        </ul>\n";
    }
    text + "      </description>\n    </release>\n"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Without Markdown's signs; a link keeps its words.
fn plain(item: &str) -> String {
    let mut text = String::with_capacity(item.len());
    let mut rest = item;
    while let Some(at) = rest.find(['`', '*', '[']) {
        text += &rest[..at];
        let sign = &rest[at..];
        if let Some((words, after)) = sign.strip_prefix('[').and_then(link) {
            text += &plain(words);
            rest = after;
        } else {
            if sign.starts_with('[') {
                text.push('[');
            }
            rest = &sign[1..];
        }
    }
    text + rest
}

/// The words and what comes after a link whose first bracket is gone: `words](target)after`.
fn link(inside: &str) -> Option<(&str, &str)> {
    let (words, target) = inside.split_once("](")?;
    let (_, after) = target.split_once(')')?;
    (!words.contains('[')).then_some((words, after))
}

/// Lines of at most `width` characters, the first after `first`, the others after `next`.
fn wrapped(text: &str, first: &str, next: &str, width: usize) -> String {
    let mut done = String::new();
    let mut line = first.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > width {
            done += &line;
            done.push('\n');
            next.clone_into(&mut line);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line += word;
        empty = false;
    }
    done + &line + "\n"
}

#[cfg(test)]
mod tests {
    use super::super::{Group, Section};
    use super::*;

    const DAY: Day<'static> = Day {
        iso: "2026-11-20",
        mail: "Fri, 20 Nov 2026 12:00:00 +0000",
        rpm: "Fri Nov 20 2026",
    };

    fn section() -> Section {
        let items = vec![
            "`change` & *unknown*: see [docs](docs/x.md), <100 % [sic]".to_owned(),
            "A longer one that certainly does not fit into one line of an old terminal any more."
                .to_owned(),
        ];
        Section {
            version: "0.1.0".into(),
            date: None,
            groups: vec![Group {
                heading: "Added".into(),
                items,
            }],
        }
    }

    #[test]
    fn a_release_page_keeps_the_markdown() {
        assert!(
            markdown(&section()).starts_with("### Added\n\n- `change` & *unknown*: see [docs](")
        );
    }

    #[test]
    fn debian_has_its_form_and_short_lines() {
        let text = debian(&section(), "A <a@example.org>", &DAY);
        assert!(text.starts_with("readdress (0.1.0) unstable; urgency=medium\n\n  [ Added ]\n"));
        assert!(text.contains("\n  * change & unknown: see docs, <100 % [sic]\n"));
        assert!(text.contains("\n    "));
        assert!(text.ends_with("\n -- A <a@example.org>  Fri, 20 Nov 2026 12:00:00 +0000\n"));
        assert!(text.lines().all(|line| line.chars().count() <= 80));
    }

    #[test]
    fn rpm_sees_no_macro() {
        let text = rpm(&section(), "A <a@example.org>", &DAY);
        assert!(text.starts_with("* Fri Nov 20 2026 A <a@example.org> - 0.1.0-1\n- change"));
        assert!(text.contains("<100 %% [sic]"));
    }

    #[test]
    fn appstream_is_xml_with_the_day_of_the_commit_or_the_heading() {
        let mut section = section();
        let text = appstream(&section, &DAY);
        assert!(text.contains("<release version=\"0.1.0\" date=\"2026-11-20\">"));
        assert!(text.contains("<li>change &amp; unknown: see docs, &lt;100 % [sic]</li>"));
        section.date = Some("2026-12-01".into());
        assert!(appstream(&section, &DAY).contains("date=\"2026-12-01\""));
    }
}
