// One flow: a fresh home, a started app, its window; and a picture of what it looked like when it went wrong.
import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { make_home, start_app } from "./driver.js";
import { broken_policy, watch_policy } from "./policy.js";
import { Window } from "./window.js";

/** Starting included. A flow takes 2 to 5 seconds on a quiet machine. */
const LONGEST_FLOW = 90_000;

/** `prepare`: what lies in the home before the start. `args`: what the app is started with, by its home. `breaks_policy`: the flow itself tries what the policy forbids. `ends_itself`: there is
 *  no window any more that could be asked. */
export function flow(name, steps, { env = {}, prepare = async () => {}, args = () => [], breaks_policy = false, ends_itself = false } = {}) {
  test(name, { timeout: LONGEST_FLOW }, async (t) => {
    const home = await make_home();
    let started = null;
    t.after(async () => {
      await started?.close();
      await home.remove();
    });
    await prepare(home);
    started = await start_app(home, env, null, args(home));
    await watch_policy(started.driver);
    const whole = async () => {
      if (started && !breaks_policy && !ends_itself) assert.deepEqual(await broken_policy(started.driver), [], "the page kept to its policy");
    };
    const window = new Window(started.driver);
    const stop = async () => {
      await whole();
      await started.close();
      started = null;
    };
    try {
      await steps(window, home, stop);
      await whole();
    } catch (why) {
      // WebDriver's screenshot can wait for ever (see shots.mjs): what went wrong must be told all the same.
      const picture = started && Promise.race([window.shoot(name.replace(/\W+/g, "-")).catch(String), pause(5000, "none in 5 s", { ref: false })]);
      if (picture) t.diagnostic(`picture: ${await picture}`);
      throw why;
    }
  });
}
