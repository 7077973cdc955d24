// How hard a passphrase is to guess, roughly: enough to warn, not enough to promise. Pure.
// Not here: the shortest that is taken (core says so).

export type Strength = "weak" | "fair" | "strong";

/** Characters that must be there at least, as in core. */
export const shortest = 8;

/** A word of everyday language is one of some thousands, however long it is. */
const word_bits = 13;

/** Bits that a patient guesser needs: letters in a row are taken for a word, and what repeats counts once. */
function bits(text: string): number {
  const parts = new Set(text.toLowerCase().match(/\p{L}+|\d|[^\p{L}\d\s]/gu) ?? []);
  let sum = 0;
  for (const part of parts) {
    if (/^\p{L}/u.test(part)) sum += Math.min(word_bits, part.length * Math.log2(26));
    else sum += Math.log2(/^\d/.test(part) ? 10 : 24);
  }
  return sum;
}

export function strength_of(text: string): Strength {
  const found = bits(text);
  if ([...text].length < shortest || found < 38) return "weak";
  return found < 52 ? "fair" : "strong";
}
