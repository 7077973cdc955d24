// A session bus of its own whose keychain never answers: the bus starts one by name, and it says nothing.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** `env`: where a program finds this bus. */
export async function start_bus_with_mute_keychain() {
  const folder = await mkdtemp(join(tmpdir(), "readdress-bus-"));
  const services = join(folder, "dbus-1/services");
  await mkdir(services, { recursive: true });
  // Longer than anybody waits: a call to it stays open as long.
  await writeFile(join(services, "org.freedesktop.secrets.service"), "[D-BUS Service]\nName=org.freedesktop.secrets\nExec=/bin/sleep 120\n");
  const bus = spawn("dbus-daemon", ["--session", "--nofork", "--nopidfile", "--print-address=1"], {
    // A group of its own, so that what it starts ends with it.
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, XDG_DATA_HOME: folder, DBUS_SESSION_BUS_ADDRESS: undefined },
  });
  const { value: address } = await createInterface({ input: bus.stdout })[Symbol.asyncIterator]().next();
  return {
    env: { DBUS_SESSION_BUS_ADDRESS: address },
    async stop() {
      const ended = once(bus, "exit");
      process.kill(-bus.pid, "SIGKILL");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
