//! The window: opening it, its place and size, its theme, raising it, and closing it without cutting a call.

use std::path::Path;
use std::time::Duration;

use tauri::plugin::TauriPlugin;
use tauri::utils::config::Color;
use tauri::webview::NewWindowResponse;
use tauri::{
    App, AppHandle, Manager as _, RunEvent, Runtime, WebviewWindow, WebviewWindowBuilder, Window,
    WindowEvent,
};
use tauri_plugin_window_state::StateFlags;
use tokio::time::{Instant, sleep};

use crate::guard;
use crate::preferences::Theme;
use crate::state::Shell;

pub const MAIN: &str = "main";

/// `--bg` of the page (`ui/src/tokens.css`): what shows until the page paints, so that dark mode does not flash white.
const LIGHT: Color = Color(0xfb, 0xfb, 0xfa, 0xff);
const DARK: Color = Color(0x17, 0x18, 0x1a, 0xff);

/// A call's own limit is 60 s, and a little for its commit.
const WAIT_FOR_CALLS: Duration = Duration::from_secs(65);

/// The plugin that keeps place and size, in the data folder like everything else.
pub fn remembered<R: Runtime>(folder: Option<&Path>) -> TauriPlugin<R> {
    let flags = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED;
    let mut plugin = tauri_plugin_window_state::Builder::new().with_state_flags(flags);
    if let Some(folder) = folder {
        plugin = plugin.with_filename(folder.join("window.json").display().to_string());
    }
    plugin.build()
}

/// Opens the window of `tauri.conf.json`. It stays on the page that it opens with: nothing else is shown in it, nothing opens another
/// window, nothing is downloaded.
///
/// # Errors
/// What keeps the system from opening one.
pub fn open<R: Runtime>(app: &App<R>) -> tauri::Result<()> {
    let config = app.config();
    let home = tauri::is_dev()
        .then(|| config.build.dev_url.clone())
        .flatten();
    for window in &config.app.windows {
        let home = home.clone();
        let mut builder = WebviewWindowBuilder::from_config(app, window)?;
        if let Some(nowhere) = guard::nowhere() {
            builder = builder.proxy_url(nowhere);
        }
        builder
            .on_navigation(move |url| guard::is_own_page(url, home.as_ref()))
            .on_new_window(|_, _| NewWindowResponse::Deny)
            .on_download(|_, _| false)
            // Only where the page is developed: what is built to be shipped has none, in a debug build neither.
            .devtools(tauri::is_dev())
            .build()?;
    }
    Ok(())
}

/// Gives the window its theme and the colour behind the page.
pub fn dress<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    let theme = match app.state::<Shell>().preferences().theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    };
    // A system that cannot do one of these still shows the page in its theme.
    let _ = window.set_theme(theme);
    let dark = theme.or_else(|| window.theme().ok()) == Some(tauri::Theme::Dark);
    let _ = window.set_background_color(Some(if dark { DARK } else { LIGHT }));
}

/// Shows the window, in front.
pub fn raise<R: Runtime>(app: &AppHandle<R>) {
    app.state::<Shell>().set_closing(false);
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    let _ = window.unminimize();
    let _ = window.show();
    let _ = window.set_focus();
}

/// Shows the window where it is hidden.
pub fn show<R: Runtime>(window: &WebviewWindow<R>) {
    if !window.is_visible().unwrap_or(true) {
        let _ = window.show();
    }
}

/// Closing waits for calls on their way: a cut one would end as unknown.
pub fn on_window_event<R: Runtime>(window: &Window<R>, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event
        && window.label() == MAIN
        && window.state::<Shell>().calls_under_way() > 0
    {
        api.prevent_close();
        let _ = window.hide();
        if !window.state::<Shell>().set_closing(true) {
            tauri::async_runtime::spawn(close_after_calls(window.clone()));
        }
    }
}

async fn close_after_calls<R: Runtime>(window: Window<R>) {
    let shell = window.state::<Shell>();
    let until = Instant::now() + WAIT_FOR_CALLS;
    while shell.calls_under_way() > 0 && Instant::now() < until {
        sleep(Duration::from_millis(50)).await;
    }
    // Raised again meanwhile: somebody wants it.
    if shell.set_closing(false) {
        // The last window's end is the program's.
        let _ = window.destroy();
    }
}

/// The end of the session, or of the terminal that it was started from, is a close like any other.
#[cfg(unix)]
pub async fn close_on_signal<R: Runtime>(app: AppHandle<R>) {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [
        SignalKind::terminate(),
        SignalKind::interrupt(),
        SignalKind::hangup(),
    ];
    let Ok([mut terminate, mut interrupt, mut hangup]) = <[_; 3]>::try_from(
        kinds
            .into_iter()
            .filter_map(|kind| signal(kind).ok())
            .collect::<Vec<_>>(),
    ) else {
        return;
    };
    loop {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
        if let Some(window) = app.get_webview_window(MAIN) {
            let _ = window.close();
        }
    }
}

pub fn on_run_event<R: Runtime>(app: &AppHandle<R>, event: &RunEvent) {
    if let RunEvent::Exit = event
        && let Some(practice) = app.state::<Shell>().practice()
    {
        practice.save();
    }
}
