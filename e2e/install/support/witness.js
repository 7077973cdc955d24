// readdress-cli of the package as a second witness: all that it tells of a home's data.
import assert from "node:assert/strict";
import { environment } from "../../support/driver.js";
import { cli, run } from "./package.js";

/** What the installed program says; `env` holds what it needs to know of the vault. */
export function tell(home, words, env = {}, program = cli) {
  return run(program, ["--data-dir", home.data, ...words], { env: { ...environment(home), ...env } });
}

export async function ask(home, words, env = {}, program = cli) {
  return JSON.parse(await tell(home, ["--json", ...words], env, program));
}

/** Whether the program has that command: an older one may not. */
export async function knows(home, command, program = cli) {
  return new RegExp(`^ +${command}\\b`, "m").test(await tell(home, ["--help"], {}, program));
}

/** Everything that the program lists, in one value: what must be the same before and after. */
export async function all_of(home, program = cli) {
  const lists = [["profile", "list"], ["history"], ["pending"], ["vault", "status"]];
  if (await knows(home, "mailbox", program)) lists.push(["mailbox", "list"]);
  const told = {};
  for (const words of lists) told[words.join(" ")] = await ask(home, words, {}, program);
  return told;
}

/** Everything that was told before is told now; a newer program may tell more of the same thing. */
export function assert_holds(now, before, at = "all") {
  if (before === null || typeof before !== "object") return assert.equal(now, before, at);
  assert.ok(now && typeof now === "object", at);
  if (Array.isArray(before)) assert.equal(now.length, before.length, at);
  for (const [key, value] of Object.entries(before)) assert_holds(now[key], value, `${at}.${key}`);
}
