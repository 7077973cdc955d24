//! What the system must have, and getting it: by apt on Debian and its kin, a list of names elsewhere.
//!
//! Not here: npm packages (`page`), programs that cargo builds (`tools`).

use crate::{Outcome, process};
use std::path::Path;
use std::process::Command;

/// A thing the system must have.
struct Need {
    /// Debian's name.
    package: &'static str,
    /// Any of these on the path serves as well; empty: only the package counts.
    or_program: &'static [&'static str],
}

const fn need(package: &'static str) -> Need {
    Need {
        package,
        or_program: &[],
    }
}

const fn program(package: &'static str, or_program: &'static [&'static str]) -> Need {
    Need {
        package,
        or_program,
    }
}

/// What a task needs; a later one holds the earlier ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The command-line program: a C compiler and linker (SQLite and ring are built from C).
    Cli,
    /// The window: WebKitGTK's headers, and node for the page.
    App,
    /// The packages of this system: what takes programs apart and puts images together. Debian and its kin only.
    Bundle,
    /// The tests and the bench: a screen (X11 and Wayland), a session bus, a driver for the window, a browser for the page, a mail server.
    Tests,
}

const CLI: &[Need] = &[
    program("gcc", &["cc"]),
    need("libc6-dev"),
    program("pkg-config", &["pkg-config"]),
];
const APP: &[Need] = &[
    need("libwebkit2gtk-4.1-dev"),
    program("nodejs", &["node"]),
    program("npm", &["npm"]),
];
/// For the packages: what strips programs, reads what they need, and packs. For the AppImage: what links and binds it,
/// the static libraries of its runtime, GTK's loader for SVG icons.
const BUNDLE: &[Need] = &[
    program("binutils", &["strip"]),
    program("dpkg-dev", &["dpkg-shlibdeps"]),
    program("rpm", &["rpmbuild"]),
    program("patchelf", &["patchelf"]),
    program("squashfs-tools", &["mksquashfs"]),
    program("xz-utils", &["xz"]),
    program("libglib2.0-bin", &["glib-compile-schemas"]),
    need("libfuse-dev"),
    need("liblzma-dev"),
    need("libsquashfuse-dev"),
    need("libzstd-dev"),
    need("zlib1g-dev"),
    need("librsvg2-common"),
];
const TESTS: &[Need] = &[
    program("xvfb", &["Xvfb"]),
    program("dbus", &["dbus-daemon"]),
    program("libglib2.0-bin", &["gdbus"]),
    program("gnome-keyring", &["gnome-keyring-daemon"]),
    program("appstream", &["appstreamcli"]),
    program("webkit2gtk-driver", &["WebKitWebDriver"]),
    program("weston", &["weston"]),
    program(
        "chromium",
        &["chromium", "chromium-browser", "google-chrome"],
    ),
    program("curl", &["curl"]),
    // What an installed package tells the menu, the files and the manual.
    program("desktop-file-utils", &["desktop-file-validate"]),
    program("shared-mime-info", &["update-mime-database"]),
    program("man-db", &["man"]),
    program("strace", &["strace"]),
    need("fonts-dejavu-core"),
    // By package: the program lies where a user's path does not go.
    need(MAIL_SERVER),
    need("dovecot-lmtpd"),
];
/// What looks at the finished packages.
const PACKAGE_TESTS: &[Need] = &[program("lintian", &["lintian"])];
const MAIL_SERVER: &str = "dovecot-imapd";

/// The page's tools want this node (vite's `engines`).
const NODE_AT_LEAST: (u32, u32) = (20, 19);

/// Installs what is missing, printing each command before it runs.
///
/// # Errors
/// Something is missing and this is no Debian, or apt does not give it.
pub fn ensure(scope: Scope) -> Outcome {
    if cfg!(target_os = "linux") {
        let missing = missing(scope);
        if !missing.is_empty() {
            install(&missing)?;
        }
    }
    if scope >= Scope::App {
        check_node()
    } else {
        Ok(())
    }
}

/// As [`ensure`], for Debian packages that only one task needs.
///
/// # Errors
/// As [`ensure`].
pub fn ensure_these(packages: &[&'static str]) -> Outcome {
    let missing: Vec<&str> = packages
        .iter()
        .copied()
        .filter(|package| !is_installed(package))
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        install(&missing)
    }
}

/// Whether dpkg has it.
pub fn is_installed(package: &str) -> bool {
    let asked = ["--show", "--showformat", "${db:Status-Status}", package];
    process::answer_of(&mut process::command("dpkg-query", &asked)).as_deref() == Some("installed")
}

/// Whether this is Debian or one of its kin. Only there packages are made and tried: what they need, and whose licence
/// is whose, is read out of its lists.
pub fn is_debian() -> bool {
    cfg!(target_os = "linux")
        && ["apt-get", "dpkg-deb", "dpkg-query"]
            .iter()
            .all(|program| process::on_path(program))
}

/// Asked for on every Linux.
const EVERYWHERE: &[(Scope, &[Need])] =
    &[(Scope::Cli, CLI), (Scope::App, APP), (Scope::Tests, TESTS)];
const ON_DEBIAN: &[(Scope, &[Need])] = &[(Scope::Bundle, BUNDLE), (Scope::Tests, PACKAGE_TESTS)];

