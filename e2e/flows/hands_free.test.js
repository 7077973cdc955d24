// Requested in the window, and then no hand: the mail comes into a real mailbox, is found there, its code is used, and the window
// shows the proof. At each of the services. And the one mail that a person must decide about: from a sender that was never seen.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { address_of, ask_cli, control_of, start_practice } from "../support/cli.js";
import { flow } from "../support/flow.js";
import { add_mailbox, start_mail_server } from "../support/mail_server.js";
import { hear_notices } from "../support/notices.js";
import { cli } from "../support/places.js";
import { text } from "../support/text.js";
import { ask_to_close, look_for_window } from "../support/x11.js";

const services = [
  { id: "z-api", label: "Support line", words: ["--field", "instance_id=3E2E00000000000000000000000000F1", "--secret", "token=HANDS_FREE_KEY"] },
  { id: "webshare", label: "Proxies", words: ["--secret", "api_key=HANDS_FREE_KEY", "--secret", "password=HANDS_FREE_PASSWORD"] },
  { id: "mannco-store", label: "Trading", words: ["--secret", "api_key=HANDS_FREE_KEY"] },
];
const DOMAIN = "hands.example";
const to = (service) => `${service.id}@${DOMAIN}`;

// One key for both programs, and what the command line reads secrets from.
const keys = await mkdtemp(join(tmpdir(), "readdress-e2e-key-"));
process.env.READDRESS_KEY_FILE = join(keys, "key");
process.env.HANDS_FREE_KEY = "E2E000000000000000000000000000F2";
process.env.HANDS_FREE_PASSWORD = "E2E-account-password";
await promisify(execFile)(cli, ["vault", "new-key", process.env.READDRESS_KEY_FILE]);
after(() => rm(keys, { recursive: true, force: true }));

/** Services and a mail server, with a mailbox for all of a domain: a catch-all, as companies have it. */
async function start_all(home) {
  const post = await start_mail_server();
  const practice = await start_practice(join(home.folder, "practice-server"), ...post.deliver);
  const { host, imaps: port, user, password, ca } = post.told;
  await add_mailbox(home.data, { host, port, user, password, ca }, [`*@${DOMAIN}`]);
  return {
    post,
    practice,
    async stop() {
      practice.stop();
      await post.stop();
    },
  };
}

async function add_profile(home, practice, service) {
  await ask_cli(home.data, "profile", "add", "--service", service.id, "--label", service.label, ...service.words, "--base-url", address_of(practice.told, service.id));
}

const hold_mails = (practice) => control_of(practice.told)("PATCH", "/settings", { mail: { deliver: null } });

/** The mail that the service has written and nobody has brought. */
function held_mail(window, practice, address) {
  return window.until(`the mail to ${address}`, async () => {
    const list = await (await fetch(address_of(practice.told, "mailbox"))).json();
    return (list.mails ?? list).find((one) => one.to === address);
  });
}

/** Waits until the panel of this profile says it. The page may draw it anew meanwhile. */
function panel_says(window, label, said) {
  return window.until(`"${said}" at ${label}`, async () => {
    const shown = await window.driver.executeScript("return arguments[0]?.innerText ?? ''", await window.now("region", text("panel.of", { label }))).catch(() => "");
    return shown.replace(/\s+/g, " ").includes(said);
  });
}

/** What a person does: the address, and *Request*. */
async function request(window, label, address) {
  await window.select(label);
  const panel = await window.find("region", text("panel.of", { label }));
  await window.type(text("panel.new_email"), address, panel);
  await window.press(text("panel.request"), panel);
}

