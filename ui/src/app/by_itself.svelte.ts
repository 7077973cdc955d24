// “Request by itself when the time is up”: off until ticked, only after a certain refusal, kept by this window alone.
import { backend } from "../backend";
import type { ChangeView } from "../backend/types/ChangeView";
import { request_change } from "./changes.svelte";

interface Ticked {
  profile_id: string;
  to: string;
  at: number;
  /** How long it was to wait when that was read: a longer wait means that the clock was set back since. */
  span: number;
}

/** One second later than promised: the service's clock may be behind. */
const GRACE = 1000;

const ticked = $state<{ changes: Record<string, Ticked> }>({ changes: {} });
let looking: ReturnType<typeof setInterval> | undefined;

/** Only a change that was turned away for certain, with a time from which it may be sent. */
export function may_request_by_itself(change: ChangeView): boolean {
  return change.state === "planned" && change.problem?.code === "rate_limited" && retry_time(change) !== null && change.profile_id !== null;
}

/** From when on it may be sent, in milliseconds since 1970. */
export function retry_time(change: ChangeView): number | null {
  const at = change.retry_at ?? change.problem?.retry_at ?? null;
  return at ? Date.parse(at) : null;
}

export function requests_by_itself(change_id: string): boolean {
  return change_id in ticked.changes;
}

export function untick(change_id: string): void {
  delete ticked.changes[change_id];
  if (Object.keys(ticked.changes).length > 0) return;
  clearInterval(looking);
  looking = undefined;
}

/** Another mode: nothing of this one is sent any more. */
export function untick_all(): void {
  for (const id of Object.keys(ticked.changes)) untick(id);
}

/** Asks first: the change may have been cancelled or sent elsewhere meanwhile, and its time moved with the clock. */
async function send_if_still_planned(id: string): Promise<void> {
  const change = await backend().get_change(id);
  const at = retry_time(change);
  if (!change.open || !may_request_by_itself(change) || at === null || change.profile_id === null) return;
  if (at + GRACE > Date.now()) return tick_by_itself(change);
  await request_change({ profile_id: change.profile_id, to: change.to, secrets: {}, replace: false, anyway: false, undo_of: change.undo_of });
}

/** Against the clock on the wall: a timer stands still while the computer sleeps, and knows nothing of a moved clock. */
function look(): void {
  const now = Date.now();
  for (const [id, one] of Object.entries(ticked.changes)) {
    const left = one.at + GRACE - now;
    if (left > 0 && left <= one.span + GRACE) continue;
    untick(id);
    void send_if_still_planned(id);
  }
}

export function tick_by_itself(change: ChangeView): void {
  const at = retry_time(change);
  if (!may_request_by_itself(change) || at === null || change.profile_id === null) return;
  ticked.changes[change.id] = { profile_id: change.profile_id, to: change.to, at, span: Math.max(0, at - Date.now()) + 2 * GRACE };
  looking ??= setInterval(look, 1000);
}
