// The one contract between the page and whatever runs behind it: the Tauri shell (`tauri.ts`) or the fake (`fake/`).
// Not here: any knowledge of Tauri. Types under `types/` are generated from Rust by ts-rs (`cargo test -p readdress-core`).
// Every call that does not work rejects with a `Problem` object, never with a string.
import type { AddressCheck } from "./types/AddressCheck";
import type { BackupProgress } from "./types/BackupProgress";
import type { BackupView } from "./types/BackupView";
import type { Changed } from "./types/Changed";
import type { ChangeView } from "./types/ChangeView";
import type { HistoryFilter } from "./types/HistoryFilter";
import type { LimitOf } from "./types/LimitOf";
import type { MailboxTestView } from "./types/MailboxTestView";
import type { MailboxView } from "./types/MailboxView";
import type { MailFindView } from "./types/MailFindView";
import type { MailServerView } from "./types/MailServerView";
import type { MailTls } from "./types/MailTls";
import type { NetworkSettings } from "./types/NetworkSettings";
import type { PastedProfile } from "./types/PastedProfile";
import type { PracticeMail } from "./types/PracticeMail";
import type { PracticeStart } from "./types/PracticeStart";
import type { Preview } from "./types/Preview";
import type { Problem } from "./types/Problem";
import type { ProfileView } from "./types/ProfileView";
import type { ReadView } from "./types/ReadView";
import type { RestoredView } from "./types/RestoredView";
import type { ServiceFileView } from "./types/ServiceFileView";
import type { ServiceView } from "./types/ServiceView";
import type { Understood } from "./types/Understood";
import type { VaultView } from "./types/VaultView";

export type Theme = "system" | "light" | "dark";
export type TextSize = "small" | "normal" | "large";
export type Language = "en" | "pt-BR" | "es";

/** What a user can retype: kept by tauri-plugin-store in settings.json. */
export interface Preferences {
  /** null: follow the system's languages. */
  language: Language | null;
  theme: Theme;
  text_size: TextSize;
  /** The system shows when a code arrived, a change is done, or a code is about to run out. */
  notify: boolean;
  /** When the window gets the focus, a code or link in the clipboard that a waiting change fits is offered. */
  clipboard_offer: boolean;
  /** What closing the window does while a watched mailbox is waited for. */
  closing: "ask" | "keep" | "close";
  /** View state of the lists, free for the page. */
  view: Record<string, string>;
}

export interface AppState {
  version: string;
  mode: "real" | "practice";
  platform: "linux" | "macos" | "windows";
  /** No profile was ever made here: the page shows the welcome. */
  first_start: boolean;
  data_folder: string;
  data_bytes: number;
  preferences: Preferences;
  vault: VaultView;
  network: NetworkSettings;
  /** Things that went wrong at start and are not settled (a damaged settings file set aside, a user manifest that does not load). */
  notices: Problem[];
  /** Where newer versions are, and the host that is shown beside it. Opened when somebody asks; nothing is fetched from there. */
  releases: { url: string; host: string };
  /** The folder cannot be used at all: only this is shown. */
  fatal: Problem | null;
}

export interface NewProfile {
  service: string;
  label: string;
  fields: Record<string, string>;
  secrets: Record<string, string>;
  base_url: string | null;
  /** From `read_pasted_profile`: its secrets are taken where `secrets` has none. */
  draft: string | null;
}

export interface ProfileEdit {
  label?: string;
  fields?: Record<string, string>;
  /** Replaces these; the others stay. */
  secrets?: Record<string, string>;
  /** Forgets these. */
  forget?: string[];
  /** The origin that the user was shown and accepts, of a manifest that was edited (`origin` of `origin_changed`). */
  accept_origin?: string;
}

export interface RequestChange {
  profile_id: string;
  to: string;
  /** For this call only (Webshare's password). */
  secrets: Record<string, string>;
  /** Cancel an open change first. */
  replace: boolean;
  /** Send although the journal counts a request too soon. */
  anyway: boolean;
  /** The change that this one undoes. */
  undo_of: string | null;
}

