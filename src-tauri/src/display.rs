//! Whether there is a display to open a window on: GTK would end the program with a panic.

/// What a person reads who has none.
pub const MISSING: &str =
    "readdress: there is no display to open a window on. Without one, use readdress-cli.";

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

/// The display can be reached. Windows and macOS always have one.
#[cfg(not(target_os = "linux"))]
pub fn answers() -> bool {
    true
}
