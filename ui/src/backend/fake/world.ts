// What one mode (real or practice) holds, and its views for the page.
// Not here: what a call does to it (changes.ts, profiles.ts), what is in it at start (scenarios/).
import type { ChangeView } from "../types/ChangeView";
import type { EventKind } from "../types/EventKind";
import type { EventView } from "../types/EventView";
import type { PracticeMail } from "../types/PracticeMail";
import type { ProfileView } from "../types/ProfileView";
import type { StepState } from "../types/StepState";
import { iso } from "./clock";
import { service_of } from "./services";

export type Profile = Omit<ProfileView, "has_secret" | "change"> & { secrets: Record<string, string> };
export type Change = Omit<ChangeView, "open" | "steps" | "waits_for" | "can" | "has_value"> & {
  /** What the mail carries. */
  code: string;
  value: string | null;
  refused: string[];
};

export interface World {
  profiles: Map<string, Profile>;
  changes: Map<string, Change>;
  mails: PracticeMail[];
  next_id: number;
}

export function new_world(): World {
  return { profiles: new Map(), changes: new Map(), mails: [], next_id: 1 };
}

export function new_id(world: World): string {
  const n = world.next_id++;
  return `0192f0c0-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
}

export function is_end(change: Change): boolean {
  return ["changed", "refused", "expired", "cancelled"].includes(change.state);
}

export function log(change: Change, kind: EventKind, more: Partial<EventView> = {}): void {
  const at = iso(Date.now());
  change.events.push({ at, kind, step: change.step, status: null, millis: null, meaning: null, says: null, ...more });
  change.updated_at = at;
}

/** The open change of a profile, if there is one. */
export function open_change(world: World, profile_id: string): Change | undefined {
  return [...world.changes.values()].find((change) => change.profile_id === profile_id && !is_end(change));
}

function steps_of(change: Change): ChangeView["steps"] {
  const order = ["request", "verify", "read"];
  const at = order.indexOf(change.step);
  return order.map((id, i) => {
    const done = change.events.find((event) => event.step === id && (event.kind === "read_back" || event.kind === "settled" || (event.kind === "answer" && ["ok", "code_sent"].includes(event.meaning ?? ""))));
    let state: StepState = i < at ? "done" : "to_come";
    if (change.state === "changed") state = "done";
    else if (i === at) state = ({ refused: "refused", unknown: "unknown", expired: "void", cancelled: "void" } as Record<string, StepState>)[change.state] ?? "now";
    return { id, state, at: state === "done" ? (done?.at ?? null) : null };
  });
}

function without<T extends object, K extends keyof T>(from: T, ...names: K[]): Omit<T, K> {
  const out = { ...from };
  for (const name of names) delete out[name];
  return out;
}

export function change_view(change: Change, with_events: boolean): ChangeView {
  const now = Date.now();
  const { events, value } = change;
  const plain = without(change, "code", "value", "refused", "events");
  const service = service_of(change.service);
  const overdue = change.state === "awaiting_code" && change.expires_at !== null && now >= Date.parse(change.expires_at);
  const sending = change.state === "requesting" || change.state === "verifying";
  const open = !is_end(change);
  const waits = change.step === "verify" && open;
  const rests = open && !sending;
  return {
    ...plain,
    state: overdue ? "expired" : change.state,
    open,
    steps: steps_of(change),
    waits_for: waits && service.waits_for ? { ...service.waits_for, address: service.waits_for.sent_to === "new" ? change.to : change.from } : null,
    has_value: value !== null && !change.refused.includes(value),
    can: {
      send: change.state === "planned" && (change.retry_at === null || now >= Date.parse(change.retry_at)),
      submit: change.state === "awaiting_code" || change.state === "unknown",
      resend: change.state === "awaiting_code" && (change.resend_at === null || now >= Date.parse(change.resend_at)),
      cancel: rests,
      check: rests && service.has_read,
      settle: change.state === "unknown",
      change_back: change.state === "changed" && change.from !== null && change.profile_id !== null,
    },
    events: with_events ? events : [],
  };
}

export function profile_view(world: World, profile: Profile, locked: boolean): ProfileView {
  const { secrets, ...plain } = profile;
  const changes = [...world.changes.values()].filter((change) => change.profile_id === profile.id);
  const last = changes.reduce<Change | undefined>((best, change) => (!best || change.created_at >= best.created_at ? change : best), undefined);
  const shown = changes.find((change) => !is_end(change)) ?? (last && ["refused", "expired"].includes(last.state) ? last : undefined);
  const has_secret: Record<string, number> = {};
  for (const [id, value] of Object.entries(secrets)) has_secret[id] = locked ? 0 : value.length;
  return { ...plain, has_secret, change: shown ? change_view(shown, true) : null };
}
