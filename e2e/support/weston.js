// A Wayland display without a screen: Weston's headless backend, drawn by the processor, in a runtime folder of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const NAME = "wayland-readdress";

/** `env`: what a program must have in its environment to open its window there, and nowhere else. */
export async function start_weston() {
  // Its own rights (0700) are what Wayland's library insists on.
  const folder = await mkdtemp(join(tmpdir(), "readdress-wayland-"));
  const words = ["--backend=headless-backend.so", `--socket=${NAME}`, "--width=1400", "--height=900", "--idle-time=0", "--no-config"];
  const server = spawn("weston", words, { stdio: "ignore", env: { ...process.env, XDG_RUNTIME_DIR: folder, DISPLAY: undefined } });
  const failed = once(server, "error").then(([why]) => {
    throw new Error(`weston does not start: ${why.message}`);
  });
  const there = async () => {
    for (let tried = 0; tried < 200; tried += 1) {
      if (server.exitCode !== null) throw new Error(`weston ended with ${server.exitCode}`);
      if (await access(join(folder, NAME)).then(() => true, () => false)) return;
      await pause(50);
    }
    throw new Error("weston makes no display");
  };
  await Promise.race([failed, there()]);
  failed.catch(() => {});
  return {
    env: { XDG_RUNTIME_DIR: folder, WAYLAND_DISPLAY: NAME, DISPLAY: undefined, GDK_BACKEND: undefined },
    async stop() {
      if (server.exitCode === null) {
        server.kill("SIGTERM");
        await once(server, "exit");
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
