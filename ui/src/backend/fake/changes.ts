// A change from request to proof, as the engine does it, in memory. Rejects with a `Problem` where the engine would.
// Not here: what a service answers (answers.ts), views (world.ts).
import type { RequestChange } from "../backend";
import { answer_request, wrong_code, type Answer } from "./answers";
import { iso, pause } from "./clock";
import { send_mail } from "./mails";
import { problem } from "./problem";
import { CODE, LINK_CODE, service_of } from "./services";
import { is_end, log, new_id, open_change, type Change, type Profile, type World } from "./world";

/** Tells the page what is new, and how long an answer takes. */
export interface Surroundings {
  delay: number;
  emit: (change: Change) => void;
}

export function need_change(world: World, id: string): Change {
  const found = world.changes.get(id);
  if (!found) throw problem("change_unknown");
  return found;
}

function need_rest(change: Change): void {
  if (is_end(change)) throw problem("change_not_open");
  if (change.state === "requesting" || change.state === "verifying") throw problem("busy");
}

export function new_change(world: World, profile: Profile, to: string): Change {
  const at = iso(Date.now());
  const change: Change = {
    id: new_id(world), profile_id: profile.id, profile: profile.label, service: profile.service, from: profile.email, to, state: "planned", step: "request", proof: null, tries: 0,
    requested_at: null, expires_at: null, resend_at: null, retry_at: null, problem: null, cancelled_there: null, undo_of: null, created_at: at, updated_at: at, events: [],
    code: profile.service === "webshare" ? LINK_CODE : CODE, value: null, refused: [],
  };
  world.changes.set(change.id, change);
  log(change, "planned");
  return change;
}

/** When the journal allows the profile's next request; null: now. */
export function too_soon(world: World, profile: Profile): string | null {
  const gap = (service_of(profile.service).resend_after ?? 0) * 1000;
  const asked = [...world.changes.values()].filter((change) => change.profile_id === profile.id && change.requested_at !== null).map((change) => Date.parse(change.requested_at ?? ""));
  const free = Math.max(0, ...asked) + gap;
  return gap > 0 && free > Date.now() ? iso(free) : null;
}

function take_request(world: World, change: Change, answer: Answer): void {
  const service = service_of(change.service);
  const now = Date.now();
  if (answer.means === "code_sent") {
    log(change, "answer", { status: answer.status, millis: 571, meaning: "code_sent", says: answer.says });
    change.state = "awaiting_code";
    change.step = "verify";
    change.tries = 0;
    change.requested_at = iso(now);
    change.expires_at = service.expires_after ? iso(now + service.expires_after * 1000) : null;
    change.resend_at = service.resend_after ? iso(now + service.resend_after * 1000) : null;
    change.retry_at = null;
    change.problem = null;
    send_mail(world, change);
    return;
  }
  change.problem = { ...answer.problem, params: { service: service.name, host: service.host, ...answer.problem.params } };
  if (answer.means === "refused") {
    change.state = "refused";
    log(change, "answer", { status: answer.problem.status, millis: 310, meaning: answer.problem.code, says: answer.problem.service_says });
  } else if (answer.means === "not_sent") {
    change.state = "planned";
    log(change, "not_sent", { meaning: answer.problem.code });
  } else {
    change.state = "unknown";
    change.requested_at = iso(now);
    log(change, "no_answer", { millis: 20_000, meaning: answer.problem.code });
  }
}

async function send_request(world: World, change: Change, around: Surroundings, limited: string | null): Promise<void> {
  change.state = "requesting";
  change.problem = null;
  log(change, "intent");
  around.emit(change);
  await pause(around.delay);
  const service = service_of(change.service);
  if (limited) {
    change.state = "planned";
    change.retry_at = limited;
    change.problem = problem("rate_limited", { service: service.name, host: service.host }, { service_says: "Failed to create email change request! Need to wait 5 mins!", status: 300, retry_at: limited });
    log(change, "answer", { status: 300, millis: 120, meaning: "rate_limited", says: change.problem.service_says });
  } else take_request(world, change, answer_request(change.service, change.to));
  around.emit(change);
}

