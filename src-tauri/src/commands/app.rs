//! The app as a whole.

use std::io::Write as _;

use readdress_core::error::Result;
use tauri::{Manager as _, Runtime, State, WebviewWindow};

use super::{Arg, Shell, guarded};
use crate::app_state::AppState;
use crate::closing::Stage;
use crate::preferences::{self, Closing};
use crate::{closing, events, window};

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
    #[cfg(target_os = "linux")]
    crate::graphics::net::painted(window.app_handle());
    if shell.report_usable() {
        let mut out = std::io::stdout().lock();
        // For a measurement; without a reader there is none.
        let _ = writeln!(out, "readdress: usable").and_then(|()| out.flush());
    }
    Ok(())
}

/// Keep watching without a window, or end. Nothing where nobody was asked.
#[tauri::command]
pub async fn answer_closing<R: Runtime>(
    window: WebviewWindow<R>,
    shell: State<'_, Shell>,
    keep: Arg<bool>,
    remember: Arg<bool>,
) -> Result<()> {
    guarded(async {
        if shell.stage() != Stage::Asked {
            return Ok(());
        }
        let kept = if remember.0 {
            remembered(&window, &shell, keep.0)
        } else {
            Ok(())
        };
        closing::answered(&window, keep.0);
        kept
    })
    .await
}

fn remembered<R: Runtime>(window: &WebviewWindow<R>, shell: &Shell, keep: bool) -> Result<()> {
    let mut new = shell.preferences();
    new.closing = if keep { Closing::Keep } else { Closing::Close };
    shell.set_preferences(new.clone());
    let app = window.app_handle();
    events::tell_app_state(app);
    let folder = shell.real()?.folder().path().to_owned();
    preferences::save(app, &preferences::file_in(&folder), &new)
}