export interface NewMailbox {
  /** Login name, mostly the whole address. */
  user: string;
  host: string;
  port: number;
  tls: MailTls;
  ca_file: string | null;
  /** Addresses, and `*@domain`. Empty: the login name. */
  serves: string[];
  /** null: an edited mailbox keeps the one it has (for the same host only). */
  password: string | null;
}

/** A service file as it was read; `token` names it to `add_service_file`. */
export type ShownServiceFile = ServiceFileView & { token: string };

/** What a start is for, besides the window: an action of the desktop entry, or a file that was opened with us. */
export type Errand =
  | { kind: "practice" | "add_profile" | "pending" }
  | { kind: "service"; shown: ShownServiceFile }
  | { kind: "mail"; name: string; text: string }
  | { kind: "no_mail"; name: string; reason: "unreadable" | "large" };

export interface Backend {
  get_app_state(): Promise<AppState>;
  /** Said once, when the first list (or the welcome, or the fatal screen) is painted. */
  page_ready(): Promise<void>;
  /** The next errand; null: there is none. Each is answered once. */
  take_errand(): Promise<Errand | null>;
  set_preferences(preferences: Preferences): Promise<void>;

  list_services(): Promise<ServiceView[]>;
  /** The user has seen this host of a file of theirs and trusts it with keys. `service_new` where the file names another by now. */
  accept_service(service: string, host: string): Promise<void>;
  /** Whose calls a service's limits count together; null: as its manifest says. */
  set_limit_scope(service: string, of: LimitOf | null): Promise<void>;
  /** Asks for a file and shows what it would add to the real services; null when the dialog was left. Nothing is stored. */
  choose_service_file(): Promise<ShownServiceFile | null>;
  /** Adds the file that was shown last under that token. Its host is accepted by nobody yet. `service_taken` where `replace` is needed and not given. */
  add_service_file(token: string, replace: boolean): Promise<ServiceView>;

  list_profiles(after: string | null, limit: number): Promise<{ items: ProfileView[]; next: string | null; total: number }>;
  get_profile(id: string): Promise<ProfileView>;
  read_pasted_profile(text: string): Promise<PastedProfile>;
  add_profile(profile: NewProfile): Promise<ProfileView>;
  /** A harmless read with what was typed, before anything is stored. */
  test_profile(profile: NewProfile): Promise<ReadView>;
  edit_profile(id: string, edit: ProfileEdit): Promise<ProfileView>;
  remove_profile(id: string): Promise<void>;
  /** Check now: asks the service which address it holds; settles an open or unknown change where that proves it. */
  read_profile(id: string): Promise<ProfileView>;

  check_address(profile_id: string, text: string): Promise<AddressCheck>;
  /** `step`: request | verify | resend. `value`: the address or the code. */
  preview_step(profile_id: string, step: string, value: string): Promise<Preview>;
  /** Writes the masked-safe curl line to the clipboard from the shell. */
  copy_curl(profile_id: string, step: string, value: string): Promise<void>;
  request_change(request: RequestChange): Promise<ChangeView>;
  /** `change_id` null: finds the waiting change it belongs to. */
  understand_code(change_id: string | null, text: string): Promise<Understood>;
  submit_code(change_id: string, text: string): Promise<ChangeView>;
  resend_code(change_id: string, secrets: Record<string, string>, anyway: boolean): Promise<ChangeView>;
  cancel_change(change_id: string): Promise<ChangeView>;
  /** `secrets`: for a call that is sent again. */
  settle_change(change_id: string, how: "check" | "worked" | "send_again", secrets: Record<string, string>): Promise<ChangeView>;
  list_open_changes(): Promise<ChangeView[]>;
  list_history(filter: HistoryFilter, after: string | null, limit: number): Promise<{ items: ChangeView[]; next: string | null; total: number }>;
  /** With all its events. */
  get_change(id: string): Promise<ChangeView>;
  /** Asks where to, writes a CSV; null when the dialog was left. Resolves to the file's name. */
  export_history(filter: HistoryFilter): Promise<string | null>;

