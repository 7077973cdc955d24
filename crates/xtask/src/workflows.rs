//! What holds for `.github/workflows` and for the pages that a release follows, looked at without a network.
//!
//! `.github/lint` reads the workflows as GitHub would (its schema, its expressions) and as actionlint does. Here are
//! the rules of this project, line by line: no YAML reader is worth its building time for these.

use crate::layer::{Counted, Gate};
use crate::place::Place;
use crate::{FACE, Outcome, page, process};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(120);
/// Pages whose commands somebody types.
const PAGES: &[&str] = &["README.md", "CONTRIBUTING.md", "RELEASE.md"];
const RELEASE: &str = "RELEASE.md";
/// Where a file may lie whose name alone is told.
const PLACES: &[&str] = &["", ".github/workflows", ".github/scripts"];
/// What GitHub gives to every run; nobody has to make it.
const GIVEN: &str = "GITHUB_TOKEN";

pub fn layers(place: &Place, gate: &mut Gate<'_>) {
    gate.check("workflows: rules", || check(&place.root));
    if !gate.wanted("workflows: lint") {
        return;
    }
    let lint = place.root.join(".github").join("lint");
    let ready = page::install_packages(&lint).and_then(|()| workflows(&place.root));
    match ready {
        Ok(files) => {
            let mut node = process::command("node", &[]);
            node.arg(lint.join("lint.js")).args(files);
            node.current_dir(&place.root);
            gate.program("workflows: lint", Counted::AsOne, LIMIT, &mut node);
        }
        Err(why) => gate.missing("workflows: lint", &why),
    }
}

fn check(root: &Path) -> Outcome {
    let mut wrong = Vec::new();
    let mut secrets = Vec::new();
    for path in workflows(root)? {
        let name = path.strip_prefix(root).unwrap_or(&path).display();
        let text = read(&path)?;
        wrong.extend(rules(&text).map(|(line, why)| format!("{name}:{line}: {why}")));
        wrong.extend(unknown_tasks(&text).map(|(line, why)| format!("{name}:{line}: {why}")));
        secrets.extend(secrets_in(&text));
    }
    for page in PAGES {
        let text = read(&root.join(page))?;
        wrong.extend(unknown_tasks(&text).map(|(line, why)| format!("{page}:{line}: {why}")));
    }
    let release = read(&root.join(RELEASE))?;
    wrong
        .extend(missing_files(root, &release).map(|name| format!("{RELEASE}: there is no {name}")));
    secrets.sort_unstable();
    secrets.dedup();
    wrong.extend(
        secrets
            .iter()
            .filter(|name| *name != GIVEN && !release.contains(&format!("`{name}`")))
            .map(|name| format!("{RELEASE}: says nothing of the secret {name}")),
    );
    wrong.extend(scripts(root)?);
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n"))
    }
}

fn workflows(root: &Path) -> Outcome<Vec<PathBuf>> {
    files(&root.join(".github").join("workflows"), "yml")
}

/// What bash itself finds wrong with a script, and what cannot be started.
fn scripts(root: &Path) -> Outcome<Vec<String>> {
    let mut wrong = Vec::new();
    for path in files(&root.join(".github").join("scripts"), "sh")? {
        let read = Command::new("bash").arg("-n").arg(&path).output();
        let read = read.map_err(|why| format!("bash does not start: {why}"))?;
        if !read.status.success() {
            wrong.push(String::from_utf8_lossy(&read.stderr).into_owned());
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path)
                .map_err(|why| why.to_string())?
                .permissions()
                .mode();
            if mode & 0o100 == 0 {
                wrong.push(format!("{}: is not executable", path.display()));
            }
        }
    }
    Ok(wrong)
}

fn files(folder: &Path, end: &str) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|other| other == end))
        .collect();
    found.sort();
    if found.is_empty() {
        return Err(format!("There is no .{end} file in {}.", folder.display()));
    }
    Ok(found)
}

fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|why| format!("{}: {why}", path.display()))
}

/// Line numbers from 1, and what is wrong there.
fn rules(text: &str) -> impl Iterator<Item = (usize, String)> {
    let mut wrong = Vec::new();
    let mut run: Option<usize> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let (words, comment) = line.split_once(" #").unwrap_or((line, ""));
        let item = words.trim_start().trim_start_matches("- ");
        // Of the key itself: in `- run:` it stands behind the dash.
        let depth = words.len() - item.len();
        if run.is_some_and(|start| depth <= start && !line.trim().is_empty()) {
            run = None;
        }
        if item.starts_with("run:") {
            run = Some(depth);
        }
        if run.is_some() && line.contains("${{") {
            wrong.push((
                number,
                "an expression becomes code here: hand it over in `env`".to_owned(),
            ));
        }
        if line.trim_start().starts_with('#') {
            continue;
        }
        if words.contains("-latest") {
            wrong.push((
                number,
                "this image changes by itself: name a version".to_owned(),
            ));
        }
        if item.starts_with("container:") && !item.contains("@sha256:") {
            wrong.push((number, "pin the image by its digest".to_owned()));
        }
        if let Some(action) = item.strip_prefix("uses:")
            && !pinned(action.trim(), comment.trim())
        {
            wrong.push((
                number,
                "pin it by its commit, with `# vX.Y.Z` behind".to_owned(),
            ));
        }
    }
    let checkouts = text.matches("uses: actions/checkout@").count();
    if text.matches("persist-credentials: false").count() < checkouts {
        wrong.push((
            1,
            "a checkout leaves its token behind: `persist-credentials: false`".to_owned(),
        ));
    }
    if !text.lines().any(|line| line.starts_with("permissions:")) {
        wrong.push((
            1,
            "no `permissions:` for the whole workflow: jobs would get the default ones".to_owned(),
        ));
    }
    wrong.into_iter()
}

