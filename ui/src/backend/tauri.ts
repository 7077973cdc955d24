// The only file that knows Tauri. Command names equal the contract's method names; arguments are camelCase.
import { invoke } from "@tauri-apps/api/core";
import { listen, type UnlistenFn } from "@tauri-apps/api/event";
import type { AppState, Backend } from "./backend";
import type { BackupProgress } from "./types/BackupProgress";
import type { Changed } from "./types/Changed";

function subscribe<T>(event: string, listener: (payload: T) => void): () => void {
  let stopped = false;
  let unlisten: UnlistenFn | undefined;
  void listen<T>(event, (message) => listener(message.payload)).then((stop) => {
    if (stopped) stop();
    else unlisten = stop;
  });
  return () => {
    stopped = true;
    unlisten?.();
  };
}

export function create_tauri_backend(): Backend {
  return {
    get_app_state: () => invoke("get_app_state"),
    page_ready: () => invoke("page_ready"),
    take_errand: () => invoke("take_errand"),
    set_preferences: (preferences) => invoke("set_preferences", { preferences }),
    list_services: () => invoke("list_services"),
    accept_service: (service, host) => invoke("accept_service", { service, host }),
    set_limit_scope: (service, of) => invoke("set_limit_scope", { service, of }),
    choose_service_file: () => invoke("choose_service_file"),
    add_service_file: (token, replace) => invoke("add_service_file", { token, replace }),

    list_profiles: (after, limit) => invoke("list_profiles", { after, limit }),
    get_profile: (id) => invoke("get_profile", { id }),
    read_pasted_profile: (text) => invoke("read_pasted_profile", { text }),
    add_profile: (profile) => invoke("add_profile", { profile }),
    test_profile: (profile) => invoke("test_profile", { profile }),
    edit_profile: (id, edit) => invoke("edit_profile", { id, edit }),
    remove_profile: (id) => invoke("remove_profile", { id }),
    read_profile: (id) => invoke("read_profile", { id }),

    check_address: (profileId, text) => invoke("check_address", { profileId, text }),
    preview_step: (profileId, step, value) => invoke("preview_step", { profileId, step, value }),
    copy_curl: (profileId, step, value) => invoke("copy_curl", { profileId, step, value }),
    request_change: (request) => invoke("request_change", { request }),
    understand_code: (changeId, text) => invoke("understand_code", { changeId, text }),
    submit_code: (changeId, text) => invoke("submit_code", { changeId, text }),
    resend_code: (changeId, secrets, anyway) => invoke("resend_code", { changeId, secrets, anyway }),
    cancel_change: (changeId) => invoke("cancel_change", { changeId }),
    settle_change: (changeId, how, secrets) => invoke("settle_change", { changeId, how, secrets }),
    list_open_changes: () => invoke("list_open_changes"),
    list_history: (filter, after, limit) => invoke("list_history", { filter, after, limit }),
    get_change: (id) => invoke("get_change", { id }),
    export_history: (filter) => invoke("export_history", { filter }),

    set_up_vault: (kind, passphrase) => invoke("set_up_vault", { kind, passphrase }),
    unlock_vault: (passphrase) => invoke("unlock_vault", { passphrase }),
    lock_vault: () => invoke("lock_vault"),
    change_passphrase: (current, next) => invoke("change_passphrase", { current, next }),
    change_vault_kind: (kind, passphrase) => invoke("change_vault_kind", { kind, passphrase }),
    make_new_key: (passphrase) => invoke("make_new_key", { passphrase }),
    reset_vault: (kind, passphrase) => invoke("reset_vault", { kind, passphrase }),

    set_network: (settings) => invoke("set_network", { settings }),
    choose_ca_file: () => invoke("choose_ca_file"),

    export_backup: (passphrase) => invoke("export_backup", { passphrase }),
    choose_backup: () => invoke("choose_backup"),
    restore_backup: (passphrase, replace) => invoke("restore_backup", { passphrase, replace }),

    list_mailboxes: () => invoke("list_mailboxes"),
    add_mailbox: (mailbox) => invoke("add_mailbox", { mailbox }),
    edit_mailbox: (id, mailbox) => invoke("edit_mailbox", { id, mailbox }),
    remove_mailbox: (id) => invoke("remove_mailbox", { id }),
    test_mailbox: (id, mailbox) => invoke("test_mailbox", { id, mailbox }),
    find_mail_server: (address, ask) => invoke("find_mail_server", { address, ask }),
    look_for_mail: () => invoke("look_for_mail"),
    list_mail_finds: () => invoke("list_mail_finds"),
    submit_mail_find: (id, choice) => invoke("submit_mail_find", { id, choice }),
    dismiss_mail_find: (id) => invoke("dismiss_mail_find", { id }),
    read_clipboard: () => invoke("read_clipboard"),
    answer_closing: (keep, remember) => invoke("answer_closing", { keep, remember }),

    open_practice: () => invoke("open_practice"),
    leave_practice: () => invoke("leave_practice"),
    start_practice: (service) => invoke("start_practice", { service }),
    list_practice_mails: () => invoke("list_practice_mails"),
    pass_practice_time: (seconds) => invoke("pass_practice_time", { seconds }),
    remove_practice_data: () => invoke("remove_practice_data"),

    get_diagnostics: () => invoke("get_diagnostics"),
    copy_text: (text) => invoke("copy_text", { text }),
    show_data_folder: () => invoke("show_data_folder"),
    open_link: (url, host) => invoke("open_link", { url, host }),

    on_changed: (listener) => subscribe<Changed>("changed", listener),
    on_backup_progress: (listener) => subscribe<BackupProgress>("backup_progress", listener),
    on_closing: (listener) => subscribe<number>("closing", listener),
    on_errand: (listener) => subscribe<null>("errand", () => listener()),
    on_show_change: (listener) => subscribe<string>("show_change", listener),
    on_app_state: (listener) => subscribe<AppState>("app_state", listener),
  };
}
