// What the panel knows about changes beyond the list: ends to show, calls under way, what went wrong, text typed so far.
// Not here: how any of it is drawn.
import { backend } from "../backend";
import type { RequestChange } from "../backend/backend";
import type { ChangeView } from "../backend/types/ChangeView";
import type { Problem } from "../backend/types/Problem";
import type { ProfileView } from "../backend/types/ProfileView";
import { call } from "./call.svelte";
import { as_problem } from "./problem";
import { refresh_profile, take_profile } from "./profiles.svelte";

export interface NewChangeDraft {
  to: string;
  undo_of: string | null;
}

interface PanelState {
  /** The newest answer about a profile's change, also when it has ended. */
  answers: Record<string, ChangeView>;
  /** The new-change form is open although there is a change to show. */
  drafts: Record<string, NewChangeDraft>;
  busy: Record<string, string>;
  problems: Record<string, Problem>;
}

const state = $state<PanelState>({ answers: {}, drafts: {}, busy: {}, problems: {} });

/** Codes typed or pasted, by change, so that looking at another profile loses nothing. */
export const typed_codes = new Map<string, string>();
/** The same for addresses, by profile. */
export const typed_addresses = new Map<string, string>();

/** The change that the panel shows for a profile. */
export function shown_change(profile: ProfileView): ChangeView | null {
  const answer = state.answers[profile.id];
  const stored = profile.change;
  if (!answer || !stored) return answer ?? stored;
  if (answer.id === stored.id) return answer.updated_at >= stored.updated_at ? answer : stored;
  // Ids grow with each change; times do not where the clock was set back.
  return answer.id > stored.id ? answer : stored;
}

export function take_answer(change: ChangeView): void {
  if (change.profile_id) state.answers[change.profile_id] = change;
}

/** The end was seen: the panel shows the profile again. */
export function forget_answer(profile_id: string): void {
  delete state.answers[profile_id];
  delete state.problems[profile_id];
}

/** The list's own view of every open change counts again. */
export function forget_open_answers(): void {
  for (const [profile_id, change] of Object.entries(state.answers)) if (change.open) delete state.answers[profile_id];
}

export function draft_of(profile_id: string): NewChangeDraft | null {
  return state.drafts[profile_id] ?? null;
}

/** Opens the form for a new address. */
export function open_draft(profile_id: string, to = "", undo_of: string | null = null): void {
  if (to) typed_addresses.set(profile_id, to);
  delete state.problems[profile_id];
  state.drafts[profile_id] = { to, undo_of };
}

export function close_draft(profile_id: string): void {
  delete state.drafts[profile_id];
  delete state.problems[profile_id];
}

/** The name of the call under way, if any. */
export function busy_with(profile_id: string): string | null {
  return state.busy[profile_id] ?? null;
}

export function problem_of(profile_id: string): Problem | null {
  return state.problems[profile_id] ?? null;
}

export function set_problem(profile_id: string, problem: Problem | null): void {
  if (problem) state.problems[profile_id] = problem;
  else delete state.problems[profile_id];
}

/** Runs one call about a profile; its problem is shown in the panel. Resolves to whether it worked. */
export async function act(profile_id: string, name: string, work: () => Promise<ChangeView | ProfileView | void>): Promise<boolean> {
  if (state.busy[profile_id]) return false;
  state.busy[profile_id] = name;
  delete state.problems[profile_id];
  try {
    const result = await call(work);
    if (result && "steps" in result) take_answer(result);
    else if (result) take_profile(result);
    await refresh_profile(profile_id);
    return true;
  } catch (thrown) {
    state.problems[profile_id] = as_problem(thrown);
    await refresh_profile(profile_id);
    return false;
  } finally {
    delete state.busy[profile_id];
  }
}

/** Requests a change and shows where it stands, or why it was not taken. */
export async function request_change(request: RequestChange): Promise<boolean> {
  const sent = await act(request.profile_id, "request", () => backend().request_change(request));
  if (sent) {
    close_draft(request.profile_id);
    typed_addresses.delete(request.profile_id);
  }
  return sent;
}

/** Asks the service which address it holds. */
export function check_profile(profile_id: string): Promise<boolean> {
  return act(profile_id, "check", () => backend().read_profile(profile_id));
}

/** A change that left the list has ended: fetch its end, so that the panel can show the proof. */
export async function follow_end(change_id: string): Promise<void> {
  try {
    take_answer(await backend().get_change(change_id));
  } catch {
    // It is gone with its profile; the list says so.
  }
}

/** Another mode, other profiles. */
export function forget_panel(): void {
  Object.assign(state, { answers: {}, drafts: {}, busy: {}, problems: {} });
  typed_codes.clear();
  typed_addresses.clear();
}
