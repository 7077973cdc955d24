// The newer package over the older one, with people's data in place and a window open.
// Not here: back again (3_versions.test.js), each schema and each step of its way (crates/core/tests/upgrade).
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { add_profile, give_code, PASSPHRASE, request } from "../support/real.js";
import { text } from "../support/text.js";
import { bytes_of } from "./support/folder.js";
import { fresh_home, opened, played, runs } from "./support/opened.js";
import { app, have, install, newer, older } from "./support/package.js";
import { all_of, ask, assert_holds, knows, tell } from "./support/witness.js";

const LABEL = "Support line";
const KEYS = { READDRESS_PASSPHRASE: PASSPHRASE, MAIL_PASSWORD: "correct horse", READDRESS_BACKUP_PASSPHRASE: "seven quiet words for a backup file" };

test("upgrade", { timeout: 300_000 }, async (t) => {
  await have(older);
  const first = await lived_in(t);
  const second = await in_the_middle(t);
  await install(newer);
  await t.test("installing touches no data", async () => assert.deepEqual(await bytes_of(first.home.data), first.bytes));
  await t.test("a window that was open goes on with the change it had begun, and the next one is the new program", () => goes_on(second));
  await t.test("profiles, keys, changes, mailboxes, settings and services are all there", () => is_there(first));
  await t.test("the change that waited in the old program is ended in the new window", () => is_ended(first));
  await t.test("a backup of the old program fills a folder of the new one", () => restores(first));
});

/** A home in which everything was used once, in the older program. */
async function lived_in(t) {
  const home = await fresh_home(t);
  const practice = await played(home);
  const { window, close } = await opened(home);
  await add_profile(window, practice, LABEL);
  await request(window, LABEL, "first@practice.example");
  await give_code(window, practice, "first@practice.example");
  await choose_looks(window);
  await close();

  // Not in each earlier release: what there was is what has to be there afterwards.
  const mailboxes = await knows(home, "mailbox");
  if (mailboxes) await ask(home, ["mailbox", "add", "--user", "ana@other.example", "--password-env", "MAIL_PASSWORD", "--host", "127.0.0.1", "--port", "1"], KEYS);
  await ask(home, ["change", LABEL, "--to", "second@practice.example"], KEYS);
  const backup = join(home.folder, "older.readdress-backup");
  await ask(home, ["backup", "export", backup], KEYS);
  await own_service(home);
  const told = await all_of(home);
  assert.deepEqual(told.history.map((change) => change.state), ["awaiting_code", "changed"]);
  assert.equal(told["mailbox list"]?.length, mailboxes ? 1 : undefined);
  return { home, practice, backup, told, bytes: await bytes_of(home.data), settings: await settings_of(home) };
}

/** An older window, left open while its code is awaited. */
async function in_the_middle(t) {
  const home = await fresh_home(t);
  const { window, close } = await opened(home);
  await window.press(text("welcome.practice_of", { service: "Z-API" }));
  await window.press(text("panel.request"));
  await window.find("button", text("panel.verify_mail"));
  return { home, window, close };
}

async function goes_on({ home, window, close }) {
  assert.deepEqual(await runs(home), [`${app} (deleted)`], "it runs what it was started as");
  await window.press(text("panel.verify_mail"));
  await window.says(text("panel.done_proved"));
  const practice = { ...home, data: join(home.data, "practice") };
  const states = async () => (await ask(practice, ["history"])).map((change) => change.state);
  // The new program beside the old window; where it has to bring the data over first, it says that it must be alone for that.
  await states().then((told) => assert.deepEqual(told, ["changed"]), (why) => assert.match(why.message, /database_busy/));
  await close();
  const next = await opened(home);
  assert.deepEqual(await runs(home), [app]);
  await next.window.says(text("welcome.headline"));
  await next.close();
  assert.deepEqual(await states(), ["changed"]);
}

async function is_there({ home, told }) {
  assert_holds(await all_of(home), told);
  assert.match(JSON.stringify(await ask(home, ["services"])), /"mine"/);
  // The key opens: the service is asked with what it seals.
  await ask(home, ["read", LABEL], KEYS);
}

async function is_ended({ home, practice, settings }) {
  const { window, close } = await opened(home);
  await window.until("the look that was chosen", async () => (await theme(window)) === "dark");
  await window.select(LABEL);
  await give_code(window, practice, "second@practice.example", { locked: true });
  await close();
  const [profile] = await ask(home, ["profile", "list"]);
  assert.equal(profile.email, "second@practice.example");
  assert.deepEqual((await ask(home, ["history"])).map((change) => change.state), ["changed", "changed"]);
  assert.deepEqual(await settings_of(home), settings);
}

async function restores({ home, backup, told }) {
  const other = { ...home, data: join(home.folder, "restored") };
  await tell(other, ["backup", "restore", backup], KEYS);
  const known = ({ id, label, service, fields, has_secret }) => ({ id, label, service, fields, has_secret });
  assert.deepEqual((await ask(other, ["profile", "list"])).map(known), told["profile list"].map(known));
  const ids = (changes) => changes.map(({ change, to }) => ({ change, to }));
  assert.deepEqual(ids(await ask(other, ["history"])), ids(told.history));
  assert.equal((await ask(other, ["mailbox", "list"])).length, told["mailbox list"]?.length ?? 0);
}

/** Not the text's size too: WebDriver does not find what it would click in a page that is zoomed. */
async function choose_looks(window) {
  await (await window.find("link", text("app.settings"))).click();
  await window.choose(text("settings.theme_dark"));
  await window.until("the new look", async () => (await theme(window)) === "dark");
}

const theme = (window) => window.driver.executeScript("return document.documentElement.dataset.theme ?? null");

/** What a person has chosen; `view` is what the lists last showed. */
async function settings_of(home) {
  const { view, ...chosen } = JSON.parse(await readFile(join(home.data, "settings.json"), "utf8"));
  return chosen;
}

/** A file in the data folder, as a person would put it there. */
async function own_service(home) {
  const folder = join(home.data, "services");
  const step = '[flow]\nchange = ["ask"]\n[step.ask]\nmethod = "POST"\npath = "/email"\njson = { email = "{{new_email}}", key = "{{key}}" }\n[[step.ask.answer]]\nstatus = "2xx"\nmeans = "ok"\n';
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "mine.toml"), `schema = 1\nid = "mine"\nname = "Mine"\ndocs = "https://one.invalid/docs"\nbase_url = "https://one.invalid"\n[[field]]\nid = "key"\nlabel = { en = "Key" }\nsecret = true\n${step}`);
}
