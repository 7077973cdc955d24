// What a world holds at start, by `?scenario=`. Not here: every state one by one (states.ts).
import { HOSTILE } from "./answers";
import { iso } from "./clock";
import { problem } from "./problem";
import { add_change, add_profile, type ProfileSeed } from "./seeds";
import { seed_states } from "./states";
import { type World } from "./world";

export const scenarios = ["first-start", "empty", "mock", "10000", "states", "hostile", "locked", "fatal", "newer", "practice", "notices", "mail", "mail-trouble", "1000-pending"] as const;
export type Scenario = (typeof scenarios)[number];

export function seed(world: World, scenario: Scenario): void {
  if (["mock", "locked", "notices", "mail", "mail-trouble"].includes(scenario)) seed_mock(world);
  if (scenario === "10000") seed_many(world, 10_000);
  if (scenario === "1000-pending") seed_pending(world, 1000);
  if (scenario === "states") seed_states(world);
  if (scenario === "hostile") seed_hostile(world);
}

/** The twelve profiles of the design pages, and a history behind them. */
function seed_mock(world: World): void {
  const add = (more: ProfileSeed): ReturnType<typeof add_profile> => add_profile(world, more);
  const support = add({ label: "Support line", service: "z-api", email: "support@oldname.example", known: "verified", checked: 2 });
  add_change(world, support, { to: "support@newname.example", state: "awaiting_code", asked: 2 });
  const trade1 = add({ label: "Trade desk 1", service: "mannco-store", email: "trade1@oldname.example", checked: 18 });
  add_change(world, trade1, { to: "trade1@newname.example", state: "awaiting_code", asked: 21 });
  const eu = add({ label: "Proxy pool EU", service: "webshare", email: "infra@oldname.example", checked: 290 });
  add_change(world, eu, { to: "infra@newname.example", state: "awaiting_code", asked: 54 });
  const trade3 = add({ label: "Trade desk 3", service: "mannco-store", email: "trade3@oldname.example", checked: 302 });
  add_change(world, trade3, { to: "trade3@newname.example", state: "unknown", asked: 303, more: { problem: problem("timed_out", { service: "Mannco.store", host: "api.mannco.store" }) } });
  const us = add({ label: "Proxy pool US", service: "webshare", email: "infra.us@oldname.example", checked: 294 });
  add_change(world, us, { to: "infra.us@newname.example", state: "refused", asked: 294, more: { problem: problem("login_token_needed", { service: "Webshare" }, { service_says: "Cannot query this API endpoint with an API key.", status: 403 }) } });
  add({ label: "Billing line", service: "z-api", email: null, known: "not_set", checked: 292, instance: "5D0200000000000000000000000000007E" });
  add({ label: "Delivery line", service: "z-api", email: "agency@elsewhere.example", known: "changed_elsewhere", checked: 292, instance: "B9E7000000000000000000000000000004" });
  const sales = add({ label: "Sales São Paulo", service: "z-api", email: "vendas@newname.example", known: "verified", checked: 292, instance: "7A1000000000000000000000000000C2" });
  const first = add_change(world, sales, { from: "vendas@oldname.example", to: "vendas@newname.example", state: "changed", asked: 1500, ended: 1498 });
  const back = add_change(world, sales, { from: "vendas@newname.example", to: "vendas@oldname.example", state: "changed", asked: 1430, ended: 1428, more: { undo_of: first.id } });
  add_change(world, sales, { from: back.to, to: "vendas@newname.example", state: "changed", asked: 1218, ended: 1215 });
  const trade2 = add({ label: "Trade desk 2", service: "mannco-store", email: "trade2@newname.example", known: "changed", checked: 181 });
  add_change(world, trade2, { from: "trade2@oldname.example", to: "trade2@newname.example", state: "changed", asked: 182, ended: 180.2 });
  const lab = add({ label: "Proxy pool lab", service: "webshare", email: "lab@oldname.example", checked: 1300 });
  add_change(world, lab, { to: "lab@newname.example", state: "cancelled", asked: 1265, ended: 1260 });
  add({ label: "Trade desk 4", service: "mannco-store", email: null, known: "never_checked", checked: null });
  add({ label: "Night desk", service: "z-api", email: "night@newname.example", known: "verified", checked: 1400, instance: "11AF00000000000000000000000000003D" });
  const trade6 = add({ label: "Trade desk 6", service: "mannco-store", email: "trade6@oldname.example", checked: 40 });
  const retry = iso(Date.now() + 252_000);
  add_change(world, trade6, {
    to: "trade6@newname.example", state: "planned", asked: 0.8,
    more: { retry_at: retry, problem: problem("rate_limited", { service: "Mannco.store" }, { service_says: "Failed to create email change request! Need to wait 5 mins!", status: 300, retry_at: retry }) },
  });
  const trade8 = add({ label: "Trade desk 8", service: "mannco-store", email: "trade8@oldname.example", checked: 1402 });
  add_change(world, trade8, { to: "trade8@newname.example", state: "awaiting_code", asked: 24 * 60 - 38.2 });
}

