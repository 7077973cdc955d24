//! Changes: what is typed, what would be sent, and the change itself. Not here: its history's export (`tools`).

use std::collections::BTreeMap;

use readdress_core::ask::{RequestChange, Settle};
use readdress_core::error::Result;
use readdress_core::secret::Secret;
use readdress_core::view::{AddressCheck, ChangeView, HistoryFilter, Page, Preview, Understood};
use tauri::{AppHandle, Runtime, State};
use uuid::Uuid;

use super::tools::to_clipboard;
use super::{Arg, Shell, guarded};

#[tauri::command]
pub async fn check_address(
    shell: State<'_, Shell>,
    profile_id: Arg<Uuid>,
    text: Arg<String>,
) -> Result<AddressCheck> {
    guarded(async { shell.engine()?.check_address(profile_id.0, &text.0) }).await
}

#[tauri::command]
pub async fn preview_step(
    shell: State<'_, Shell>,
    profile_id: Arg<Uuid>,
    step: Arg<String>,
    value: Arg<String>,
) -> Result<Preview> {
    guarded(async { shell.engine()?.preview(profile_id.0, &step.0, &value.0) }).await
}

/// The request as a curl line, with `$TOKEN` variables where secrets go.
#[tauri::command]
pub async fn copy_curl<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    profile_id: Arg<Uuid>,
    step: Arg<String>,
    value: Arg<String>,
) -> Result<()> {
    guarded(async {
        let preview = shell.engine()?.preview(profile_id.0, &step.0, &value.0)?;
        to_clipboard(&app, preview.curl).await
    })
    .await
}

#[tauri::command]
pub async fn request_change(
    shell: State<'_, Shell>,
    request: Arg<RequestChange>,
) -> Result<ChangeView> {
    guarded(async {
        let _hand = shell.by_hand(request.0.profile_id);
        shell.engine()?.request_change(request.0).await
    })
    .await
}

#[tauri::command]
pub async fn understand_code(
    shell: State<'_, Shell>,
    change_id: Arg<Option<Uuid>>,
    text: Arg<String>,
) -> Result<Understood> {
    guarded(async { shell.engine()?.understand_code(change_id.0, &text.0).await }).await
}

#[tauri::command]
pub async fn submit_code(
    shell: State<'_, Shell>,
    change_id: Arg<Uuid>,
    text: Arg<String>,
) -> Result<ChangeView> {
    guarded(async {
        let _hand = shell.by_hand(change_id.0);
        shell.engine()?.submit_code(change_id.0, &text.0).await
    })
    .await
}

#[tauri::command]
pub async fn resend_code(
    shell: State<'_, Shell>,
    change_id: Arg<Uuid>,
    secrets: Arg<BTreeMap<String, Secret>>,
    anyway: Arg<bool>,
) -> Result<ChangeView> {
    guarded(async {
        let _hand = shell.by_hand(change_id.0);
        shell
            .engine()?
            .resend_code(change_id.0, &secrets.0, anyway.0)
            .await
    })
    .await
}

#[tauri::command]
pub async fn cancel_change(shell: State<'_, Shell>, change_id: Arg<Uuid>) -> Result<ChangeView> {
    guarded(async { shell.engine()?.cancel_change(change_id.0).await }).await
}

#[tauri::command]
pub async fn settle_change(
    shell: State<'_, Shell>,
    change_id: Arg<Uuid>,
    how: Arg<Settle>,
    secrets: Arg<BTreeMap<String, Secret>>,
) -> Result<ChangeView> {
    guarded(async {
        let _hand = shell.by_hand(change_id.0);
        shell
            .engine()?
            .settle_change(change_id.0, how.0, &secrets.0)
            .await
    })
    .await
}

#[tauri::command]
pub async fn list_open_changes(shell: State<'_, Shell>) -> Result<Vec<ChangeView>> {
    guarded(async { shell.engine()?.open_changes(false) }).await
}

#[tauri::command]
pub async fn list_history(
    shell: State<'_, Shell>,
    filter: Arg<HistoryFilter>,
    after: Arg<Option<String>>,
    limit: Arg<u32>,
) -> Result<Page<ChangeView>> {
    guarded(async {
        shell
            .engine()?
            .history(&filter.0, after.0.as_deref(), limit.0, false)
    })
    .await
}

/// With all its events.
#[tauri::command]
pub async fn get_change(shell: State<'_, Shell>, id: Arg<Uuid>) -> Result<ChangeView> {
    guarded(async { shell.engine()?.change(id.0).await }).await
}
