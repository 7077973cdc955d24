// Times and sizes as people read them. The zone is São Paulo, so that a day's edge is not UTC's.
import "./document";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ago, bytes_text, clock_minute, clock_tenths, clock_time, countdown, day_name, set_language, span_exact, span_spoken, span_words } from "../../src/i18n";

const NOW = Date.parse("2026-11-20T17:04:00Z");
const at = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();

beforeAll(() => {
  process.env.TZ = "America/Sao_Paulo";
});
beforeEach(() => set_language("en"));

describe("ago", () => {
  test.each([
    [0.5, "just now"],
    [2, "2 min ago"],
    [59, "59 min ago"],
    [292, "today 09:12"],
    [15 * 60, "yesterday"],
    [40 * 24 * 60, "Oct 11"],
    [500 * 24 * 60, "Jul 8, 2025"],
  ])("%d minutes", (minutes, text) => {
    expect(ago(at(minutes), NOW)).toBe(text);
  });
  test("never", () => expect(ago(null, NOW)).toBe("never"));
  test("in Portuguese", async () => {
    await set_language("pt-BR");
    expect(ago(at(2), NOW)).toBe("há 2 min");
  });
});

test.each([
  [252_000, "4:12"],
  [85_145_000, "23:39:05"],
  [999, "0:01"],
  [-5, "0:00"],
  [3_600_000, "1:00:00"],
])("countdown of %d ms", (left, text) => expect(countdown(left)).toBe(text));

test("a countdown for a voice has its two largest units", () => {
  expect(span_spoken(252_000)).toBe("4 minutes 12 seconds");
  expect(span_spoken(85_145_000)).toBe("23 hours 39 minutes");
});

test.each([
  [571, "571 ms"],
  [107_000, "1 min 47 s"],
  [300_000, "5 min"],
  [86_400_000, "24 h"],
  [260_000_000, "3 d"],
  [0, "0 ms"],
])("a length of %d ms", (milliseconds, text) => expect(span_exact(milliseconds)).toBe(text));

test("clock times name the day when it is another one", () => {
  expect(clock_time(at(2), NOW)).toBe("14:02:00");
  expect(clock_time(at(2), NOW, false)).toBe("14:02");
  expect(clock_time(at(-24 * 60 + 21), NOW, false)).toBe("Sat 13:43");
  expect(clock_minute(at(2))).toBe("14:02");
  expect(clock_tenths("2026-11-20T14:02:10.149Z")).toBe("11:02:10.1");
});

test("days as headings", () => {
  expect(day_name(at(2), NOW)).toBe("Today, Friday, November 20");
  expect(day_name(at(24 * 60), NOW)).toBe("Yesterday");
});

test("sizes", () => {
  expect(bytes_text(4_200_000)).toBe("4.2 MB");
  expect(bytes_text(900)).toBe("0.9 kB");
  expect(span_words(54 * 60_000)).toBe("54 min");
});
