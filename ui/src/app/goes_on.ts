// Whether an open change goes on without a hand, and from when on a limit lets it. Pure; `now` is passed in.
// Not here: what it wears then (tags.ts), its words (screens/PendingWords.ts).
import type { ChangeView } from "../backend/types/ChangeView";

export const HOUR = 3_600_000;

/** From when on it may be requested again, in milliseconds since 1970; null: nothing known. */
export function limit_of(change: ChangeView): number | null {
  const at = change.retry_at ?? change.problem?.retry_at ?? null;
  return at === null ? null : Date.parse(at);
}

/**
 * Whether nobody has to do anything now: a call is under way, a limit has to pass, or a watched mailbox brings the code.
 * In the last hour before it runs out that is no longer left to the mailbox alone.
 */
export function goes_on(change: ChangeView, now: number, watched = false, asked = false): boolean {
  if (change.state === "requesting" || change.state === "verifying") return true;
  if (change.state === "planned") return (limit_of(change) ?? 0) > now;
  return change.state === "awaiting_code" && watched && !asked && change.problem === null && (change.expires_at === null || Date.parse(change.expires_at) - now > HOUR);
}
