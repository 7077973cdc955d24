// Fills the gaps of a sentence. Pure; what comes from outside cannot change the direction of the words around it.
// Not here: the table, the language.
import type { TextParams } from "./keys";

export type Part = { text: string; gap: string | null };

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
/** Marks piled on one letter climb over the lines above and below. */
const FLOOD = /(\p{M}{4})\p{M}+/gu;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const GAP = /\{(\w+)\}/g;

/** Text from outside without characters that steer direction or are not shown. */
export function plain(text: string): string {
  return text.replace(CONTROL, "").replace(FLOOD, "$1");
}

/** The same as one string: isolated only where it is written from right to left. */
export function isolated(text: string): string {
  const clean = plain(text);
  return RIGHT_TO_LEFT.test(clean) ? `\u2068${clean}\u2069` : clean;
}

/** The names of the gaps, in order, each once. */
export function gap_names(sentence: string): string[] {
  return [...new Set([...sentence.matchAll(GAP)].map((match) => match[1] ?? ""))];
}

/** Cuts a sentence at its gaps; `fallback` names what has no value (at the start of a sentence with a capital). */
export function fill_parts(sentence: string, params: TextParams, fallback: (gap: string) => string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of sentence.matchAll(GAP)) {
    const name = match[1] ?? "";
    if (match.index > end) parts.push({ text: sentence.slice(end, match.index), gap: null });
    end = match.index + match[0].length;
    const value = params[name];
    if (value !== undefined && value !== null && value !== "") parts.push({ text: plain(String(value)), gap: name });
    else parts.push({ text: match.index === 0 ? capital(fallback(name)) : fallback(name), gap: null });
  }
  if (end < sentence.length) parts.push({ text: sentence.slice(end), gap: null });
  return parts;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
