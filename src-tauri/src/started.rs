//! What a start found and chose, for one line of the log and for *Copy diagnostics*. Nothing of a person: a folder of their own is not
//! named, and the system's is named without its user.

use std::ffi::OsString;
use std::path::Path;

use readdress_core::engine::Engine;

use crate::arguments::Start;
use crate::display;

/// Names and values, in the order in which they are told.
#[derive(Debug, Clone)]
pub struct Started(Vec<(&'static str, String)>);

impl Started {
    /// On the main thread, where GTK answers.
    pub fn of(start: &Start) -> Self {
        let env = |name: &str| std::env::var_os(name);
        let mut told = vec![
            ("system", system(Path::new("/"))),
            ("screen", display::server(&env)),
            (
                "webview",
                tauri::webview_version().unwrap_or_else(|_| "unknown".to_owned()),
            ),
        ];
        #[cfg(target_os = "linux")]
        if let Some(drawn) = &start.drawn {
            told.push(("drawing", drawn.choice.to_string()));
        }
        told.push(("data folder", folder(start, &env).to_owned()));
        let program = std::env::current_exe().unwrap_or_default();
        told.push((
            "package",
            package(&program, Path::new("/"), &env).to_owned(),
        ));
        Self(told)
    }

    /// One line each.
    pub fn lines(&self) -> String {
        let lines = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}: {value}\n"));
        lines.collect()
    }

    /// All in one line of the log, with the vault as it is found.
    pub fn log(&self, engine: &Engine) {
        let told: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        let vault = engine.vault().view();
        let keychain = match vault.keychain_works {
            Some(true) => "found",
            Some(false) => "none",
            None => "not asked yet",
        };
        tracing::info!(
            "started {} · {} · vault: {:?}, {:?} · keychain: {keychain}",
            env!("CARGO_PKG_VERSION"),
            told.join(" · "),
            vault.kind,
            vault.state,
        );
    }
}

/// The distribution's name for itself (os-release(5)), else the kind of system; and the processor.
fn system(root: &Path) -> String {
    let pretty = ["etc/os-release", "usr/lib/os-release"]
        .iter()
        .find_map(|file| std::fs::read_to_string(root.join(file)).ok())
        .and_then(|text| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
            Some(line.trim().trim_matches(['"', '\'']).to_owned())
        })
        .filter(|name| !name.is_empty());
    format!(
        "{}, {}",
        pretty.as_deref().unwrap_or(std::env::consts::OS),
        std::env::consts::ARCH
    )
}

/// Which folder, not where: a path of one's own may hold one's name.
fn folder(start: &Start, env: &impl Fn(&str) -> Option<OsString>) -> &'static str {
    let named = |name| env(name).is_some_and(|path| !path.is_empty());
    if start.data_dir.is_some() {
        "of one's own, by --data-dir"
    } else if named("READDRESS_DATA_DIR") {
        "of one's own, by READDRESS_DATA_DIR"
    } else if cfg!(target_os = "linux") && named("XDG_DATA_HOME") {
        "the system's, in XDG_DATA_HOME"
    } else if cfg!(target_os = "linux") {
        "the system's, ~/.local/share/readdress"
    } else {
        "the system's"
    }
}

/// What this program came in.
fn package(program: &Path, root: &Path, env: &impl Fn(&str) -> Option<OsString>) -> &'static str {
    let is_set = |name| env(name).is_some_and(|value| !value.is_empty());
    if cfg!(debug_assertions) && !program.starts_with(root.join("usr")) {
        "none, a debug build"
    } else if !cfg!(target_os = "linux") {
        "an installer's"
    } else if is_set("APPIMAGE") {
        "AppImage"
    } else if is_set("FLATPAK_ID") {
        "Flatpak"
    } else if is_set("SNAP") {
        "Snap"
    } else if program != root.join("usr/bin/readdress") {
        "none"
    } else if root.join("var/lib/dpkg/info/readdress.list").exists() {
        "deb"
    } else if ["var/lib/rpm", "usr/lib/sysimage/rpm"]
        .iter()
        .any(|folder| root.join(folder).is_dir())
    {
        "rpm"
    } else {
        "another of the system's"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn nothing(_: &str) -> Option<OsString> {
        None
    }

    #[test]
    fn a_folder_of_ones_own_is_not_named() {
        let start = Start {
            data_dir: Some("/srv/joana".into()),
            ..Start::default()
        };
        assert_eq!(folder(&start, &nothing), "of one's own, by --data-dir");
        let env = |name: &str| (name == "READDRESS_DATA_DIR").then(|| OsString::from("/srv/joana"));
        assert!(!folder(&Start::default(), &env).contains("joana"));
        assert!(folder(&Start::default(), &nothing).contains("system's"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn knows_what_it_came_in() {
        let root = TempDir::new().expect("a folder");
        let program = root.path().join("usr/bin/readdress");
        let package_of = |env: &dyn Fn(&str) -> Option<OsString>| {
            package(&program, root.path(), &|name| env(name))
        };
        assert_eq!(package_of(&nothing), "another of the system's");
        let rpm = root.path().join("var/lib/rpm");
        std::fs::create_dir_all(rpm).expect("made");
        assert_eq!(package_of(&nothing), "rpm");
        // Debian may have rpm as well.
        let list = root.path().join("var/lib/dpkg/info");
        std::fs::create_dir_all(&list).expect("made");
        std::fs::write(list.join("readdress.list"), "").expect("written");
        assert_eq!(package_of(&nothing), "deb");
        let image = |name: &str| (name == "APPIMAGE").then(|| OsString::from("x.AppImage"));
        assert_eq!(package_of(&image), "AppImage");
    }

    #[test]
    fn takes_the_systems_own_name() {
        let root = TempDir::new().expect("a folder");
        assert!(system(root.path()).starts_with(std::env::consts::OS));
        std::fs::create_dir(root.path().join("etc")).expect("made");
        let text = "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n";
        std::fs::write(root.path().join("etc/os-release"), text).expect("written");
        assert!(system(root.path()).starts_with("Debian GNU/Linux 12 (bookworm), "));
    }
}
