//! The window's icon on X11: every small size as it was drawn, where Tauri would give one that is scaled.
//!
//! Wayland knows no such icon, and desktops that find `readdress.desktop` (by the app's id, or `StartupWMClass`) show
//! what the icon theme has; this is for those that do not, and for an app that was never installed.

use tauri::{Context, Runtime};

/// For a list of windows, a title bar, a switcher, at one and two pixels for a point.
#[cfg(target_os = "linux")]
const SIZES: [&[u8]; 7] = [
    include_bytes!("../../icons/16x16.png"),
    include_bytes!("../../icons/22x22.png"),
    include_bytes!("../../icons/24x24.png"),
    include_bytes!("../../icons/32x32.png"),
    include_bytes!("../../icons/48x48.png"),
    include_bytes!("../../icons/64x64.png"),
    include_bytes!("../../icons/128x128.png"),
];

/// For every window and dialog of the program. After GTK was started, on its thread.
#[cfg(target_os = "linux")]
pub fn in_every_size<R: Runtime>(mut context: Context<R>) -> Context<R> {
    use gtk::gdk_pixbuf::Pixbuf;
    let sizes: Vec<Pixbuf> = SIZES
        .iter()
        .filter_map(|png| Pixbuf::from_read(*png).ok())
        .collect();
    // Without a reader of PNG the one that Tauri decodes by itself stays.
    if sizes.len() == SIZES.len() {
        gtk::Window::set_default_icon_list(&sizes);
        context.set_default_window_icon(None);
    }
    context
}

/// Windows takes the sizes from the program's resources, macOS from the bundle.
#[cfg(not(target_os = "linux"))]
pub fn in_every_size<R: Runtime>(context: Context<R>) -> Context<R> {
    context
}
