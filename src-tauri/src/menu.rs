//! macOS's menu: without *Edit* there, copying and pasting by keys would not work in the page.
//!
//! Tauri's own would do but for *Quit*: the system's ends the program at once, past calls on their way and past the question
//! whether to go on waiting for a mail. And it speaks English only. Not here: what quitting does (`closing`).

use readdress_text::Words;
use tauri::menu::{AboutMetadata, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::{AppHandle, Manager as _, Runtime};

use crate::closing;
use crate::notices::spoken;
use crate::state::Shell;

const QUIT: &str = "quit";

/// Puts it up in place of Tauri's. Where that fails, Tauri's stays.
pub fn put<R: Runtime>(app: &AppHandle<R>) {
    app.on_menu_event(|app, event| {
        if event.id() == QUIT {
            closing::quit(app);
        }
    });
    translate(app);
}

/// In the language of the preferences, which may have changed. An app without a menu (Tauri's mock) gets none.
pub fn translate<R: Runtime>(app: &AppHandle<R>) {
    if app.menu().is_none() {
        return;
    }
    let language = app.state::<Shell>().preferences().language;
    if let Err(error) = menu(app, &Words::new(spoken(language))).and_then(|menu| app.set_menu(menu))
    {
        tracing::warn!(%error, "the menu could not be put up");
    }
}

fn menu<R: Runtime>(app: &AppHandle<R>, words: &Words) -> tauri::Result<Menu<R>> {
    let say = |name: &str| words.say(&format!("menu.{name}"), &[]);
    let about = AboutMetadata {
        name: Some(words.say("app.name", &[])),
        version: Some(app.package_info().version.to_string()),
        copyright: app.config().bundle.copyright.clone(),
        ..AboutMetadata::default()
    };
    let line = || PredefinedMenuItem::separator(app);
    let own = Submenu::with_items(
        app,
        words.say("app.name", &[]),
        true,
        &[
            &PredefinedMenuItem::about(app, Some(&say("about")), Some(about))?,
            &line()?,
            &PredefinedMenuItem::services(app, Some(&say("services")))?,
            &line()?,
            &PredefinedMenuItem::hide(app, Some(&say("hide")))?,
            &PredefinedMenuItem::hide_others(app, Some(&say("hide_others")))?,
            &line()?,
            &MenuItem::with_id(app, QUIT, say("quit"), true, Some("Cmd+Q"))?,
        ],
    )?;
    let file = Submenu::with_items(
        app,
        say("file"),
        true,
        &[&PredefinedMenuItem::close_window(app, Some(&say("close")))?],
    )?;
    let edit = Submenu::with_items(
        app,
        say("edit"),
        true,
        &[
            &PredefinedMenuItem::undo(app, Some(&say("undo")))?,
            &PredefinedMenuItem::redo(app, Some(&say("redo")))?,
            &line()?,
            &PredefinedMenuItem::cut(app, Some(&say("cut")))?,
            &PredefinedMenuItem::copy(app, Some(&say("copy")))?,
            &PredefinedMenuItem::paste(app, Some(&say("paste")))?,
            &PredefinedMenuItem::select_all(app, Some(&say("select_all")))?,
        ],
    )?;
    let view = Submenu::with_items(
        app,
        say("view"),
        true,
        &[&PredefinedMenuItem::fullscreen(
            app,
            Some(&say("full_screen")),
        )?],
    )?;
    let window = Submenu::with_items(
        app,
        say("window"),
        true,
        &[
            &PredefinedMenuItem::minimize(app, Some(&say("minimize")))?,
            &PredefinedMenuItem::maximize(app, Some(&say("zoom")))?,
        ],
    )?;
    Menu::with_items(app, &[&own, &file, &edit, &view, &window])
}
