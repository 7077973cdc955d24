// The fake keeps the contract's promises about mailboxes, so that what the browser tests see could happen in the window.
import "./document";
import { beforeEach, expect, test } from "vitest";
import { create_fake_backend } from "../../src/backend/fake";
import type { Backend, NewMailbox } from "../../src/backend/backend";
import type { Changed } from "../../src/backend/types/Changed";

let fake: Backend;
const asked: NewMailbox = { user: "infra@newname.example", host: "imap.newname.example", port: 993, tls: "implicit", ca_file: null, serves: [], password: "s3cret" };

beforeEach(() => {
  fake = create_fake_backend(new URLSearchParams("scenario=mail&delay=0&now=2026-11-20T17:04:00Z&still"));
});

test("a mailbox comes, is edited with the password it has, and goes; its password never comes back", async () => {
  const told: Changed[] = [];
  fake.on_changed((changed) => told.push(changed));
  const added = await fake.add_mailbox(asked);
  expect(added).toMatchObject({ serves: ["infra@newname.example"], has_password: true, watch: { state: "watching", waiting: 1 } });
  expect(told).toEqual([{ profiles: [], changes: [], mail: true, all: false }]);
  await expect(fake.add_mailbox(asked)).rejects.toMatchObject({ code: "mailbox_twice" });
  await expect(fake.edit_mailbox(added.id, { ...asked, password: null, host: "elsewhere.example" })).rejects.toMatchObject({ code: "mail_password_needed" });
  expect(await fake.edit_mailbox(added.id, { ...asked, password: null, serves: ["*@newname.example"] })).toMatchObject({ serves: ["*@newname.example"], watch: { waiting: 4 } });
  expect(JSON.stringify(await fake.list_mailboxes())).not.toContain("s3cret");
  await fake.remove_mailbox(added.id);
  await expect(fake.remove_mailbox(added.id)).rejects.toMatchObject({ code: "mailbox_unknown" });
});

test("what cannot be a mailbox is refused with its field", async () => {
  await expect(fake.add_mailbox({ ...asked, host: "https://x" })).rejects.toMatchObject({ code: "mailbox_invalid", params: { field: "host" } });
  await expect(fake.add_mailbox({ ...asked, port: 0 })).rejects.toMatchObject({ code: "mailbox_invalid", params: { field: "port" } });
  await expect(fake.add_mailbox({ ...asked, password: null })).rejects.toMatchObject({ code: "mail_password_needed" });
});

test("nobody is asked without being told to", async () => {
  expect(await fake.find_mail_server("x@newname.example", false)).toMatchObject({ source: "unknown", host: null, asks: ["autoconfig.newname.example", "autoconfig.thunderbird.net"] });
  expect(await fake.find_mail_server("x@newname.example", true)).toMatchObject({ source: "autoconfig", host: "imap.newname.example", asks: [] });
});

test("a find is sent once, or dismissed", async () => {
  const [find] = await fake.list_mail_finds();
  if (!find) throw new Error("no find");
  expect(find).toMatchObject({ why: { code: "code_ambiguous" }, choices: ["481903", "204417"] });
  expect(await fake.submit_mail_find(find.id, "481903")).toMatchObject({ id: find.change, state: "changed" });
  await expect(fake.submit_mail_find(find.id, "481903")).rejects.toMatchObject({ code: "mail_find_gone" });
  await expect(fake.dismiss_mail_find(find.id)).rejects.toMatchObject({ code: "mail_find_gone" });
});

test("the clipboard is read only where that is switched on", async () => {
  const text = "To: trade8@newname.example\n\nCode: 481903";
  fake = create_fake_backend(new URLSearchParams({ scenario: "mail", clipboard: text }));
  expect(await fake.read_clipboard()).toMatchObject({ value: "481903" });
  await fake.set_preferences({ ...(await fake.get_app_state()).preferences, clipboard_offer: false });
  expect(await fake.read_clipboard()).toBeNull();
});