export async function request(world: World, profile: Profile, asked: RequestChange, around: Surroundings): Promise<Change> {
  const open = open_change(world, profile.id);
  const limited = too_soon(world, profile);
  if (open?.state === "planned" && open.to === asked.to) {
    await send_request(world, open, around, limited);
    return open;
  }
  if (open && !asked.replace) throw problem("change_open", { label: profile.label, address: open.to });
  if (open) {
    need_rest(open);
    open.state = "cancelled";
    open.cancelled_there = false;
    log(open, "replaced");
  }
  if (profile.email?.toLowerCase() === asked.to.toLowerCase() && profile.verified !== false) throw problem("email_same", { service: service_of(profile.service).name });
  const change = new_change(world, profile, asked.to);
  change.undo_of = asked.undo_of;
  await send_request(world, change, around, limited);
  return change;
}

function prove(world: World, change: Change): void {
  change.state = "changed";
  change.step = "read";
  change.proof = "read_back";
  change.problem = null;
  log(change, "read_back", { status: 200, millis: 210, meaning: "proved" });
  const profile = world.profiles.get(change.profile_id ?? "");
  if (!profile) return;
  profile.email = change.to;
  profile.verified = change.service === "z-api" ? true : null;
  profile.known = change.service === "z-api" ? "verified" : "changed";
  profile.checked_at = iso(Date.now());
  profile.problem = null;
}

export async function submit(world: World, change: Change, value: string, around: Surroundings): Promise<void> {
  need_rest(change);
  if (change.state === "planned") throw problem("change_not_open");
  if (change.refused.includes(value)) throw problem("code_refused_before", { service: service_of(change.service).name });
  change.step = "verify";
  change.value = value;
  change.state = "verifying";
  log(change, "intent");
  around.emit(change);
  await pause(around.delay);
  if (value === change.code) {
    log(change, "answer", { status: change.service === "webshare" ? 204 : 200, millis: 430, meaning: "ok", says: change.service === "mannco-store" ? "Email change validation success" : null });
    prove(world, change);
  } else {
    const refusal = wrong_code(change.service);
    change.state = "awaiting_code";
    change.tries += 1;
    change.refused.push(value);
    change.problem = { ...refusal, params: { service: service_of(change.service).name } };
    log(change, "answer", { status: refusal.status, millis: 280, meaning: refusal.code, says: refusal.service_says });
    if (change.tries >= 5) {
      change.state = "refused";
      change.problem = problem("too_many_attempts", { service: service_of(change.service).name }, { service_says: "Too many attempts", status: 300 });
    }
  }
  around.emit(change);
}

export async function resend(world: World, change: Change, around: Surroundings): Promise<void> {
  need_rest(change);
  if (change.state !== "awaiting_code") throw problem("change_not_open");
  await pause(around.delay);
  const profile = world.profiles.get(change.profile_id ?? "");
  const limited = profile ? too_soon(world, profile) : null;
  const service = service_of(change.service);
  if (limited) {
    change.resend_at = limited;
    change.problem = problem("rate_limited", { service: service.name }, { service_says: "Too many requests", status: 300, retry_at: limited });
  } else {
    take_request(world, change, { means: "code_sent", status: 200, says: null });
  }
  around.emit(change);
}

export async function cancel(change: Change, around: Surroundings): Promise<void> {
  need_rest(change);
  await pause(around.delay);
  change.state = "cancelled";
  change.cancelled_there = false;
  log(change, "cancelled");
  around.emit(change);
}

export async function settle(world: World, change: Change, how: "check" | "worked" | "send_again", around: Surroundings): Promise<void> {
  if (how === "check") return check(world, change, around);
  if (change.state !== "unknown") throw problem("change_not_open");
  log(change, "settled", { meaning: how });
  if (how === "worked") take_request(world, change, { means: "code_sent", status: 200, says: null });
  else await send_request(world, change, around, null);
  around.emit(change);
}

/** Reads back: settles an open change whose new address is there. A change to `clicked@…` was confirmed in a browser. */
export async function check(world: World, change: Change, around: Surroundings): Promise<void> {
  need_rest(change);
  await pause(around.delay);
  if (change.to.startsWith("clicked@")) prove(world, change);
  else log(change, "read_back", { status: 200, millis: 190, meaning: "other_address", step: "read" });
  around.emit(change);
}
