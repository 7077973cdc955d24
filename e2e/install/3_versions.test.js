// Data of another version than the program: an older one is brought over, a newer one is told in words and left alone; and an older package
// over a newer one.
import assert from "node:assert/strict";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { add_profile, PASSPHRASE, request } from "../support/real.js";
import { text } from "../support/text.js";
import { bytes_of, database_version, set_database_version } from "./support/folder.js";
import { fresh_home, opened, played } from "./support/opened.js";
import { app, have, install, newer, older, run } from "./support/package.js";
import { all_of, ask, tell } from "./support/witness.js";

const LONGEST = { timeout: 180_000 };
/** No program will ever have so many. */
const FAR_AHEAD = 99;
const BACKUP = { READDRESS_BACKUP_PASSPHRASE: "seven quiet words for a backup file" };

/** Written by the package that is installed: a profile and a change that waits for its code. */
async function made(t) {
  const home = await fresh_home(t);
  const practice = await played(home);
  const { window, close } = await opened(home);
  await add_profile(window, practice, "Support line");
  await request(window, "Support line", "moved@practice.example");
  await close();
  // The last who leaves the folder brings all into the one file, which a window that was ended did not.
  await all_of(home);
  return home;
}

/** Everything but what each start writes anew: its sign of life and its diary. */
async function kept(home) {
  const all = Object.entries(await bytes_of(home.data));
  return Object.fromEntries(all.filter(([path]) => !/^(locks|logs)(\/|$)/.test(path)));
}

test("data of a version to come is told in the window and in the terminal, and stays as it is to the byte", LONGEST, async (t) => {
  await have(newer);
  const home = await made(t);
  const file = join(home.data, "readdress.db");
  const newest = await database_version(file);
  const said = text("codes.database_newer.what", { version: FAR_AHEAD, newest });
  const [, version] = (await run(app, ["--version"])).trim().split(" ");
  await set_database_version(file, FAR_AHEAD);
  const bytes = await kept(home);

  const { window, close } = await opened(home);
  await window.says(text("app.newer_title"));
  await window.says(text("app.newer_body", { version: FAR_AHEAD, app: version, newest }));
  await window.says(home.data);
  for (const [role, name] of [["link", "app.profiles"], ["link", "app.settings"], ["button", "profiles.add"]]) assert.equal(await window.now(role, text(name)), null, `${name} could write`);
  await close();
  assert.deepEqual(await kept(home), bytes);

  const env = { READDRESS_PASSPHRASE: PASSPHRASE, ...BACKUP };
  const tries = [["profile", "list"], ["history"], ["change", "Support line", "--to", "other@practice.example"], ["profile", "remove", "Support line"], ["backup", "export", join(home.folder, "file")]];
  for (const words of tries) {
    const why = await tell(home, words, env).then(() => null, (error) => error);
    assert.ok(why, `${words.join(" ")} was done`);
    assert.equal(why.cause.code, 1, why.message);
    assert.ok(why.message.includes(said), why.message);
  }
  assert.deepEqual(await kept(home), bytes);

  // Another folder is another story.
  const other = { ...home, data: join(home.folder, "other") };
  await mkdir(other.data);
  assert.deepEqual(await ask(other, ["profile", "list"]), []);
});

test("a folder that an older version left is brought over in the window, and kept as it was beside it", LONGEST, async (t) => {
  await have(newer);
  const home = await fresh_home(t);
  const left = fileURLToPath(new URL("../../crates/core/tests/fixtures/schema-1/", import.meta.url));
  const key = { READDRESS_KEY_FILE: join(home.folder, "key") };
  const file = join(home.data, "readdress.db");
  await mkdir(home.data, { recursive: true, mode: 0o700 });
  await cp(join(left, "readdress.db"), file);
  await writeFile(key.READDRESS_KEY_FILE, await readFile(join(left, "key")), { mode: 0o600 });
  const was = await database_version(file);

  const { window, close } = await opened(home, key);
  for (const label of ["Practice Z-API", "Practice Webshare", "Practice Mannco.store"]) await window.select(label);
  await close();
  const states = (await ask(home, ["history"])).map((change) => change.state);
  for (const state of ["awaiting_code", "unknown", "changed", "refused", "cancelled"]) assert.ok(states.includes(state), `${state} of ${states}`);
  // The key opens what it sealed: all of it is read for a backup.
  const backup = await ask(home, ["backup", "export", join(home.folder, "file")], { ...key, ...BACKUP });
  assert.equal(backup.backup.profiles, 3);
  assert.ok(backup.backup.secrets >= 5, JSON.stringify(backup));
  assert.ok((await database_version(file)) > was);
  const [copy, ...others] = await readdir(join(home.data, "copies"));
  assert.deepEqual(others, []);
  assert.equal(await database_version(join(home.data, "copies", copy)), was);
});

test("an older package over a newer one keeps the data, or says that it is newer and leaves it alone", LONGEST, async (t) => {
  await have(newer);
  const home = await made(t);
  const [told, bytes] = [await all_of(home), await kept(home)];
  await install(older);
  assert.deepEqual(await kept(home), bytes, "installing touches no data");
  const refused = await all_of(home).then((now) => assert.deepEqual(now, told), (why) => why);
  if (refused) {
    t.diagnostic("the older program does not know this data");
    assert.match(refused.message, /database_newer/);
    assert.deepEqual(await kept(home), bytes);
    return;
  }
  const { window, close } = await opened(home);
  await window.select("Support line");
  await window.find("textbox", text("panel.code_label"));
  await close();
  assert.deepEqual(await all_of(home), told);
});
