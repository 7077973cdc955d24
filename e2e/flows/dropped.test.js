// A mail file dropped on the window, as far as a program can do it: the file and its events are made in the page, everything after
// them is the real window's. It is read there, its code is understood and shown, and nothing is sent before somebody says so.
// Not here: the system's own drag, and its dialog behind "Open a mail file…".
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

const keys = await mkdtemp(join(tmpdir(), "readdress-e2e-key-"));
process.env.READDRESS_KEY_FILE = join(keys, "key");
process.env.DROPPED_KEY = "E2E000000000000000000000000000D1";
process.env.DROPPED_PASSWORD = "E2E-account-password";
await promisify(execFile)(cli, ["vault", "new-key", process.env.READDRESS_KEY_FILE]);
after(() => rm(keys, { recursive: true, force: true }));

const TO = "dropped@dropped.example";
const FILE = "the mail.eml";

/** Whether the page took it as its own: else the window would open the file in the page's place. */
function drag(window, type, raw) {
  return window.driver.executeScript(drag_in_page, type, raw, FILE);
}

/* global DataTransfer, DragEvent, File, document */
function drag_in_page(type, raw, name) {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([raw], name, { type: "message/rfc822" }));
  return !document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
}

flow("a mail file dropped on the window finds its change, and is used when somebody says so", async (window, home) => {
  const practice = await start_practice(join(home.folder, "practice-server"));
  try {
    await window.says(text("welcome.headline"));
    await ask_cli(home.data, "profile", "add", "--service", "webshare", "--label", "Proxies", "--secret", "api_key=DROPPED_KEY", "--secret", "password=DROPPED_PASSWORD", "--base-url", address_of(practice.told, "webshare"));
    await ask_cli(home.data, "change", "Proxies", "--to", TO);
    const mails = await (await fetch(address_of(practice.told, "mailbox"))).json();
    const { raw } = mails.find((mail) => mail.to === TO);

    await window.says("Proxies");
    assert.ok(await drag(window, "dragenter", raw));
    await window.says(text("mail.drop"));
    assert.ok(await drag(window, "dragover", raw));
    assert.ok(await drag(window, "drop", raw));
    await window.says(FILE);
    await window.says(text("pending.understood"));
    const [waits] = await ask_cli(home.data, "pending");
    assert.equal(waits.state, "awaiting_code", "nothing is sent before somebody says so");

    await window.press(text("pending.verify", { label: "Proxies" }));
    await window.says(text("panel.done_proved"));
    const [change] = await ask_cli(home.data, "history");
    assert.equal(change.state, "changed");
    assert.equal(change.to, TO);
  } finally {
    practice.stop();
  }
});
