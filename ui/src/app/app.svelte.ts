// What the whole window knows: the app's state, the services, the screen that is open. Not here: profiles (profiles.svelte.ts).
import type { AppState, Backend, Preferences } from "../backend/backend";
import { backend, open_backend } from "../backend";
import type { Problem } from "../backend/types/Problem";
import type { ServiceView } from "../backend/types/ServiceView";
import { set_language } from "../i18n";
import { untick_all } from "./by_itself.svelte";
import { forget_panel, take_answer } from "./changes.svelte";
import { forget_mail, load_mail, watch_mail } from "./mail.svelte";
import { as_problem } from "./problem";
import { load_profiles, select_profile, watch_profiles } from "./profiles.svelte";

export const routes = ["profiles", "pending", "history", "settings"] as const;
export type Route = (typeof routes)[number];

interface App {
  state: AppState | null;
  services: ServiceView[];
  route: Route;
  /** Set when the app could not start at all. */
  broken: Problem | null;
  /** A dialog over the window: only one at a time. */
  dialog: "add" | "palette" | "keys" | "export_backup" | "restore_backup" | null;
  /** Text that was pasted from anywhere, for the add dialog. */
  pasted: string;
  /** The words that the history starts with, once. */
  history_text: string;
  /** The section that the settings start with, once. */
  settings_at: string;
  /** The window was asked to close while so many changes wait for a mail; null: it was not. */
  closing: number | null;
  /** What went wrong in a call that no screen waits for. */
  faults: Problem[];
  /** The welcome was left for the list, although there is no profile. */
  welcome_left: boolean;
}

export const app = $state<App>({ state: null, services: [], route: "profiles", broken: null, dialog: null, pasted: "", history_text: "", settings_at: "", closing: null, faults: [], welcome_left: false });

function route_of(hash: string): Route {
  return routes.find((route) => hash === `#${route}`) ?? "profiles";
}

/** Opens a screen. */
export function go(route: Route): void {
  app.route = route;
  if (location.hash !== `#${route}`) history.replaceState(null, "", `#${route}`);
}

export function service_of(id: string): ServiceView | undefined {
  return app.services.find((service) => service.id === id);
}

/** The name people know, else the id. */
export function service_name(id: string): string {
  return service_of(id)?.name ?? id;
}

async function wear(preferences: Preferences): Promise<void> {
  const root = document.documentElement;
  if (preferences.theme === "system") delete root.dataset.theme;
  else root.dataset.theme = preferences.theme;
  root.dataset.size = preferences.text_size;
  await set_language(preferences.language);
}

/** Takes a new state of the app; another mode means other profiles and services. */
export async function take_state(state: AppState): Promise<void> {
  await wear(state.preferences);
  const switched = app.state !== null && app.state.mode !== state.mode;
  app.state = state;
  if (!switched) return;
  select_profile(null);
  forget_panel();
  untick_all();
  forget_mail();
  await reload();
}

/** Services as they are now. */
export async function load_services(): Promise<void> {
  app.services = await backend().list_services();
}

/** Services and profiles, from the start. */
export async function reload(): Promise<void> {
  if (app.state?.fatal) return;
  await Promise.all([load_services(), load_profiles()]);
  // Nothing on the first screen waits for it.
  void load_mail();
}

/** The history of one profile, found by its name. */
export function show_history(label: string): void {
  app.history_text = label;
  go("history");
}

/** Opens the settings at one of their sections. */
export function show_settings(section: string): void {
  app.settings_at = section;
  go("settings");
}

/** The words that the history should start with; they are taken once. */
export function take_history_text(): string {
  const text = app.history_text;
  app.history_text = "";
  return text;
}

/** Applies at once and keeps what was chosen. */
export async function prefer(part: Partial<Preferences>): Promise<void> {
  if (!app.state) return;
  app.state.preferences = { ...app.state.preferences, ...part };
  await wear(app.state.preferences);
  await backend().set_preferences($state.snapshot(app.state.preferences));
}

/** Shows a change in its profile's panel, also one that has ended. */
export async function show_change(change_id: string): Promise<void> {
  const change = await backend().get_change(change_id);
  if (!change.profile_id) return show_history(change.profile);
  take_answer(change);
  app.dialog = null;
  go("profiles");
  select_profile(change.profile_id);
}

/** What the window was started for, and what comes while it is open. */
async function look_for_errands(door: Backend): Promise<void> {
  if (app.state?.fatal) return;
  const { run_errands } = await import("./errands.svelte");
  door.on_errand(() => void run_errands());
  await run_errands();
}

export async function start(): Promise<void> {
  try {
    // The words, and what the shell says, are fetched side by side: each is a wait of its own.
    const door = await open_backend();
    const told = door.get_app_state();
    await set_language(null);
    window.addEventListener("unhandledrejection", (event) => app.faults.push(as_problem(event.reason)));
    window.addEventListener("hashchange", () => (app.route = route_of(location.hash)));
    app.route = route_of(location.hash);
    await take_state(await told);
    door.on_app_state((state) => void take_state(state));
    watch_profiles();
    watch_mail();
    door.on_closing((waiting) => (app.closing = waiting));
    door.on_show_change((change_id) => void show_change(change_id));
    await reload();
    // Nothing on the first screen waits for it.
    void look_for_errands(door);
  } catch (thrown) {
    app.broken = as_problem(thrown);
  }
}
