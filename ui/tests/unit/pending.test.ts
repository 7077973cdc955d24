// What an open change says on Pending: its time, its line, its group.
import "./document";
import { beforeAll, expect, test } from "vitest";
import { set_language } from "../../src/i18n";
import { goes_on } from "../../src/app/goes_on";
import { line_of, short_value, time_of, what_of } from "../../src/screens/PendingWords";
import { create_fake_backend } from "../../src/backend/fake";
import type { ChangeView } from "../../src/backend/types/ChangeView";

const NOW = Date.parse("2026-11-20T17:04:00Z");
let list: ChangeView[];

function change(label: string): ChangeView {
  const found = list.find((one) => one.profile === label);
  if (!found) throw new Error(`no ${label}`);
  return found;
}

beforeAll(async () => {
  process.env.TZ = "America/Sao_Paulo";
  await set_language("en");
  list = await create_fake_backend(new URLSearchParams("scenario=mock&now=2026-11-20T17:04:00Z&still")).list_open_changes();
});

test("what ends first comes first", () => {
  const ends = list.map((one) => one.expires_at ?? one.retry_at ?? "9999");
  expect(ends).toEqual([...ends].sort());
});

test("a code that runs out counts down, amber in its last hour", () => {
  expect(time_of(change("Trade desk 8"), NOW)).toMatchObject({ word: "38:12", warn: true });
  expect(time_of(change("Trade desk 1"), NOW)).toMatchObject({ word: "23:39:00", warn: false });
  expect(line_of(change("Trade desk 8"), "Mannco.store", NOW)).toBe("6 digits, to trade8@newname.example · ends 14:42");
});

test("where no limit is documented, none is invented", () => {
  expect(time_of(change("Proxy pool EU"), NOW)).toMatchObject({ left: null, word: "No limit known", hint: "asked 54 min ago" });
  expect(what_of(change("Proxy pool EU").waits_for)).toBe("a link");
});

test("an unknown asks, and does not say that it did not work", () => {
  expect(time_of(change("Trade desk 3"), NOW).word).toBe("No answer");
  expect(line_of(change("Trade desk 3"), "Mannco.store", NOW)).toBe("sent, not answered: did a mail come to trade3@newname.example?");
});

test("only what needs nobody goes on by itself", () => {
  expect(list.filter((one) => goes_on(one, NOW)).map((one) => one.profile)).toEqual(["Trade desk 6"]);
  expect(goes_on(change("Trade desk 6"), NOW + 300_000)).toBe(false);
  expect(time_of(change("Trade desk 6"), NOW).word).toBe("4:12");
});

test("past its time a code can still be tried", () => {
  const overdue: ChangeView = { ...change("Trade desk 8"), state: "expired" };
  expect(line_of(overdue, "Mannco.store", NOW + 3_600_000)).toContain("a code can still be tried");
});

test("a long value is cut in the middle", () => {
  expect(short_value("Kx7mT4hVw9Q2abc")).toBe("Kx7m…bc");
  expect(short_value("481903")).toBe("481903");
});
