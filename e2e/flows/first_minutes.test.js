// The first minutes on machines of all kinds: on Wayland, without a home, without a net, with a keychain that does not answer, with
// nothing that draws. The window opens as quickly as elsewhere, or says why it cannot.
// Not here: without any display (src-tauri/tests/program.rs), how it is chosen what draws (src-tauri/src/graphics).
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { bare_environment, start_bare } from "../support/bare.js";
import { start_bus_with_mute_keychain } from "../support/bus.js";
import { make_home } from "../support/driver.js";
import { flow } from "../support/flow.js";
import { app } from "../support/places.js";
import { text } from "../support/text.js";
import { start_weston } from "../support/weston.js";
import { look_for_window } from "../support/x11.js";

const run = promisify(execFile);
const LONGEST = 60_000;
const INSTANCE = "3E2E0000000000000000000000000001";
const TOKEN = "E2E00000000000000000000000000001";
const PASSPHRASE = "four quiet words together";

/** The one line in which a start tells what it found. */
async function start_line(data) {
  const [file, ...more] = await readdir(join(data, "logs"));
  assert.deepEqual(more, [], "one day's log");
  const lines = (await readFile(join(data, "logs", file), "utf8")).split("\n").filter((line) => line.includes(" started "));
  assert.equal(lines.length, 1, "one line tells of one start");
  return lines[0];
}

/** A start of its own, ended with the test. */
function machine(name, steps) {
  test(name, { timeout: LONGEST }, async (t) => {
    const home = await make_home();
    const started = [];
    t.after(async () => {
      for (const one of started) await one.stop();
      await home.remove();
    });
    const start = (env = {}, words = undefined) => {
      const one = start_bare({ ...bare_environment(home), ...env }, words);
      started.push(one);
      return one;
    };
    await steps(start, home, t);
  });
}

const [weston, bus] = [await start_weston(), await start_bus_with_mute_keychain()];
test.after(() => Promise.all([weston.stop(), bus.stop()]));

flow(
  "on Wayland, from first start to changed",
  async (window, home) => {
    await window.says(text("welcome.headline"));
    await window.press(text("welcome.practice_of", { service: "Z-API" }));
    await window.press(text("panel.request"));
    await window.press(text("panel.verify_mail"));
    await window.says(text("panel.done_proved"));
    assert.match(await start_line(home.data), /screen: Wayland, by WAYLAND_DISPLAY/);
  },
  { env: weston.env },
);

flow(
  "with a keychain that never answers and a service that cannot be reached",
  async (window) => {
    await window.paste(text("welcome.paste"), `http://127.0.0.1:9/instances/${INSTANCE}/token/${TOKEN}`);
    const dialog = await window.find("region", text("add.title"));
    await window.type(text("add.name"), "Support line", dialog);
    await window.press(text("add.test"), dialog);
    await window.says(text("codes.unreachable.reasons.refused.what", { host: "127.0.0.1:9" }), dialog);
    await window.press(text("add.save"), dialog);
    // A passphrase can be chosen at once, whatever the keychain thinks about.
    const vault = await window.find("region", text("vault.set_up_title"));
    await window.choose(text("vault.passphrase"), vault);
    await window.type(text("vault.passphrase_field"), PASSPHRASE, vault);
    await window.type(text("vault.repeat_field"), PASSPHRASE, vault);
    await window.press(text("vault.set_up_do"), vault);
    await window.find("region", text("panel.of", { label: "Support line" }));
  },
  { env: bus.env },
);

machine("with a home and a screen and nothing else", async (start, home) => {
  await start({ READDRESS_LOG: "info" }).usable();
  const data = join(home.folder, ".local/share/readdress");
  const line = await start_line(data);
  for (const told of [/system: .+, x86_64|aarch64/, /screen: X11, by DISPLAY/, /webview: \d/, /drawing: by the /, /data folder: the system's/, /keychain: not asked yet/]) assert.match(line, told);
  assert.ok(!line.includes(home.folder), "the line names no folder of a person");
  await assert.rejects(access(join(data, "drawing.json")), "what has painted is not noted");
});

machine("with a home that takes no file", async (start, home) => {
  // Root may write into any folder, but into this one nobody.
  await start({ HOME: "/proc/none", READDRESS_DATA_DIR: home.data }).usable();
  await start_line(home.data);
});

machine("with a folder that cannot be used it opens and says so", async (start) => {
  await start({ HOME: "/proc/none" }).usable();
});

machine("without any net, not even loopback, and with proxies that are not there", async (start, home, t) => {
  const apart = ["unshare", "--map-current-user", "--net"];
  const can = await run(apart[0], [...apart.slice(1), "true"]).then(() => true, () => false);
  if (!can) t.diagnostic("no namespace can be made here: with dead proxies only");
  const proxies = { http_proxy: "http://127.0.0.1:9", https_proxy: "http://[::1]:9", ALL_PROXY: "nonsense" };
  const began = Date.now();
  await start(proxies, can ? [...apart, app] : [app]).usable();
  assert.ok(Date.now() - began < 20_000, "nothing waits for a net");
});

machine("when the page's process dies, the page is loaded again", async (start) => {
  const one = start();
  await one.usable();
  const { stdout } = await run("ps", ["--ppid", String(one.child.pid), "-o", "pid=,comm="]);
  const web = stdout.split("\n").map((line) => line.trim().split(/\s+/)).find(([, name]) => name?.startsWith("WebKitWeb"));
  assert.ok(web, `the page has a process: ${stdout}`);
  process.kill(Number(web[0]), "SIGKILL");
  await one.usable();
});

machine("where nothing can draw a page, a message says so", async (start) => {
  // No EGL at all: WebKit's process ends at once, whatever it was told (its message: "Could not create default EGL display").
  const one = start({ __EGL_VENDOR_LIBRARY_DIRS: "/proc/none" });
  const end = Date.now() + 30_000;
  while ((await look_for_window(text("app.blank_title"))) !== "shown") {
    assert.ok(Date.now() < end, `a message is shown: ${one.said()}`);
    assert.equal(one.child.exitCode, null, one.said());
    await pause(100);
  }
});

machine("after a crash, and while another start is under way", async (start, home) => {
  const env = { DBUS_SESSION_BUS_ADDRESS: process.env.DBUS_SESSION_BUS_ADDRESS };
  const crashed = start(env);
  await crashed.usable();
  crashed.child.kill("SIGKILL");
  await crashed.ended;
  const [one, other] = [start(env), start(env)];
  // Whoever comes second hands over and ends well; the first goes on.
  const [code] = await Promise.race([one.ended, other.ended]);
  assert.equal(code, 0, one.said() + other.said());
  const stays = one.child.exitCode === null ? one : other;
  await stays.usable();
  assert.equal(stays.child.exitCode, null);
  await assert.rejects(access(join(home.folder, ".local/share/readdress/drawing.json")));
});
