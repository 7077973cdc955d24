//! The `AppDir`: the .deb's content, and what the specification wants at its root.
//!
//! Not here: libraries and modules (`libraries`, `gtk`, `webkit`).

use super::elf;
use crate::{Outcome, process};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The files that start it, as they are: shell, because it must run on any Linux before our libraries are found.
const APP_RUN: &str = include_str!("../../appimage/AppRun");
const XDG_OPEN: &str = include_str!("../../appimage/xdg-open");

/// What the root of an `AppDir` must show: a desktop file and its icon
/// (<https://docs.appimage.org/reference/appdir.html>).
const DESKTOP: &str = "usr/share/applications/readdress.desktop";
const ICON: &str = "usr/share/icons/hicolor/256x256/apps/readdress.png";

/// Unpacks the .deb and adds what makes an `AppDir` of it.
///
/// # Errors
/// The package lacks a file, or cannot be unpacked.
pub fn unpack(deb: &Path, appdir: &Path) -> Outcome {
    if appdir.exists() {
        fs::remove_dir_all(appdir).map_err(|why| format!("{}: {why}", appdir.display()))?;
    }
    fs::create_dir_all(appdir).map_err(|why| format!("{}: {why}", appdir.display()))?;
    process::quietly(
        Command::new("dpkg-deb")
            .arg("--extract")
            .arg(deb)
            .arg(appdir),
    )?;
    elf::copy(&appdir.join(DESKTOP), &appdir.join("readdress.desktop"))?;
    elf::copy(&appdir.join(ICON), &appdir.join("readdress.png"))?;
    elf::copy(&appdir.join(ICON), &appdir.join(".DirIcon"))?;
    let opener = appdir.join("usr/libexec/open/xdg-open");
    write_program(&appdir.join("AppRun"), APP_RUN)?;
    write_program(&opener, XDG_OPEN)
}

fn write_program(to: &Path, text: &str) -> Outcome {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    }
    fs::write(to, text).map_err(|why| format!("{}: {why}", to.display()))?;
    // By a program: this file has to compile everywhere.
    process::quietly(process::command("chmod", &["755"]).arg(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What AppRun sets and `open/xdg-open` must give back.
    fn used() -> Vec<&'static str> {
        APP_RUN
            .lines()
            .filter_map(|line| line.strip_prefix("use ")?.split(' ').next())
            .collect()
    }

    #[test]
    fn what_is_set_for_the_window_is_given_back_to_what_it_opens() {
        let back = XDG_OPEN
            .lines()
            .find_map(|line| line.strip_prefix("for name in ")?.strip_suffix("; do"))
            .unwrap();
        assert_eq!(used(), back.split(' ').collect::<Vec<_>>());
        assert!(used().contains(&"PATH"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_browser_gets_the_environment_from_before() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["usr/bin", "usr/libexec/webkit", "host", "work"] {
            fs::create_dir_all(at(name)).unwrap();
        }
        // The app opens something; the system's opener tells what it was given.
        write_program(&at("AppRun"), APP_RUN).unwrap();
        write_program(&at("usr/libexec/open/xdg-open"), XDG_OPEN).unwrap();
        write_program(
            &at("usr/bin/readdress"),
            "#!/bin/sh\nls -d /proc/self/fd/9/. >&2 || exit 1\nexec xdg-open \"$@\"\n",
        )
        .unwrap();
        write_program(
            &at("host/xdg-open"),
            "#!/bin/sh\npwd\nenv\necho \"opened $1\"\nls /proc/self/fd\n",
        )
        .unwrap();
        let path = format!("{}:/usr/bin:/bin", at("host").display());
        let said = elf::ask(
            Command::new(at("AppRun"))
                .arg("https://example.org/")
                .current_dir(at("work"))
                .env_clear()
                .env("PATH", &path)
                .env("GIO_MODULE_DIR", "/its/own")
                .env("APPDIR", folder.path())
                .env("APPIMAGE", at("x.AppImage"))
                .env("OWD", at("work")),
        )
        .unwrap();
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(
            lines[0],
            at("work").canonicalize().unwrap().to_str().unwrap()
        );
        assert!(lines.contains(&format!("PATH={path}").as_str()), "{said}");
        assert!(lines.contains(&"GIO_MODULE_DIR=/its/own"));
        assert!(lines.contains(&"opened https://example.org/"));
        assert!(
            !lines.contains(&"9"),
            "the descriptor is not handed on: {said}"
        );
        for gone in [
            "GTK_IM",
            "GSETTINGS",
            "GDK_PIXBUF",
            "APPDIR",
            "APPIMAGE",
            "READDRESS_HOST",
            "OWD",
        ] {
            assert!(
                !lines.iter().any(|line| line.starts_with(gone)),
                "{gone}: {said}"
            );
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_command_line_program_is_started_by_name_or_word_with_nothing_set() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        write_program(&at("AppRun"), APP_RUN).unwrap();
        write_program(&at("usr/bin/readdress"), "#!/bin/sh\necho window\n").unwrap();
        let cli = "#!/bin/sh\necho \"cli $* ${GIO_MODULE_DIR-}\"\n";
        write_program(&at("usr/bin/readdress-cli"), cli).unwrap();
        fs::create_dir_all(at("usr/libexec/webkit")).unwrap();
        let run = |called: &str, words: &[&str]| {
            let mut start = Command::new(at("AppRun"));
            elf::ask(start.args(words).env("ARGV0", called)).unwrap()
        };
        assert_eq!(run("./Readdress.AppImage", &["cli", "list"]), "cli list \n");
        assert_eq!(run("/home/ada/bin/readdress-cli", &["list"]), "cli list \n");
        assert_eq!(run("./Readdress.AppImage", &["list"]), "window\n");
    }
}
