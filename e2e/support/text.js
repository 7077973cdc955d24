// What the window says, from the same file as the window: a renamed button does not break a flow, a missing text does.
import { readFileSync } from "node:fs";

const all = JSON.parse(readFileSync(new URL("../../text/en.json", import.meta.url), "utf8"));

/** The English text under a dotted key, its `{gaps}` filled. Throws where there is none. */
export function text(key, gaps = {}) {
  const found = key.split(".").reduce((at, part) => at?.[part], all);
  if (typeof found !== "string") throw new Error(`text/en.json has no text "${key}"`);
  return found.replace(/\{(\w+)\}/g, (whole, gap) => gaps[gap] ?? whole);
}
