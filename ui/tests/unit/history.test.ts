// What the events of the journal say, and what the copied record holds.
import "./document";
import { beforeAll, expect, test } from "vitest";
import { set_language } from "../../src/i18n";
import { event_words, record_text } from "../../src/screens/HistoryWords";
import { create_fake_backend } from "../../src/backend/fake";
import type { EventView } from "../../src/backend/types/EventView";

const event = (kind: EventView["kind"], more: Partial<EventView> = {}): EventView => ({ at: "2026-11-20T14:02:10Z", kind, step: "request", status: null, millis: null, meaning: null, says: null, ...more });

beforeAll(() => set_language("en"));

test.each([
  [event("planned"), "You asked for the change"],
  [event("intent"), "Written down before sending"],
  [event("answer", { meaning: "code_sent" }), "Requested"],
  [event("answer", { meaning: "ok", step: "verify" }), "Code accepted"],
  [event("answer", { meaning: "ok", step: "confirm_old" }), "Accepted"],
  [event("answer", { meaning: "token_refused" }), "Session refused, logged in again once"],
  [event("answer", { meaning: "rate_limited" }), "Refused: Too soon"],
  [event("answer", { meaning: null, status: 418 }), "Answered: 418"],
  [event("not_sent", { meaning: "unreachable" }), "Not sent: Not reachable"],
  [event("not_sent"), "Nothing left this computer"],
  [event("no_answer"), "Sent, but no answer came"],
  [event("read_back", { meaning: "proved" }), "Read back: it holds the new address"],
  [event("read_back"), "Read back"],
  [event("login", { meaning: "ok" }), "Logged in"],
  [event("login", { meaning: "credentials_refused" }), "Login refused: Key refused"],
  [event("settled", { meaning: "worked" }), "You said that it worked"],
  [event("cancelled"), "You cancelled it"],
  [event("read_back", { meaning: "other_address" }), "Read back: it holds another address"],
  [event("read_back", { meaning: "none_set" }), "Read back: it holds no address"],
  [event("answer", { meaning: "read_back" }), "Taken; only reading back tells the rest"],
  [event("settled", { meaning: "code_came" }), "A code came, so the request was taken"],
  [event("recovered"), "Readdress had ended before the answer came"],
])("%j", (one, text) => expect(event_words(one).text).toBe(text));

test("a cancel that the service does not know of says so", () => {
  expect(event_words(event("cancelled"), true).text).toBe("You cancelled it here only; a code may still work");
});

test("the record names every event in UTC and holds no code", async () => {
  const fake = create_fake_backend(new URLSearchParams("scenario=mock&now=2026-11-20T17:04:00Z&still"));
  const page = await fake.list_history({ text: "trade2", service: null, state: null, profile_id: null }, null, 10);
  const change = await fake.get_change(page.items[0]?.id ?? "");
  const text = record_text(change);
  expect(text.split("\n").filter((line) => line.startsWith("2026-11-20T14:0"))).toHaveLength(change.events.length);
  expect(text).toContain("To: trade2@newname.example");
  expect(text).toContain("“Email change request created successfully”");
  expect(text).not.toContain("481903");
});
