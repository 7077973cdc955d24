/// Every command that the page may call, by name: `build.rs` declares them, `capabilities/main.json` allows them one
/// by one, `src/handler.rs` answers them. A test holds the lists together, and to the page's contract.
pub const COMMANDS: &[&str] = &[
    // app
    "get_app_state",
    "page_ready",
    // services
    "list_services",
    "accept_service",
    "set_limit_scope",
    // profiles
    "list_profiles",
    "get_profile",
    "read_pasted_profile",
    "add_profile",
    "test_profile",
    "edit_profile",
    "remove_profile",
    "read_profile",
    // changes
    "check_address",
    "preview_step",
    "copy_curl",
    "request_change",
    "understand_code",
    "submit_code",
    "resend_code",
    "cancel_change",
    "settle_change",
    "list_open_changes",
    "list_history",
    "get_change",
    "export_history",
    // vault
    "set_up_vault",
    "unlock_vault",
    "lock_vault",
    "change_passphrase",
    "change_vault_kind",
    "make_new_key",
    "reset_vault",
    // settings
    "set_preferences",
    "set_network",
    "choose_ca_file",
    // backup
    "export_backup",
    "choose_backup",
    "restore_backup",
    // practice
    "open_practice",
    "leave_practice",
    "start_practice",
    "list_practice_mails",
    "pass_practice_time",
    "remove_practice_data",
    // tools
    "get_diagnostics",
    "copy_text",
    "show_data_folder",
    "open_link",
];
