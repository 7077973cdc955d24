//! The shell: a window around core. Commands, events, what the system offers. Adapters only.
//!
//! Not here: anything that must be right about a change (core), any sentence for people (`text/`), how it looks (`ui/`).
//! Its files: `arguments`, `errand`, `display` and `graphics` (before the window) · `errands` (what a start is for) · `started` (what a start chose)
//! · `state` (what is held) · `commands/` (what the page asks)
//! · `handler` (their list) · `events` (what the page is told) · `notices` and `reminders` (what the system tells) · `hand` · `practice` · `preferences` · `window`, `icon`
//! · `menu` (macOS) · `last_words` (where there is no window) · `closing` and `waiting` · `guard` (where the window may go) · `logs`.

mod app_state;
mod argument;
mod arguments;
mod closing;
mod commands;
mod display;
mod errand;
mod errands;
mod events;
#[cfg(target_os = "linux")]
mod graphics;
mod guard;
mod hand;
mod handler;
mod icon;
mod last_words;
mod logs;
#[cfg(target_os = "macos")]
mod menu;
mod notices;
mod practice;
mod preferences;
mod reminders;
mod started;
mod state;
mod waiting;
mod window;

use std::ffi::OsString;
use std::process::ExitCode;

use readdress_core::folder::close_to_others;
use tauri::{Builder, Context, Manager, Runtime};

use crate::arguments::Asked;
use crate::started::Started;
use crate::state::Shell;

pub use crate::app_state::{AppState, Platform};
pub use crate::arguments::Start;
pub use crate::errand::Errand;
pub use crate::errands::hand_over;
pub use crate::notices::{Notice, Teller};
pub use crate::preferences::{Closing, Language, Preferences, TextSize, Theme};
pub use crate::state::Mode;
pub use crate::window::on_run_event;

/// Starts the window, or prints what was asked for, and says how it ended.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    #[cfg_attr(
        not(target_os = "linux"),
        expect(unused_mut, reason = "nothing is chosen there")
    )]
    let mut start = match arguments::read(arguments) {
        Ok(Asked::Window(start)) => start,
        Ok(Asked::Print(text)) => {
            last_words::answer(&text);
            return ExitCode::SUCCESS;
        }
        Err(mistake) => {
            last_words::complain(&mistake);
            return ExitCode::from(2);
        }
    };
    if !display::is_named() {
        return without_display();
    }
    #[cfg(target_os = "linux")]
    {
        let folder = state::folder_of(&start).ok();
        start.drawn = Some(Box::new(graphics::net::apply(folder.as_deref())));
    }
    let builder = builder(Builder::<tauri::Wry>::new(), &start);
    // Asked only now, since the folder is being opened meanwhile.
    if !display::answers() {
        return without_display();
    }
    match builder.build(icon::in_every_size(context())) {
        Ok(app) => {
            #[cfg(target_os = "macos")]
            menu::put(app.handle());
            #[cfg(unix)]
            tauri::async_runtime::spawn(window::close_on_signal(app.handle().clone()));
            app.run(|app, event| on_run_event(app, &event));
            ExitCode::SUCCESS
        }
        Err(error) => {
            last_words::complain(&format!("readdress: the window did not start: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn without_display() -> ExitCode {
    last_words::complain(display::MISSING);
    ExitCode::FAILURE
}

/// The app without its event loop, for the window and for tests alike. The folder is opened on a thread of its own.
pub fn builder<R: Runtime>(bare: Builder<R>, start: &Start) -> Builder<R> {
    // The first to come wins: another provider of the same process would do as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let shell = Shell::new(start);
    shell.open_in_background();
    let start = start.clone();
    let mut builder = bare;
    if start.single_instance {
        builder = builder.plugin(tauri_plugin_single_instance::init(
            |app, arguments, folder| errands::hand_over(app, arguments, &folder),
        ));
    }
    if let Some(folder) = shell.folder_to_write() {
        builder = builder.plugin(window::remembered(folder));
    }
    builder
        .plugin(tauri_plugin_store::Builder::new().build())
        .plugin(tauri_plugin_dialog::init())
        .plugin(
            tauri_plugin_opener::Builder::new()
                .open_js_links_on_click(false)
                .build(),
        )
        .plugin(tauri_plugin_clipboard_manager::init())
        .manage(shell)
        .setup(move |app| {
            let started = Started::of(&start);
            app.manage(started.clone());
            window::open(app)?;
            #[cfg(target_os = "linux")]
            if let Some(drawn) = start.drawn {
                graphics::net::stretch(app.handle(), *drawn);
            }
            window::dress(app.handle());
            // The web view keeps its caches there: nothing of ours, and nobody else's either.
            if let Ok(caches) = app.path().app_local_data_dir() {
                close_to_others(&caches);
            }
            let handle = app.handle().clone();
            tauri::async_runtime::spawn(async move {
                let shell = handle.state::<Shell>();
                if let Ok(engine) = shell.real() {
                    started.log(&engine);
                    shell.watch(&engine, notices::follow(&handle, engine.clone()));
                    events::watch(&handle, engine, Mode::Real);
                }
            });
            Ok(())
        })
        .invoke_handler(handler::handler())
}

/// Window, page and permissions as `tauri.conf.json` and `capabilities/` have them.
pub fn context<R: Runtime>() -> Context<R> {
    tauri::generate_context!()
}
