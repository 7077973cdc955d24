// The window and the command line on one folder at the same time: each sees what the other does, and of two requests for the
// same profile exactly one is sent. The service is played by `readdress-cli practice` in a third process.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { promisify } from "node:util";
import { address_of, ask_cli, start_practice } from "../support/cli.js";
import { flow } from "../support/flow.js";
import { cli } from "../support/places.js";
import { text } from "../support/text.js";

/** The window looks once a second; the rest is room for a busy machine. */
const SEEN_WITHIN = 5_000;

// One key for both programs: they find it in their environment.
const keys = await mkdtemp(join(tmpdir(), "readdress-e2e-key-"));
process.env.READDRESS_KEY_FILE = join(keys, "key");
process.env.PAIR_TOKEN = "E2E00000000000000000000000000001";
after(() => rm(keys, { recursive: true, force: true }));

const add = (data, z_api, label, instance) =>
  ask_cli(data, "profile", "add", "--service", "z-api", "--label", label, "--field", `instance_id=${instance}`, "--secret", "token=PAIR_TOKEN", "--base-url", z_api);

async function mails(mailbox) {
  const list = await (await fetch(mailbox)).json();
  return Array.isArray(list) ? list : list.mails;
}

const requests = (changes) => changes.flatMap((change) => change.events).filter((event) => event.kind === "intent" && event.step === "request");

flow("the window and the command line share a folder", async (window, home) => {
  await promisify(execFile)(cli, ["vault", "new-key", process.env.READDRESS_KEY_FILE]);
  const practice = await start_practice(join(home.folder, "practice-server"));
  try {
    const z_api = address_of(practice.told, "z-api");
    const mailbox = address_of(practice.told, "mailbox");
    await window.says(text("welcome.headline"));

    // What the command line adds, requests and finishes comes into the window by itself.
    await add(home.data, z_api, "Support line", "3E2E0000000000000000000000000001");
    await window.select("Support line");
    await ask_cli(home.data, "change", "Support line", "--to", "first@practice.example");
    await window.until("the code's box", () => window.now("textbox", text("panel.code_label")), SEEN_WITHIN);
    const [mail] = await mails(mailbox);
    const code = /\b\d{3}[ -]?\d{3}\b/.exec(mail.text)?.[0];
    const done = await ask_cli(home.data, "verify", "Support line", "--code", code);
    assert.equal(done.state, "changed");
    await window.until("the proof", async () => (await window.all_text()).includes(text("panel.done_proved")), SEEN_WITHIN);

    // Both at once, five times: one request leaves, and both sides tell the same story.
    for (let round = 1; round <= 5; round += 1) {
      const label = `Line ${round}`;
      await add(home.data, z_api, label, `3E2E000000000000000000000000001${round}`);
      await window.select(label);
      const panel = await window.find("region", text("panel.of", { label }));
      await window.type(text("panel.new_email"), `window${round}@practice.example`, panel);
      const button = await window.find("button", text("panel.request"), panel);
      const before = (await mails(mailbox)).length;
      const [told] = await Promise.all([
        ask_cli(home.data, "change", label, "--to", `cli${round}@practice.example`).catch((why) => JSON.parse(why.stdout)),
        button.click(),
      ]);
      // Both have ended when one change waits for its code.
      await window.until("an end on both sides", async () => {
        const [open, ...others] = (await ask_cli(home.data, "pending")).filter((change) => change.profile === label);
        assert.equal(others.length, 0);
        return open?.state === "awaiting_code";
      });
      await window.until("the code's box, or why not", async () => {
        const shown = await window.all_text();
        return shown.includes(`window${round}@practice.example`) || shown.includes(`cli${round}@practice.example`);
      }, SEEN_WITHIN);
      const changes = (await ask_cli(home.data, "history")).filter((change) => change.profile === label);
      assert.equal(requests(changes).length, 1, JSON.stringify(changes));
      assert.equal((await mails(mailbox)).length - before, 1, "one mail");
      const [change] = changes;
      if (change.to.startsWith("window")) assert.ok(["change_open", "busy"].includes(told.error?.code), JSON.stringify(told));
      else assert.equal(told.state, "awaiting_code");
    }
  } finally {
    practice.stop();
  }
});
