//! Whether there is a display to open a window on: GTK would end the program with a panic.

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