fn missing(scope: Scope) -> Vec<&'static str> {
    let on_debian = if is_debian() { ON_DEBIAN } else { &[] };
    EVERYWHERE
        .iter()
        .chain(on_debian)
        .filter(|(of, _)| *of <= scope)
        .flat_map(|(_, needs)| *needs)
        .filter(|need| {
            !need
                .or_program
                .iter()
                .any(|program| process::on_path(program))
        })
        .filter(|need| !installed(need))
        .map(|need| need.package)
        .collect()
}

/// Whether dpkg has it, or, for what is no program where there is no dpkg, whether it is found in another way.
fn installed(need: &Need) -> bool {
    if process::on_path("dpkg-query") {
        return is_installed(need.package);
    }
    found_elsewhere(need.package).unwrap_or(false)
}

/// Nothing for what nobody knows how to look for: that would be missing for ever.
fn found_elsewhere(package: &str) -> Option<bool> {
    match package {
        "libwebkit2gtk-4.1-dev" => {
            let mut asked = process::command("pkg-config", &["--exists", "webkit2gtk-4.1"]);
            Some(process::answer_of(&mut asked).is_some())
        }
        // Where there is a compiler, there are its headers; any fonts will do.
        "libc6-dev" | "fonts-dejavu-core" => Some(true),
        // Elsewhere it is one package.
        MAIL_SERVER | "dovecot-lmtpd" => Some(Path::new("/usr/sbin/dovecot").is_file()),
        _ => None,
    }
}

fn install(missing: &[&str]) -> Outcome {
    if !process::on_path("apt-get") {
        return Err(format!(
            "Readdress needs what Debian calls: {}.\nInstall these with your system's package manager, then run this again.",
            missing.join(" ")
        ));
    }
    println!("Missing: {}", missing.join(" "));
    // A source that does not answer is told and may not matter.
    if let Err(why) = process::show_and_run(&mut apt(&["update"])) {
        println!("{why}");
    }
    // What somebody has installed is never taken away for it: then apt says what is in the way.
    let mut words = vec!["install", "-y", "--no-remove", "--no-install-recommends"];
    words.extend(missing);
    process::show_and_run(&mut apt(&words)).map_err(|why| {
        format!(
            "{why}\nWithout these packages it cannot go on: {}.",
            missing.join(" ")
        )
    })?;
    if missing.contains(&MAIL_SERVER) && Path::new("/run/systemd/system").is_dir() {
        rest_mail_server();
    }
    Ok(())
}

/// Debian starts a mail server as soon as it is installed. The tests start their own, each in a folder; what was
/// not here before shall not listen for everybody.
fn rest_mail_server() {
    println!("Debian has started Dovecot on ports 143 and 993. The tests need the program only:");
    let mut stop = as_root("systemctl");
    stop.args(["disable", "--now", "dovecot.service", "dovecot.socket"]);
    if let Err(why) = process::show_and_run(&mut stop) {
        println!("{why}\nIt may still listen; the tests run all the same.");
    }
}

/// Waits for another apt instead of failing at its lock; asks for rights only where needed.
pub fn apt(words: &[&str]) -> Command {
    let mut command = as_root("apt-get");
    command.args(["-o", "DPkg::Lock::Timeout=300"]).args(words);
    if is_root() {
        command.env("DEBIAN_FRONTEND", "noninteractive");
    }
    command
}

fn as_root(program: &str) -> Command {
    if is_root() {
        Command::new(program)
    } else {
        process::command("sudo", &[program])
    }
}

pub fn is_root() -> bool {
    process::answer_of(&mut process::command("id", &["-u"])).as_deref() == Some("0")
}

fn check_node() -> Outcome {
    let (major, minor) = NODE_AT_LEAST;
    let version = process::answer_of(&mut process::command("node", &["--version"]));
    match version.as_deref().and_then(version_of) {
        Some(have) if have >= NODE_AT_LEAST => Ok(()),
        Some((had, had_minor)) => Err(format!(
            "Node is {had}.{had_minor}, the page needs {major}.{minor} or newer. Get it from https://nodejs.org (any way it offers), then run this again."
        )),
        None => Err(format!(
            "There is no Node. Get {major}.{minor} or newer from https://nodejs.org, then run this again."
        )),
    }
}

fn version_of(said: &str) -> Option<(u32, u32)> {
    let mut parts = said.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_holds_the_smaller_ones() {
        assert!(Scope::Tests > Scope::App && Scope::App > Scope::Cli);
    }

    #[test]
    fn what_every_linux_is_asked_for_can_be_found_there() {
        let needs = EVERYWHERE.iter().flat_map(|(_, needs)| *needs);
        for need in needs.filter(|need| need.or_program.is_empty()) {
            assert!(found_elsewhere(need.package).is_some(), "{}", need.package);
        }
    }

    #[test]
    fn node_versions_compare_as_numbers() {
        assert_eq!(version_of("v20.19.4"), Some((20, 19)));
        assert!(version_of("v20.9.0").unwrap() < NODE_AT_LEAST);
        assert!(version_of("v22.1.0").unwrap() > NODE_AT_LEAST);
        assert_eq!(version_of("command not found"), None);
    }
}
