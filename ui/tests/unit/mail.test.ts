// Whose mail comes to which mailbox, what watching is called, how a mail file becomes text, what ends first.
import "./document";
import { beforeAll, describe, expect, test } from "vitest";
import { is_mail_file, LARGEST, read_mail_file, text_of_bytes } from "../../src/app/mail_file";
import { mailbox_of, read_serves, serves } from "../../src/app/mail_match";
import { is_watched, joined, last_line, looked, mail_status, needs_hand, serves_line, tag_of_mailbox } from "../../src/app/mail_words";
import { mailbox } from "../../src/backend/fake/mailboxes";
import { create_fake_backend } from "../../src/backend/fake";
import type { ChangeView } from "../../src/backend/types/ChangeView";
import type { WatchState } from "../../src/backend/types/WatchState";
import { set_language } from "../../src/i18n";
import { goes_on } from "../../src/app/goes_on";
import { by_what_ends_first } from "../../src/screens/PendingWords";

const NOW = Date.parse("2026-11-20T17:04:00Z");
const at = (milliseconds: number): string => new Date(NOW + milliseconds).toISOString();
const in_state = (state: WatchState, more: object = {}): ReturnType<typeof mailbox> => mailbox(1, {}, { state, waiting: 1, ...more });

beforeAll(() => set_language("en"));

test.each([
  ["ops@acme.example", true],
  ["OPS@Acme.Example", true],
  ["ops+z-api@acme.example", true],
  ["any.one@all.example", true],
  ["opsy@acme.example", false],
  ["ops@acme.example.evil.example", false],
  ["ops@sub.all.example", false],
  ["nobody", false],
  ["list+a@acme.example", true],
  ["list@acme.example", false],
])("%s comes to the mailbox: %s", (address, comes) => {
  expect(serves({ user: "login", serves: ["ops@acme.example", "list+a@acme.example", "*@all.example"] }, address)).toBe(comes);
});

test("a mailbox that works comes before one that does not; none is none", () => {
  const [bad, good] = [mailbox(1, { serves: ["*@a.example"] }, { state: "stopped" }), mailbox(2, { serves: ["*@a.example"] }, { state: "polling" })];
  expect(mailbox_of([bad, good], "x@a.example")?.id).toBe(good.id);
  expect(mailbox_of([bad, good], "x@b.example")).toBeNull();
  expect(mailbox_of([bad], null)).toBeNull();
});

test("addresses are typed one a line or with commas, each once", () => {
  expect(read_serves(" a@x.example, b@x.example;\n\n*@y.example a@x.example ")).toEqual(["a@x.example", "b@x.example", "*@y.example"]);
});

describe("the window's status", () => {
  test("is silent where there is nothing to say", () => {
    expect(mail_status([], NOW)).toBeNull();
    expect(mail_status([mailbox(1, {}), mailbox(2, {})], NOW)).toBeNull();
  });
  test("counts what is watched", () => {
    expect(mail_status([in_state("watching"), in_state("polling")], NOW)).toMatchObject({ look: "ok", text: "Mail: watching 2 mailboxes" });
    expect(mail_status([in_state("connecting")], NOW)?.text).toBe("Mail: connecting");
  });
  test("counts down to the next try", () => {
    expect(mail_status([in_state("watching"), in_state("retrying", { retry_at: at(40_000) })], NOW)?.text).toBe("Mail: not reached, again in 0:40");
  });
  test("asks for a hand before all else", () => {
    expect(mail_status([in_state("retrying", { retry_at: at(40_000) }), in_state("stopped")], NOW)).toMatchObject({ look: "bad", text: "Mail: needs you" });
    expect(needs_hand(mailbox(1, { has_password: false }))).toBe(true);
    expect(needs_hand(in_state("retrying"))).toBe(false);
  });
});

test("every state has a tag with an icon and a word of its own", () => {
  const states: WatchState[] = ["resting", "connecting", "watching", "polling", "retrying", "stopped"];
  const tags = states.map((state) => tag_of_mailbox(in_state(state, { retry_at: at(1000) }), NOW));
  expect(new Set(tags.map((tag) => tag.text)).size).toBe(states.length);
  expect(new Set(tags.map((tag) => tag.icon)).size).toBe(states.length);
  expect(states.filter((state) => is_watched(in_state(state)))).toEqual(["connecting", "watching", "polling"]);
});

