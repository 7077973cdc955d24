//! The facts of `graphics`, read from `/sys`, `/dev` and the environment. Opens no device: that would wake a sleeping card.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::{CHOSEN_BY, Card, Facts};
use crate::display;

/// The variables by which servers for screens elsewhere say that they are there (xrdp, TigerVNC, X2Go, NX).
const ELSEWHERE: [&str; 4] = ["XRDP_SESSION", "VNCDESKTOP", "X2GO_SESSION", "NXSESSIONID"];

/// `root` is `/`; `env` is the environment. What earlier starts came to is not in it.
pub fn facts(root: &Path, env: &impl Fn(&str) -> Option<OsString>) -> Facts {
    let is_set = |name: &str| env(name).is_some_and(|value| !value.is_empty());
    let wayland = display::is_wayland(env);
    Facts {
        // An empty one counts as well: to WebKit it is set.
        chosen_by: CHOSEN_BY.into_iter().find(|name| env(name).is_some()),
        cards: cards(root),
        nvidia: ["nvidia", "nvidia_drm"]
            .iter()
            .any(|module| root.join("sys/module").join(module).exists()),
        software: software(env),
        remote: ELSEWHERE.iter().any(|name| is_set(name))
            || if wayland {
                is_set("SSH_CONNECTION")
            } else {
                names_a_host(env("DISPLAY").as_deref())
            },
        // APPDIR is there as well where one was unpacked.
        appimage: ["APPIMAGE", "APPDIR"].iter().any(|name| is_set(name)),
        wayland,
        failed: Vec::new(),
    }
}

fn software(env: &impl Fn(&str) -> Option<OsString>) -> Option<&'static str> {
    let says = |name: &str, values: &[&str]| {
        env(name).is_some_and(|value| values.iter().any(|one| value.eq_ignore_ascii_case(one)))
    };
    if says("LIBGL_ALWAYS_SOFTWARE", &["1", "true", "yes", "y"]) {
        Some("LIBGL_ALWAYS_SOFTWARE")
    } else if says("GALLIUM_DRIVER", &["llvmpipe", "softpipe", "swr"]) {
        Some("GALLIUM_DRIVER")
    } else {
        None
    }
}

/// `localhost:10.0` is what ssh makes; `:0` and `unix:0` are here.
fn names_a_host(display: Option<&OsStr>) -> bool {
    let display = display.unwrap_or_default().to_string_lossy();
    // A path is a socket of this machine (XQuartz).
    !display.starts_with('/')
        && display
            .split_once(':')
            .is_some_and(|(host, _)| !host.is_empty() && host != "unix")
}

fn cards(root: &Path) -> Vec<Card> {
    let Ok(entries) = std::fs::read_dir(root.join("sys/class/drm")) else {
        return Vec::new();
    };
    let mut nodes: Vec<OsString> = entries
        .flatten()
        .map(|entry| entry.file_name())
        .filter(|name| name.to_string_lossy().starts_with("renderD"))
        .collect();
    nodes.sort();
    nodes
        .iter()
        .map(|node| Card {
            driver: driver(&root.join("sys/class/drm").join(node)),
            usable: may_use(&root.join("dev/dri").join(node)),
        })
        .collect()
}

fn driver(node: &Path) -> String {
    std::fs::read_link(node.join("device/driver"))
        .ok()
        .and_then(|link| Some(link.file_name()?.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "a card without a driver".to_owned())
}

/// By the rights alone (ACLs too).
fn may_use(node: &Path) -> bool {
    use rustix::fs::{Access, access};
    access(node, Access::READ_OK | Access::WRITE_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use tempfile::TempDir;

    fn read(root: &Path, env: &[(&str, &str)]) -> Facts {
        facts(root, &|name| {
            let found = env.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    /// A machine on disk: its render nodes with their drivers, whether the node is there, and the modules.
    fn machine(nodes: &[(&str, &str, bool)], modules: &[&str]) -> TempDir {
        let root = TempDir::new().expect("a folder");
        let make = |path: &str| std::fs::create_dir_all(root.path().join(path)).expect("made");
        make("dev/dri");
        for (node, driver, there) in nodes {
            make(&format!("sys/class/drm/{node}/device"));
            make(&format!("sys/bus/{driver}"));
            let link = root
                .path()
                .join(format!("sys/class/drm/{node}/device/driver"));
            symlink(root.path().join(format!("sys/bus/{driver}")), link).expect("linked");
            if *there {
                std::fs::write(root.path().join(format!("dev/dri/{node}")), "").expect("written");
            }
        }
        // A screen's connector is no card of its own.
        make("sys/class/drm/card0-HDMI-A-1");
        for module in modules {
            make(&format!("sys/module/{module}"));
        }
        root
    }

    #[test]
    fn finds_the_cards_and_whether_they_may_be_used() {
        let root = machine(
            &[
                ("renderD129", "nouveau", false),
                ("renderD128", "i915", true),
            ],
            &["nvidia_drm"],
        );
        let facts = read(root.path(), &[]);
        let expected = [("i915", true), ("nouveau", false)].map(|(driver, usable)| Card {
            driver: driver.to_owned(),
            usable,
        });
        assert_eq!(facts.cards, expected);
        assert!(facts.nvidia);
    }

    #[test]
    fn an_empty_machine_has_no_facts() {
        let root = TempDir::new().expect("a folder");
        let facts = read(root.path(), &[("DISPLAY", ":0")]);
        assert!(facts.cards.is_empty() && !facts.nvidia && !facts.remote && !facts.wayland);
        assert_eq!((facts.chosen_by, facts.software), (None, None));
    }

    #[test]
    fn knows_a_screen_elsewhere() {
        let root = TempDir::new().expect("a folder");
        for (env, remote) in [
            (&[("DISPLAY", ":0.0")][..], false),
            (&[("DISPLAY", "unix:0")], false),
            (&[("DISPLAY", "localhost:10.0")], true),
            (&[("DISPLAY", ":0"), ("SSH_CONNECTION", "a 1 b 2")], false),
            (
                &[
                    ("WAYLAND_DISPLAY", "waypipe"),
                    ("SSH_CONNECTION", "a 1 b 2"),
                ],
                true,
            ),
            (&[("DISPLAY", ":1"), ("VNCDESKTOP", "x")], true),
        ] {
            assert_eq!(read(root.path(), env).remote, remote, "{env:?}");
        }
    }

    #[test]
    fn hears_what_a_person_set() {
        let root = TempDir::new().expect("a folder");
        for (env, chosen_by, software) in [
            (&[("WEBKIT_DISABLE_DMABUF_RENDERER", "0")][..], true, false),
            (&[("WEBKIT_DISABLE_COMPOSITING_MODE", "")], true, false),
            (&[("LIBGL_ALWAYS_SOFTWARE", "1")], false, true),
            (&[("LIBGL_ALWAYS_SOFTWARE", "0")], false, false),
            (&[("GALLIUM_DRIVER", "llvmpipe")], false, true),
        ] {
            let facts = read(root.path(), env);
            let heard = (facts.chosen_by.is_some(), facts.software.is_some());
            assert_eq!(heard, (chosen_by, software), "{env:?}");
        }
    }
}
