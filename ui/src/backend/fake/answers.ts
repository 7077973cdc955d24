// How the faked services answer: the new address's first word asks for a fault, else the call works.
// Not here: what an answer does to a change (changes.ts).
import type { Problem } from "../types/Problem";
import { problem } from "./problem";

export type Answer = { means: "code_sent"; status: number; says: string | null } | { means: "refused"; problem: Problem } | { means: "not_sent"; problem: Problem } | { means: "no_answer"; problem: Problem };

/** Addresses that ask for a fault: `taken@…`, `noanswer@…`, … so that every state can be had by hand and in tests. */
const faults: Record<string, () => Answer> = {
  taken: () => ({ means: "refused", problem: problem("email_taken", {}, { service_says: "Email already in use", status: 300 }) }),
  keyrefused: () => ({ means: "refused", problem: problem("credentials_refused", {}, { service_says: "Invalid token.", status: 401 }) }),
  tokenneeded: () => ({ means: "refused", problem: problem("login_token_needed", {}, { service_says: "Cannot query this API endpoint with an API key.", status: 403 }) }),
  twofactor: () => ({ means: "refused", problem: problem("two_factor_required", {}, { service_says: "2FA validation required", status: 300 }) }),
  notoffered: () => ({ means: "refused", problem: problem("not_supported", {}, { service_says: "Forbidden", status: 403 }) }),
  hostile: () => ({ means: "refused", problem: problem("request_refused", {}, { service_says: HOSTILE, status: 400 }) }),
  offline: () => ({ means: "not_sent", problem: problem("unreachable", { reason: "dns" }) }),
  noanswer: () => ({ means: "no_answer", problem: problem("no_answer", { reason: "closed" }) }),
};

/** What a service could send to disturb the page. */
export const HOSTILE = `<img src=x onerror="document.title='owned'"><b>bold</b> \u202Egnihton\u202C </blockquote>${"A".repeat(200)}`;

export function answer_request(service: string, to: string): Answer {
  const fault = faults[to.split("@")[0] ?? ""];
  if (fault) return fault();
  if (service === "webshare") return { means: "code_sent", status: 204, says: null };
  if (service === "z-api") return { means: "code_sent", status: 200, says: "VERIFY_EMAIL" };
  return { means: "code_sent", status: 200, says: "Email change request created successfully" };
}

export function wrong_code(service: string): Problem {
  if (service === "webshare") return problem("code_wrong", {}, { service_says: "Invalid confirmation code.", status: 400 });
  if (service === "z-api") return problem("code_wrong", {}, { service_says: "invalid code", status: 200 });
  return problem("code_wrong", {}, { service_says: "Invalid or expired code", status: 300 });
}
