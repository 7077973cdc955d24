//! Profiles. Secrets come in here and never go out.

use readdress_core::ask::{NewProfile, ProfileEdit};
use readdress_core::error::Result;
use readdress_core::view::{Page, PastedProfile, ProfileView, ReadView};
use tauri::State;
use uuid::Uuid;

use super::{Arg, Shell, guarded};

#[tauri::command]
pub async fn list_profiles(
    shell: State<'_, Shell>,
    after: Arg<Option<String>>,
    limit: Arg<u32>,
) -> Result<Page<ProfileView>> {
    guarded(async { shell.engine()?.profiles(after.0.as_deref(), limit.0) }).await
}

#[tauri::command]
pub async fn get_profile(shell: State<'_, Shell>, id: Arg<Uuid>) -> Result<ProfileView> {
    guarded(async { shell.engine()?.profile(id.0) }).await
}

#[tauri::command]
pub async fn read_pasted_profile(
    shell: State<'_, Shell>,
    text: Arg<String>,
) -> Result<PastedProfile> {
    guarded(async { shell.engine()?.read_pasted_profile(&text.0) }).await
}

#[tauri::command]
pub async fn add_profile(shell: State<'_, Shell>, profile: Arg<NewProfile>) -> Result<ProfileView> {
    guarded(async { shell.engine()?.add_profile(aimed(&shell, profile.0)?).await }).await
}

/// A harmless read with what was typed, before anything is stored.
#[tauri::command]
pub async fn test_profile(shell: State<'_, Shell>, profile: Arg<NewProfile>) -> Result<ReadView> {
    guarded(async {
        shell
            .engine()?
            .test_profile(aimed(&shell, profile.0)?)
            .await
    })
    .await
}

#[tauri::command]
pub async fn edit_profile(
    shell: State<'_, Shell>,
    id: Arg<Uuid>,
    edit: Arg<ProfileEdit>,
) -> Result<ProfileView> {
    guarded(async { shell.engine()?.edit_profile(id.0, edit.0).await }).await
}

#[tauri::command]
pub async fn remove_profile(shell: State<'_, Shell>, id: Arg<Uuid>) -> Result<()> {
    guarded(async { shell.engine()?.remove_profile(id.0).await }).await
}

/// Asks the service which address it holds.
#[tauri::command]
pub async fn read_profile(shell: State<'_, Shell>, id: Arg<Uuid>) -> Result<ProfileView> {
    guarded(async {
        let engine = shell.engine()?;
        let _hand = shell.by_hand(id.0);
        engine.read_profile(id.0).await?;
        engine.profile(id.0)
    })
    .await
}

/// In practice a profile calls the played service.
fn aimed(shell: &Shell, mut profile: NewProfile) -> Result<NewProfile> {
    if let Some(practice) = shell.practice_shown() {
        practice.aim(&mut profile)?;
    }
    Ok(profile)
}
