//! A notification of the system, and what a click on it does.
//!
//! The plugin is added when the window is there: one that is added before puts a script of its own into the page, which would ask
//! for a permission that the page does not have. Not here: the text (`said`).

use std::sync::Once;

use tauri::{AppHandle, Manager as _, Runtime};
use tauri_plugin_notification::{Notification, NotificationExt as _};
use uuid::Uuid;

use super::Notice;
use crate::state::Shell;
use crate::window;

/// The member of a notification that names its change.
const CHANGE: &str = "change";

/// Shows it. A system that shows none is told of in the log, once.
pub fn show<R: Runtime>(app: &AppHandle<R>, notice: Notice) {
    if let Some(teller) = app.state::<Shell>().teller() {
        return (teller.0)(notice);
    }
    if !has_bus() {
        return missing("there is no session bus");
    }
    if let Err(error) = add_plugin(app) {
        return missing(&error.to_string());
    }
    let mut notification = app
        .notification()
        .builder()
        .title(notice.title)
        .body(notice.body);
    if let Some(change) = notice.change {
        notification = notification.extra(CHANGE, change.to_string());
    }
    if let Err(error) = notification.show() {
        missing(&error.to_string());
    }
}

fn missing(why: &str) {
    static SAID: Once = Once::new();
    SAID.call_once(|| tracing::info!(why, "the system shows no notifications"));
}

fn add_plugin<R: Runtime>(app: &AppHandle<R>) -> Result<(), Box<dyn std::error::Error>> {
    if app.try_state::<Notification<R>>().is_some() {
        return Ok(());
    }
    app.plugin(tauri_plugin_notification::init())?;
    let handle = app.clone();
    app.notification().on_action(move |action| {
        let extra = action.notification().map(|shown| shown.extra());
        let change = extra.and_then(|extra| extra.get(CHANGE)?.as_str());
        window::show_change(&handle, change.and_then(|id| Uuid::parse_str(id).ok()));
    })?;
    Ok(())
}

/// On Linux notifications go over the session's bus; looked for where its libraries do, so that nothing is started for it.
fn has_bus() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let socket = |folder| std::path::Path::new(&folder).join("bus").exists();
    set("DBUS_SESSION_BUS_ADDRESS").is_some() || set("XDG_RUNTIME_DIR").is_some_and(socket)
}
