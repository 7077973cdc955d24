// The package away again: what is left of it on the system, and what of a person's data.
import assert from "node:assert/strict";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { add_profile } from "../support/real.js";
import { text } from "../support/text.js";
import { bytes_of } from "./support/folder.js";
import { fresh_home, opened, played, runs } from "./support/opened.js";
import { app, cli, have, install, installed, newer, owned, purge, remove } from "./support/package.js";
import { known_to_caches, left_over, named_after_us } from "./support/traces.js";
import { all_of, ask } from "./support/witness.js";

const LABEL = "Support line";

test("removal", { timeout: 240_000 }, async (t) => {
  await have(newer);
  const paths = await owned();
  const witness = join((await fresh_home(t)).folder, "readdress-cli");
  await cp(cli, witness);
  const first = await lived_in(t);
  const second = await in_the_middle(t);
  // It can go wrong: what is looked for is found while the package is there.
  assert.ok((await named_after_us()).includes(app) && (await known_to_caches()).length > 0);

  await remove();
  await t.test("a window that was open goes on, and keeps what it does", () => goes_on(second, witness));
  await t.test("after `apt remove` nothing of it is left", () => is_gone(paths));
  // Once more, because apt does not purge what has left nothing to be purged.
  await install(newer);
  await purge();
  await t.test("after `apt purge` nothing of it is left", () => is_gone(paths));
  await t.test("the person's data is as it was", async () => {
    assert.deepEqual(await bytes_of(first.home.data), first.bytes);
    assert.deepEqual(await all_of(first.home, witness), first.told);
  });
});

async function lived_in(t) {
  const home = await fresh_home(t);
  const practice = await played(home);
  const { window, close } = await opened(home);
  await add_profile(window, practice, LABEL);
  await window.find("region", text("panel.of", { label: LABEL }));
  await close();
  const told = await all_of(home);
  return { home, told, bytes: await bytes_of(home.data) };
}

async function in_the_middle(t) {
  const home = await fresh_home(t);
  const { window, close } = await opened(home);
  await window.press(text("welcome.practice_of", { service: "Mannco.store" }));
  await window.press(text("panel.request"));
  await window.find("button", text("panel.verify_mail"));
  return { home, window, close };
}

async function goes_on({ home, window, close }, witness) {
  assert.deepEqual(await runs(home), [`${app} (deleted)`]);
  await window.press(text("panel.verify_mail"));
  await window.says(text("panel.done_proved"));
  await close();
  const practice = { ...home, data: join(home.data, "practice") };
  assert.deepEqual((await ask(practice, ["history"], {}, witness)).map((change) => change.state), ["changed"]);
}

async function is_gone(paths) {
  assert.equal(await installed(), null);
  for (const path of paths.filter((one) => /readdress/i.test(one))) await assert.rejects(readFile(path), { code: "ENOENT" }, path);
  assert.deepEqual(await named_after_us(), []);
  assert.deepEqual(await known_to_caches(), []);
  assert.deepEqual(await left_over(), [], "in folders that it shares with others");
}
