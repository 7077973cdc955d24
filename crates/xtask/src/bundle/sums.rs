//! `SHA256SUMS`: what each package should be, for those who download it (`sha256sum --check SHA256SUMS`).

use crate::{Outcome, process};
use std::fs;
use std::path::Path;

pub const NAME: &str = "SHA256SUMS";

/// By node, which is there on all three systems: each has another program of its own for it.
const SCRIPT: &str = r#"
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
for (const file of process.argv.slice(1)) console.log(createHash("sha256").update(readFileSync(file)).digest("hex"));
"#;

/// Writes the sums of every file in the folder, in the order of their names.
///
/// # Errors
/// A file is not readable, or node does not answer.
pub fn write(folder: &Path) -> Outcome {
    let told = |why: std::io::Error| format!("{}: {why}", folder.display());
    let mut names: Vec<String> = fs::read_dir(folder)
        .map_err(told)?
        .flatten()
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name != NAME)
        .collect();
    names.sort();
    let mut node = process::command("node", &["-e", SCRIPT, "--"]);
    let answer = process::answer_of(node.args(&names).current_dir(folder))
        .ok_or("node cannot read the packages.")?;
    fs::write(folder.join(NAME), lines(&answer, &names)).map_err(told)
}

fn lines(sums: &str, names: &[String]) -> String {
    sums.lines()
        .zip(names)
        .map(|(sum, name)| format!("{sum}  {name}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_files() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("b.deb"), "abc").unwrap();
        fs::write(folder.path().join("a.rpm"), "").unwrap();
        fs::write(folder.path().join(NAME), "of before").unwrap();
        write(folder.path()).unwrap();
        assert_eq!(
            fs::read_to_string(folder.path().join(NAME)).unwrap(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.rpm\n\
             ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b.deb\n"
        );
    }
}
