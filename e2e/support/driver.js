// A started app with a WebDriver session: tauri-driver, WebKitWebDriver and the app, on ports of their own.
// Not here: how things are found in the window (window.js).
import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Builder, Capabilities } from "selenium-webdriver";
import { app, tauri_driver } from "./places.js";

async function free_port() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function answers(port, bridge) {
  for (let tried = 0; tried < 100; tried += 1) {
    if (bridge.exitCode !== null) throw new Error(`tauri-driver ended with ${bridge.exitCode}`);
    const open = await new Promise((resolve) => {
      const socket = net.connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
      socket.on("connect", () => socket.destroy());
    });
    if (open) return;
    await pause(50);
  }
  throw new Error("tauri-driver does not answer");
}

/** A fresh home: no settings, no data, no keychain. Everything a flow leaves behind lies in it. */
export async function make_home() {
  const folder = await mkdtemp(join(tmpdir(), "readdress-e2e-"));
  return { folder, data: join(folder, "data"), remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** What the app starts with: everything that it may read or write of a person lies in `home`. */
export function environment(home) {
  return {
    ...process.env,
    HOME: home.folder,
    XDG_CONFIG_HOME: join(home.folder, "config"),
    XDG_DATA_HOME: join(home.folder, "share"),
    XDG_CACHE_HOME: join(home.folder, "cache"),
    READDRESS_DATA_DIR: home.data,
    // Two starts in a row: the second would hand over to the first one that is still closing.
    READDRESS_E2E: "1",
    LANG: "C.UTF-8",
    LANGUAGE: "en",
  };
}

/** Starts the app in `home`. `env` is added to its environment; what it prints goes to the file `said`, if there is one. `args`: what it is started with. */
export async function start_app(home, env = {}, said = null, args = []) {
  const output = said === null ? ["ignore", "inherit"] : Array(2).fill(openSync(said, "a"));
  const [port, native] = [await free_port(), await free_port()];
  const bridge = spawn(tauri_driver, ["--port", port, "--native-port", native], {
    stdio: ["ignore", ...output],
    // A group of its own, so that WebKitWebDriver and the app end with it.
    detached: true,
    env: { ...environment(home), ...env },
  });
  const end_all = () => {
    try {
      process.kill(-bridge.pid, "SIGKILL");
    } catch {
      // It is gone already.
    }
  };
  try {
    await answers(port, bridge);
    const capabilities = new Capabilities();
    capabilities.set("tauri:options", { application: app, args });
    capabilities.setBrowserName("wry");
    const driver = await new Builder().withCapabilities(capabilities).usingServer(`http://127.0.0.1:${port}/`).build();
    return {
      driver,
      /** SIGKILL, to the app and to those who drive it. */
      kill: end_all,
      async close() {
        await Promise.race([driver.quit().catch(() => {}), pause(5000, null, { ref: false })]);
        end_all();
      },
    };
  } catch (why) {
    end_all();
    throw why;
  }
}
