// What a start is for: a service file that was double-clicked, actions of the desktop entry, each also handed over by a second start; and a
// folder of a newer version. In the real window. Not here: the menu and the file manager themselves.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ask_cli } from "../support/cli.js";
import { environment } from "../support/driver.js";
import { flow } from "../support/flow.js";
import { app } from "../support/places.js";
import { text } from "../support/text.js";

const HOST = "one.invalid:8443";
const FILE = "from a friend.readdress";

function manifest(name, host) {
  const rule = '[[step.ask.answer]]\nstatus = "2xx"\nmeans = "ok"\n';
  return `schema = 1\nid = "mine"\nname = "${name}"\ndocs = "https://one.invalid/docs"\nbase_url = "https://${host}"\n[[field]]\nid = "key"\nlabel = { en = "Key" }\nsecret = true\n[flow]\nchange = ["ask"]\n[step.ask]\nmethod = "POST"\npath = "/email"\njson = { email = "{{new_email}}", key = "{{key}}" }\n${rule}`;
}

/** Where files lie that come from elsewhere. */
async function put_file(home, source = manifest("Mine", HOST)) {
  await mkdir(home.folder, { recursive: true });
  await writeFile(join(home.folder, FILE), source);
}

async function services(home) {
  return readdir(join(home.data, "services")).catch(() => []);
}

flow(
  "a service file that is opened is read, added without a restart, and gets no key before its host was accepted",
  async (window, home) => {
    const dialog = await window.find("region", text("service_file.title", { service: "Mine" }));
    for (const words of [HOST, FILE, "POST /email", text("service_file.host_text")]) await window.says(words, dialog);
    assert.deepEqual(await services(home), [], "looking stores nothing");
    await window.press(text("service_file.add"), dialog);
    await window.says(text("service_file.title_done", { service: "Mine" }));
    assert.deepEqual(await services(home), ["mine.toml"]);
    assert.equal((await stat(join(home.data, "services", "mine.toml"))).mode & 0o777, 0o600);

    await window.press(text("service_file.add_profile"));
    const form = await window.find("region", text("add.title"));
    await window.says(HOST, form);
    const mine = async () => (await ask_cli(home.data, "services")).find((one) => one.id === "mine");
    assert.equal((await mine()).accepted, false);
    await window.press(text("add.accept_host", { host: HOST }), form);
    await window.until("the host accepted", async () => (await mine()).accepted);
  },
  { prepare: put_file, args: (home) => [pathToFileURL(join(home.folder, FILE)).href] },
);

flow(
  "what cannot be added is told with its places, and a second file after it",
  async (window, home) => {
    await window.says(text("service_file.title_bad", { file: FILE }));
    for (const words of ["metod", "did you mean `method`?"]) await window.says(words);
    await window.press(text("service_file.close"));
    await window.says(text("codes.service_file_unreadable.reasons.missing.what", { file: "nowhere.toml" }));
    await window.press(text("service_file.close"));
    await window.says(text("welcome.headline"));
    assert.deepEqual(await services(home), []);
  },
  { prepare: (home) => put_file(home, manifest("Mine", HOST).replace("method", "metod")), args: (home) => [join(home.folder, FILE), join(home.folder, "nowhere.toml")] },
);

/** Typed in the folder `home.folder`, while the first one is open. */
async function start_again(home, ...args) {
  const second = spawn(app, args, { cwd: home.folder, stdio: ["ignore", "inherit", "inherit"], env: { ...environment(home), READDRESS_E2E: "" } });
  const [code] = await once(second, "exit");
  return code;
}

flow(
  "a second start hands over what it is for, and the first window does it",
  async (window, home) => {
    await window.says(text("welcome.headline"));
    assert.equal(await start_again(home, "--practice"), 0);
    await window.says(text("app.practice_strip"));
    assert.equal(await start_again(home, "--pending"), 0);
    await window.until("no practice any more", async () => !(await window.all_text()).includes(text("app.practice_strip")));
    await window.says(text("pending.title"));
    assert.equal(await start_again(home, "--add-profile"), 0);
    const form = await window.find("region", text("add.title"));
    await window.type(text("add.name"), "Half a profile", form);
    // A relative name is seen from where it was typed; and what was typed into the window stays.
    assert.equal(await start_again(home, FILE), 0);
    const dialog = await window.find("region", text("service_file.title", { service: "Mine" }));
    await window.press(text("service_file.cancel"), dialog);
    const name = await window.find("textbox", text("add.name"), form);
    assert.equal(await window.driver.executeScript("return arguments[0].value", name), "Half a profile");
    assert.equal(await start_again(home, "--no-such-thing"), 2);
  },
  { prepare: put_file, env: { READDRESS_E2E: "" } },
);

/** Every file below, with what it holds and when it was written. */
async function all(folder) {
  const found = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    found[path] = `${(await stat(path)).mtimeMs} ${entry.isFile() ? (await readFile(path)).toString("base64") : ""}`;
  }
  return found;
}

let before = {};
flow(
  "the folder of a newer version is told with both versions, and stays as it is",
  async (window, home, stop) => {
    await window.says(text("app.newer_title"));
    await window.says("99");
    await window.says(home.data);
    await window.find("button", text("app.newer_open"));
    await stop();
    assert.deepEqual(await all(home.data), before);
  },
  {
    prepare: async (home) => {
      await ask_cli(home.data, "pending");
      const file = join(home.data, "readdress.db");
      const bytes = await readFile(file);
      // `user_version`: https://www.sqlite.org/fileformat2.html, 1.3
      bytes.writeInt32BE(99, 60);
      await writeFile(file, bytes);
      before = await all(home.data);
    },
  },
);
