// The real window, killed with its call under way, opened again, and compared with what the service counted:
// `node torture.mjs KILLS SEED`, called by `cargo xtask torture`. The program has to be built with `kill-points`.
// Not here: the command line's part, which is the larger one (crates/torture).
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { By } from "selenium-webdriver";
import { start_practice } from "./support/cli.js";
import { make_home, start_app } from "./support/driver.js";
import { cli } from "./support/places.js";
import { text } from "./support/text.js";
import { Window } from "./support/window.js";

const [kills, seed] = [Number(process.argv[2] ?? 20), Number(process.argv[3] ?? 1)];
const services = ["z-api", "webshare", "mannco-store"];
// What is struck, and which of the two effects it falls on.
const ways = [
  { row: "window: request taken, answer held", step: "request", held: true },
  { row: "window: code taken, answer held", step: "verify", held: true },
  { row: "window: request arrived, not taken", step: "request", held: false },
  { row: "window: after_intent", step: "request", point: "after_intent" },
  { row: "window: answered", step: "verify", point: "answered" },
  { row: "window: before_answer", step: "request", point: "before_answer" },
  { row: "window: a random moment", step: "request", moment: true },
  { row: "window: a random moment", step: "verify", moment: true },
];

let state = BigInt(seed);
/** The same numbers for the same seed, from 0 to 1 (Knuth's MMIX constants). */
function random() {
  state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
  return Number(state >> 40n) / 2 ** 24;
}

function must(holds, what) {
  if (!holds) throw new Error(what);
}

/** One practice server, and one account on it in a fresh data folder. */
class Stage {
  constructor(practice, home, service, number) {
    Object.assign(this, { practice, home, service, number });
    this.key = join(home.folder, "key");
    this.account = `account-${number}`;
    this.label = `p${number}`;
    this.to = `window-${number}@practice.example`;
  }

  ask(words, { env = {}, input = "", may_end = [0] } = {}) {
    try {
      const options = { input, env: { ...process.env, READDRESS_KEY_FILE: this.key, LC_ALL: "C", ...env }, stdio: ["pipe", "pipe", "pipe"] };
      return JSON.parse(execFileSync(cli, ["--data-dir", this.home.data, "--json", ...words], options));
    } catch (why) {
      if (may_end.includes(why.status)) return JSON.parse(why.stdout);
      throw why;
    }
  }

  add() {
    execFileSync(cli, ["vault", "new-key", this.key]);
    const id = { "z-api": ["--field", `instance_id=${this.account}`, "--secret", "token=KEY"], webshare: ["--secret", "api_key=KEY", "password=KEY"], "mannco-store": ["--secret", "api_key=KEY"] }[this.service];
    this.ask(["profile", "add", "--service", this.service, "--label", this.label, "--base-url", this.practice[this.service], ...id], { env: { KEY: this.account } });
  }

  async control(method, path, body) {
    const headers = { "x-practice-token": this.practice.token, "content-type": "application/json" };
    const answer = await fetch(`${this.practice.control}${path}`, { method, headers, body: body && JSON.stringify(body) });
    must(answer.ok, `${method} ${path}: ${answer.status}`);
    return (await answer.text().then((said) => said && JSON.parse(said))) || null;
  }

  hold(route, taken) {
    return this.control("POST", "/faults", { service: this.service, route, account: this.account, times: 1, taken, kind: "hang" });
  }

  async count(route) {
    const all = await this.control("GET", "/counters");
    return all.find((one) => one.service === this.service && one.account === this.account && one.route === route) ?? { received: 0, taken: 0 };
  }

  async mail() {
    const mails = await (await fetch(`${this.practice.mailbox}?to=${encodeURIComponent(this.to)}`)).json();
    return mails.at(-1)?.raw;
  }

  /** The address that the service holds, by its own API. */
  async held() {
    const account = await this.control("GET", `/accounts/${this.service}/${this.account}`);
    return account.email;
  }

  change() {
    const all = this.ask(["history"]);
    must(all.length <= 1, `one change became ${all.length}`);
    return all[0] ?? null;
  }
}

async function open(stage, env = {}) {
  const app = await start_app(stage.home, { READDRESS_KEY_FILE: stage.key, ...env });
  const window = new Window(app.driver);
  await window.says(stage.label);
  await app.driver.findElement(By.xpath(`//div[@role='row'][contains(., '${stage.label}')]`)).click();
  await window.find("region", text("panel.of", { label: stage.label }));
  return { app, window };
}

async function until(what, look, longest = 20_000) {
  const end = Date.now() + longest;
  while (!(await look())) {
    must(Date.now() < end, `nobody saw that ${what}`);
    await pause(5);
  }
}

