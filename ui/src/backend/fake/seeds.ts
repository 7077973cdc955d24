// Short ways to put profiles and changes into a world, used by every scenario.
// Not here: the scenarios themselves.
import type { EventView } from "../types/EventView";
import type { Known } from "../types/Known";
import type { State } from "../types/State";
import { iso } from "./clock";
import { CODE, LINK_CODE, service_of } from "./services";
import { is_end, new_id, type Change, type Profile, type World } from "./world";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export interface ProfileSeed {
  label: string;
  service: string;
  email?: string | null;
  known?: Known;
  /** Minutes since the last check; null: never. */
  checked?: number | null;
  instance?: string;
  problem?: Profile["problem"];
  secrets?: Record<string, string>;
}

const keys: Record<string, Record<string, string>> = {
  "z-api": { token: "0123456789abcdef0123456789abcdef", client_token: "fedcba9876543210" },
  webshare: { api_key: "a".repeat(40) },
  "mannco-store": { api_key: "b".repeat(32) },
};

export function add_profile(world: World, seed: ProfileSeed): Profile {
  const known = seed.known ?? "as_read";
  const checked = seed.checked === undefined ? 5 : seed.checked;
  const profile: Profile = {
    id: new_id(world), label: seed.label, service: seed.service, base_url: null, host: service_of(seed.service).host,
    fields: seed.service === "z-api" ? { instance_id: seed.instance ?? "3C4F00A1B2C3D4E5F60718293A4B5C91" } : {},
    secrets: { ...(seed.secrets ?? keys[seed.service]) },
    email: seed.email ?? null, verified: known === "verified" ? true : seed.service === "z-api" && seed.email ? false : null,
    checked_at: checked === null ? null : iso(Date.now() - checked * MINUTE), known, problem: seed.problem ?? null,
  };
  world.profiles.set(profile.id, profile);
  return profile;
}

export interface ChangeSeed {
  to: string;
  from?: string | null;
  state: State;
  step?: string;
  /** Minutes ago it was asked for. */
  asked: number;
  /** Minutes ago it ended. */
  ended?: number;
  more?: Partial<Change>;
}

function event(at: number, kind: EventView["kind"], step: string | null, more: Partial<EventView> = {}): EventView {
  return { at: iso(at), kind, step, status: null, millis: null, meaning: null, says: null, ...more };
}

/** The events that lead to the state, as the engine would have written them. */
function story(seed: ChangeSeed, service: string, asked: number, ended: number): EventView[] {
  const events = [event(asked, "planned", "request"), event(asked + 20, "intent", "request")];
  const problem = seed.more?.problem;
  const answered = asked + 591;
  const refusal = { status: problem?.status ?? null, millis: 312, meaning: problem?.code ?? null, says: problem?.service_says ?? null };
  if (seed.state === "unknown" && (seed.step ?? "request") === "request") return [...events, event(asked + 20_000, "no_answer", "request", { millis: 20_000, meaning: problem?.code ?? "timed_out" })];
  if (seed.state === "planned") return problem ? [...events, event(answered, "answer", "request", refusal)] : events.slice(0, 1);
  if (seed.state === "requesting") return events;
  if (seed.state === "refused") return [...events, event(ended, "answer", "request", refusal)];
  const says = service === "mannco-store" ? "Email change request created successfully" : service === "z-api" ? "VERIFY_EMAIL" : null;
  events.push(event(answered, "answer", "request", { status: service === "webshare" ? 204 : 200, millis: 571, meaning: "code_sent", says }));
  if (seed.state === "cancelled") return [...events, event(ended, "cancelled", "verify")];
  if (seed.state === "expired") return [...events, event(ended, "expired", "verify")];
  if (seed.state === "unknown") return [...events, event(ended - 20_000, "intent", "verify"), event(ended, "no_answer", "verify", { millis: 20_000, meaning: problem?.code ?? "timed_out" })];
  if (seed.state === "changed") {
    events.push(event(ended - 1800, "intent", "verify"), event(ended - 1200, "answer", "verify", { status: 401, millis: 140, meaning: "token_refused" }), event(ended - 900, "login", "verify", { status: 200, millis: 220, meaning: "ok" }));
    events.push(event(ended - 600, "answer", "verify", { status: 200, millis: 430, meaning: "ok", says: service === "mannco-store" ? "Email change validation success" : null }));
    events.push(event(ended, "read_back", "read", { status: 200, millis: 210, meaning: "proved" }));
  } else if (problem) events.push(event(ended - 280, "intent", "verify"), event(ended, "answer", "verify", refusal));
  return events;
}

export function add_change(world: World, profile: Profile, seed: ChangeSeed): Change {
  const now = Date.now();
  const service = service_of(profile.service);
  const asked = now - seed.asked * MINUTE;
  const ended = seed.ended === undefined ? Math.min(now, asked + 107_000) : now - seed.ended * MINUTE;
  const sent = !["planned", "requesting", "refused"].includes(seed.state);
  const holds = sent && !(seed.state === "unknown" && (seed.step ?? "request") === "request");
  const step = seed.step ?? ({ changed: "read", awaiting_code: "verify", verifying: "verify", expired: "verify", cancelled: "verify" } as Record<string, string>)[seed.state] ?? "request";
  const change: Change = {
    id: new_id(world), profile_id: profile.id, profile: profile.label, service: profile.service, from: seed.from === undefined ? profile.email : seed.from, to: seed.to, state: seed.state, step,
    proof: seed.state === "changed" ? "read_back" : null, tries: 0, requested_at: sent ? iso(asked) : null,
    expires_at: holds && service.expires_after ? iso(asked + service.expires_after * 1000) : null,
    resend_at: sent && service.resend_after ? iso(asked + service.resend_after * 1000) : null,
    retry_at: null, problem: null, cancelled_there: seed.state === "cancelled" ? false : null, undo_of: null, created_at: iso(asked), updated_at: iso(ended), events: story(seed, profile.service, asked, ended),
    code: profile.service === "webshare" ? LINK_CODE : CODE, value: null, refused: [], ...seed.more,
  };
  if (!is_end(change) && seed.ended === undefined) change.updated_at = change.events.at(-1)?.at ?? change.updated_at;
  world.changes.set(change.id, change);
  return change;
}
