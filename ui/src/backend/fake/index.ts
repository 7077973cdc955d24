// The fake backend. Owned by its folder; this file is its door.
import type { AppState, Backend } from "../backend";

const state: AppState = {
  version: "0.1.0", mode: "real", platform: "linux", first_start: true, data_folder: "/home/me/.local/share/readdress", data_bytes: 0,
  preferences: { language: null, theme: "system", text_size: "normal", view: {} },
  vault: { kind: "unset", state: "unset", problem: null, keychain_works: null },
  network: { proxy: { kind: "system" }, ca_file: null }, notices: [], fatal: null,
};

export function create_fake_backend(): Backend {
  const known: Partial<Backend> = {
    get_app_state: async () => state,
    list_services: async () => [],
    list_profiles: async () => ({ items: [], next: null, total: 0 }),
    set_preferences: async () => {},
    on_changed: () => () => {},
    on_app_state: () => () => {},
  };
  return known as Backend;
}