test("what was seen is told with its folder, its age and what came of it", () => {
  const last = { at: at(-120_000), from: "noreply@z-api.io", junk: true, outcome: "used" as const };
  expect(last_line(last, NOW)).toBe("Last mail from noreply@z-api.io in Junk, 2 min ago: its code was used");
  expect(last_line({ ...last, junk: false, from: null, outcome: "nothing_found" }, NOW)).toBe("Last mail from an unnamed sender, 2 min ago: no code for a change in it");
  expect(looked(at(-5000), NOW)).toBe("5\u00a0s ago");
  expect(looked(at(5000), NOW)).toBe("0\u00a0s ago");
  expect(joined(["", "last looked 5 s ago", "Junk too"])).toBe("Last looked 5 s ago · Junk too");
  expect(serves_line(mailbox(1, { serves: ["a@x.example", "*@y.example"] }))).toBe("a@x.example, every address at y.example");
  expect(serves_line(mailbox(1, { serves: ["a@x.example", "b@x.example", "c@x.example"] }), 2)).toBe("a@x.example and 2 more");
});

describe("a mail file", () => {
  test("is known by its name or its type", () => {
    expect([{ name: "A.EML", type: "" }, { name: "mail", type: "message/rfc822" }, { name: "a.eml.exe", type: "" }, { name: "a.pdf", type: "application/pdf" }].map(is_mail_file)).toEqual([true, true, false, false]);
  });
  test("is UTF-8, else every byte is the letter of its number", () => {
    expect(text_of_bytes(new TextEncoder().encode("Código"))).toBe("Código");
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect([...text_of_bytes(bytes)].map((letter) => letter.charCodeAt(0))).toEqual([...bytes]);
    expect(text_of_bytes(new Uint8Array(100_000).fill(0xe9))).toBe("é".repeat(100_000));
  });
  test("is refused where it is none, or too large", async () => {
    expect(await read_mail_file(new File(["x"], "a.txt"))).toEqual({ name: "a.txt", refused: "kind" });
    const large = Object.defineProperty(new File(["x"], "a.eml"), "size", { value: LARGEST + 1 });
    expect(await read_mail_file(large)).toEqual({ name: "a.eml", refused: "large" });
    expect(await read_mail_file(new File(["x"], "a.eml"))).toEqual({ name: "a.eml", text: "x" });
  });
});

describe("on Pending", () => {
  let list: ChangeView[];
  beforeAll(async () => {
    list = await create_fake_backend(new URLSearchParams("scenario=mock&now=2026-11-20T17:04:00Z&still")).list_open_changes();
  });
  const one = (id: string, more: Partial<ChangeView>): ChangeView => ({ ...(list[0] as ChangeView), id, problem: null, retry_at: null, created_at: id, state: "awaiting_code", ...more });

  test("what runs out first comes first, then what has no time, last what has run out", () => {
    const all = [
      one("over", { state: "expired", expires_at: at(-60_000) }),
      one("none", { expires_at: null }),
      one("late", { expires_at: at(7_200_000) }),
      one("limit", { state: "planned", expires_at: null, retry_at: at(3_600_000) }),
      one("soon", { expires_at: at(60_000) }),
      one("none-2", { expires_at: null }),
    ];
    expect(by_what_ends_first(all, NOW).map((change) => change.id)).toEqual(["soon", "limit", "late", "none", "none-2", "over"]);
    // At its end it goes to the end.
    expect(by_what_ends_first(all, NOW + 61_000).map((change) => change.id).slice(-2)).toEqual(["over", "soon"]);
  });

  test("a watched mailbox goes on by itself, but for its last hour, a question, or a refusal", () => {
    const calm = one("calm", { expires_at: at(7_200_000) });
    expect(goes_on(calm, NOW)).toBe(false);
    expect(goes_on(calm, NOW, true)).toBe(true);
    expect(goes_on(calm, NOW, true, true)).toBe(false);
    expect(goes_on({ ...calm, expires_at: at(3_500_000) }, NOW, true)).toBe(false);
    expect(goes_on({ ...calm, expires_at: null }, NOW, true)).toBe(true);
    expect(goes_on({ ...calm, problem: { code: "code_wrong", params: {}, service_says: null, status: null, retry_at: null } }, NOW, true)).toBe(false);
  });
});
