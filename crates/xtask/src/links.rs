//! Every relative link in our Markdown leads to something: a file, a folder, a heading.
//!
//! Not here: links to the outside. A gate that needs the net fails for reasons of the net.

use crate::Outcome;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders whose pages are not ours.
const NOT_OURS: &[&str] = &["target", "node_modules", "dist", ".git", "gen"];

pub fn check(root: &Path) -> Outcome {
    let mut pages = Vec::new();
    collect(root, &mut pages);
    if pages.is_empty() {
        return Err("There is no Markdown page to look at.".to_owned());
    }
    let mut broken = Vec::new();
    let mut count = 0;
    for page in &pages {
        let text = fs::read_to_string(page).map_err(|why| format!("{}: {why}", page.display()))?;
        for (line, target) in links_in(&text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            count += 1;
            if let Err(why) = follow(page, &target) {
                let name = page.strip_prefix(root).unwrap_or(page).display();
                broken.push(format!("{name}:{line}: {target}: {why}"));
            }
        }
    }
    if broken.is_empty() {
        println!("{count} links in {} pages", pages.len());
        Ok(())
    } else {
        Err(broken.join("\n"))
    }
}

fn collect(folder: &Path, pages: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if !NOT_OURS.iter().any(|other| name == *other) {
                collect(&path, pages);
            }
        } else if path.extension().is_some_and(|end| end == "md") {
            pages.push(path);
        }
    }
}

fn follow(page: &Path, target: &str) -> Outcome {
    let (file, heading) = target
        .split_once('#')
        .map_or((target, None), |(f, h)| (f, Some(h)));
    let folder = page.parent().unwrap_or(page);
    let path = if file.is_empty() {
        page.to_path_buf()
    } else {
        folder.join(file)
    };
    if !path.exists() {
        return Err("there is no such file".to_owned());
    }
    let Some(heading) = heading else {
        return Ok(());
    };
    let text = fs::read_to_string(&path).map_err(|why| why.to_string())?;
    if anchors_in(&text).iter().any(|anchor| anchor == heading) {
        Ok(())
    } else {
        Err("there is no such heading".to_owned())
    }
}

/// `](target)` and `src="target"` / `href="target"`, outside code, with line numbers from 1.
fn links_in(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in outside_fences(text) {
        // Inline code is every second part between back quotes.
        for part in line.split('`').step_by(2) {
            for (open, close) in [("](", ')'), ("src=\"", '"'), ("href=\"", '"')] {
                for piece in part.split(open).skip(1) {
                    if let Some((target, _)) = piece.split_once(close) {
                        let target = target.split_whitespace().next().unwrap_or_default();
                        found.push((number, target.to_owned()));
                    }
                }
            }
        }
    }
    found
}

fn outside_fences(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut inside = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let fence = line.trim_start().starts_with("```");
        if fence {
            inside = !inside;
        }
        (!fence && !inside).then_some((index + 1, line))
    })
}

/// Headings as GitHub names them: lower case, spaces to hyphens, other marks left out, doubles numbered.
fn anchors_in(text: &str) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    outside_fences(text)
        .filter(|(_, line)| line.starts_with('#'))
        .map(|(_, line)| {
            let slug: String = line
                .trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect();
            let times = seen.entry(slug.clone()).or_default();
            *times += 1;
            if *times == 1 {
                slug
            } else {
                format!("{slug}-{}", *times - 1)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_in_code_are_no_links() {
        let text = "[a](b.md) `[c](d.md)`\n```\n[e](f.md)\n```\n![g](h.png \"title\") <img src=\"i.png\">\n";
        let found = links_in(text);
        assert_eq!(
            found,
            [(1, "b.md".into()), (5, "h.png".into()), (5, "i.png".into())]
        );
    }

    #[test]
    fn headings_are_named_as_on_the_web() {
        let text = "# Try it: no account\n## Z-API\n## Z-API\n```\n# not one\n```\n";
        assert_eq!(anchors_in(text), ["try-it-no-account", "z-api", "z-api-1"]);
    }

    #[test]
    fn a_dead_link_is_told_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("a.md"),
            "# One\n[x](b.md) [y](#one) [z](https://example.org)\n",
        )
        .unwrap();
        assert_eq!(
            check(folder.path()).unwrap_err(),
            "a.md:2: b.md: there is no such file"
        );
        fs::write(folder.path().join("b.md"), "[back](a.md#two)\n").unwrap();
        assert_eq!(
            check(folder.path()).unwrap_err(),
            "b.md:1: a.md#two: there is no such heading"
        );
        fs::write(folder.path().join("b.md"), "[back](a.md#one)\n").unwrap();
        assert_eq!(check(folder.path()), Ok(()));
    }
}
