// What a problem says: what happened and what did not change, what to do. The service's own words stay apart (`service_says`).
// Not here: how it is shown (parts/ProblemNote.svelte).
import type { Problem } from "../backend/types/Problem";
import type { TextKey, TextParams } from "./keys";
import { has_text, t } from "./text.svelte";

/** A code of a newer core that this page does not know is told as a defect, not hidden. */
function key(code: string, part: "what" | "next" | "short"): TextKey {
  const wanted = `codes.${code}.${part}`;
  return has_text(wanted) ? wanted : `codes.internal.${part}`;
}

/** Where a person acts differently by the problem's reason, the reason has words of its own. */
function told_key(problem: Problem, part: "what" | "next"): TextKey {
  const wanted = `codes.${problem.code}.reasons.${problem.params.reason ?? ""}.${part}`;
  return has_text(wanted) ? wanted : key(problem.code, part);
}

/** The service's name from the page is better than whatever the problem calls it; every other gap is the problem's own. */
function gaps(problem: Problem, context: TextParams): TextParams {
  return { ...context, ...problem.params, service: context.service ?? problem.params.service };
}

/** What is so. `context` fills the gaps that the problem does not name itself (`service`, `label`, …). */
export function code_sentence(problem: Problem, context: TextParams = {}): string {
  return t(told_key(problem, "what"), gaps(problem, context));
}

/** What to do next. */
export function code_next(problem: Problem, context: TextParams = {}): string {
  return t(told_key(problem, "next"), gaps(problem, context));
}

/** The word of a tag, at most 18 characters. */
export function code_short(code: string): string {
  return t(key(code, "short"));
}
