// Real profiles at each service through the window, at its loudest: wrong codes, refusals that repeat every key, the right
// code. Then made-up secrets are looked for in everything: the page, what it was answered, the home folder with WebKit's own
// files, what the program printed, arguments and environment of all its processes.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { app_process, overhear, page_holds, search } from "../support/canary.js";
import { address_of, control_of, start_practice } from "../support/cli.js";
import { make_home, start_app } from "../support/driver.js";
import { text } from "../support/text.js";
import { Window } from "../support/window.js";

const INSTANCE = "3CA1A2A300000000000000000000C0DE";
const OLD = "old.canary+1@practice.example";
const NEW = "new.canary+2@practice.example";
const PASSPHRASE = "pässphrase/of+the \"canary\" & co";
const WRONG = { code: "918273", link: "Wr0ngLINK-canary_000000000000" };
const LOUD = { READDRESS_LOG: "trace", RUST_LOG: "trace", RUST_BACKTRACE: "full", G_MESSAGES_DEBUG: "all" };

const services = [
  {
    id: "z-api",
    account: { instance_id: INSTANCE, token: "zT0k3n-canary_Q7.w8x9", client_token: "cT+l/8\"e-x&%42'<>;=\\R6-canary", email: OLD, verified: true },
    secrets: ["token", "client_token"],
    paste: (url, { token }) => `curl '${url}/instances/${INSTANCE}/token/${token}/status'`,
    typed: { "Client-Token": "client_token" },
    code: "730619",
    wrong: WRONG.code,
    box: "panel.code_label",
  },
  {
    id: "webshare",
    account: { api_key: "wK3y0m7n4y1canary43S5ffkq2200aapqwx81zz9", password: "pW+n/6\"ß z&%44'<>;=\\T4 canary", email: OLD },
    secrets: ["api_key", "password"],
    paste: (url, { api_key }) => `curl ${url}/api/v2/profile/ -H 'Authorization: Token ${api_key}'`,
    typed: {},
    each_time: { "Account password": "password" },
    code: "Wq3x8yZ0-canary_LINK-5521qqW",
    wrong: WRONG.link,
    box: "panel.link_label",
  },
  {
    id: "mannco-store",
    account: { api_key: "mK+o/5\"å v&%45;=\\U3 canary", email: OLD },
    secrets: ["api_key"],
    paste: (url, { api_key }) => `curl ${url}/user/login --data-raw '${JSON.stringify({ apiKey: api_key })}'`,
    typed: {},
    code: "604918",
    wrong: WRONG.code,
    box: "panel.code_label",
  },
];

/** Every secret by a name that tells what it is. */
function canaries() {
  const own = services.flatMap((one) => [...one.secrets.map((name) => [`${one.id} ${name}`, one.account[name]]), [`${one.id} code`, one.code]]);
  return Object.fromEntries([...own, ["passphrase", PASSPHRASE], ["wrong code", WRONG.code], ["wrong link", WRONG.link]]);
}

/** The next call of this kind is refused with all that it sent: what is typed for each request is sent with a request only. */
async function repeats_all(control, service, route, status) {
  const sent = service.secrets.filter((name) => route === "request" || !Object.values(service.each_time ?? {}).includes(name));
  const all = `not allowed: ${sent.map((name) => service.account[name]).join(" ")}`;
  const body = JSON.stringify({ success: false, error: all, message: all, detail: all, content: all, confirmation_code: [all] });
  await control("POST", "/faults", { service: service.id, route, times: 1, kind: { answer: { status, content_type: "application/json", body } } });
}

async function add_profile(window, url, service, first) {
  if (first) await window.find("textbox", text("welcome.paste"));
  else await window.press(text("profiles.add"));
  const box = first ? text("welcome.paste") : text("add.paste");
  await window.paste(box, service.paste(url, service.account));
  const dialog = await window.find("region", text("add.title"));
  await window.find("textbox", text("add.name"), dialog);
  for (const [label, name] of Object.entries(service.typed)) await window.type(label, service.account[name], dialog);
  await window.type(text("add.name"), service.id, dialog);

  // While it is typed it stands in its field, as dots, and nowhere else: no element, no text.
  const now = await page_holds(window);
  const fields = now.fields.filter((field) => Object.values(service.account).includes(field.value) && field.value !== INSTANCE);
  assert.deepEqual(fields.map((field) => field.type), Object.keys(service.typed).map(() => "password"));
  const found = await search({ canaries: canaries(), texts: { elements: now.elements, shown: now.shown } });
  assert.deepEqual(found.found, []);
  await window.press(text("add.save"), dialog);
}

async function make_vault(window) {
  const vault = await window.find("region", text("vault.set_up_title"));
  if (await window.now("radio", text("vault.passphrase"), vault)) await window.choose(text("vault.passphrase"), vault);
  await window.type(text("vault.passphrase_field"), PASSPHRASE, vault);
  await window.type(text("vault.repeat_field"), PASSPHRASE, vault);
  await window.press(text("vault.set_up_do"), vault);
}