/// `owner/name@` with 40 hexadecimal digits, and a comment that tells the version. A workflow of our own needs none.
fn pinned(action: &str, comment: &str) -> bool {
    let Some((_, commit)) = action.split_once('@') else {
        return action.starts_with("./");
    };
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let version = comment.strip_prefix('v').unwrap_or_default();
    commit.len() == 40
        && commit.chars().all(hex)
        && version.split('.').count() == 3
        && version.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// `cargo xtask WORD` where there is no such task.
fn unknown_tasks(text: &str) -> impl Iterator<Item = (usize, String)> {
    (1..).zip(text.lines()).flat_map(|(number, line)| {
        line.split("cargo xtask ").skip(1).filter_map(move |rest| {
            let end = |c: char| !c.is_ascii_lowercase() && c != '-';
            let word = rest.split(end).next().unwrap_or_default();
            (!word.is_empty() && !is_task(word))
                .then(|| (number, format!("there is no task `{word}`")))
        })
    })
}

fn is_task(word: &str) -> bool {
    FACE.lines().any(|line| {
        let told = line
            .strip_prefix("  ")
            .filter(|rest| !rest.starts_with(' '));
        told.and_then(|rest| rest.split_whitespace().next()) == Some(word)
    })
}

fn secrets_in(text: &str) -> Vec<String> {
    let name = |rest: &str| {
        rest.split(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_')
            .next()
            .map(str::to_owned)
    };
    text.split("secrets.")
        .skip(1)
        .filter_map(name)
        .filter(|name| !name.is_empty())
        .collect()
}

/// Paths between back quotes that lead nowhere. What holds a blank, a `<` or a capital VERSION is no path of ours.
fn missing_files(root: &Path, text: &str) -> impl Iterator<Item = String> {
    let ends = ["md", "toml", "json", "yml", "sh", "rs", "xml", "svg", "js"];
    text.lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter(|word| !word.contains([' ', '<', '*', '$', '~', ':', '@']))
        .filter(move |word| {
            word.rsplit_once('.')
                .is_some_and(|(name, end)| !name.is_empty() && ends.contains(&end))
        })
        .filter(|word| !word.contains("VERSION"))
        .filter(|word| {
            !PLACES
                .iter()
                .any(|place| root.join(place).join(word).exists())
        })
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "permissions: {}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: ./.github/workflows/ci.yml\n      - uses: a/b@0123456789abcdef0123456789abcdef01234567 # v1.2.3\n        env:\n          TAG: ${{ github.ref_name }}\n      - run: |\n          echo \"$TAG\"\n      - run: ls\n        env:\n          TAG: ${{ github.sha }}\n";

    fn lines_wrong(text: &str) -> Vec<usize> {
        rules(text).map(|(line, _)| line).collect()
    }

    #[test]
    fn a_workflow_that_keeps_the_rules_passes() {
        assert!(lines_wrong(GOOD).is_empty());
    }

    #[test]
    fn what_may_change_by_itself_is_found() {
        assert_eq!(lines_wrong(&GOOD.replace("24.04", "latest")), [4]);
        for pin in ["v1", "0123456789abcdef0123456789abcdef0123456", "main"] {
            assert_eq!(
                lines_wrong(&GOOD.replace("0123456789abcdef0123456789abcdef01234567", pin)),
                [7]
            );
        }
        assert_eq!(lines_wrong(&GOOD.replace(" # v1.2.3", "")), [7]);
        assert_eq!(lines_wrong(&GOOD.replace("# v1.2.3", "# v1")), [7]);
        let image = "runs-on: x\n    container: rust:1.95-bookworm";
        assert_eq!(
            lines_wrong(&GOOD.replace("runs-on: ubuntu-24.04", image)),
            [5]
        );
    }

    #[test]
    fn an_expression_in_a_script_is_found() {
        assert_eq!(
            lines_wrong(&GOOD.replace("$TAG", "${{ github.ref_name }}")),
            [11]
        );
        assert_eq!(
            lines_wrong(&GOOD.replace("run: |", "run: echo ${{ inputs.x }}")),
            [10]
        );
    }

    #[test]
    fn a_checkout_keeps_no_token_and_rights_are_told() {
        let checkout = "uses: actions/checkout@0123456789abcdef0123456789abcdef01234567 # v1.2.3";
        assert_eq!(
            lines_wrong(&GOOD.replace("uses: ./.github/workflows/ci.yml", checkout)),
            [1]
        );
        assert_eq!(lines_wrong(&GOOD.replace("permissions: {}", "")), [1]);
    }

    #[test]
    fn tasks_secrets_and_files_are_looked_up() {
        let text = "cargo xtask test page\n`cargo xtask dance`\n${{ secrets.A_KEY }}";
        assert_eq!(
            unknown_tasks(text)
                .map(|(line, _)| line)
                .collect::<Vec<_>>(),
            [2]
        );
        assert_eq!(secrets_in(text), ["A_KEY"]);
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.md"), "").unwrap();
        let text = "`a.md` `b.md` `x_VERSION_y.json` `cargo xtask run` `.json`";
        assert_eq!(
            missing_files(folder.path(), text).collect::<Vec<_>>(),
            ["b.md"]
        );
    }
}
