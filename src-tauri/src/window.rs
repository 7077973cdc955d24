//! The window: opening it, its place and size, its theme, raising it.
//!
//! Not here: closing it (`closing`).

use std::path::Path;

use tauri::plugin::TauriPlugin;
use tauri::utils::config::Color;
use tauri::webview::NewWindowResponse;
use tauri::{
    App, AppHandle, Emitter as _, Manager as _, RunEvent, Runtime, WebviewWindow,
    WebviewWindowBuilder, WindowEvent,
};
use tauri_plugin_window_state::StateFlags;
use uuid::Uuid;

use crate::preferences::Theme;
use crate::state::{Mode, Shell};
use crate::{closing, events, guard};
#[cfg(target_os = "macos")]
use crate::{errand, errands};

pub const MAIN: &str = "main";

/// `--bg` of the page (`ui/src/tokens.css`): what shows until the page paints, so that dark mode does not flash white.
const LIGHT: Color = Color(0xfb, 0xfb, 0xfa, 0xff);
const DARK: Color = Color(0x17, 0x18, 0x1a, 0xff);

/// The plugin that keeps place and size, in the data folder like everything else.
pub fn remembered<R: Runtime>(folder: &Path) -> TauriPlugin<R> {
    let flags = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED;
    tauri_plugin_window_state::Builder::new()
        .with_state_flags(flags)
        .with_filename(folder.join("window.json").display().to_string())
        .build()
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
        if !keeps_files(app) {
            // Tauri makes a folder all the same, and must find it made.
            builder = builder.incognito(true).data_directory(std::env::temp_dir());
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

/// Whether the web view can have its folder. The page needs nothing of it.
fn keeps_files<R: Runtime>(app: &App<R>) -> bool {
    app.path()
        .app_local_data_dir()
        .is_ok_and(|folder| folder.is_dir() || std::fs::create_dir_all(folder).is_ok())
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
    closing::taken_back(&app.state::<Shell>());
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

/// Raises the window on a change of the real profiles: what a click on a notification asks for. `None`: on what it shows.
pub fn show_change<R: Runtime>(app: &AppHandle<R>, change: Option<Uuid>) {
    raise(app);
    let Some(change) = change else { return };
    let shell = app.state::<Shell>();
    if shell.mode() != Mode::Real {
        shell.set_mode(Mode::Real);
        events::tell_app_state(app);
    }
    let _ = app.emit_to(MAIN, "show_change", change);
}

/// The end of the session, or of the terminal that it was started from, is a close that asks nobody.
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
        closing::end(&app);
    }
}

/// What the event loop tells. Heard here and not at the window, where Tauri's mock runtime says nothing.
pub fn on_run_event<R: Runtime>(app: &AppHandle<R>, event: &RunEvent) {
    match event {
        RunEvent::WindowEvent { label, event, .. } if label == MAIN => on_window_event(app, event),
        // A click on the icon in the Dock brings a hidden window back.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => raise(app),
        // A double-clicked file comes so, at the start too; no argument names it.
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => errands::give(app, errand::of_addresses(urls)),
        RunEvent::Exit => {
            if let Some(practice) = app.state::<Shell>().practice() {
                practice.save();
            }
        }
        _ => {}
    }
}

/// Closing waits for calls on their way: a cut one would end as unknown. And for a person's word, where a mail is waited for.
fn on_window_event<R: Runtime>(app: &AppHandle<R>, event: &WindowEvent) {
    match event {
        WindowEvent::CloseRequested { api, .. } if !closing::requested(app) => api.prevent_close(),
        WindowEvent::Focused(focused) => app.state::<Shell>().set_focused(*focused),
        _ => {}
    }
}
