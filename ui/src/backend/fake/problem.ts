// Problems as the contract rejects with. Not here: sentences.
import type { Code } from "../types/Code";
import type { Problem } from "../types/Problem";

export function problem(code: Code, params: Record<string, string> = {}, more: Partial<Problem> = {}): Problem {
  return { code, params, service_says: null, status: null, retry_at: null, ...more };
}
