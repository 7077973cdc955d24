//! Where things lie: the project's root and cargo's target folder.

use crate::Outcome;
use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Place {
    pub root: PathBuf,
    target: PathBuf,
}

impl Place {
    /// Asks cargo, because a target folder can be set in three places.
    pub fn find() -> Outcome<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(2)
            .ok_or("crates/xtask lies two folders below the root")?
            .to_path_buf();
        let answer = Command::new("cargo")
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(&root)
            .output()
            .map_err(|why| format!("cargo does not start: {why}"))?;
        if !answer.status.success() {
            return Err(String::from_utf8_lossy(&answer.stderr).into_owned());
        }
        let said: serde_json::Value = serde_json::from_slice(&answer.stdout)
            .map_err(|why| format!("cargo metadata is not readable: {why}"))?;
        let target = said["target_directory"]
            .as_str()
            .ok_or("cargo metadata names no target folder")?;
        Ok(Self {
            root,
            target: PathBuf::from(target),
        })
    }

    pub fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    pub fn e2e(&self) -> PathBuf {
        self.root.join("e2e")
    }

    /// Programs that only the tests need, e.g. tauri-driver.
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// Programs with kill points, apart from those that are built as usual.
    pub fn apart(&self) -> PathBuf {
        self.target.join("torture")
    }

    /// A compiler for other systems, and what it makes.
    pub fn cross(&self) -> PathBuf {
        self.target.join("cross")
    }

    /// Logs of the layers, and whatever else the tasks write down.
    pub fn notes(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// A program that cargo built; `profile` is cargo's folder name, `debug` or `release`.
    pub fn built(&self, profile: &str, name: &str) -> PathBuf {
        self.target
            .join(profile)
            .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Where packages come to be, apart from what cargo built.
    pub fn staging(&self) -> PathBuf {
        self.target.join("bundle")
    }

    /// The finished packages of one profile, nothing else.
    pub fn packages(&self, profile: &str) -> PathBuf {
        self.target.join(profile).join("bundle").join("packages")
    }

    /// The project's version, as the root's Cargo.toml has it.
    pub fn version(&self) -> Outcome<String> {
        let path = self.root.join("Cargo.toml");
        let text =
            std::fs::read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        text.lines()
            .skip_while(|line| *line != "[workspace.package]")
            .find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
            .map(str::to_owned)
            .ok_or_else(|| format!("{} names no version.", path.display()))
    }
}
