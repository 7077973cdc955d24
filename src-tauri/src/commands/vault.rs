//! The vault. Passphrases come in here and never go out.

use readdress_core::engine::Engine;
use readdress_core::error::Result;
use readdress_core::secret::Secret;
use readdress_core::view::{VaultKind, VaultView};
use tauri::{AppHandle, Runtime, State};

use super::{Arg, Shell, guarded};
use crate::events;

#[tauri::command]
pub async fn set_up_vault<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    kind: Arg<VaultKind>,
    passphrase: Arg<Option<Secret>>,
) -> Result<VaultView> {
    guarded(async {
        let engine = shell.engine()?;
        let done = engine.vault().set_up(kind.0, passphrase.0).await;
        told(&app, &engine, done)
    })
    .await
}

#[tauri::command]
pub async fn unlock_vault<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    passphrase: Arg<Option<Secret>>,
) -> Result<VaultView> {
    guarded(async {
        let engine = shell.engine()?;
        let done = engine.vault().unlock(passphrase.0).await;
        told(&app, &engine, done)
    })
    .await
}

#[tauri::command]
pub async fn lock_vault<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
) -> Result<VaultView> {
    guarded(async {
        let engine = shell.engine()?;
        engine.vault().lock();
        told(&app, &engine, Ok(()))
    })
    .await
}

#[tauri::command]
pub async fn change_passphrase<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    current: Arg<Secret>,
    next: Arg<Secret>,
) -> Result<VaultView> {
    guarded(async {
        let engine = shell.engine()?;
        let done = engine.vault().change_passphrase(current.0, next.0).await;
        told(&app, &engine, done)
    })
    .await
}

#[tauri::command]
pub async fn change_vault_kind<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    kind: Arg<VaultKind>,
    passphrase: Arg<Option<Secret>>,
) -> Result<VaultView> {
    guarded(async {
        let engine = shell.engine()?;
        let done = engine.vault().change_kind(kind.0, passphrase.0).await;
        told(&app, &engine, done)
    })
    .await
}

/// A vault with a passphrase needs it here.
#[tauri::command]
pub async fn make_new_key<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    passphrase: Arg<Option<Secret>>,
) -> Result<VaultView> {
    guarded(async {
        let engine = shell.engine()?;
        let done = engine.vault().make_new_key(passphrase.0).await;
        told(&app, &engine, done)
    })
    .await
}

/// Profiles and history stay, every secret is asked again.
#[tauri::command]
pub async fn reset_vault<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    kind: Arg<VaultKind>,
    passphrase: Arg<Option<Secret>>,
) -> Result<VaultView> {
    guarded(async {
        let engine = shell.engine()?;
        let done = engine.vault().reset(kind.0, passphrase.0).await;
        told(&app, &engine, done)
    })
    .await
}

/// What was tried may be known now (no keychain, a wrong key), so the page hears of a failure too.
fn told<R: Runtime>(app: &AppHandle<R>, engine: &Engine, done: Result<()>) -> Result<VaultView> {
    events::tell_app_state(app);
    done.map(|()| engine.vault().view())
}
