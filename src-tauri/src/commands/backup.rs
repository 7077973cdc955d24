//! Backups of the real profiles. Where a file lies is chosen in the system's dialog: the page names no path.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use readdress_core::backup::{Lock, Tell};
use readdress_core::error::{Code, Problem, Result};
use readdress_core::secret::Secret;
use readdress_core::view::{BackupProgress, BackupView, RestoredView};
use serde::Serialize;
use tauri::{AppHandle, Emitter as _, Manager as _, Runtime, State, WebviewWindow};
use tauri_plugin_dialog::DialogExt as _;

use super::tools::chosen;
use super::{Arg, Shell, guarded};
use crate::events;
use crate::state::lock;
use crate::window::MAIN;

const TELL_EVERY: Duration = Duration::from_millis(100);

/// A backup that was written.
#[derive(Debug, Serialize)]
pub struct Exported {
    /// The file's name.
    pub file: String,
    pub backup: BackupView,
}

/// Asks where to and writes it there; `None` where the dialog was left.
#[tauri::command]
pub async fn export_backup<R: Runtime>(
    window: WebviewWindow<R>,
    shell: State<'_, Shell>,
    passphrase: Arg<Secret>,
) -> Result<Option<Exported>> {
    guarded(async {
        // Before anybody chooses a file for nothing.
        let engine = shell.real()?;
        let lock = Lock::new(passphrase.0)?;
        let (answer, choice) = tokio::sync::oneshot::channel();
        window
            .dialog()
            .file()
            .set_parent(&window)
            .set_file_name(format!(
                "readdress-{}.age",
                Timestamp::now().strftime("%Y-%m-%d")
            ))
            .add_filter("age", &["age"])
            .save_file(move |file| drop(answer.send(file)));
        let Some(path) = chosen(choice).await? else {
            return Ok(None);
        };
        let tell = teller(window.app_handle());
        let backup = engine.export_backup(&path, lock, tell).await?;
        let file = path.file_name().unwrap_or_default();
        let file = file.to_string_lossy().into_owned();
        Ok(Some(Exported { file, backup }))
    })
    .await
}

/// Asks for the file that `restore_backup` will read, and answers with its name; `None` where the dialog was left.
#[tauri::command]
pub async fn choose_backup<R: Runtime>(
    window: WebviewWindow<R>,
    shell: State<'_, Shell>,
) -> Result<Option<String>> {
    guarded(async {
        shell.real()?;
        let (answer, choice) = tokio::sync::oneshot::channel();
        window
            .dialog()
            .file()
            .set_parent(&window)
            .add_filter("age", &["age"])
            .pick_file(move |file| drop(answer.send(file)));
        let Some(path) = chosen(choice).await? else {
            return Ok(None);
        };
        let name = path.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        shell.set_chosen_backup(path);
        Ok(Some(name))
    })
    .await
}

/// # Errors
/// `backup_invalid` with `reason = unreadable` where no file was chosen; as core's.
#[tauri::command]
pub async fn restore_backup<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    passphrase: Arg<Secret>,
    replace: Arg<bool>,
) -> Result<RestoredView> {
    guarded(async {
        let engine = shell.real()?;
        let path = shell
            .chosen_backup()
            .ok_or_else(|| Problem::new(Code::BackupInvalid).with("reason", "unreadable"))?;
        let done = engine
            .restore_backup(&path, passphrase.0, replace.0, teller(&app))
            .await;
        // A vault may have been made for it, whatever came after.
        events::tell_app_state(&app);
        done
    })
    .await
}

/// Tells the page, at most ten times a second.
fn teller<R: Runtime>(app: &AppHandle<R>) -> Tell {
    let app = app.clone();
    let last = Mutex::new(None::<Instant>);
    Arc::new(move |progress: BackupProgress| {
        let mut last = lock(&last);
        if last.is_none_or(|at| at.elapsed() >= TELL_EVERY) {
            *last = Some(Instant::now());
            let _ = app.emit_to(MAIN, "backup_progress", progress);
        }
    })
}