/** Thousands: names in one order, all services and states of an address. */
function seed_many(world: World, count: number): void {
  const services = ["z-api", "webshare", "mannco-store"] as const;
  for (let i = 0; i < count; i++) {
    const service = services[i % 3] ?? "z-api";
    const moved = i % 5 === 0;
    const profile = add_profile(world, {
      label: `Desk ${String(i + 1).padStart(5, "0")}`, service, email: `desk${i + 1}@${moved ? "newname" : "oldname"}.example`, known: moved ? (service === "z-api" ? "verified" : "changed") : "as_read", checked: i % 3000,
    });
    if (moved) add_change(world, profile, { from: `desk${i + 1}@oldname.example`, to: `desk${i + 1}@newname.example`, state: "changed", asked: i + 10, ended: i + 8 });
    else if (i % 100 === 1) add_change(world, profile, { to: `desk${i + 1}@newname.example`, state: "awaiting_code", asked: (i % 1300) + 6 });
  }
}

/** So many changes that wait for a mail, a third of them without a limit. */
function seed_pending(world: World, count: number): void {
  for (let i = 0; i < count; i++) {
    const service = i % 3 === 0 ? "webshare" : "mannco-store";
    const profile = add_profile(world, { label: `Desk ${String(i + 1).padStart(4, "0")}`, service, email: `desk${i + 1}@oldname.example` });
    add_change(world, profile, { to: `desk${i + 1}@newname.example`, state: "awaiting_code", asked: 6 + i });
  }
}

/** What comes from outside and should disturb nothing: markup, direction marks, great length. */
function seed_hostile(world: World): void {
  const long = `${"a".repeat(64)}@${"long-domain-label.".repeat(10)}example`;
  const marked = add_profile(world, { label: `<b>Bold</b> \u202Etxt.exe`, service: "webshare", email: `"<script>alert(1)</script>"@old.example` });
  add_change(world, marked, { to: "hostile@newname.example", state: "refused", asked: 3, more: { problem: problem("request_refused", { service: "Webshare" }, { service_says: HOSTILE, status: 400 }) } });
  const lengthy = add_profile(world, { label: "Name ".repeat(40), service: "mannco-store", email: long });
  add_change(world, lengthy, { to: `new.${long}`, state: "awaiting_code", asked: 3, more: { tries: 1, problem: problem("code_wrong", { service: "Mannco.store" }, { service_says: HOSTILE, status: 300 }) } });
  const flooded = add_profile(world, { label: `Desk ${"e\u0301\u0336\u0489".repeat(8)}${"o" + "\u0300\u0331".repeat(200)} \u0007\u0000\u200bend`, service: "webshare", email: "flood@old.example" });
  add_change(world, flooded, { to: "flood@new.example", state: "refused", asked: 4, more: { problem: problem("request_refused", { service: "Webshare" }, { service_says: `${"Z" + "\u0301".repeat(300)} ${"x".repeat(1 << 20)} \u001b[31m\u202e`, status: 400 }) } });
  const arabic = add_profile(world, { label: "مكتب الدعم", service: "z-api", email: "support@old.example", known: "verified" });
  add_change(world, arabic, { to: "دعم@مثال.example", state: "awaiting_code", asked: 30 });
}
