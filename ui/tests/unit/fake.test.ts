// The fake keeps the contract's promises, so that what the browser tests see could happen in the window.
import "./document";
import { beforeEach, describe, expect, test } from "vitest";
import { create_fake_backend } from "../../src/backend/fake";
import { one_away } from "../../src/backend/fake/profile_calls";
import type { Backend } from "../../src/backend/backend";
import type { ProfileView } from "../../src/backend/types/ProfileView";

let fake: Backend;
const profile = async (label: string): Promise<ProfileView> => {
  const found = (await fake.list_profiles(null, 500)).items.find((one) => one.label === label);
  if (!found) throw new Error(`no ${label}`);
  return found;
};
const ask = async (label: string, to: string, more: object = {}): ReturnType<Backend["request_change"]> =>
  fake.request_change({ profile_id: (await profile(label)).id, to, secrets: {}, replace: false, anyway: false, undo_of: null, ...more });

beforeEach(() => {
  fake = create_fake_backend(new URLSearchParams("scenario=mock&delay=0&now=2026-11-20T17:04:00Z&still"));
});

test("a change goes from request over a wrong code to its proof", async () => {
  const asked = await ask("Trade desk 4", "trade4@newname.example");
  expect(asked).toMatchObject({ state: "awaiting_code", step: "verify", open: true, waits_for: { address: "trade4@newname.example" } });
  const wrong = await fake.submit_code(asked.id, "111111");
  expect(wrong).toMatchObject({ state: "awaiting_code", tries: 1, problem: { code: "code_wrong" } });
  await expect(fake.submit_code(asked.id, "111111")).rejects.toMatchObject({ code: "code_refused_before" });
  const done = await fake.submit_code(asked.id, "Your code: 481 903");
  expect(done).toMatchObject({ state: "changed", proof: "read_back", open: false });
  expect((await profile("Trade desk 4")).email).toBe("trade4@newname.example");
  expect(done.events.map((event) => event.kind)).toEqual(["planned", "intent", "answer", "intent", "answer", "intent", "answer", "read_back"]);
});

test("one open change a profile; replacing cancels it first", async () => {
  await expect(ask("Support line", "other@newname.example")).rejects.toMatchObject({ code: "change_open", params: { address: "support@newname.example" } });
  expect(await ask("Support line", "other@newname.example", { replace: true })).toMatchObject({ state: "awaiting_code" });
  expect((await fake.list_open_changes()).filter((change) => change.profile === "Support line")).toHaveLength(1);
});

test("a second request within five minutes is planned, with the time", async () => {
  const first = await ask("Trade desk 4", "trade4@newname.example");
  await fake.cancel_change(first.id);
  expect(await ask("Trade desk 4", "four@newname.example")).toMatchObject({ state: "planned", retry_at: "2026-11-20T17:09:00.000Z", problem: { code: "rate_limited" } });
});

test.each([
  ["taken", "refused", "email_taken"],
  ["noanswer", "unknown", "no_answer"],
  ["offline", "planned", "unreachable"],
  ["twofactor", "refused", "two_factor_required"],
])("%s@… ends %s", async (name, state, code) => {
  expect(await ask("Trade desk 4", `${name}@newname.example`)).toMatchObject({ state, problem: { code } });
});

describe("paste", () => {
  const read = async (text: string): ReturnType<Backend["understand_code"]> => fake.understand_code(null, text);

  test("a Webshare link finds its change", async () => {
    const found = await read("https://dashboard.webshare.io/changeemail/Kx7mT4hVw9Q2/confirm/?utm=mail");
    expect(found).toMatchObject({ value: "Kx7mT4hVw9Q2", found: "link", problem: null });
    expect((await fake.get_change(found.change ?? "")).profile).toBe("Proxy pool EU");
  });
  test("an activation link is refused with a reason", async () => {
    expect(await read("https://dashboard.webshare.io/activation/abc/confirm/")).toMatchObject({ value: null, problem: { code: "link_wrong_kind" } });
  });
  test("a mail names its change by its recipient", async () => {
    const found = await read("To: trade1@newname.example\nSubject: code\n\nYour code: 481-903");
    expect(found).toMatchObject({ value: "481903", cleaned: true, found: "mail_text" });
    expect((await fake.get_change(found.change ?? "")).profile).toBe("Trade desk 1");
  });
  test("a bare code with several changes waiting belongs to none yet", async () => {
    expect(await read("481903")).toMatchObject({ value: "481903", change: null, problem: null });
  });
  test("two codes have to be chosen from", async () => {
    expect(await read("111222 or 333444")).toMatchObject({ value: null, choices: ["111222", "333444"], problem: { code: "code_ambiguous" } });
  });
  test("nothing in it", async () => {
    expect(await read("Good morning, everyone")).toMatchObject({ value: null, problem: { code: "code_not_found" } });
  });
});

test("a domain one letter away is doubted", () => {
  expect(one_away("newnmae.example", "newname.example")).toBe(true);
  expect(one_away("gmal.com", "gmail.com")).toBe(true);
  expect(one_away("gmail.com", "gmail.com")).toBe(false);
  expect(one_away("other.com", "gmail.com")).toBe(false);
});

test("a locked vault stops what needs a secret, and no secret ever comes out", async () => {
  fake = create_fake_backend(new URLSearchParams("scenario=locked&delay=0"));
  await expect(ask("Trade desk 4", "trade4@newname.example")).rejects.toMatchObject({ code: "vault_locked" });
  await expect(fake.unlock_vault("wrong words")).rejects.toMatchObject({ code: "passphrase_wrong" });
  await fake.unlock_vault("four words in a row");
  expect(await ask("Trade desk 4", "trade4@newname.example")).toMatchObject({ state: "awaiting_code" });
  expect(JSON.stringify(await fake.list_profiles(null, 500))).not.toContain("b".repeat(32));
});
