// `t(key, params)`: a sentence in the current language. Reactive: read in a template, it follows the language.
// Not here: times and sizes (format.svelte.ts), problems (problem.svelte.ts).
import type { Language } from "../backend/backend";
import { fill_parts, isolated, plain, type Part } from "./gaps";
import type { Plural, TextKey, TextParams } from "./keys";
import { current_language, is_stretched } from "./language.svelte";
import { stretch } from "./stretch";

/** Only the table that is spoken is read: three would be a third of the page. */
const readers: Record<Language, () => Promise<{ default: object }>> = {
  en: () => import("../../../text/en.json"),
  "pt-BR": () => import("../../../text/pt-BR.json"),
  es: () => import("../../../text/es.json"),
};
const tables: Partial<Record<Language, object>> = {};

/** Reads the table of a language; afterwards its sentences are there at once. */
export async function load_table(language: Language): Promise<void> {
  tables[language] ??= (await readers[language]()).default;
}

const rules_of = new Map<string, Intl.PluralRules>();
const numbers_of = new Map<string, Intl.NumberFormat>();

function find(table: object, key: string): unknown {
  let at: unknown = table;
  for (const name of key.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

function numbered(tag: string, forms: Plural, n: number): string {
  let rules = rules_of.get(tag);
  if (!rules) rules_of.set(tag, (rules = new Intl.PluralRules(tag)));
  return forms[rules.select(n)] ?? forms.other;
}

function sentence(key: string, params: TextParams): string | null {
  const tag = current_language();
  const entry = find(tables[tag] ?? {}, key);
  let text: string;
  if (typeof entry === "string") text = entry;
  else if (typeof entry === "object" && entry !== null && "other" in entry) text = numbered(tag, entry as Plural, Number(params.n ?? 0));
  else return null;
  return is_stretched() ? stretch(text) : text;
}

function shown(params: TextParams): TextParams {
  const out: TextParams = {};
  for (const [name, value] of Object.entries(params)) out[name] = typeof value === "number" ? number_text(value) : value;
  return out;
}

/** A number as the language writes it. */
export function number_text(value: number): string {
  const tag = current_language();
  let format = numbers_of.get(tag);
  if (!format) numbers_of.set(tag, (format = new Intl.NumberFormat(tag)));
  return format.format(value);
}

function fallback(gap: string): string {
  return sentence(`gaps.${gap}`, {}) ?? "";
}

/** The sentence cut at its gaps, for `<Say>`, which puts every gap into `<bdi>`. */
export function text_parts(key: TextKey, params: TextParams = {}): Part[] {
  return fill_parts(sentence(key, params) ?? key, shown(params), fallback);
}

/** The sentence as one string: for attributes, buttons, titles. `{name}` gaps are filled, `n` chooses the plural form. */
export function t(key: TextKey, params: TextParams = {}): string {
  return text_parts(key, params)
    .map((part) => (part.gap === null ? part.text : isolated(part.text)))
    .join("")
    .trim();
}

/** Whether the table has this key: for keys made of data, such as an event's meaning. */
export function has_text(key: string): key is TextKey {
  return sentence(key, {}) !== null;
}

/** A service's own text from its manifest: the language, then its base, then English. */
export function text_of(texts: Record<string, string> | null | undefined): string {
  if (!texts) return "";
  const tag = current_language();
  const text = plain(texts[tag] ?? texts[tag.slice(0, 2)] ?? texts.en ?? Object.values(texts)[0] ?? "");
  return is_stretched() ? stretch(text) : text;
}
