// One profile for each state and each ending that the panel can show.
// Not here: the other scenarios (scenarios.ts).
import type { Code } from "../types/Code";
import { iso } from "./clock";
import { problem } from "./problem";
import { add_change, add_profile, type ChangeSeed } from "./seeds";
import { CODE, service_of } from "./services";
import { type World } from "./world";

const refusals: [string, Code, string | null, number][] = [
  ["mannco-store", "email_taken", "Email already in use", 300],
  ["webshare", "credentials_refused", "Invalid token.", 401],
  ["webshare", "login_token_needed", "Cannot query this API endpoint with an API key.", 403],
  ["webshare", "password_refused", "Wrong password.", 400],
  ["mannco-store", "two_factor_required", "2FA validation required", 300],
  ["z-api", "account_not_found", "Instance not found", 404],
  ["webshare", "account_suspended", "Your account is suspended.", 403],
  ["webshare", "account_deleted", "Your account is deleted.", 403],
  ["mannco-store", "place_blocked", "Country blocked", 403],
  ["mannco-store", "not_supported", "Forbidden", 403],
  ["z-api", "request_refused", "Something of its own", 400],
  ["mannco-store", "too_many_attempts", "Too many attempts", 300],
  ["mannco-store", "nothing_pending", "Request not found", 300],
];

export function seed_states(world: World): void {
  const put = (label: string, service: string, seed: Omit<ChangeSeed, "to">): void => {
    const name = label.toLowerCase().replace(/^[^a-z]+/, "").replace(/[^a-z]+/g, "-");
    const profile = add_profile(world, { label, service, email: `${name}@oldname.example` });
    add_change(world, profile, { to: `${name}@newname.example`, ...seed });
  };
  const named = (service: string, code: Code, says: string | null = null, status: number | null = null, reason?: string): ReturnType<typeof problem> =>
    problem(code, { service: service_of(service).name, host: service_of(service).host, ...(reason ? { reason } : {}) }, { service_says: says, status });

  add_profile(world, { label: "00 Never checked", service: "mannco-store", known: "never_checked", checked: null });
  add_profile(world, { label: "01 Nothing open", service: "z-api", email: "calm@oldname.example", known: "verified" });
  add_profile(world, { label: "02 Key refused at check", service: "webshare", email: "keys@oldname.example", problem: named("webshare", "credentials_refused", "Invalid token.", 401) });
  put("10 Requesting", "z-api", { state: "requesting", asked: 0.05 });
  put("11 Waiting for a code", "z-api", { state: "awaiting_code", asked: 2 });
  put("12 Waiting for a link", "webshare", { state: "awaiting_code", asked: 54 });
  put("13 Ends soon", "mannco-store", { state: "awaiting_code", asked: 24 * 60 - 7 });
  put("14 Wrong code", "mannco-store", { state: "awaiting_code", asked: 60, ended: 1, more: { tries: 1, refused: ["481930"], problem: named("mannco-store", "code_wrong", "Invalid or expired code", 300) } });
  put("15 Verifying", "z-api", { state: "verifying", asked: 2 });
  put("16 Unknown at the request", "mannco-store", { state: "unknown", asked: 303, more: { problem: named("mannco-store", "no_answer") } });
  put("17 Unknown at the code", "webshare", { state: "unknown", step: "verify", asked: 30, ended: 4, more: { problem: named("webshare", "service_unavailable", "Bad gateway", 502) } });
  const retry = iso(Date.now() + 252_000);
  put("18 Too soon", "mannco-store", { state: "planned", asked: 0.8, more: { retry_at: retry, problem: { ...named("mannco-store", "rate_limited", "Failed to create email change request! Need to wait 5 mins!", 300), retry_at: retry } } });
  put("19 Not sent", "z-api", { state: "planned", asked: 3, more: { problem: named("z-api", "unreachable") } });
  put("20 Ran out", "mannco-store", { state: "awaiting_code", asked: 24 * 60 + 90 });
  put("21 Expired at the service", "mannco-store", { state: "expired", asked: 900, ended: 20, more: { problem: named("mannco-store", "code_expired", "Invalid or expired code", 300) } });
  put("22 Cancelled", "webshare", { state: "cancelled", asked: 100, ended: 90 });
  put("23 Changed", "z-api", { state: "changed", asked: 12, ended: 10 });
  put("24 Changed, answer only", "webshare", { state: "changed", asked: 40, ended: 30, more: { proof: "answer" } });
  put("25 Kept code", "z-api", { state: "awaiting_code", asked: 4, more: { value: CODE, problem: named("z-api", "unreachable", null, null, "dns") } });
  refusals.forEach(([service, code, says, status], i) => {
    put(`${30 + i} ${code.replaceAll("_", " ")}`, service, { state: "refused", asked: 200 + i, more: { problem: named(service, code, says, status) } });
  });
}
