// The contract in memory, for browser tests and `npm run dev`. Never in a production bundle (backend/index.ts imports it by mode).
// `?scenario=` chooses what is there, `?now=` the time (`&still` stops it), `?delay=` the milliseconds of an answer, `?file=` how a backup's file is, `?errand=` what the start is for (`,` between several), `?clipboard=` what the clipboard holds (and that it is offered), `?language=`, `?theme=`, `?size=`, `?stretch`.
// Not here: any Tauri, any network.
import { set_stretched } from "../../i18n";
import type { AppState, Backend, Preferences } from "../backend";
import type { Changed } from "../types/Changed";
import type { Problem } from "../types/Problem";
import { create_backup_calls } from "./backup_calls";
import { create_change_calls } from "./change_calls";
import { iso, set_clock } from "./clock";
import { create_mailbox_calls } from "./mailbox_calls";
import { seed_mailboxes } from "./mailboxes";
import { create_practice_calls } from "./practice_calls";
import { problem } from "./problem";
import { create_profile_calls } from "./profile_calls";
import { scenarios, seed, type Scenario } from "./scenarios";
import { create_service_file_calls } from "./service_files";
import type { Shared } from "./shared";
import { FakeVault } from "./vault";
import { new_world } from "./world";

function preferences_of(query: URLSearchParams): Preferences {
  return {
    language: (query.get("language") as Preferences["language"]) ?? null,
    theme: (query.get("theme") as Preferences["theme"]) ?? "system",
    text_size: (query.get("size") as Preferences["text_size"]) ?? "normal",
    notify: query.get("notify") !== "0",
    clipboard_offer: query.has("clipboard"),
    closing: "ask",
    view: {},
  };
}

function notices_of(scenario: Scenario): Problem[] {
  if (scenario !== "notices") return [];
  return [problem("settings_damaged", { file: "settings.damaged.json" }), problem("manifest_invalid", { file: "forge.toml", line: "12", column: "7", hint: "`mens` is not known here; did you mean `means`?" })];
}

export function create_fake_backend(query = new URLSearchParams(location.search)): Backend {
  const asked = query.get("scenario") as Scenario | null;
  const scenario = asked && scenarios.includes(asked) ? asked : "mock";
  set_clock(query);
  set_stretched(query.has("stretch"));

  const changed = new Set<(changed: Changed) => void>();
  const states = new Set<(state: AppState) => void>();
  const real = new_world();
  const practice = new_world();
  seed(real, scenario);
  let preferences = preferences_of(query);
  let network: AppState["network"] = { proxy: { kind: "system" }, ca_file: null };

  const shared: Shared = {
    mode: scenario === "practice" ? "practice" : "real",
    real,
    practice,
    vault: new FakeVault(scenario === "locked" ? "passphrase" : scenario === "first-start" ? "unset" : "keychain", scenario !== "locked", true),
    own_service: scenario === "hostile",
    added: [],
    delay: Number(query.get("delay") ?? 20),
    clipboard: query.get("clipboard") ?? "",
    mailboxes: [],
    finds: [],
    preferences: () => preferences,
    prefer: (part) => {
      preferences = { ...preferences, ...part };
    },
    world: () => (shared.mode === "practice" ? practice : real),
    emit: (what) => {
      for (const listener of changed) listener({ profiles: [], changes: [], mail: false, all: false, ...what });
    },
    emit_state: () => {
      for (const listener of states) listener(state());
    },
    state,
  };

  seed_mailboxes(shared, scenario);

  function state(): AppState {
    return {
      version: "0.1.0",
      mode: shared.mode,
      platform: "linux",
      first_start: scenario === "first-start" && real.profiles.size === 0,
      data_folder: "/home/someone/.local/share/readdress",
      data_bytes: 4_200_000,
      preferences,
      vault: shared.mode === "practice" ? { kind: "key_file", state: "open", problem: null, keychain_works: null } : shared.vault.view(),
      network,
      notices: notices_of(scenario),
      releases: { url: "https://github.com/readdress/readdress/releases", host: "github.com" },
      fatal: scenario === "fatal" ? problem("database_damaged", { file: "readdress.db" }) : scenario === "newer" ? problem("database_newer", { file: "readdress.db", version: "7", newest: "2" }) : null,
    };
  }

  async function vault_call(work: () => void): Promise<AppState["vault"]> {
    work();
    shared.emit_state();
    return shared.vault.view();
  }

  return {
    get_app_state: async () => state(),
    page_ready: async () => {
      document.documentElement.dataset.ready = "";
    },
    set_preferences: async (next) => {
      preferences = structuredClone(next);
    },
    ...create_profile_calls(shared),
    ...create_change_calls(shared),
    ...create_practice_calls(shared),
    ...create_backup_calls(shared, query),
    ...create_mailbox_calls(shared),
    ...create_service_file_calls(shared, query),

    set_up_vault: (kind, passphrase) => vault_call(() => shared.vault.set(kind, passphrase)),
    unlock_vault: (passphrase) => vault_call(() => shared.vault.unlock(passphrase)),
    lock_vault: () => vault_call(() => shared.vault.lock()),
    change_passphrase: (current, next) => vault_call(() => shared.vault.change(current, next)),
    change_vault_kind: (kind, passphrase) => vault_call(() => (shared.vault.need(), shared.vault.set(kind, passphrase))),
    make_new_key: (passphrase) => vault_call(() => shared.vault.renew(passphrase)),
    reset_vault: (kind, passphrase) =>
      vault_call(() => {
        shared.vault.set(kind, passphrase);
        for (const profile of real.profiles.values()) profile.secrets = {};
        shared.emit({ all: true });
      }),

    set_network: async (settings) => {
      if (settings.proxy.kind === "own" && !/^(http|socks5):\/\/[^/@\s]+:\d+\/?$/.test(settings.proxy.url)) throw problem("proxy_invalid", { reason: settings.proxy.url.includes("@") ? "user_info" : settings.proxy.url.includes("://") ? "not_a_url" : "scheme" });
      network = structuredClone(settings);
      shared.emit_state();
    },
    choose_ca_file: async () => "/home/someone/company-ca.pem",

    get_diagnostics: async () =>
      [`Readdress 0.1.0 (${state().platform})`, `time: ${iso(Date.now())}`, `mode: ${shared.mode}`, `vault: ${state().vault.kind}, ${state().vault.state}`, `profiles: ${shared.world().profiles.size}`, `changes: ${shared.world().changes.size}`, "services: mannco-store, webshare, z-api", "proxy: " + network.proxy.kind].join("\n"),
    copy_text: async (text) => {
      shared.clipboard = text;
    },
    show_data_folder: async () => undefined,
    open_link: async (url, host) => {
      if (!url.startsWith("https://") || new URL(url).host !== host) throw problem("field_invalid", { field: "url" });
    },

    on_changed: (listener) => {
      changed.add(listener);
      return () => changed.delete(listener);
    },
    on_app_state: (listener) => {
      states.add(listener);
      return () => states.delete(listener);
    },
  };
}
