//! What a person reads whose window stays blank because the page's process ends again and again. GTK draws it, not WebKit.

use readdress_text::Words;
use tauri::{AppHandle, Manager as _, Runtime};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};

use crate::state::Shell;
use crate::{closing, notices};

/// Tells it once more than nothing, then closes: there is nothing to be done in that window.
pub fn tell<R: Runtime>(app: &AppHandle<R>) {
    let shell = app.state::<Shell>();
    let words = Words::new(notices::spoken(shell.preferences().language));
    let logs = shell.folder_path().map(|folder| folder.join("logs"));
    let logs = logs.unwrap_or_default().display().to_string();
    let app = app.clone();
    app.clone()
        .dialog()
        .message(words.say("app.blank_text", &[("folder", &logs)]))
        .title(words.say("app.blank_title", &[]))
        .kind(MessageDialogKind::Error)
        .show(move |_| closing::end(&app));
}
