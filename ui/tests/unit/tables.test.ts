// The three text tables say the same things: same keys, same gaps, every code with a sentence and a next step.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import en from "../../../text/en.json";
import es from "../../../text/es.json";
import pt from "../../../text/pt-BR.json";
import { gap_names } from "../../src/i18n/gaps";

const tables = { en, "pt-BR": pt, es };
type Leaf = string | Record<string, string>;

function leaves(table: object, path = ""): Map<string, Leaf> {
  const out = new Map<string, Leaf>();
  for (const [name, value] of Object.entries(table)) {
    const key = path ? `${path}.${name}` : name;
    if (typeof value === "string" || "other" in (value as object)) out.set(key, value as Leaf);
    else for (const [inner, leaf] of leaves(value as object, key)) out.set(inner, leaf);
  }
  return out;
}

function forms(leaf: Leaf): string[] {
  return typeof leaf === "string" ? [leaf] : Object.values(leaf);
}

function union(file: string): string[] {
  const source = readFileSync(new URL(`../../src/backend/types/${file}.ts`, import.meta.url), "utf8");
  return [...(source.split("export type")[1] ?? "").matchAll(/"(\w+)"/g)].map((match) => match[1] ?? "");
}

const english = leaves(en);

describe.each(Object.entries(tables))("%s", (tag, table) => {
  const own = leaves(table);

  test("has the keys of English, no more and no less", () => {
    expect([...own.keys()].sort()).toEqual([...english.keys()].sort());
  });

  test("has the same gaps in every sentence", () => {
    const different: string[] = [];
    for (const [key, leaf] of own) {
      const wanted = gap_names(forms(english.get(key) ?? "").join(" ")).sort().join();
      for (const form of forms(leaf)) {
        const here = gap_names(form).sort().join();
        // One thing may be written without its number: “Five minutes left.”
        const without_n = wanted.split(",").filter((gap) => gap !== "n").join();
        if (here !== wanted && !(typeof leaf !== "string" && here === without_n)) different.push(`${key}: ${here} instead of ${wanted}`);
      }
    }
    expect(different).toEqual([]);
  });

  test("has every plural form that the language asks for", () => {
    const needed = new Intl.PluralRules(tag).resolvedOptions().pluralCategories.filter((rule) => rule !== "many" && rule !== "other");
    const missing = [...own].filter(([, leaf]) => typeof leaf !== "string").flatMap(([key, leaf]) => needed.filter((rule) => !(rule in (leaf as object))).map((rule) => `${key}: ${rule}`));
    expect(missing).toEqual([]);
  });

  test("says of every code what happened, what to do, and a tag of at most 18 characters", () => {
    const bad = union("Code").filter((code) => {
      const what = own.get(`codes.${code}.what`);
      const next = own.get(`codes.${code}.next`);
      const short = own.get(`codes.${code}.short`);
      return typeof what !== "string" || what.length < 12 || typeof next !== "string" || next.length < 12 || typeof short !== "string" || short.length === 0 || [...short].length > 18;
    });
    expect(bad).toEqual([]);
  });

  test("says of every reason what happened", () => {
    const reasons = [...own.keys()].filter((key) => key.includes(".reasons."));
    const bad = reasons.filter((key) => !/^codes\.\w+\.reasons\.\w+\.(what|next)$/.test(key) || !own.has(key.replace(/next$/, "what")));
    expect(reasons.length).toBeGreaterThan(50);
    expect(bad).toEqual([]);
  });

  test("has a word for every state, address and kind of event", () => {
    const missing = [
      ...union("State").filter((state) => !own.has(`states.${state}`)),
      ...union("Known").filter((known) => !own.has(`states.known.${known}`)),
      ...union("Proof").filter((proof) => !own.has(`states.proof.${proof}`)),
      ...union("EventKind").filter((kind) => kind !== "answer" && !own.has(`events.${kind}`)),
    ];
    expect(missing).toEqual([]);
  });

  test("knows no empty sentence and none with a space at its end", () => {
    const bad = [...own].filter(([key, leaf]) => key !== "gaps.hint" && forms(leaf).some((form) => form.trim() !== form || form === "")).map(([key]) => key);
    expect(bad).toEqual([]);
  });

  test("stays calm: no oops, please, failed, successfully, exclamation", () => {
    const loud = /\boops\b|\bplease\b|\bfail(ed|ure)?\b|success|!|por favor|com sucesso|con éxito|falhou|falló/i;
    expect([...own].filter(([, leaf]) => forms(leaf).some((form) => loud.test(form))).map(([key]) => key)).toEqual([]);
  });
});

test("a code that is not in the type is not in the tables", () => {
  expect(Object.keys(en.codes).sort()).toEqual(union("Code").sort());
});
