// Problems as values: every call rejects with one, and whatever else is thrown becomes one.
import type { Problem } from "../backend/types/Problem";

export function as_problem(thrown: unknown): Problem {
  const bare: Problem = { code: "internal", params: {}, service_says: null, status: null, retry_at: null };
  if (typeof thrown === "object" && thrown !== null && "code" in thrown) return { ...bare, ...(thrown as Problem) };
  return { ...bare, params: { detail: String(thrown) } };
}
