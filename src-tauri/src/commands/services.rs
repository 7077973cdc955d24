//! Services.

use readdress_core::error::Result;
use readdress_core::manifest::LimitOf;
use readdress_core::view::ServiceView;
use tauri::State;

use super::{Arg, Shell, guarded};

#[tauri::command]
pub async fn list_services(shell: State<'_, Shell>) -> Result<Vec<ServiceView>> {
    guarded(async { shell.engine()?.services() }).await
}

/// The user has seen the host of a file of theirs, and trusts it with keys.
///
/// # Errors
/// `service_new` where the file names another host than the one that was shown.
#[tauri::command]
pub async fn accept_service(
    shell: State<'_, Shell>,
    service: Arg<String>,
    host: Arg<String>,
) -> Result<()> {
    guarded(async { shell.engine()?.accept_service(&service.0, &host.0) }).await
}

/// Whose calls the limits count together; `None` goes back to the manifest's word.
#[tauri::command]
pub async fn set_limit_scope(
    shell: State<'_, Shell>,
    service: Arg<String>,
    of: Arg<Option<LimitOf>>,
) -> Result<()> {
    guarded(async { shell.engine()?.set_limit_scope(&service.0, of.0) }).await
}
