//! Services.

use readdress_core::error::Result;
use readdress_core::view::ServiceView;
use tauri::State;

use super::{Shell, guarded};

#[tauri::command]
pub async fn list_services(shell: State<'_, Shell>) -> Result<Vec<ServiceView>> {
    guarded(async { shell.engine()?.services() }).await
}
