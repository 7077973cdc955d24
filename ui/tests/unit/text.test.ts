// Filling gaps, choosing plurals and languages.
import "./document";
import { beforeEach, describe, expect, test } from "vitest";
import { code_next, code_sentence, code_short, has_text, isolated, plain, set_language, set_stretched, system_language, t, text_of, text_parts } from "../../src/i18n";
import { stretch } from "../../src/i18n/stretch";
import type { Problem } from "../../src/backend/types/Problem";

const problem = (code: Problem["code"], params: Record<string, string> = {}): Problem => ({ code, params, service_says: null, status: null, retry_at: null });

beforeEach(async () => {
  set_stretched(false);
  await set_language("en");
});

test("fills gaps, and names what is missing with a word that fits", () => {
  expect(t("codes.email_same.what", { service: "Webshare" })).toBe("Webshare already holds this address, so nothing was sent.");
  expect(t("codes.email_same.what")).toBe("The service already holds this address, so nothing was sent.");
  expect(t("codes.manifest_invalid.next")).toBe("Mend that line, then open the file in Settings, Services, or start Readdress again.");
});

test("chooses the plural form and writes numbers as the language does", async () => {
  expect(t("history.count", { n: 1 })).toBe("1 change");
  expect(t("history.count", { n: 10_000 })).toBe("10,000 changes");
  await set_language("pt-BR");
  expect(t("history.count", { n: 10_000 })).toBe("10.000 trocas");
  expect(t("history.count", { n: 1_000_000 })).toContain("trocas");
  await set_language("es");
  expect(t("history.count", { n: 1 })).toBe("1 cambio");
  expect(document.documentElement.lang).toBe("es");
});

test("the last choice of a language wins", async () => {
  await Promise.all([set_language("pt-BR"), set_language("es")]);
  expect(t("settings.title")).toBe("Ajustes");
});

test.each([
  [["pt-PT", "en"], "pt-BR"],
  [["es-MX"], "es"],
  [["de-DE", "es-AR"], "es"],
  [["fr"], "en"],
  [[], "en"],
] as const)("the system's languages %j give %s", (wanted, found) => {
  expect(system_language(wanted)).toBe(found);
});

describe("text from outside", () => {
  test("loses what steers direction, keeps what it says", () => {
    expect(plain("a\u202Eb\u2066c\u0000d\u200Fe")).toBe("abcde");
    expect(isolated("plain")).toBe("plain");
    expect(isolated("مكتب")).toBe("\u2068مكتب\u2069");
  });

  test("shows nothing that cannot be seen, and no towers of marks", () => {
    expect(plain("a\u200bb\u2028c\ufeffd\u009be\u{e0041}")).toBe("abcde");
    expect(plain(`o${"\u0301".repeat(500)}k`)).toBe(`o${"\u0301".repeat(4)}k`);
    expect(plain("👩\u200d🚀 مِنْ")).toBe("👩\u200d🚀 مِنْ");
    const started = performance.now();
    expect(plain("\u202ex\u0301".repeat(500_000)).length).toBe(1_000_000);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  test("stays text, whatever it looks like", () => {
    expect(t("codes.label_taken.what", { label: "<b>{service}</b>" })).toContain("“<b>{service}</b>”");
    expect(text_parts("codes.label_taken.what", { label: "x" }).filter((part) => part.gap !== null)).toEqual([{ text: "x", gap: "label" }]);
  });

  test("of a manifest comes in the language, else in English", async () => {
    await set_language("pt-BR");
    expect(text_of({ en: "Key", "pt-BR": "Chave" })).toBe("Chave");
    expect(text_of({ en: "Key", pt: "Chave" })).toBe("Chave");
    expect(text_of({ en: "Key" })).toBe("Key");
    expect(text_of(null)).toBe("");
  });
});

test("a problem has its sentence and its next step; the page's name of the service is used", () => {
  expect(code_sentence(problem("unreachable", { host: "api.z-api.io" }))).toBe("api.z-api.io cannot be reached. Nothing was sent.");
  expect(code_sentence(problem("code_wrong", { service: "mannco-store" }), { service: "Mannco.store" })).toContain("Mannco.store did not accept");
  expect(code_next(problem("vault_locked"))).toBe("Unlock them, then do it again.");
  expect(code_short("two_factor_required")).toBe("2FA needed");
});

test("a reason that changes what to do has its own words; others take the code's", () => {
  const wrong = problem("email_invalid", { reason: "display_name", suggestion: "a@b.example" });
  expect(code_sentence(wrong)).toBe("A name stands around the address. Nothing was sent.");
  expect(code_next(wrong)).toBe("Use the address alone: a@b.example");
  expect(code_sentence(problem("link_wrong_kind", { service: "Webshare", reason: "activation" }))).toContain("activates an account");
  expect(code_next(problem("link_wrong_kind", { reason: "activation" }))).toBe(code_next(problem("link_wrong_kind")));
  expect(code_sentence(problem("tls_failed", { reason: "from_the_future", host: "h" }))).toBe(code_sentence(problem("tls_failed", { host: "h" })));
});

test("a code of a newer core is told as a defect", () => {
  expect(code_sentence(problem("from_the_future" as Problem["code"]))).toContain("defect");
  expect(has_text("codes.from_the_future.what")).toBe(false);
});

test("the pseudo-language is at least 35 % longer and keeps the gaps", () => {
  for (const text of ["Request change", "{service} takes no API key for this call.", "Check now", "Verify {label}"]) {
    const letters = (one: string): number => one.replace(/\{\w+\}/g, "").length;
    expect(letters(stretch(text)), text).toBeGreaterThanOrEqual(Math.ceil(letters(text) * 1.35));
    expect(stretch(text).match(/\{\w+\}/g)).toEqual(text.match(/\{\w+\}/g));
  }
});
