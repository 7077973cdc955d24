//! Whether there is a display to open a window on: GTK would end the program with a panic. And which one it is.

use std::ffi::OsString;

/// What a person reads who has none.
#[cfg(not(windows))]
pub const MISSING: &str =
    "readdress: there is no display to open a window on. Without one, use readdress-cli.";
#[cfg(windows)]
pub const MISSING: &str = "readdress: the window needs Microsoft Edge WebView2, and Windows has none here. \
    https://developer.microsoft.com/microsoft-edge/webview2 has it; without a window, use readdress-cli.";

/// The environment names a display; asks nobody.
pub fn is_named() -> bool {
    if cfg!(target_os = "linux") {
        ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
    } else {
        true
    }
}

/// The display can be reached. On the main thread only.
#[cfg(target_os = "linux")]
pub fn answers() -> bool {
    gtk::init().is_ok()
}

/// What draws the page is there: where it is not, the window would end the program with a panic that nobody sees.
#[cfg(windows)]
pub fn answers() -> bool {
    tauri::webview_version().is_ok()
}

/// macOS always has a display, and what draws the page.
#[cfg(not(any(target_os = "linux", windows)))]
pub fn answers() -> bool {
    true
}

/// Whether GTK will try Wayland first: as `GDK_BACKEND` says, else where a Wayland display is named.
#[cfg(target_os = "linux")]
pub fn is_wayland(env: &impl Fn(&str) -> Option<OsString>) -> bool {
    let backends = env("GDK_BACKEND").unwrap_or_default();
    match backends.to_string_lossy().split(',').next() {
        Some("wayland") => true,
        Some("" | "*") | None => env("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty()),
        Some(_) => false,
    }
}

/// The display that GTK has chosen, and by what; and the desktop's name for itself. On the main thread only.
#[cfg(target_os = "linux")]
pub fn server(env: &impl Fn(&str) -> Option<OsString>) -> String {
    use gtk::prelude::ObjectExt as _;
    if !gtk::is_initialized_main_thread() {
        return "none".to_owned();
    }
    let display = gtk::gdk::Display::default();
    let kind = match display.map(|display| display.type_().name()) {
        Some("GdkWaylandDisplay") => "Wayland",
        Some("GdkX11Display") => "X11",
        Some(_) => "another",
        None => "none",
    };
    let is_set = |name: &&str| env(name).is_some_and(|value| !value.is_empty());
    let by = ["GDK_BACKEND", "WAYLAND_DISPLAY", "DISPLAY"]
        .into_iter()
        .find(is_set)
        .unwrap_or("default");
    let desktop = env("XDG_CURRENT_DESKTOP").unwrap_or_default();
    match desktop.to_string_lossy().as_ref() {
        "" => format!("{kind}, by {by}"),
        desktop => format!("{kind}, by {by}, {desktop}"),
    }
}

#[cfg(not(target_os = "linux"))]
pub fn server(_env: &impl Fn(&str) -> Option<OsString>) -> String {
    "the system's".to_owned()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn knows_which_display_gtk_tries_first() {
        for (backend, wayland, expected) in [
            ("", "wayland-0", true),
            ("", "", false),
            ("x11", "wayland-0", false),
            ("wayland,x11", "", true),
            ("x11,wayland", "wayland-0", false),
            ("*", "wayland-0", true),
        ] {
            let env = |name: &str| match name {
                "GDK_BACKEND" => Some(OsString::from(backend)),
                "WAYLAND_DISPLAY" => Some(OsString::from(wayland)),
                _ => None,
            };
            assert_eq!(is_wayland(&env), expected, "{backend:?} {wayland:?}");
        }
    }
}
