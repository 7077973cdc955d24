//! The app as a whole.

use std::io::Write as _;

use readdress_core::error::Result;
use tauri::{Runtime, State, WebviewWindow};

use super::{Shell, guarded};
use crate::app_state::AppState;
use crate::window;

/// Answers in every state, also where the folder cannot be used.
#[tauri::command]
pub async fn get_app_state(shell: State<'_, Shell>) -> Result<AppState> {
    guarded(async { Ok(shell.app_state()) }).await
}

/// The first list is painted: the window can be used.
#[tauri::command]
pub async fn page_ready<R: Runtime>(
    window: WebviewWindow<R>,
    shell: State<'_, Shell>,
) -> Result<()> {
    window::show(&window);
    if shell.report_usable() {
        let mut out = std::io::stdout().lock();
        // For a measurement; without a reader there is none.
        let _ = writeln!(out, "readdress: usable").and_then(|()| out.flush());
    }
    Ok(())
}
