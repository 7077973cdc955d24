//! Preferences of the window, and the network of this machine.

use readdress_core::error::{Code, Problem, Result};
use readdress_core::http::sender::Sender;
use readdress_core::view::NetworkSettings;
use tauri::{AppHandle, Runtime, State, WebviewWindow};
use tauri_plugin_dialog::DialogExt as _;

use super::tools::chosen;
use super::{Arg, Shell, guarded};
use crate::preferences::{self, Preferences};
use crate::{events, window};

/// Kept, and the window takes its theme. What cannot be kept holds until the end of this run.
#[tauri::command]
pub async fn set_preferences<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    preferences: Arg<Preferences>,
) -> Result<()> {
    guarded(async {
        if !preferences.0.is_small() {
            return Err(Problem::new(Code::FieldInvalid).with("field", "view"));
        }
        shell.set_preferences(preferences.0.clone());
        window::dress(&app);
        #[cfg(target_os = "macos")]
        crate::menu::translate(&app);
        let folder = shell.real()?.folder().path().to_owned();
        preferences::save(&app, &preferences::file_in(&folder), &preferences.0)
    })
    .await
}

/// Of the machine: kept with the real profiles, also where practice is shown.
#[tauri::command]
pub async fn set_network<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    settings: Arg<NetworkSettings>,
) -> Result<()> {
    guarded(async {
        shell.real()?.set_network(&settings.0)?;
        events::tell_app_state(&app);
        Ok(())
    })
    .await
}

/// Asks for a PEM file and tries it; `None` where the dialog was left.
#[tauri::command]
pub async fn choose_ca_file<R: Runtime>(
    window: WebviewWindow<R>,
    shell: State<'_, Shell>,
) -> Result<Option<String>> {
    guarded(async {
        let network = shell.real()?.network()?;
        let (answer, choice) = tokio::sync::oneshot::channel();
        window
            .dialog()
            .file()
            .set_parent(&window)
            .add_filter("PEM", &["pem", "crt", "cer"])
            .pick_file(move |file| drop(answer.send(file)));
        let Some(path) = chosen(choice).await? else {
            return Ok(None);
        };
        let file = path
            .into_os_string()
            .into_string()
            .map_err(|_| Code::CertificateInvalid)?;
        Sender::new(&NetworkSettings {
            ca_file: Some(file.clone()),
            ..network
        })?;
        Ok(Some(file))
    })
    .await
}