  set_up_vault(kind: "keychain" | "passphrase", passphrase: string | null): Promise<VaultView>;
  unlock_vault(passphrase: string | null): Promise<VaultView>;
  lock_vault(): Promise<VaultView>;
  change_passphrase(current: string, next: string): Promise<VaultView>;
  change_vault_kind(kind: "keychain" | "passphrase", passphrase: string | null): Promise<VaultView>;
  /** `passphrase`: needed where the vault is kept by one. */
  make_new_key(passphrase: string | null): Promise<VaultView>;
  /** Forgotten passphrase: profiles and history stay, every secret is asked again. */
  reset_vault(kind: "keychain" | "passphrase", passphrase: string | null): Promise<VaultView>;

  set_network(settings: { proxy: { kind: "system" } | { kind: "none" } | { kind: "own"; url: string }; ca_file: string | null }): Promise<void>;
  /** Asks for a file, checks it; null when the dialog was left. */
  choose_ca_file(): Promise<string | null>;

  /** Asks where to, writes everything of the real profiles there, encrypted; null when the dialog was left. */
  export_backup(passphrase: string): Promise<{ file: string; backup: BackupView } | null>;
  /** Asks for the file that `restore_backup` reads; resolves to its name, null when the dialog was left. */
  choose_backup(): Promise<string | null>;
  /** Rejects with `folder_not_empty` (and what is on both sides) where `replace` is needed and not given. */
  restore_backup(passphrase: string, replace: boolean): Promise<RestoredView>;

  list_mailboxes(): Promise<MailboxView[]>;
  add_mailbox(mailbox: NewMailbox): Promise<MailboxView>;
  edit_mailbox(id: string, mailbox: NewMailbox): Promise<MailboxView>;
  remove_mailbox(id: string): Promise<void>;
  /** Tries it, step by step; nothing is stored. `id`: its password is taken where none is given. */
  test_mailbox(id: string | null, mailbox: NewMailbox): Promise<MailboxTestView>;
  /** Where an address's mail is read. Nobody is asked over the net without `ask`. */
  find_mail_server(address: string, ask: boolean): Promise<MailServerView>;
  /** Looks again at once; ends a wait for the next try. */
  look_for_mail(): Promise<void>;
  /** Mails that a person must decide about, oldest first. */
  list_mail_finds(): Promise<MailFindView[]>;
  submit_mail_find(id: string, choice: string): Promise<ChangeView>;
  /** None of its values: it is not asked about again. */
  dismiss_mail_find(id: string): Promise<void>;
  /** What the clipboard holds for a waiting change; null unless `clipboard_offer` is on and exactly one change fits without doubt. */
  read_clipboard(): Promise<Understood | null>;
  /** The answer to `on_closing`: keep watching without a window, or end. `remember` keeps it as preference. */
  answer_closing(keep: boolean, remember: boolean): Promise<void>;

  open_practice(): Promise<AppState>;
  leave_practice(): Promise<AppState>;
  /** Opens practice where needed and makes (or finds) the practice profile of that service. */
  start_practice(service: string): Promise<PracticeStart>;
  list_practice_mails(): Promise<PracticeMail[]>;
  /** Moves the practice clock, so that limits and expiry can be tried without waiting. */
  pass_practice_time(seconds: number): Promise<void>;
  remove_practice_data(): Promise<void>;

  get_diagnostics(): Promise<string>;
  copy_text(text: string): Promise<void>;
  show_data_folder(): Promise<void>;
  /** https only; `host` is what the page shows beside the link: one that leads elsewhere is refused. */
  open_link(url: string, host: string): Promise<void>;

  on_changed(listener: (changed: Changed) => void): () => void;
  /** How far a backup or a restore is, at most ten times a second. */
  on_backup_progress(listener: (progress: BackupProgress) => void): () => void;
  /** The window was asked to close while so many changes wait for a mail in a watched mailbox. */
  on_closing(listener: (waiting: number) => void): () => void;
  /** There is an errand to take. */
  on_errand(listener: () => void): () => void;
  /** A notification of the system was clicked, or the app was asked for by one: show this change. */
  on_show_change(listener: (change_id: string) => void): () => void;
  /** Vault, mode or notices are new. */
  on_app_state(listener: (state: AppState) => void): () => void;
}
