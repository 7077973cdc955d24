//! The commands that are answered, one for each name in `command_names.rs`.

use tauri::Runtime;
use tauri::ipc::Invoke;

use crate::commands::{app, backup, changes, practice, profiles, services, settings, tools, vault};

pub fn handler<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        app::get_app_state,
        app::page_ready,
        services::list_services,
        services::set_limit_scope,
        profiles::list_profiles,
        profiles::get_profile,
        profiles::read_pasted_profile,
        profiles::add_profile,
        profiles::test_profile,
        profiles::edit_profile,
        profiles::remove_profile,
        profiles::read_profile,
        changes::check_address,
        changes::preview_step,
        changes::copy_curl,
        changes::request_change,
        changes::understand_code,
        changes::submit_code,
        changes::resend_code,
        changes::cancel_change,
        changes::settle_change,
        changes::list_open_changes,
        changes::list_history,
        changes::get_change,
        tools::export_history,
        vault::set_up_vault,
        vault::unlock_vault,
        vault::lock_vault,
        vault::change_passphrase,
        vault::change_vault_kind,
        vault::make_new_key,
        vault::reset_vault,
        settings::set_preferences,
        settings::set_network,
        settings::choose_ca_file,
        backup::export_backup,
        backup::choose_backup,
        backup::restore_backup,
        practice::open_practice,
        practice::leave_practice,
        practice::start_practice,
        practice::list_practice_mails,
        practice::pass_practice_time,
        practice::remove_practice_data,
        tools::get_diagnostics,
        tools::copy_text,
        tools::show_data_folder,
        tools::open_link,
    ]
}
