// Closing the window while a change waits for a mail: asked, kept without a window until nothing waits, brought back by a second
// start. The close request comes from the X server, as from a window manager; the mail server never says a word, so it waits on.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import net from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test, { after } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { address_of, ask_cli, start_practice } from "../support/cli.js";
import { environment, make_home } from "../support/driver.js";
import { flow } from "../support/flow.js";
import { add_mailbox } from "../support/mail_server.js";
import { app, cli } from "../support/places.js";
import { text } from "../support/text.js";
import { ask_to_close, look_for_window } from "../support/x11.js";

const TITLE = "Readdress";
const LABEL = "Support line";

const keys = await mkdtemp(join(tmpdir(), "readdress-e2e-key-"));
process.env.READDRESS_KEY_FILE = join(keys, "key");
process.env.WAITING_TOKEN = "E2E000000000000000000000000000A1";
await promisify(execFile)(cli, ["vault", "new-key", process.env.READDRESS_KEY_FILE]);
after(() => rm(keys, { recursive: true, force: true }));

/** A mail server that never says a word, and knows when somebody came. */
async function start_silent_server() {
  const held = [];
  const server = net.createServer((socket) => held.push(socket.on("error", () => {}))).listen(0, "127.0.0.1");
  const called = once(server, "connection");
  await once(server, "listening");
  return { port: server.address().port, called, stop: () => void [server, ...held].map((one) => (one.destroy ?? one.close).call(one)) };
}

/** A data folder in which one change waits for a mail. `watched` is kept when the app looks for it. */
async function wait_for_a_mail(home) {
  const practice = await start_practice(join(home.folder, "practice-server"));
  const server = await start_silent_server();
  await add_mailbox(home.data, { host: "127.0.0.1", port: server.port, user: "ops@waiting.example", password: "made-up" }, ["*@waiting.example"]);
  await ask_cli(home.data, "profile", "add", "--service", "z-api", "--label", LABEL, "--field", "instance_id=3E2E00000000000000000000000000A2", "--secret", "token=WAITING_TOKEN", "--base-url", address_of(practice.told, "z-api"));
  await ask_cli(home.data, "change", LABEL, "--to", "new@waiting.example");
  return {
    watched: server.called,
    stop() {
      practice.stop();
      server.stop();
    },
  };
}

async function until(what, look) {
  for (let tried = 0; tried < 300; tried += 1) {
    if (await look()) return;
    await pause(50);
  }
  throw new Error(`waited in vain for ${what}`);
}

const becomes = (state) => until(`the window to be ${state}`, async () => (await look_for_window(TITLE)) === state);

flow("closing while a change waits for a mail asks, and stays open where nobody answers", async (window, home) => {
  const waiting = await wait_for_a_mail(home);
  try {
    await waiting.watched;
    await ask_to_close(TITLE);
    const question = await window.find("region", text("mail.closing.title.one", { n: 1 }));
    await window.find("button", text("mail.closing.keep"), question);
    assert.equal(await look_for_window(TITLE), "shown");

    // Esc: it was a slip. The next time it asks again.
    await window.driver.executeScript("arguments[0].dispatchEvent(new Event('cancel', { cancelable: true })); arguments[0].close?.()", question);
    await window.until("the question to be gone", async () => !(await window.now("region", text("mail.closing.title.one", { n: 1 }))));
    await ask_to_close(TITLE);
    await window.press_to_hide(text("mail.closing.keep"));
    await becomes("hidden");

    // Nothing waits any more: it ends by itself.
    await ask_cli(home.data, "cancel", LABEL);
    await becomes("gone");
  } finally {
    waiting.stop();
  }
}, { ends_itself: true });

/** Without WebDriver, which starts the app so that a second start is a second window. */
function start(home) {
  return spawn(app, [], { stdio: ["ignore", "pipe", "inherit"], env: { ...environment(home), READDRESS_REPORT_USABLE: "1", READDRESS_E2E: "" } });
}

test("a hidden window that keeps watching comes back with a second start, and a signal ends it at once", { timeout: 60_000 }, async (t) => {
  const home = await make_home();
  const waiting = await wait_for_a_mail(home);
  await mkdir(home.data, { recursive: true });
  await writeFile(join(home.data, "settings.json"), JSON.stringify({ closing: "keep" }));
  const first = start(home);
  const ended = once(first, "exit");
  t.after(async () => {
    first.kill("SIGKILL");
    waiting.stop();
    await ended;
    await home.remove();
  });
  for await (const line of createInterface({ input: first.stdout })) if (line === "readdress: usable") break;
  await waiting.watched;
  await ask_to_close(TITLE);
  await becomes("hidden");
  const second = start(home);
  assert.deepEqual((await once(second, "exit"))[0], 0);
  await becomes("shown");

  first.kill("SIGTERM");
  await ended;
});