flow("no hand on it: requested in the window, changed and proved by itself at each service", async (window, home, stop) => {
  const { post, practice, stop: stop_all } = await start_all(home);
  try {
    await window.says(text("welcome.headline"));
    for (const service of services) {
      await add_profile(home, practice, service);
      await request(window, service.label, to(service));
      await panel_says(window, service.label, text("panel.done_proved"));
    }
    await stop();

    const changes = await ask_cli(home.data, "history");
    assert.equal(changes.length, services.length);
    for (const change of changes) {
      assert.equal(change.state, "changed");
      assert.equal(change.proof, "read_back");
      const submitted = change.events.filter((event) => event.kind === "intent");
      assert.equal(submitted.filter((event) => event.step === "verify").length, 1, JSON.stringify(submitted));
    }
    // Read only: every mail is where it was delivered to, in the inbox itself, with no mark on it.
    const mails = await post.mails();
    assert.equal(mails.length, services.length);
    for (const [folder, , flags] of mails) assert.deepEqual([folder, flags], ["", ""]);
  } finally {
    await stop_all();
  }
});

flow("a mail from a sender that was never seen is decided about by a person", async (window, home) => {
  const { post, practice, stop: stop_all } = await start_all(home);
  const [service] = services;
  try {
    await window.says(text("welcome.headline"));
    await add_profile(home, practice, service);
    await request(window, service.label, `first@${DOMAIN}`);
    await panel_says(window, service.label, text("panel.done_proved"));

    // From now on the mails do not come by themselves; the next one is brought by somebody else.
    await hold_mails(practice);
    await add_profile(home, practice, { ...service, label: "Second line", words: ["--field", "instance_id=3E2E00000000000000000000000000F3", ...service.words.slice(2)] });
    await request(window, "Second line", `second@${DOMAIN}`);
    const mail = await held_mail(window, practice, `second@${DOMAIN}`);
    await post.deliver_mail(home.folder, mail.raw.replace(/^From: .*$/m, "From: Somebody <somebody@elsewhere.example>"));

    const find = await window.until("the question", () => window.driver.executeScript("return document.querySelector(`[aria-label=\"${arguments[0]}\"]`)", text("mail.find_label", { label: "Second line" })));
    await window.says("somebody@elsewhere.example", find);
    await (await window.until("its button", () => window.driver.executeScript("return arguments[0].querySelector('.primary')", find))).click();
    await panel_says(window, "Second line", text("panel.done_proved"));
    const [change] = await ask_cli(home.data, "history");
    assert.equal(change.state, "changed");
    assert.equal(change.to, `second@${DOMAIN}`);
  } finally {
    await stop_all();
  }
});

flow("closed while it waits, it watches on without a window, tells what became of it, and ends", async (window, home) => {
  const { post, practice, stop: stop_all } = await start_all(home);
  const notices = await hear_notices();
  const [service] = services;
  try {
    await window.says(text("welcome.headline"));
    await add_profile(home, practice, service);
    await hold_mails(practice);
    await request(window, service.label, to(service));
    const mail = await held_mail(window, practice, to(service));
    await window.says(text("mail.status.watching.one", { n: 1 }));

    await ask_to_close("Readdress");
    await window.press_to_hide(text("mail.closing.keep"));
    await window_is("hidden");
    await post.deliver_mail(home.folder, mail.raw);
    await window_is("gone");

    const [change] = await ask_cli(home.data, "history");
    assert.equal(change.state, "changed");
    assert.equal(change.proof, "read_back");
    const told = notices.texts();
    assert.ok(told.includes(`${service.label} · Z-API`) && told.includes(text("notices.changed", { address: to(service) })), told);
    const [code] = /\b\d{3}[ -]?\d{3}\b/.exec(mail.text);
    assert.ok(!told.includes(code) && !told.includes(code.replace(/\D/g, "")), "no code on a screen that may be locked");
  } finally {
    notices.stop();
    await stop_all();
  }
}, { ends_itself: true });

async function window_is(state) {
  for (let tried = 0; (await look_for_window("Readdress")) !== state; tried += 1) {
    assert.ok(tried < 300, `the window is not ${state}`);
    await pause(50);
  }
}
