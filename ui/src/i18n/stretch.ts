// The pseudo-language of the tests: the same words with accents and 35 % more length.
// Not here: when it is on (language.svelte.ts).

const ACCENTED: Record<string, string> = { a: "á", e: "é", i: "í", o: "ó", u: "ú", A: "Á", E: "É", I: "Í", O: "Ó", U: "Ú", c: "ç", n: "ñ" };

/** Lengthens everything but the gaps; vowels are doubled until 35 % is reached, so words stay breakable. */
export function stretch(sentence: string): string {
  const letters = sentence.replace(/\{\w+\}/g, "").length;
  let owed = Math.ceil(letters * 0.35);
  let inGap = false;
  let out = "";
  for (const char of sentence) {
    if (char === "{") inGap = true;
    const accented = inGap ? undefined : ACCENTED[char];
    if (accented === undefined) out += char;
    else {
      out += accented;
      if (owed > 0) {
        out += accented.toLowerCase();
        owed -= 1;
      }
    }
    if (char === "}") inGap = false;
  }
  return out + "~".repeat(Math.min(owed, 8));
}
