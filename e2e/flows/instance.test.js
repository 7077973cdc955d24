// A second start on the same desktop: it hands over to the window that is there and ends; the first one lives on.
// Without WebDriver, which starts the app with this switched off.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import test from "node:test";
import { environment, make_home } from "../support/driver.js";
import { app } from "../support/places.js";

function start(home) {
  return spawn(app, [], { stdio: ["ignore", "pipe", "inherit"], env: { ...environment(home), READDRESS_REPORT_USABLE: "1", READDRESS_E2E: "" } });
}

test("a second start hands over to the first and ends", { timeout: 60_000 }, async (t) => {
  const home = await make_home();
  const first = start(home);
  t.after(async () => {
    first.kill("SIGTERM");
    if (first.exitCode === null) await once(first, "exit");
    await home.remove();
  });
  for await (const line of createInterface({ input: first.stdout })) if (line === "readdress: usable") break;

  const second = start(home);
  const [code] = await once(second, "exit");
  assert.equal(code, 0);
  assert.equal(first.exitCode, null, "the first one is still there");
});
