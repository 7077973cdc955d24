//! Practice: the whole window switches.

use std::sync::Arc;

use readdress_core::error::{Code, Result};
use readdress_core::view::{PracticeMail, PracticeStart};
use tauri::{AppHandle, Runtime, State};

use super::{Arg, Shell, guarded};
use crate::app_state::AppState;
use crate::events;
use crate::practice::Practice;
use crate::state::Mode;

#[tauri::command]
pub async fn open_practice<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
) -> Result<AppState> {
    guarded(async {
        ready(&app, &shell).await?;
        show(&app, &shell);
        Ok(shell.app_state())
    })
    .await
}

/// Practice stays ready behind the real profiles: a call on its way there comes to its end.
#[tauri::command]
pub async fn leave_practice<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
) -> Result<AppState> {
    guarded(async {
        shell.real()?;
        if let Some(practice) = shell.practice() {
            practice.save();
        }
        shell.set_mode(Mode::Real);
        events::tell_app_state(&app);
        Ok(shell.app_state())
    })
    .await
}

#[tauri::command]
pub async fn start_practice<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    service: Arg<String>,
) -> Result<PracticeStart> {
    guarded(async {
        let start = ready(&app, &shell).await?.start(&service.0).await?;
        // Only now: the page then finds the profile in the list that it asks for.
        show(&app, &shell);
        Ok(start)
    })
    .await
}

#[tauri::command]
pub async fn list_practice_mails(shell: State<'_, Shell>) -> Result<Vec<PracticeMail>> {
    guarded(async { Ok(shown(&shell)?.mails()) }).await
}

#[tauri::command]
pub async fn pass_practice_time(shell: State<'_, Shell>, seconds: Arg<u32>) -> Result<()> {
    guarded(async { shown(&shell)?.pass_time(seconds.0).await }).await
}

/// Back to the real profiles, where practice was shown.
#[tauri::command]
pub async fn remove_practice_data<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
) -> Result<()> {
    guarded(async {
        let removed = shell.remove_practice().await;
        events::tell_app_state(&app);
        removed
    })
    .await
}

/// Opens practice where needed, behind what is shown.
async fn ready<R: Runtime>(app: &AppHandle<R>, shell: &Shell) -> Result<Arc<Practice>> {
    let (practice, opened) = shell.open_practice().await?;
    if opened {
        practice.set_watcher(events::watch(
            app,
            practice.engine().clone(),
            Mode::Practice,
        ));
    }
    Ok(practice)
}

fn show<R: Runtime>(app: &AppHandle<R>, shell: &Shell) {
    if shell.mode() != Mode::Practice {
        shell.set_mode(Mode::Practice);
        events::tell_app_state(app);
    }
}

/// These make sense in practice only.
fn shown(shell: &Shell) -> Result<Arc<Practice>> {
    shell.real()?;
    Ok(shell.practice_shown().ok_or(Code::NotSupported)?)
}
