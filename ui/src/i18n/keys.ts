// The keys of the text table as a type, so that a wrong key does not compile.
// Not here: the language (language.svelte.ts), the look-up (text.svelte.ts).
import type en from "../../../text/en.json";

/** `cli` is the command line's; the shipped page does not hold it. */
export type Table = Omit<typeof en, "cli">;
/** A sentence in several numbers, chosen by Intl.PluralRules and the gap `n`. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
export type TextParams = Record<string, string | number | null | undefined>;

type Paths<T, P extends string = ""> = {
  [K in keyof T & string]: T[K] extends string | { other: string } ? `${P}${K}` : Paths<T[K], `${P}${K}.`>;
}[keyof T & string];

/** `pending.title`, `codes.email_invalid.what`, … */
export type TextKey = Paths<Table>;