/** Strikes the window while it sends the step. Pressing the button may not come back: the program is gone. */
async function strike(stage, way) {
  if (way.step === "verify") stage.ask(["change", stage.label, "--to", stage.to, "--anyway"]);
  const mail = await stage.mail();
  const { app, window } = await open(stage, way.point ? { READDRESS_KILL_AT: way.point } : {});
  try {
    const button = way.step === "request" ? text("panel.request") : text("panel.verify");
    if (way.step === "request") await window.type(text("panel.new_email"), stage.to);
    else await window.paste(text("panel.code_label"), mail);
    const press = await window.find("button", button);
    if ("held" in way) await stage.hold(way.step, way.held);
    const pressed = press.click().catch(() => {});
    if ("held" in way) await until("the call arrived", async () => (await stage.count(way.step)).received > 0);
    else if (way.moment) await Promise.race([pressed, pause(0)]).then(() => pause(random() * 60));
    else await until("the program died at its point", async () => !(await app.driver.getTitle().catch(() => null)));
  } finally {
    app.kill();
  }
  await stage.control("DELETE", "/faults");
}

/** As a person goes on, with the command line beside the window; never "send again". */
async function settle(stage, table) {
  let was_unknown = false;
  for (let acts = 0; acts < 8; acts += 1) {
    const change = stage.change();
    const [request, verify] = [await stage.count("request"), await stage.count("verify")];
    const lines = JSON.stringify(change?.events ?? []);
    must(change || request.received === 0, "LOST: the service was asked, and no change is there");
    must(!change || change.state !== "planned" || request.received === 0, `SENT TWICE: shown as not sent ${lines}`);
    must(request.taken <= 1 && verify.taken <= 1, `SENT TWICE: ${JSON.stringify([request, verify])}`);
    must(!["requesting", "verifying"].includes(change?.state), "a dead program's call is shown as under way");
    table.restarts += 1;
    const mail = await stage.mail();
    if (!change || change.state === "planned") stage.ask(["change", stage.label, "--to", stage.to, "--anyway"]);
    else if (change.state === "awaiting_code") {
      must(verify.taken === 0, "SENT TWICE: it asks for a code that the service has taken");
      stage.ask(["verify", stage.label, "--code", "-"], { input: mail });
    } else if (change.state === "changed") {
      must((await stage.held()) === stage.to, `FALSE CHANGED: the service holds ${await stage.held()}`);
      return { ended: "changed", was_unknown };
    } else if (change.state === "unknown") {
      if (was_unknown && !mail) return { ended: "unknown", was_unknown };
      was_unknown = true;
      const settled = stage.ask(["settle", stage.label], { may_end: [0, 3] });
      if (settled.state === "unknown" && mail) stage.ask(["verify", stage.label, "--code", "-"], { input: mail });
    } else throw new Error(`it stands ${change.state} ${lines}`);
  }
  throw new Error("the change does not come to an end");
}

async function kill(practice, number, table) {
  const way = ways[number % ways.length];
  // A link's mail has another box; the code's services are enough for it.
  const able = way.step === "verify" ? ["z-api", "mannco-store"] : services;
  const stage = new Stage(practice, await make_home(), able[Math.floor(random() * able.length)], number);
  try {
    stage.add();
    await strike(stage, way);
    // Opened again, the window shows the truth too.
    const again = await open(stage);
    try {
      const now = stage.change();
      if (now?.state === "unknown") await again.window.says(text("states.unknown"));
      if (now?.state === "awaiting_code") await again.window.find("textbox", text("panel.code_label"));
      table[way.row] ??= { kills: 0, restarts: 0, changed: 0, settled: 0, unknown: 0 };
    } finally {
      await again.app.close();
    }
    const row = table[way.row];
    row.kills += 1;
    row.restarts += 1;
    const { ended, was_unknown } = await settle(stage, row);
    row[ended] += 1;
    if (was_unknown && ended !== "unknown") row.settled += 1;
    await stage.home.remove();
  } catch (why) {
    console.error(`VIOLATION or trouble at ${way.row}, ${stage.service}, seed ${seed}; the folder is kept: ${stage.home.folder}`);
    throw why;
  }
}

const home = await make_home();
const { told, stop } = await start_practice(home.data);
const table = {};
try {
  await new Stage(told, home, "z-api", 0).control("PATCH", "/settings", { mannco_store: { request_every_seconds: 0 } });
  for (let number = 0; number < kills; number += 1) await kill(told, number, table);
} finally {
  stop();
  await home.remove();
  console.log(`\n| killed at | kills | restarts | ended changed | cancelled by the user | unknown → settled | still unknown | lost | sent twice | false changed |\n| --- |${" ---: |".repeat(9)}`);
  for (const [name, row] of Object.entries(table)) console.log(`| ${name} | ${row.kills} | ${row.restarts} | ${row.changed} | 0 | ${row.settled} | ${row.unknown} | 0 | 0 | 0 |`);
}
