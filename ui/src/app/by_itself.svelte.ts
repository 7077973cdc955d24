// “Request by itself when the time is up”: off until ticked, only after a certain refusal, kept by this window alone.
import { backend } from "../backend";
import type { ChangeView } from "../backend/types/ChangeView";
import { request_change } from "./changes.svelte";

interface Ticked {
  profile_id: string;
  to: string;
  at: number;
}

const ticked = $state<{ changes: Record<string, Ticked> }>({ changes: {} });
const timers = new Map<string, number>();

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
  window.clearTimeout(timers.get(change_id));
  timers.delete(change_id);
  delete ticked.changes[change_id];
}

/** Another mode: nothing of this one is sent any more. */
export function untick_all(): void {
  for (const id of Object.keys(ticked.changes)) untick(id);
}

/** Asks first: the change may have been cancelled or sent elsewhere meanwhile. */
async function send_if_still_planned(id: string, profile_id: string, to: string): Promise<void> {
  const change = await backend().get_change(id);
  if (!change.open || !may_request_by_itself(change)) return;
  await request_change({ profile_id, to, secrets: {}, replace: false, anyway: false, undo_of: change.undo_of });
}

/** `now` in milliseconds on the clock that the times are told in. */
export function tick_by_itself(change: ChangeView, now: number): void {
  const at = retry_time(change);
  if (!may_request_by_itself(change) || at === null || change.profile_id === null) return;
  const { profile_id, to, id } = { profile_id: change.profile_id, to: change.to, id: change.id };
  ticked.changes[id] = { profile_id, to, at };
  // One second later than promised: the service's clock may be behind.
  timers.set(
    id,
    window.setTimeout(() => {
      untick(id);
      void send_if_still_planned(id, profile_id, to);
    }, Math.max(0, at - now) + 1000),
  );
}
