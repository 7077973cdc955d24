// The app as a person starts it, without WebDriver: what it needs of a machine, and how long it takes, is seen best so.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { app } from "./places.js";

/** What there is without a desktop: nothing but a screen. */
export function bare_environment(home) {
  const { PATH, DISPLAY, XAUTHORITY } = process.env;
  return { PATH, DISPLAY, XAUTHORITY, HOME: home.folder };
}

/** Starts `words` (else the app) with `env` alone. */
export function start_bare(env, words = [app]) {
  const [program, ...rest] = words;
  const child = spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"], env: { ...env, READDRESS_REPORT_USABLE: "1" } });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let said = "";
  child.stderr.on("data", (bytes) => (said += bytes));
  const ended = once(child, "exit");
  return {
    child,
    ended,
    said: () => said,
    /** Resolves when the page has painted, once for each time it does. */
    async usable() {
      for (;;) {
        const line = await lines.next();
        if (line.done) throw new Error(`it ended before it could be used: ${said}`);
        if (line.value === "readdress: usable") return;
      }
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended;
    },
  };
}