async function change(window, control, mails, service) {
  const panel = await window.find("region", text("panel.of", { label: service.id }));
  await repeats_all(control, service, "read", 400);
  await window.press(text("panel.check_now"), panel);
  await window.says("not allowed: ••••••", panel);
  await window.type(text("panel.new_email"), NEW, panel);
  for (const [label, name] of Object.entries(service.each_time ?? {})) await window.type(label, service.account[name], panel);
  await window.press(text("panel.request"), panel);

  const box = text(service.box);
  await window.find("textbox", box);
  await window.paste(box, service.wrong);
  await window.press(text("panel.verify"));
  await window.says(text("panel.wrong_title"));
  const mail = (await (await fetch(mails)).json()).filter((one) => one.service === service.id).at(-1);
  const link_or_mail = mail.link ?? mail.raw;
  await window.driver.executeScript("arguments[0].select()", await window.find("textbox", box));
  await window.paste(box, link_or_mail);
  await window.press(text("panel.verify"));
  await window.says(text("panel.done_proved"));
}

/** Nothing in the page but what stands in a field that is being typed in: at rest there is none. */
async function page_is_clean(window, all, where) {
  const holds = await page_holds(window);
  assert.ok(holds.told.length > 0, "answers were overheard");
  // What a paste was understood to be goes back into the very box it was pasted into.
  const [echoed, told] = [true, false].map((echo) => holds.told.filter((one) => (one.command === "understand_code") === echo));
  if (echoed.length > 0) {
    const seen = await search({ canaries: all, texts: { echoed: JSON.stringify(echoed) } });
    assert.ok(seen.found.length > 0, "the search sees a code where one is");
  }
  const texts = {
    elements: holds.elements,
    shown: holds.shown,
    title: holds.title,
    stores: holds.stores,
    fields: JSON.stringify(holds.fields),
    told: JSON.stringify(told),
  };
  const { found } = await search({ canaries: all, texts });
  assert.deepEqual(found, [], where);
}

test("no secret leaves its place: page, answers, files, output, processes", { timeout: 150_000 }, async (t) => {
  const [home, apart] = [await make_home(), await mkdtemp(join(tmpdir(), "readdress-apart-"))];
  const practice = await start_practice(join(apart, "served"));
  const said = join(apart, "said");
  let started = null;
  t.after(async () => {
    await started?.close();
    practice.stop();
    await home.remove();
    await rm(apart, { recursive: true, force: true, maxRetries: 5 });
  });
  const control = control_of(practice.told);
  for (const service of services) await control("PUT", `/accounts/${service.id}`, service.account);
  await control("PATCH", "/settings", { next_codes: services.map((service) => service.code) });

  started = await start_app(home, LOUD, said);
  let window = new Window(started.driver);
  await window.says(text("welcome.headline"));
  await overhear(window);
  for (const [at, service] of services.entries()) {
    await add_profile(window, address_of(practice.told, service.id), service, at === 0);
    if (at === 0) await make_vault(window);
    await change(window, control, address_of(practice.told, "mailbox"), service);
  }

  const all = canaries();
  // The token that a login gave is a secret too.
  const tokens = JSON.stringify(await control("GET", "/state")).match(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g) ?? [];
  assert.ok(tokens.length > 0, "there was a login");
  tokens.forEach((token, at) => (all[`token ${at}`] = token));
  await page_is_clean(window, all, "after the last change");
  await window.driver.executeScript("location.hash = 'history'");
  await (await window.find("link", text("app.history"))).click();
  await window.says(NEW);
  await page_is_clean(window, all, "in the history");
  await (await window.find("link", text("app.settings"))).click();
  await window.press(text("settings.diagnostics"));
  await window.says(text("settings.diagnostics_body"));
  await page_is_clean(window, all, "in the diagnostics");
  // What both programs do first (core's `process::guard`) was done: a crash leaves no picture of the memory.
  assert.match(await readFile(`/proc/${await app_process(home)}/limits`, "utf8"), /Max core file size +[01] /);
  const running = await search({ canaries: all, processes: [await app_process(home)] });
  assert.ok(running.looked_at >= 3, "the app and WebKit's processes");
  assert.deepEqual(running.found, []);
  await started.close();

  // Opened by the environment: WebKit's processes inherit it, and the passphrase is not in it.
  const other = "another-variable_5521";
  started = await start_app(home, { ...LOUD, READDRESS_PASSPHRASE: PASSPHRASE, ANOTHER: other }, said);
  window = new Window(started.driver);
  await overhear(window);
  await (await window.find("button", text("profiles.check_all"))).click();
  await window.says("profiles checked");
  await page_is_clean(window, all, "after a start with the passphrase");
  const again = await search({ canaries: all, processes: [await app_process(home)] });
  assert.ok(again.looked_at >= 3, "the app and WebKit's processes");
  assert.deepEqual(again.found, []);
  const inherited = await search({ canaries: { other }, processes: [await app_process(home)] });
  assert.ok(inherited.found.length >= 3, "another variable is seen in all of them");
  await started.close();
  started = null;

  const files = await search({ canaries: all, folders: [home.folder], texts: { printed: await readFile(said, "latin1") } });
  assert.ok(files.looked_at > 5, "database, log, settings, WebKit's own files");
  assert.deepEqual(files.found, []);
  const addresses = { old: OLD, new: NEW };
  const settings = await readFile(join(home.data, "settings.json"), "utf8").catch(() => "");
  const personal = await search({ canaries: addresses, folders: [join(home.data, "logs")], texts: { settings, printed: await readFile(said, "latin1") } });
  assert.deepEqual(personal.found, []);
});
